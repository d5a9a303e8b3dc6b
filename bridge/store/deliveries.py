"""Webhook bodies as they came: stored before anything else is done with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select, update

from bridge.store.tables import deliveries


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One stored body."""

    id: int
    action: str
    body: bytes
    state: str
    received_at: datetime


def load(conn: Connection, delivery_id: int) -> Delivery | None:
    """One delivery with its body."""
    row = conn.execute(
        select(
            deliveries.c.id,
            deliveries.c.action,
            deliveries.c.body,
            deliveries.c.state,
            deliveries.c.received_at,
        ).where(deliveries.c.id == delivery_id)
    ).one_or_none()
    return None if row is None else Delivery(**row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for it


def finish(conn: Connection, delivery_id: int, state: str, error: str | None = None) -> None:
    """Marks a delivery as processed, ignored or failed."""
    conn.execute(
        update(deliveries)
        .where(deliveries.c.id == delivery_id)
        .values(state=state, error=error, processed_at=func.now())
    )


def forgotten(conn: Connection, *, older_than: timedelta, limit: int = 100) -> Sequence[int]:
    """Ids of deliveries that nobody worked on for a while: their job was lost."""
    return (
        conn.execute(
            select(deliveries.c.id)
            .where(deliveries.c.state == "received")
            .where(deliveries.c.received_at < func.now() - older_than)
            .order_by(deliveries.c.id)
            .limit(limit)
        )
        .scalars()
        .all()
    )
