"""Tasks, their audits' results and their predictions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, select, update
from sqlalchemy.dialects.postgresql import insert

from bridge.store.tables import imported, installation, predictions, reports, suggestions, tasks


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTask:
    """A task as Label Studio told it."""

    task_id: int
    project_id: int
    data: Mapping[str, Any]
    content_key: str | None
    evidence_key: str | None
    state: str = "new"
    error: str | None = None


def instance_id(conn: Connection, proposed: str) -> str:
    """The identity of this installation; made from `proposed` the first time."""
    conn.execute(insert(installation).values(id=1, instance_id=proposed).on_conflict_do_nothing())
    return str(conn.execute(select(installation.c.instance_id)).scalar_one())


def save(conn: Connection, found: Iterable[NewTask]) -> None:
    """Stores tasks; one that is known already gets its new data and stays audited if it is equal."""
    rows: list[dict[str, Any]] = [
        {
            "task_id": task.task_id,
            "project_id": task.project_id,
            "data": dict(task.data),
            "content_key": task.content_key,
            "evidence_key": task.evidence_key,
            "state": task.state,
            "error": task.error,
        }
        for task in found
    ]
    if not rows:
        return
    taken = _taken_evidence_keys(conn, rows)
    for row in rows:
        if taken.get(row["evidence_key"], row["task_id"]) != row["task_id"]:
            row["evidence_key"] = None
    statement = insert(tasks)
    conn.execute(
        statement.on_conflict_do_update(
            index_elements=[tasks.c.task_id],
            set_={
                "data": statement.excluded.data,
                "project_id": statement.excluded.project_id,
                "content_key": statement.excluded.content_key,
                "evidence_key": statement.excluded.evidence_key,
                "state": statement.excluded.state,
                "error": statement.excluded.error,
                "changed_at": func.now(),
            },
            where=tasks.c.content_key.is_distinct_from(statement.excluded.content_key)
            | (tasks.c.state == "deleted"),
        ),
        rows,
    )


def _taken_evidence_keys(conn: Connection, rows: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Who owns each address: the first task that names one keeps it."""
    owners: dict[str, int] = {}
    for row in rows:
        if row["evidence_key"]:
            owners.setdefault(row["evidence_key"], row["task_id"])
    stored = conn.execute(
        select(tasks.c.evidence_key, tasks.c.task_id).where(tasks.c.evidence_key.in_(owners))
    )
    owners.update((key, task_id) for key, task_id in stored)
    return owners


def mark_deleted(conn: Connection, task_ids: Sequence[int]) -> None:
    """Notes that tasks are gone; their rows stay as the record."""
    conn.execute(
        update(tasks)
        .where(tasks.c.task_id.in_(task_ids))
        .values(state="deleted", changed_at=func.now())
    )


def load(conn: Connection, task_id: int) -> Row[Any] | None:
    """One task."""
    return conn.execute(select(tasks).where(tasks.c.task_id == task_id)).one_or_none()


def by_evidence_key(conn: Connection, key: str) -> Row[Any] | None:
    """The task behind an evidence address."""
    return conn.execute(select(tasks).where(tasks.c.evidence_key == key)).one_or_none()


def with_content(conn: Connection, content_key: str) -> Sequence[Row[Any]]:
    """Live tasks that hold this content, oldest first."""
    return conn.execute(
        select(tasks)
        .where(tasks.c.content_key == content_key, tasks.c.state != "deleted")
        .order_by(tasks.c.task_id)
    ).all()


def unfinished(conn: Connection, *, older_than: timedelta, limit: int = 1000) -> Sequence[str]:
    """Content keys of tasks that have waited for their audit for a while."""
    return (
        conn.execute(
            select(tasks.c.content_key)
            .where(tasks.c.state == "new", tasks.c.content_key.is_not(None))
            .where(tasks.c.changed_at < func.now() - older_than)
            .distinct()
            .limit(limit)
        )
        .scalars()
        .all()
    )


def mark_audited(conn: Connection, task_ids: Sequence[int], state: str = "audited") -> None:
    """Notes that tasks have their suggestion."""
    conn.execute(
        update(tasks)
        .where(tasks.c.task_id.in_(task_ids))
        .values(state=state, changed_at=func.now())
    )


def mark_unaudited(conn: Connection, content_key: str, error: str) -> None:
    """Notes that the tasks of a content could not be audited, and why."""
    conn.execute(
        update(tasks)
        .where(tasks.c.content_key == content_key, tasks.c.state == "new")
        .values(state="failed", error=error, changed_at=func.now())
    )


def report(conn: Connection, content_key: str) -> Mapping[str, Any] | None:
    """The stored audit report of a content; one that the sandbox spoilt does not count."""
    found = conn.execute(
        select(reports.c.report)
        .where(reports.c.content_key == content_key)
        .where(reports.c.verdict != "internal_error")
    ).scalar()
    return dict(found) if found is not None else None


