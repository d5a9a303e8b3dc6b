"""Tickets of the local tracker. They know nothing of the outbox, as any other tracker's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, select, update
from sqlalchemy.dialects.postgresql import insert

from bridge.store.review_tables import local_tickets


def create(conn: Connection, *, key: str, summary: str, body: str, labels: Sequence[str]) -> int:
    """Makes a ticket and gives its number; one of the same key is found instead."""
    conn.execute(
        insert(local_tickets)
        .values(key=key, summary=summary, body=body, labels=list(labels))
        .on_conflict_do_nothing(index_elements=["key"])
    )
    return int(
        conn.execute(select(local_tickets.c.id).where(local_tickets.c.key == key)).scalar_one()
    )


def with_key(conn: Connection, key: str) -> Row[Any] | None:
    """The ticket made for a key."""
    return conn.execute(select(local_tickets).where(local_tickets.c.key == key)).one_or_none()


def load(conn: Connection, ticket_id: int, *, lock: bool = False) -> Row[Any] | None:
    """One ticket; locked until the transaction ends, if asked."""
    query = select(local_tickets).where(local_tickets.c.id == ticket_id)
    return conn.execute(query.with_for_update() if lock else query).one_or_none()


def put_link(conn: Connection, ticket_id: int, global_id: str, link: dict[str, str]) -> bool:
    """Puts a link by its id; False where the ticket is gone."""
    row = load(conn, ticket_id, lock=True)
    if row is None:
        return False
    conn.execute(
        update(local_tickets)
        .where(local_tickets.c.id == ticket_id)
        .values(links={**row.links, global_id: link})
    )
    return True


def put_comment(conn: Connection, ticket_id: int, marker: str, text: str) -> bool:
    """Adds a comment unless one with its marker is there; False where the ticket is gone."""
    row = load(conn, ticket_id, lock=True)
    if row is None:
        return False
    if all(comment["marker"] != marker for comment in row.comments):
        conn.execute(
            update(local_tickets)
            .where(local_tickets.c.id == ticket_id)
            .values(comments=[*row.comments, {"marker": marker, "text": text}])
        )
    return True
