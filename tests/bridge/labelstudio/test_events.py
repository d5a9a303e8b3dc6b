"""Webhook bodies become events; the fixtures are captured from Label Studio 1.23.2."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bridge.errors import BadDeliveryError
from bridge.events import AnnotationsDeleted, AnnotationsObserved, TasksCreated, TasksDeleted
from bridge.labelstudio.events import PARSERS, SUBSCRIBED_ACTIONS, parse_event

FIXTURES = Path(__file__).parents[2] / "fixtures" / "labelstudio"


def body(action: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((FIXTURES / f"{action}.json").read_text())
    return loaded


@pytest.mark.parametrize("action", sorted(PARSERS))
def test_every_supported_action_has_a_captured_body_that_parses(action: str) -> None:
    """A supported action is one whose real body was seen."""
    event = parse_event(body(action))

    assert isinstance(event.project_id, int)


def test_the_subscription_is_the_list_of_parsers() -> None:
    """Nothing is subscribed to that nobody reads, and nothing read is left out."""
    assert tuple(PARSERS) == SUBSCRIBED_ACTIONS


def test_tasks_created_holds_the_tasks_with_their_data() -> None:
    """The audit needs the data, and fetching each task again would cost a request per task."""
    event = parse_event(body("TASKS_CREATED"))

    assert isinstance(event, TasksCreated)
    assert "prompt" in event.tasks[0]["data"]


def test_annotations_created_holds_lists_under_singular_keys() -> None:
    """The bulk action names its lists `annotation` and `task`."""
    event = parse_event(body("ANNOTATIONS_CREATED"))

    assert isinstance(event, AnnotationsObserved)
    assert all(isinstance(item["id"], int) for item in event.annotations)


def test_deleted_objects_are_known_by_id_only() -> None:
    """Neither body tells more than ids."""
    tasks, annotations = (
        parse_event(body("TASKS_DELETED")),
        parse_event(body("ANNOTATIONS_DELETED")),
    )

    assert isinstance(tasks, TasksDeleted)
    assert tasks.task_ids
    assert isinstance(annotations, AnnotationsDeleted)
    assert annotations.annotation_ids


@pytest.mark.parametrize(
    "broken",
    [
        {"action": "NOT_YET_KNOWN"},
        {"action": 7},
        {},
        {"action": "TASKS_CREATED"},
        {"action": "TASKS_CREATED", "project": {"id": 1}, "tasks": "no"},
        {"action": "TASKS_DELETED", "project": {"id": 1}, "tasks": [{"id": "7"}]},
        {"action": "TASKS_DELETED", "project": {"id": True}, "tasks": []},
        {"action": "ANNOTATION_CREATED", "project": {"id": 1}, "annotation": [None]},
        {"action": "ANNOTATION_CREATED", "project": {"id": 1}, "annotation": {"id": 1}},
        {"action": "TASKS_CREATED", "project": {"id": 1}, "tasks": [{"data": {}}]},
    ],
)
def test_a_body_of_another_shape_is_a_clear_error(broken: dict[str, Any]) -> None:
    """A body that Label Studio would not send never becomes half an event."""
    with pytest.raises(BadDeliveryError):
        parse_event(broken)
