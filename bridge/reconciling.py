"""Finds what Label Studio never told us, and hands it to the handlers that a delivery would have reached.

Label Studio sends each event at most once, so a bridge that was down has to look for itself. A state
that was overwritten meanwhile is gone: what stands now is all there is.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from bridge import handlers
from bridge.bootstrap import Services
from bridge.errors import LabelStudioError
from bridge.events import TasksCreated, TasksDeleted
from bridge.store import Connection, known
from bridge.telemetry import RECONCILED

_CHUNK = 500
"""Tasks a transaction; as many as a page of Label Studio's holds at most."""
_LOOKS = 200
"""Deletions that are looked at one by one; more at once are more likely a fault of the list's."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled:
    """What a look at one project found."""

    tasks: int
    """How many it has."""
    new_tasks: int
    changed: int
    """Tasks with annotations that we knew otherwise, or not at all."""
    gone: int
    """Tasks that are there no more."""

    @property
    def never_delivered(self) -> int:
        """How many tasks had something that we had not heard of."""
        return self.new_tasks + self.changed + self.gone


def reconcile(services: Services, project_id: int) -> Reconciled:
    """Compares all tasks and annotations of a project with ours; doing it twice finds nothing twice.

    Raises:
        LabelStudioError: When Label Studio can't be read to the end, or has no such project; what was
            handed on until then stays, and nothing counts as deleted.
    """
    if services.labelstudio.project(project_id) is None:
        raise LabelStudioError(
            f"Label Studio shows no project {project_id}: check the id in gavel.yaml and that the "
            "token's user may see it.",
            reason="no_project",
        )
    with services.engine.begin() as conn:
        ours = known.live_tasks(conn, project_id)
    seen: set[int] = set()
    new = changed = 0
    for chunk in _chunks(services.labelstudio.tasks(project_id, fields="all")):
        seen.update(int(task["id"]) for task in chunk)
        with services.engine.begin() as conn:
            missed = tuple(task for task in chunk if int(task["id"]) not in ours)
            if missed:
                event = TasksCreated(project_id=project_id, tasks=missed)
                handlers.tasks_created(services, conn, event)
            stale = _stale(conn, chunk)
            for task_id in stale:
                services.queue.defer_observe(conn, project_id, task_id)
        new += len(missed)
        changed += len(stale)
    gone = _gone(services, project_id, sorted(ours - seen))
    found = Reconciled(tasks=len(seen), new_tasks=new, changed=changed, gone=gone)
    RECONCILED.inc(found.never_delivered)
    log.info("reconciled", project=project_id, tasks=found.tasks, missed=found.never_delivered)
    return found


def defer_all(services: Services) -> None:
    """Puts in line the projects that have a cut-off.

    Without one a project's whole history would count as new, and could open a ticket for each
    correction that was ever made; `gavel reconcile` does that for whoever asks for it.
    """
    with services.engine.begin() as conn:
        for project in services.settings.projects:
            if project.id is not None and project.cutoff is not None:
                services.queue.defer_reconcile(conn, project.id)


def _chunks(tasks: Iterable[Mapping[str, Any]]) -> Iterable[tuple[Mapping[str, Any], ...]]:
    running = iter(tasks)
    while chunk := tuple(itertools.islice(running, _CHUNK)):
        yield chunk


def _stale(conn: Connection, chunk: Sequence[Mapping[str, Any]]) -> list[int]:
    """The tasks of which an annotation is newer than ours, not known at all, or gone."""
    ids = [int(task["id"]) for task in chunk]
    states, live = known.latest_states(conn, ids), known.live_annotations(conn, ids)
    there: set[int] = set()
    found: set[int] = set()
    for task in chunk:
        for annotation in task.get("annotations") or ():
            number = int(annotation["id"])
            there.add(number)
            at = states.get(number)
            if at is None and annotation.get("was_cancelled"):
                # A task's own list (1.23.2) leaves out what was skipped: it would be news for ever.
                continue
            if at is None or at < datetime.fromisoformat(annotation["updated_at"]):
                found.add(int(task["id"]))
    found.update(task_id for number, task_id in live.items() if number not in there)
    return sorted(found)


def _gone(services: Services, project_id: int, missing: Sequence[int]) -> int:
    """Asks for each task by itself, since one that is made or moved while the list is read may lack in it."""
    if len(missing) > _LOOKS:
        log.warning("reconcile_many_gone", project=project_id, missing=len(missing))
    gone = tuple(one for one in missing[:_LOOKS] if services.labelstudio.task(one) is None)
    if gone:
        with services.engine.begin() as conn:
            event = TasksDeleted(project_id=project_id, task_ids=gone)
            handlers.tasks_deleted(services, conn, event)
    return len(gone)
