"""Gathers what a ticket is written from: overrides, the rated report, the snippet, links."""

from __future__ import annotations

from bridge.errors import BadDeliveryError
from bridge.evidence_address import URL_FIELD, evidence_key, evidence_url
from bridge.labelstudio.payload import sources_of
from bridge.labelstudio.task_input import snippet_of
from bridge.review_context import ReviewServices, person, task_link
from bridge.settings import ProjectSettings
from bridge.store import reviews
from bridge.store import tasks as task_store
from bridge.store.outbox import Connection, TicketRow
from bridge.trackers import TrackerError
from bridge.trackers.subject import Material, Subject, subject_of
from rubric.model import RatedReport
from rubric.override_model import AnnotationKey

SNIPPET = "snippet.go"
MARKER_CHARACTERS = 16


def subject_for(services: ReviewServices, conn: Connection, row: TicketRow) -> Subject:
    """Gives what the ticket of a row is about, as things stand now.

    Raises:
        TrackerError: the project is not configured any more, or the row has no override.
    """
    project = services.project(row.project_id)
    target = AnnotationKey(row.target_id, row.target_created_at)
    overrides = reviews.overrides_of(conn, target, row.generation)
    if project is None or not overrides:
        raise TrackerError(
            f"nothing to say about annotation {row.target_id}: "
            f"project {row.project_id} is not in gavel.yaml or the override's row is gone",
            reason="no_subject",
        )
    rated = task_store.rated_of_task(conn, row.task_id)
    return subject_of(
        Material(
            key=row.key,
            marker=marker_of(row.wanted),
            project_id=row.project_id,
            task_id=row.task_id,
            overrides=overrides,
            rubric=services.rubric(project),
            rated=None if rated is None else RatedReport.model_validate(rated),
            sources=_sources(conn, project, row.task_id),
            people={user: person(user) for o in overrides for user in (o.annotator, o.reviewer)},
            task_url=task_link(services.settings, row.project_id, row.task_id, row.target_id),
            evidence_url=_evidence(services, conn, row.task_id),
        )
    )


def marker_of(digest: str) -> str:
    """The line by which a comment is found again."""
    return f"[gavel:{digest[:MARKER_CHARACTERS]}]"


def _sources(conn: Connection, project: ProjectSettings, task_id: int) -> dict[str, str]:
    task = task_store.load(conn, task_id)
    if task is None:
        return {}
    try:
        given = snippet_of(task.data, project.columns)
    except BadDeliveryError:
        return {}
    return {source.name or SNIPPET: source.text for source in sources_of(given)}


def _evidence(services: ReviewServices, conn: Connection, task_id: int) -> str:
    task = task_store.load(conn, task_id)
    if task is None:
        return ""
    public = services.settings.public_url
    if evidence_key(public, task.data) is not None:
        return str(task.data[URL_FIELD])
    return evidence_url(public, task.evidence_key) if task.evidence_key else ""
