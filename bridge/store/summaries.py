"""Short views across tables, for people and for the demo's check."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text


@dataclass(frozen=True, slots=True, kw_only=True)
class RatedTask:
    """A task with what was suggested for it."""

    task_id: int
    title: str
    rated: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketSummary:
    """A row of the outbox with the number of its open overrides."""

    task_id: int
    annotation_id: int
    state: str
    reference: str
    overrides: int


_RATED = text(
    "select t.task_id, coalesce(t.data->>'title', '') as title, s.rated from tasks t "
    "join predictions p using (task_id) join suggestions s on s.id = p.suggestion_id "
    "where t.project_id = :project and p.state = 'published' order by t.task_id"
)
_TICKETS = text(
    "select t.task_id, t.target_id as annotation_id, t.state, "
    "coalesce(t.issue_key, t.issue_id, '') as reference, count(o.criterion) as overrides "
    "from tickets t left join overrides o on o.target_id = t.target_id "
    "and o.target_created_at = t.target_created_at and o.generation = t.generation "
    "and o.status = 'open' where t.task_id = any(:tasks) group by t.key order by t.task_id"
)


def rated_tasks(conn: Connection, project_id: int) -> list[RatedTask]:
    """A project's tasks whose prediction is published."""
    rows = conn.execute(_RATED, {"project": project_id}).mappings()
    return [RatedTask(**row) for row in rows]


def tickets_of(conn: Connection, task_ids: Sequence[int]) -> list[TicketSummary]:
    """The tickets of some tasks."""
    rows = conn.execute(_TICKETS, {"tasks": list(task_ids)}).mappings()
    return [TicketSummary(**row) for row in rows]
