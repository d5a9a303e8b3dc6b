"""What was heard of in a project, to hold against what Label Studio has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select

from bridge.store import Connection
from bridge.store.review_tables import annotation_table, snapshots
from bridge.store.tables import tasks


def live_tasks(conn: Connection, project_id: int) -> frozenset[int]:
    """The project's tasks that nobody has deleted, as far as we know."""
    query = select(tasks.c.task_id).where(
        tasks.c.project_id == project_id, tasks.c.state != "deleted"
    )
    return frozenset(conn.execute(query).scalars())


def latest_states(conn: Connection, task_ids: Sequence[int]) -> Mapping[int, datetime]:
    """Annotation -> when the newest state of it that we hold was made, for those on the tasks."""
    query = (
        select(snapshots.c.annotation_id, func.max(snapshots.c.updated_at))
        .where(snapshots.c.task_id.in_(task_ids), snapshots.c.gone.is_(False))
        .group_by(snapshots.c.annotation_id)
    )
    return {row[0]: row[1] for row in conn.execute(query)}


def live_annotations(conn: Connection, task_ids: Sequence[int]) -> Mapping[int, int]:
    """Annotation -> task, for those on the tasks that we believe to be there."""
    query = select(annotation_table.c.annotation_id, annotation_table.c.task_id).where(
        annotation_table.c.task_id.in_(task_ids), annotation_table.c.status.in_(("live", "skipped"))
    )
    return {row[0]: row[1] for row in conn.execute(query)}
