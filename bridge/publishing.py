"""Publishes predictions in bulk: 231 a second against 5 one by one (measured, Label Studio 1.23.2).

An unknown outcome is looked up before anything is sent again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import structlog

from bridge.bootstrap import MODEL_VERSION, Services
from bridge.errors import LabelStudioError
from bridge.store import Row
from bridge.store import tasks as task_store
from bridge.telemetry import PUBLISHED

BATCH = 50
IDLE_S = 0.02
LONGEST_WAIT_S = 0.5

log = structlog.get_logger(__name__)


def publish(services: Services, project_id: int) -> None:
    """Sends what waits in a project: at 50 items, after 500 ms, or at once if no more is coming.

    A request costs Label Studio about as much as an audit costs us, so a bulk import's predictions
    go in few of them.
    """
    shown = False
    while claimed := _next(services, project_id):
        _send(services, project_id, claimed)
        if not shown:
            _show(services, project_id)
            shown = True


def _next(services: Services, project_id: int) -> Sequence[Row[Any]]:
    _settle(lambda: _waiting(services, project_id))
    with services.engine.begin() as conn:
        return task_store.claim_predictions(conn, project_id, BATCH)


def _settle(waiting: Callable[[], tuple[int, bool]]) -> None:
    """Lets a batch grow while audits are to come, or news came within the last 20 ms."""
    end = time.monotonic() + LONGEST_WAIT_S
    seen, more = waiting()
    while 0 < seen < BATCH and time.monotonic() < end:
        time.sleep(IDLE_S)
        now, more = waiting()
        if now == seen and not more:
            return
        seen = now


def _waiting(services: Services, project_id: int) -> tuple[int, bool]:
    with services.engine.connect() as conn:
        return task_store.waiting_predictions(conn, project_id)


def _send(services: Services, project_id: int, claimed: Sequence[Row[Any]]) -> None:
    there = [row for row in claimed if row.attempts > 1 and _is_there(services, row.task_id)]
    missing = [row for row in claimed if row not in there]
    if missing:
        _import(services, project_id, missing)
    _note_published(services, there)


def _show(services: Services, project_id: int) -> None:
    """Names our predictions as the project's: the label stream shows no others.

    Label Studio takes the name only once such a prediction exists, and forgets it when somebody
    switches the showing of predictions off and on.
    """
    found = services.labelstudio.project(project_id)
    if found is not None and found.get("model_version") != MODEL_VERSION:
        services.labelstudio.update_project(project_id, {"model_version": MODEL_VERSION})


def _is_there(services: Services, task_id: int) -> bool:
    found = services.labelstudio.predictions(task_id)
    return any(item.get("model_version") == MODEL_VERSION for item in found)


def _import(services: Services, project_id: int, rows: Sequence[Row[Any]]) -> None:
    try:
        services.labelstudio.import_predictions(project_id, [_item(row) for row in rows])
    except LabelStudioError as exc:
        if exc.retry or exc.reason == "token_refused":
            raise
        if len(rows) == 1:
            _note_failed(services, rows[0], exc)
            return
        # One task that is gone makes Label Studio refuse the whole batch: find it by halves.
        middle = len(rows) // 2
        _import(services, project_id, rows[:middle])
        _import(services, project_id, rows[middle:])
        return
    _note_published(services, rows)


def _item(row: Row[Any]) -> dict[str, Any]:
    return {"task": row.task_id, **row.result, "model_version": row.model_version}


def _note_published(services: Services, rows: Sequence[Row[Any]]) -> None:
    if rows:
        with services.engine.begin() as conn:
            task_store.mark_published(conn, [row.task_id for row in rows])
        PUBLISHED.labels(result="published").inc(len(rows))


def _note_failed(services: Services, row: Row[Any], exc: LabelStudioError) -> None:
    log.warning("prediction_refused", task=row.task_id, error=str(exc))
    with services.engine.begin() as conn:
        task_store.mark_failed(conn, [row.task_id], str(exc))
    PUBLISHED.labels(result="failed").inc()
