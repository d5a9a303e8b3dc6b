"""Past suggestions, as they were stored: what a preview compares with. Reads only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, func, select

from bridge.store.tables import suggestions, tasks


def past_suggestions(
    conn: Connection, *, project_id: int | None = None, limit: int
) -> Sequence[tuple[str, Mapping[str, Any]]]:
    """The latest rated report of each content, newest content first, as (content key, report).

    Args:
        conn: an open connection.
        project_id: only contents that live tasks of this project hold.
        limit: how many contents at most.
    """
    latest = select(func.max(suggestions.c.id)).group_by(suggestions.c.content_key)
    chosen = select(suggestions.c.content_key, suggestions.c.rated).where(
        suggestions.c.id.in_(latest)
    )
    if project_id is not None:
        held = select(tasks.c.content_key).where(
            tasks.c.project_id == project_id, tasks.c.state != "deleted"
        )
        chosen = chosen.where(suggestions.c.content_key.in_(held))
    rows = conn.execute(chosen.order_by(suggestions.c.id.desc()).limit(limit))
    return [(str(key), dict(rated)) for key, rated in rows]
