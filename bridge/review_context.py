"""What reviews need to know of a project: who reviews, how ratings are read, where links lead."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from bridge.labelstudio.labeling import control_map
from bridge.labelstudio.payload import ratings_of
from bridge.settings import ProjectSettings, ReviewerSettings, Settings
from rubric.model import Rubric
from rubric.override_model import WHOLE, Ratings, Reviewer, ReviewPolicy

Json = Mapping[str, Any]


class ReviewStudio(Protocol):
    """The part of Label Studio that reviews are read from. None means 404; else it raises."""

    def annotations(self, task_id: int) -> Sequence[Json]:
        """The annotations on a task; empty where the task is gone."""

    def annotation(self, annotation_id: int) -> Json | None:
        """One annotation, wherever it is."""

    def project(self, project_id: int) -> Json | None:
        """The project."""

    def users(self) -> Sequence[Json]:
        """Members of the organisation."""


class ReviewServices(Protocol):
    """What the functions below need."""

    @property
    def settings(self) -> Settings:
        """All settings."""

    @property
    def labelstudio(self) -> ReviewStudio:
        """Label Studio."""

    def project(self, project_id: int) -> ProjectSettings | None:
        """The settings of a project; None where it is not ours."""

    def rubric(self, project: ProjectSettings) -> Rubric:
        """The project's rubric."""


def policy_of(services: ReviewServices, project_id: int) -> ReviewPolicy | None:
    """What the project has settled about reviews; None where it is not ours."""
    project = services.project(project_id)
    if project is None:
        return None
    ids = _ids_by_mail(services, project.reviewers)
    return ReviewPolicy(
        reviewers=tuple(
            Reviewer(user=ids[str(r.user).lower()], since=r.since, until=r.until)
            for r in project.reviewers
            if str(r.user).lower() in ids
        ),
        cutoff=project.cutoff,
        min_difference=project.min_difference,
        settle_s=project.settle_s,
    )


def _ids_by_mail(services: ReviewServices, reviewers: Sequence[ReviewerSettings]) -> dict[str, int]:
    """User id by what gavel.yaml names; the server is asked only where that is an address."""
    named = [str(r.user).lower() for r in reviewers]
    ids = {name: int(name) for name in named if name.isdigit()}
    if len(ids) < len(set(named)):
        users = services.labelstudio.users()
        ids |= {str(u.get("email", "")).lower(): int(u["id"]) for u in users}
    return ids


def ratings_reader(
    services: ReviewServices, project_id: int
) -> Callable[[Sequence[Json]], Ratings]:
    """Reads an annotation's result through the project's control names."""
    project = services.project(project_id)
    controls = control_map(services.rubric(project)) if project is not None else None

    def read(result: Sequence[Json]) -> Ratings:
        if controls is None:
            return Ratings()
        said = ratings_of([dict(item) for item in result], controls)
        notes = {**said.notes, WHOLE: said.overall} if said.overall else dict(said.notes)
        return Ratings(
            values=dict(said.ratings), review=said.review, reasons=said.reasons, notes=notes
        )

    return read


def person(user_id: int | None) -> str:
    """How a ticket names a person."""
    return "somebody unknown" if user_id is None else f"user {user_id}"


def task_link(settings: Settings, project_id: int, task_id: int, annotation_id: int) -> str:
    """Where a person opens the annotation."""
    base = (settings.label_studio.public_url or settings.label_studio.url).rstrip("/")
    return f"{base}/projects/{project_id}/data?task={task_id}&annotation={annotation_id}"
