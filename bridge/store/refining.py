"""Puts what the second pass found in the place of the first pass's, where nobody has answered yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import exists, func, select, update

from bridge.store import Connection, Row
from bridge.store.tables import predictions, reports, suggestions, tasks


def is_answered(conn: Connection, content_key: str) -> bool:
    """Whether an annotation was made from a prediction of this content."""
    answered = (
        exists()
        .where(predictions.c.task_id == tasks.c.task_id)
        .where(tasks.c.content_key == content_key, predictions.c.frozen)
    )
    return bool(conn.execute(select(answered)).scalar_one())


def refine_report(conn: Connection, content_key: str, body: Mapping[str, Any]) -> None:
    """Keeps a deeper report of a content in place of the first."""
    conn.execute(
        update(reports)
        .where(reports.c.content_key == content_key)
        .values(report=dict(body), verdict=body["verdict"], created_at=func.now())
    )


def refine_suggestion(conn: Connection, suggestion_id: int, rated: Mapping[str, Any]) -> None:
    """Keeps a deeper rated report under the id of the first."""
    conn.execute(
        update(suggestions).where(suggestions.c.id == suggestion_id).values(rated=dict(rated))
    )


def predictions_of(
    conn: Connection, task_ids: Sequence[int], suggestion_id: int
) -> Sequence[Row[Any]]:
    """The predictions that rest on a suggestion and may still change."""
    return conn.execute(
        select(predictions)
        .where(predictions.c.task_id.in_(task_ids))
        .where(predictions.c.suggestion_id == suggestion_id, predictions.c.frozen.is_(False))
        .order_by(predictions.c.task_id)
    ).all()


def refine_prediction(conn: Connection, task_id: int, result: Mapping[str, Any]) -> None:
    """Notes what is or will be shown from here on."""
    conn.execute(
        update(predictions)
        .where(predictions.c.task_id == task_id, predictions.c.frozen.is_(False))
        .values(result=dict(result))
    )
