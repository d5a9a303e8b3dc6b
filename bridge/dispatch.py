"""Which handler works on which event: a dict you can print."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bridge import handlers
from bridge.bootstrap import Services
from bridge.events import (
    AnnotationsDeleted,
    AnnotationsObserved,
    Event,
    ProjectUpdated,
    TasksCreated,
    TasksDeleted,
)
from bridge.store import Connection

HANDLERS: Mapping[type[Any], Callable[[Services, Connection, Any], None]] = {
    TasksCreated: handlers.tasks_created,
    TasksDeleted: handlers.tasks_deleted,
    AnnotationsObserved: handlers.annotations_observed,
    AnnotationsDeleted: handlers.annotations_deleted,
    ProjectUpdated: handlers.project_updated,
}


def dispatch(services: Services, conn: Connection, event: Event) -> bool:
    """Hands an event to its handler; False where the project is not one of ours."""
    if services.project(event.project_id) is None:
        return False
    HANDLERS[type(event)](services, conn, event)
    return True
