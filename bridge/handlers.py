"""What is done about each event: orchestration only, in small functions."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import structlog

from bridge import observe as observing
from bridge.bootstrap import MODEL_VERSION, Services
from bridge.errors import BadDeliveryError
from bridge.events import (
    AnnotationsDeleted,
    AnnotationsObserved,
    Event,
    Json,
    ProjectUpdated,
    TasksCreated,
    TasksDeleted,
)
from bridge.evidence_address import evidence_key
from bridge.labelstudio import payload
from bridge.labelstudio.events import parse_event
from bridge.labelstudio.task_input import content_key, snippet_of
from bridge.queue import PRIORITY_BULK, PRIORITY_PERSON
from bridge.settings import ProjectSettings
from bridge.store import Connection, Row, deliveries
from bridge.store import tasks as task_store
from bridge.store.tasks import NewTask
from bridge.telemetry import AUDIT_SECONDS, AUDITS, EVENTS
from bridge.trackers import outbox
from rubric.suggest import rate
from sandbox.model import AuditReport, Limits

BULK_FROM = 5
"""An import of this many tasks or more goes behind single ones."""

log = structlog.get_logger(__name__)


def process_delivery(services: Services, delivery_id: int) -> None:
    """Parses a stored delivery and hands its event on; the outcome commits with the effects."""
    with services.engine.begin() as conn:
        delivery = deliveries.load(conn, delivery_id)
        if delivery is None or delivery.state in {"processed", "ignored"}:
            return
        try:
            event = parse_event(json.loads(delivery.body))
        except (BadDeliveryError, ValueError) as exc:
            _give_up(conn, delivery_id, delivery.action, exc)
            return
        ours = _hand_on(services, conn, event)
        deliveries.finish(conn, delivery_id, "processed" if ours else "ignored")
    EVENTS.labels(action=delivery.action, result="processed" if ours else "ignored").inc()


def delivery_failed(services: Services, delivery_id: int, exc: Exception) -> None:
    """Sets a delivery aside that failed every time; `gavel replay` takes it up again."""
    with services.engine.begin() as conn:
        _give_up(conn, delivery_id, "any", exc)


def audit_failed(services: Services, key: str, exc: Exception) -> None:
    """Sets tasks aside whose audit failed every time."""
    log.error("audit_failed", content=key[:12], error=type(exc).__name__)
    with services.engine.begin() as conn:
        task_store.mark_unaudited(conn, key, f"{type(exc).__name__}: {exc}"[:500])


def _hand_on(services: Services, conn: Connection, event: Event) -> bool:
    from bridge.dispatch import dispatch  # noqa: PLC0415 - dispatch lists these handlers

    return dispatch(services, conn, event)


def _give_up(conn: Connection, delivery_id: int, action: str, exc: Exception) -> None:
    deliveries.finish(conn, delivery_id, "failed", f"{type(exc).__name__}: {exc}"[:2000])
    EVENTS.labels(action=action, result="failed").inc()
    log.warning("delivery_failed", delivery=delivery_id, error=type(exc).__name__)


def tasks_created(services: Services, conn: Connection, event: TasksCreated) -> None:
    """Stores the tasks, and asks for one audit per distinct content."""
    project = _project(services, event.project_id)
    found = [_new_task(services, project, event.project_id, task) for task in event.tasks]
    task_store.save(conn, found)
    keys = dict.fromkeys(task.content_key for task in found if task.content_key)
    bulk = len(found) >= BULK_FROM
    services.queue.defer_audits(conn, keys, priority=PRIORITY_BULK if bulk else PRIORITY_PERSON)


def tasks_deleted(services: Services, conn: Connection, event: TasksDeleted) -> None:
    """Notes that tasks are gone and lets their annotations be looked at."""
    task_store.mark_deleted(conn, event.task_ids)
    for task_id in event.task_ids:
        services.queue.defer_observe(conn, event.project_id, task_id)


def annotations_observed(services: Services, conn: Connection, event: AnnotationsObserved) -> None:
    """Keeps each state as claimed and asks for a look at its task."""
    freed: set[int] = set()
    for annotation in event.annotations:
        observing.claim(conn, event.project_id, annotation)
        freed.add(int(annotation["task"]))
    task_store.freeze_predictions(conn, sorted(freed))
    for task_id in sorted(freed):
        services.queue.defer_observe(conn, event.project_id, task_id)


def annotations_deleted(services: Services, conn: Connection, event: AnnotationsDeleted) -> None:
    """Finds the tasks of the annotations that went and asks for a look at them."""
    for task_id in observing.tasks_of(conn, event.annotation_ids):
        services.queue.defer_observe(conn, event.project_id, task_id)


def project_updated(services: Services, conn: Connection, event: ProjectUpdated) -> None:
    """Checks that the label config still fits the rubric; a misfit is logged as an alarm."""
    del conn
    project = _project(services, event.project_id)
    if not event.label_config:
        return
    problems = payload.config_problems(event.label_config, services.rubric(project))
    if problems:
        log.error("label_config_misfit", project=event.project_id, problems=problems[:10])


def audit_content(services: Services, key: str) -> None:
    """Audits one content unless its report is here already, then rates it for its tasks."""
    with services.engine.begin() as conn:
        waiting = [row for row in task_store.with_content(conn, key) if row.state == "new"]
        stored = task_store.report(conn, key)
    if not waiting:
        return
    report = (
        AuditReport.model_validate(stored) if stored is not None else _audit(services, waiting[0])
    )
    _suggest(services, key, report, waiting)


def observe(services: Services, project_id: int, task_id: int) -> None:
    """Folds what is to be seen on a task."""
    if services.project(project_id) is not None:
        observing.observe_task(services, project_id, task_id)


def deliver_ticket(services: Services, key: str) -> None:
    """Takes a row of the outbox one step further."""
    outbox.deliver(services, key)


def _project(services: Services, project_id: int) -> ProjectSettings:
    project = services.project(project_id)
    if project is None:
        raise BadDeliveryError(f"project {project_id} is not in gavel.yaml", reason="not_ours")
    return project


def _new_task(services: Services, project: ProjectSettings, project_id: int, task: Json) -> NewTask:
    data = task.get("data") or {}
    address = evidence_key(services.settings.public_url, data)
    try:
        given = snippet_of(data, project.columns)
    except BadDeliveryError as exc:
        return NewTask(
            task_id=int(task["id"]), project_id=project_id, data=data, content_key=None,
            evidence_key=address, state="rejected", error=str(exc),
        )  # fmt: skip
    key = content_key(given, Limits(), services.toolchain)
    return NewTask(
        task_id=int(task["id"]), project_id=project_id, data=data, content_key=key,
        evidence_key=address,
    )  # fmt: skip


def _audit(services: Services, task: Row[Any]) -> AuditReport:
    project = _project(services, task.project_id)
    report = services.auditor.audit(snippet_of(task.data, project.columns))
    AUDITS.labels(verdict=report.verdict.value).inc()
    AUDIT_SECONDS.observe(report.wall_s)
    return report


def _suggest(
    services: Services, key: str, report: AuditReport, waiting: Sequence[Row[Any]]
) -> None:
    """Rates the report for each project that waits for it, and puts predictions in line."""
    with services.engine.begin() as conn:
        body = report.model_dump(mode="json", by_alias=True)
        task_store.save_report(conn, key, body)
        for project_id in sorted({row.project_id for row in waiting}):
            rows = [row for row in waiting if row.project_id == project_id]
            _suggest_in(services, conn, key, report, rows)
            services.queue.defer_publish(conn, project_id)
        if services.settings.sandbox.deep and not report.deep:
            services.queue.defer_deepen(conn, key)
        if services.settings.second_opinion.url:
            services.queue.defer_opinion(conn, key)
        task_store.mark_audited(conn, [row.task_id for row in waiting])


def _suggest_in(
    services: Services, conn: Connection, key: str, report: AuditReport, rows: Sequence[Row[Any]]
) -> None:
    project = _project(services, rows[0].project_id)
    rubric = services.rubric(project)
    rated = rate(report, rubric, services.calibration(project))
    suggestion = task_store.save_suggestion(
        conn, key, rubric=rubric.version, calibration=rated.calibration,
        rated=rated.model_dump(mode="json", by_alias=True),
    )  # fmt: skip
    sources = payload.sources_of(snippet_of(rows[0].data, project.columns))
    prediction = payload.build_prediction(
        rated, rubric, sources, variant=project.variant, mode=project.mode
    )
    common = {
        "project_id": rows[0].project_id, "suggestion_id": suggestion,
        "result": prediction, "model_version": MODEL_VERSION,
    }  # fmt: skip
    there = task_store.were_imported(conn, [row.evidence_key for row in rows if row.evidence_key])
    waiting = "withheld" if project.mode == "blind" else "pending"
    task_store.save_predictions(
        conn,
        [
            {
                **common, "task_id": row.task_id,
                "state": "published" if row.evidence_key in there else waiting,
            }
            for row in rows
        ],
    )  # fmt: skip
