"""Opens the database. Everything below `store` takes a Connection; callers own transactions."""

from __future__ import annotations

import sqlalchemy
from sqlalchemy import Engine

CONNECT_TIMEOUT_S = 10
STATEMENT_TIMEOUT_MS = 60_000


def create_engine(url: str, *, pool_size: int = 5, ping: bool = True) -> Engine:
    """Gives an engine for `url` (postgresql://...), with time limits on connecting and statements.

    Args:
        url: the database.
        pool_size: connections kept open.
        ping: ask a pooled connection whether it lives before it is used; costs a round trip.
    """
    return sqlalchemy.create_engine(
        _with_driver(url),
        pool_size=pool_size,
        max_overflow=10,
        pool_pre_ping=ping,
        connect_args={
            "connect_timeout": CONNECT_TIMEOUT_S,
            "options": f"-c statement_timeout={STATEMENT_TIMEOUT_MS} -c timezone=UTC",
        },
    )


def _with_driver(url: str) -> str:
    scheme, sep, rest = url.partition("://")
    return f"postgresql+psycopg://{rest}" if sep and scheme in {"postgres", "postgresql"} else url
