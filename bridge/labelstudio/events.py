"""Reads a webhook body into an Event. Pure; the shapes are those of Label Studio 1.23.2.

`PARSERS` is the list of supported actions: the webhook's subscription is derived from it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bridge.errors import BadDeliveryError
from bridge.events import (
    AnnotationsDeleted,
    AnnotationsObserved,
    Event,
    ProjectUpdated,
    TasksCreated,
    TasksDeleted,
)

Body = Mapping[str, Any]


def parse_event(body: Body) -> Event:
    """Gives the event that a body of a supported action describes.

    Raises:
        BadDeliveryError: the action is unknown, or a part is missing or of another kind.
    """
    action = body.get("action")
    parser = PARSERS.get(action) if isinstance(action, str) else None
    if parser is None:
        raise BadDeliveryError(f"no parser for action {action!r}", reason="unknown_action")
    return parser(body)


def _project_id(body: Body) -> int:
    return _id(_object(body, "project"))


def _id(item: Body, key: str = "id") -> int:
    value = item.get(key)
    if not isinstance(value, int) or isinstance(value, bool):
        raise BadDeliveryError(
            f"expected an integer `{key}`, got {type(value).__name__}", reason="bad_shape"
        )
    return value


def _object(body: Body, key: str) -> Body:
    value = body.get(key)
    if not isinstance(value, dict):
        raise BadDeliveryError(
            f"expected an object under `{key}`, got {type(value).__name__}", reason="bad_shape"
        )
    return value


def _objects(body: Body, key: str) -> tuple[Body, ...]:
    """One object or a list of them: some actions hold lists under a singular key."""
    value = body.get(key)
    items = value if isinstance(value, list) else [value]
    if not all(isinstance(item, dict) for item in items):
        raise BadDeliveryError(f"expected objects under `{key}`", reason="bad_shape")
    return tuple(items)


def _tasks_created(body: Body) -> TasksCreated:
    tasks = _objects(body, "tasks")
    for task in tasks:
        _id(task)
    return TasksCreated(project_id=_project_id(body), tasks=tasks)


def _tasks_deleted(body: Body) -> TasksDeleted:
    ids = tuple(_id(item) for item in _objects(body, "tasks"))
    return TasksDeleted(project_id=_project_id(body), task_ids=ids)


def _annotations_observed(body: Body) -> AnnotationsObserved:
    annotations = _objects(body, "annotation")
    for annotation in annotations:
        _id(annotation)
        _id(annotation, "task")
    return AnnotationsObserved(project_id=_project_id(body), annotations=annotations)


def _annotations_deleted(body: Body) -> AnnotationsDeleted:
    ids = tuple(_id(item) for item in _objects(body, "annotations"))
    return AnnotationsDeleted(project_id=_project_id(body), annotation_ids=ids)


def _project_updated(body: Body) -> ProjectUpdated:
    project = _object(body, "project")
    config = project.get("label_config")
    return ProjectUpdated(
        project_id=_id(project), label_config=config if isinstance(config, str) else ""
    )


PARSERS: Mapping[str, Callable[[Body], Event]] = {
    "TASKS_CREATED": _tasks_created,
    "TASKS_DELETED": _tasks_deleted,
    "ANNOTATION_CREATED": _annotations_observed,
    "ANNOTATIONS_CREATED": _annotations_observed,
    "ANNOTATION_UPDATED": _annotations_observed,
    "ANNOTATIONS_DELETED": _annotations_deleted,
    "PROJECT_UPDATED": _project_updated,
}

SUBSCRIBED_ACTIONS: tuple[str, ...] = tuple(PARSERS)
"""What our webhook subscribes to."""
