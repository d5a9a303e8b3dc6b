"""Takes deliveries in: the body and its job commit together, or neither is there.

Both go in by one statement that commits by itself: one round trip, since Label Studio waits for it
inside a person's click.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, Row, text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from bridge.labelstudio.envelope import Envelope
from bridge.queue import NAMESPACE, PRIORITY_PERSON, QUEUES

_JOB = "process_delivery"
_KEEP = text(
    f"""
    with kept as (
        insert into deliveries (action, body, digest, state)
        values (:action, :body, :digest, case when :known then 'received' else 'ignored' end)
        on conflict (digest) do update set seen = deliveries.seen + 1
        returning id, seen
    ), queued as (
        select procrastinate_defer_jobs_v1(array[row(
            '{QUEUES[_JOB]}', '{NAMESPACE}:{_JOB}', {PRIORITY_PERSON},
            'delivery:' || id, 'delivery:' || id,
            jsonb_build_object('delivery_id', id), null
        )::procrastinate_job_to_defer_v1])
        from kept where seen = 1 and :known
    )
    select kept.seen, (select count(*) from queued) from kept
    """  # noqa: S608 - constants of ours, no outside text
)


class StoreDownError(Exception):
    """The database can't be reached now."""


class Inbox:
    """The table of deliveries, for those who put something in."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")

    def keep(self, envelope: Envelope, body: bytes) -> bool:
        """Stores a delivery and, where its action is known, its job. False for a duplicate.

        Raises:
            StoreDownError: nothing was kept; keep it elsewhere.
        """
        values = {
            "action": envelope.action,
            "body": body,
            "digest": envelope.digest,
            "known": envelope.known,
        }
        try:
            row = self._insert(values)
        except (OperationalError, InterfaceError) as exc:
            raise StoreDownError from exc
        return bool(row.seen == 1)

    def _insert(self, values: dict[str, Any]) -> Row[tuple[int, int]]:
        """Tries once more on a fresh connection where the pooled one turns out to be dead."""
        try:
            return self._execute(values)
        except DBAPIError as exc:
            if not exc.connection_invalidated:
                raise
            return self._execute(values)

    def _execute(self, values: dict[str, Any]) -> Row[tuple[int, int]]:
        with self._engine.connect() as conn:
            return conn.execute(_KEEP, values).one()
