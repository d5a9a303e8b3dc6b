"""Keeps second opinions, by content and rubric."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from bridge.store import Connection, Row
from bridge.store.tables import opinions


def save(
    conn: Connection,
    content_key: str,
    *,
    rubric: str,
    model: str,
    answers: Sequence[dict[str, Any]],
) -> None:
    """Keeps the answers; those of an earlier question give way."""
    row = {"model": model, "answers": list(answers)}
    conn.execute(
        insert(opinions)
        .values(content_key=content_key, rubric_version=rubric, **row)
        .on_conflict_do_update(
            index_elements=[opinions.c.content_key, opinions.c.rubric_version], set_=row
        )
    )


def found(conn: Connection, content_key: str, rubric: str) -> Row[Any] | None:
    """Gives the row for a content under a rubric's version, None where nothing was said."""
    return conn.execute(
        select(opinions).where(
            opinions.c.content_key == content_key, opinions.c.rubric_version == rubric
        )
    ).one_or_none()
