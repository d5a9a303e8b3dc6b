"""What can happen in Label Studio, as values. A body is a claim: handlers also fetch the object."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class TasksCreated:
    """Tasks arrived: one by the API, or a whole import (up to 5,000 in one body)."""

    project_id: int
    tasks: tuple[Json, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TasksDeleted:
    """Tasks went away; only their ids are known."""

    project_id: int
    task_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotationsObserved:
    """Annotations were created or changed, whatever the action was called."""

    project_id: int
    annotations: tuple[Json, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotationsDeleted:
    """Annotations went away; neither the task nor the user is told."""

    project_id: int
    annotation_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectUpdated:
    """A project's settings or label config may have changed."""

    project_id: int
    label_config: str


Event = TasksCreated | TasksDeleted | AnnotationsObserved | AnnotationsDeleted | ProjectUpdated
