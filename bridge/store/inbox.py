"""Takes deliveries in: the body and its job commit together, or neither is there."""

from __future__ import annotations

from typing import Protocol

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import InterfaceError, OperationalError

from bridge.store import deliveries


class StoreDownError(Exception):
    """The database can't be reached now."""


class DeliveryQueue(Protocol):
    """Puts the job for a delivery into the queue, on the given transaction."""

    def defer_delivery(self, conn: Connection, delivery_id: int) -> None:
        """Works on a stored delivery."""


class Inbox:
    """The table of deliveries, for those who put something in."""

    def __init__(self, engine: Engine, queue: DeliveryQueue) -> None:
        self._engine = engine
        self._queue = queue

    def keep(self, *, action: str, body: bytes, digest: bytes | None, known: bool) -> bool:
        """Stores a delivery and, where its action is known, its job. False for a duplicate.

        Raises:
            StoreDownError: nothing was kept; keep it elsewhere.
        """
        state = "received" if known else "ignored"
        try:
            with self._engine.begin() as conn:
                stored = deliveries.store(
                    conn, action=action, body=body, digest=digest, state=state
                )
                if stored is not None and known:
                    self._queue.defer_delivery(conn, stored)
        except (OperationalError, InterfaceError) as exc:
            raise StoreDownError from exc
        return stored is not None
