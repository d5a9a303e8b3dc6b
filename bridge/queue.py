"""Puts jobs into the queue, on the caller's own transaction: work and its cause commit together."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

import procrastinate
from procrastinate import SyncPsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued

from bridge.store import Connection

NAMESPACE = "gavel"
PRIORITY_PERSON = 10
"""Somebody is waiting for this one."""
PRIORITY_BULK = 0
PRIORITY_IDLE = -10
"""Nobody waits for this one; it runs when nothing else does."""
QUEUES = {
    "process_delivery": "events",
    "audit_content": "audit",
    "deepen_content": "audit",
    "ask_opinion": "opinions",
    "publish": "publish",
    "reconcile": "reconcile",
    "observe": "review",
    "deliver_ticket": "tickets",
}
"""Job -> queue. Audits have a queue of their own: only they hold a sandbox."""


class Queue(Protocol):
    """What handlers may ask for. Each call joins the transaction of `conn`.

    Asking twice for what already waits changes nothing.
    """

    def defer_delivery(self, conn: Connection, delivery_id: int) -> None:
        """Works on a stored delivery."""

    def defer_audits(self, conn: Connection, keys: Iterable[str], *, priority: int) -> None:
        """Audits the content behind each key."""

    def defer_deepen(self, conn: Connection, key: str) -> None:
        """Audits the content again with the second pass, one at a time, when no audit waits."""

    def defer_opinion(self, conn: Connection, key: str) -> None:
        """Asks for a second opinion on a content, one at a time."""

    def defer_publish(self, conn: Connection, project_id: int) -> None:
        """Publishes what waits in a project."""

    def defer_reconcile(self, conn: Connection, project_id: int) -> None:
        """Looks for what was never delivered from a project."""

    def defer_observe(
        self, conn: Connection, project_id: int, task_id: int, *, delay_s: float = 0
    ) -> None:
        """Looks at a task's annotations."""

    def defer_ticket(self, conn: Connection, key: str, delay_s: float = 0) -> None:
        """Works on a row of the outbox."""


class JobQueue:
    """The queue on procrastinate."""

    def __init__(self, url: str) -> None:
        """Takes the database's address; no connection is made, the callers' own are used.

        It has an application of its own, since one that a worker has opened is asynchronous.
        """
        self._app = procrastinate.App(connector=SyncPsycopgConnector(conninfo=url))

    def defer_delivery(self, conn: Connection, delivery_id: int) -> None:
        """See Queue."""
        self._defer(
            conn, "process_delivery", f"delivery:{delivery_id}", {"delivery_id": delivery_id}
        )

    def defer_audits(self, conn: Connection, keys: Iterable[str], *, priority: int) -> None:
        """See Queue."""
        for key in keys:
            name = f"audit:{key}"
            self._defer(conn, "audit_content", name, {"content_key": key}, priority=priority)

    def defer_deepen(self, conn: Connection, key: str) -> None:
        """See Queue."""
        self._defer(
            conn,
            "deepen_content",
            f"deepen:{key}",
            {"content_key": key},
            lock="deepen",
            priority=PRIORITY_IDLE,
        )

    def defer_opinion(self, conn: Connection, key: str) -> None:
        """See Queue."""
        self._defer(
            conn,
            "ask_opinion",
            f"opinion:{key}",
            {"content_key": key},
            lock="opinion",
            priority=PRIORITY_IDLE,
        )

    def defer_publish(self, conn: Connection, project_id: int) -> None:
        """See Queue."""
        self._defer(conn, "publish", f"publish:{project_id}", {"project_id": project_id})

    def defer_reconcile(self, conn: Connection, project_id: int) -> None:
        """See Queue."""
        self._defer(
            conn,
            "reconcile",
            f"reconcile:{project_id}",
            {"project_id": project_id},
            priority=PRIORITY_IDLE,
        )

    def defer_observe(
        self, conn: Connection, project_id: int, task_id: int, *, delay_s: float = 0
    ) -> None:
        """See Queue."""
        args = {"project_id": project_id, "task_id": task_id}
        self._defer(conn, "observe", f"observe:{task_id}", args, delay_s=delay_s)

    def defer_ticket(self, conn: Connection, key: str, delay_s: float = 0) -> None:
        """See Queue."""
        self._defer(conn, "deliver_ticket", f"ticket:{key}", {"key": key}, delay_s=delay_s)

    def _defer(
        self,
        conn: Connection,
        task: str,
        name: str,
        args: dict[str, Any],
        *,
        lock: str = "",
        priority: int = PRIORITY_PERSON,
        delay_s: float = 0,
    ) -> None:
        """Defers inside a savepoint, since a job that waits already is refused by a unique key.

        A delayed job carries no lock: a waiting job blocks every later one of the same lock.
        """
        options: dict[str, Any] = {"priority": priority, "queue": QUEUES[task]}
        if delay_s > 0:
            options["schedule_in"] = {"seconds": delay_s}
            options["queueing_lock"] = f"{name}:later"
        else:
            options |= {"lock": lock or name, "queueing_lock": name}
        raw = conn.connection.driver_connection
        try:
            with conn.begin_nested():
                self._app.configure_task(f"{NAMESPACE}:{task}", connection=raw, **options).defer(
                    **args
                )
        except AlreadyEnqueued:
            return