def save_report(conn: Connection, content_key: str, body: Mapping[str, Any]) -> None:
    """Keeps a report; the first one of a content stays, unless the sandbox had spoilt it."""
    statement = insert(reports).values(
        content_key=content_key, report=dict(body), verdict=body["verdict"]
    )
    conn.execute(
        statement.on_conflict_do_update(
            index_elements=[reports.c.content_key],
            set_={
                "report": statement.excluded.report,
                "verdict": statement.excluded.verdict,
                "created_at": func.now(),
            },
            where=reports.c.verdict == "internal_error",
        )
    )


def save_suggestion(
    conn: Connection, content_key: str, *, rubric: str, calibration: str, rated: Mapping[str, Any]
) -> int:
    """Keeps a rated report and gives its id; an equal one is found again."""
    statement = insert(suggestions).values(
        content_key=content_key, rubric_version=rubric, calibration=calibration, rated=dict(rated)
    )
    found = conn.execute(
        statement.on_conflict_do_update(
            index_elements=["content_key", "rubric_version", "calibration"],
            set_={"rubric_version": statement.excluded.rubric_version},
        ).returning(suggestions.c.id)
    )
    return int(found.scalar_one())


def rated_of_task(conn: Connection, task_id: int) -> Mapping[str, Any] | None:
    """The rated report behind a task's prediction."""
    found = conn.execute(
        select(suggestions.c.rated)
        .join(predictions, predictions.c.suggestion_id == suggestions.c.id)
        .where(predictions.c.task_id == task_id)
    ).scalar()
    return dict(found) if found is not None else None


def save_predictions(conn: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Puts predictions in line for publishing; what is published or frozen already stays."""
    if not rows:
        return
    statement = insert(predictions)
    conn.execute(
        statement.on_conflict_do_update(
            index_elements=[predictions.c.task_id],
            set_={
                "suggestion_id": statement.excluded.suggestion_id,
                "result": statement.excluded.result,
                "state": statement.excluded.state,
                "model_version": statement.excluded.model_version,
            },
            where=predictions.c.frozen.is_(False)
            & (predictions.c.state != "sending")
            & (predictions.c.state != "published"),
        ),
        [dict(row) for row in rows],
    )


def claim_predictions(conn: Connection, project_id: int, limit: int) -> Sequence[Row[Any]]:
    """Takes the next predictions to publish (pending -> sending), oldest first.

    A row in `sending` that this returns with `attempts` > 1 may be in Label Studio already.
    """
    chosen = (
        select(predictions.c.task_id)
        .where(predictions.c.project_id == project_id)
        .where(predictions.c.state.in_(["pending", "sending"]))
        .order_by(predictions.c.created_at, predictions.c.task_id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return conn.execute(
        update(predictions)
        .where(predictions.c.task_id.in_(chosen))
        .values(state="sending", attempts=predictions.c.attempts + 1)
        .returning(predictions)
    ).all()


def waiting_predictions(conn: Connection, project_id: int) -> tuple[int, bool]:
    """How many predictions wait to be published, and whether audits are still to come."""
    waiting = (
        select(func.count())
        .select_from(predictions)
        .where(predictions.c.project_id == project_id)
        .where(predictions.c.state.in_(["pending", "sending"]))
    )
    coming = (
        select(tasks.c.task_id)
        .where(tasks.c.project_id == project_id, tasks.c.state == "new")
        .exists()
    )
    number, more = conn.execute(select(waiting.scalar_subquery(), coming)).one()
    return int(number), bool(more)


def mark_published(conn: Connection, task_ids: Sequence[int]) -> None:
    """Notes that Label Studio has these predictions."""
    conn.execute(
        update(predictions)
        .where(predictions.c.task_id.in_(task_ids))
        .values(state="published", published_at=func.now(), error=None)
    )


def mark_failed(conn: Connection, task_ids: Sequence[int], error: str) -> None:
    """Notes that Label Studio will not take these predictions."""
    conn.execute(
        update(predictions)
        .where(predictions.c.task_id.in_(task_ids))
        .values(state="failed", error=error)
    )


def freeze_predictions(conn: Connection, task_ids: Sequence[int]) -> None:
    """Marks predictions that people have answered: they are never replaced."""
    conn.execute(update(predictions).where(predictions.c.task_id.in_(task_ids)).values(frozen=True))


def projects_waiting(conn: Connection) -> Sequence[int]:
    """Projects that have predictions to publish."""
    return (
        conn.execute(
            select(predictions.c.project_id)
            .where(predictions.c.state.in_(["pending", "sending"]))
            .distinct()
        )
        .scalars()
        .all()
    )


def note_imported(conn: Connection, evidence_keys: Sequence[str]) -> None:
    """Remembers addresses of tasks that are imported together with their prediction."""
    if evidence_keys:
        rows = [{"evidence_key": key} for key in evidence_keys]
        conn.execute(insert(imported).on_conflict_do_nothing(), rows)


def were_imported(conn: Connection, evidence_keys: Sequence[str]) -> frozenset[str]:
    """Which of these addresses came with their prediction."""
    found = conn.execute(
        select(imported.c.evidence_key).where(imported.c.evidence_key.in_(evidence_keys))
    )
    return frozenset(found.scalars())
