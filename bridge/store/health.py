"""Looks at the database itself: does it answer, which release, did something arrive."""

from __future__ import annotations

from sqlalchemy import Connection, text


def answers(conn: Connection) -> bool:
    """True, or an exception."""
    return bool(conn.execute(text("select 1")).scalar_one() == 1)


def server_version(conn: Connection) -> str:
    """The server's release, for example `18.1`."""
    return str(conn.execute(text("show server_version")).scalar_one())


def delivery_holding(conn: Connection, words: bytes) -> bool:
    """Whether a delivery of the last minute holds these bytes."""
    found = conn.execute(
        text(
            "select 1 from deliveries where received_at > now() - interval '1 minute' "
            "and position(:words in body) > 0"
        ),
        {"words": words},
    )
    return found.first() is not None
