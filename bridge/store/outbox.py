"""The outbox's rows and their states. Every change names the state it expects, so none is lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection as Connection  # noqa: PLC0414 - trackers may not import sqlalchemy
from sqlalchemy import Engine as Engine  # noqa: PLC0414 - trackers may not import sqlalchemy
from sqlalchemy import Row, func, select, update
from sqlalchemy.dialects.postgresql import insert

from bridge.store.review_tables import tickets
from rubric.override_model import AnnotationKey

STATES = ("pending", "held", "sending", "uncertain", "done", "rejected", "dead", "withdrawn")

TicketRow = Row[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A ticket that should exist, or say something else than it does."""

    key: str
    project_id: int
    task_id: int
    target: AnnotationKey
    route: str
    generation: int
    digest: str
    due_at: datetime


def load(conn: Connection, key: str, *, lock: bool = False) -> TicketRow | None:
    """One row; locked until the transaction ends, if asked."""
    query = select(tickets).where(tickets.c.key == key)
    return conn.execute(query.with_for_update() if lock else query).one_or_none()


def want(conn: Connection, wanted: Wanted) -> bool:
    """Puts a ticket in line, or notes what it should say; True where that is new."""
    row = load(conn, wanted.key, lock=True)
    if row is None:
        return _insert(conn, wanted)
    if row.wanted == wanted.digest and row.state != "withdrawn":
        return False
    state = "pending" if row.state == "withdrawn" else row.state
    move(
        conn, wanted.key, (row.state,), state,
        wanted=wanted.digest,
        **({} if row.state in {"sending", "uncertain"} else {"due_at": wanted.due_at}),
    )  # fmt: skip
    return True


def _insert(conn: Connection, wanted: Wanted) -> bool:
    done = conn.execute(
        insert(tickets)
        .values(
            key=wanted.key,
            project_id=wanted.project_id,
            task_id=wanted.task_id,
            target_id=wanted.target.id,
            target_created_at=wanted.target.created_at,
            route=wanted.route,
            generation=wanted.generation,
            state="pending",
            due_at=wanted.due_at,
            wanted=wanted.digest,
        )
        .on_conflict_do_nothing()
        .returning(tickets.c.key)
    )
    return done.scalar() is not None


def withdraw(conn: Connection, key: str) -> None:
    """Takes back a ticket that was never sent."""
    row = load(conn, key, lock=True)
    if row is not None and row.creates == 0:
        move(conn, key, ("pending", "held"), "withdrawn")


def hold(conn: Connection, key: str) -> bool:
    """Keeps a ticket back until somebody releases it; False where it is not waiting."""
    return move(conn, key, ("pending",), "held")


def release(conn: Connection, key: str, now: datetime) -> bool:
    """Puts a held ticket in line; False where it is not held."""
    return move(conn, key, ("held",), "pending", due_at=now)


def retry(conn: Connection, key: str, now: datetime) -> bool:
    """Puts in line what gave up; False where nothing did.

    It can't make a second ticket: each attempt looks for one before it creates any.
    """
    again = {"due_at": now, "retries": 0, "reason": None, "error": None}
    if move(conn, key, ("rejected", "dead"), "pending", **again):
        return True
    row = load(conn, key, lock=True)
    if row is None or row.state != "done" or row.reason is None:
        return False
    note(conn, key, again)
    return True


def stuck(conn: Connection) -> Sequence[str]:
    """Keys of the rows that only a person can bring on, oldest first."""
    gave_up = tickets.c.state.in_(("rejected", "dead"))
    untold = (tickets.c.state == "done") & tickets.c.reason.is_not(None)
    query = select(tickets.c.key).where(gave_up | untold).order_by(tickets.c.created_at)
    return conn.execute(query).scalars().all()


def move(conn: Connection, key: str, expected: Sequence[str], state: str, **values: Any) -> bool:
    """Changes a row's state if it is in one of the expected ones; False if it is not."""
    token = values.pop("token", None)
    query = update(tickets).where(tickets.c.key == key, tickets.c.state.in_(expected))
    if token is not None:
        query = query.where(tickets.c.attempt_token == token)
    done = conn.execute(
        query.values(state=state, changed_at=func.now(), **values).returning(tickets.c.key)
    )
    return done.scalar() is not None


def note(conn: Connection, key: str, values: Mapping[str, Any]) -> None:
    """Records a step that does not change the state."""
    conn.execute(
        update(tickets).where(tickets.c.key == key).values(changed_at=func.now(), **dict(values))
    )


def forgotten(conn: Connection, now: datetime, *, late: timedelta) -> Sequence[str]:
    """Keys of rows that should have been worked on by now; their job may be lost."""
    overdue = tickets.c.state.in_(("pending", "uncertain")) & (tickets.c.due_at < now - late)
    stuck = (tickets.c.state == "sending") & (tickets.c.lease_until < now)
    untold = (
        (tickets.c.state == "done")
        & (tickets.c.told.is_distinct_from(tickets.c.wanted) | tickets.c.linked.is_(False))
        & (tickets.c.due_at < now - late)
        & tickets.c.reason.is_(None)
    )
    return (
        conn.execute(
            select(tickets.c.key)
            .where(overdue | stuck | untold)
            .order_by(tickets.c.due_at)
            .limit(500)
        )
        .scalars()
        .all()
    )


def listed(
    conn: Connection, *, states: Sequence[str] = (), limit: int = 200
) -> Sequence[TicketRow]:
    """The newest rows, of all states where none is named."""
    query = select(tickets).order_by(tickets.c.created_at.desc(), tickets.c.key).limit(limit)
    return conn.execute(query.where(tickets.c.state.in_(states)) if states else query).all()


def find(conn: Connection, name: str) -> TicketRow | None:
    """One row by its key, the start of it, or the tracker's own key."""
    return conn.execute(
        select(tickets)
        .where((tickets.c.issue_key == name) | tickets.c.key.startswith(name, autoescape=True))
        .order_by(tickets.c.created_at)
        .limit(1)
    ).one_or_none()
