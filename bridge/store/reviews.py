"""What was observed on annotations, and the overrides derived from it. Snapshots are append-only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from bridge.store.review_tables import (
    annotation_table,
    notices,
    overrides,
    reviews,
    snapshots,
    standings,
    tickets,
)
from rubric.override_model import (
    REVIEWS,
    AnnotationKey,
    AnnotationState,
    Effect,
    Opinion,
    Override,
    OverrideStatus,
    State,
)

_OBSERVE_LOCK = 0x6F62
"""First half of the advisory lock on a task's reviews; any constant that nobody else uses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """One state of an annotation as Label Studio tells it."""

    key: AnnotationKey
    project_id: int
    task_id: int
    updated_at: datetime
    author: int | None
    updated_by: int | None
    digest: str
    result: Sequence[Mapping[str, Any]]
    cancelled: bool = False
    parent_prediction: int | None = None
    parent_annotation: int | None = None
    imported: bool = False
    gone: bool = False
    verified: bool = True


def lock_task(conn: Connection, task_id: int) -> None:
    """Holds other observers of the task until this transaction ends."""
    conn.execute(select(func.pg_advisory_xact_lock(_OBSERVE_LOCK, func.hashint8(task_id)))).all()


def append(conn: Connection, seen: Iterable[Observed]) -> int:
    """Stores states that are not known yet and gives their number."""
    rows = [_snapshot_row(one) for one in seen]
    if not rows:
        return 0
    statement = insert(snapshots).on_conflict_do_nothing().returning(snapshots.c.id)
    return len(conn.execute(statement, rows).all())


def _snapshot_row(one: Observed) -> dict[str, Any]:
    return {
        "annotation_id": one.key.id,
        "created_at": one.key.created_at,
        "project_id": one.project_id,
        "task_id": one.task_id,
        "updated_at": one.updated_at,
        "author": one.author,
        "updated_by": one.updated_by,
        "digest": one.digest,
        "result": list(one.result),
        "cancelled": one.cancelled,
        "parent_prediction": one.parent_prediction,
        "parent_annotation": one.parent_annotation,
        "imported": one.imported,
        "gone": one.gone,
        "verified": one.verified,
    }


def known_on_task(conn: Connection, task_id: int) -> Sequence[Row[Any]]:
    """The newest state of each annotation that we believe lives on the task; fetched ones first."""
    ended = select(snapshots.c.annotation_id, snapshots.c.created_at).where(snapshots.c.gone)
    found = conn.execute(
        select(snapshots)
        .where(snapshots.c.annotation_id.in_(_ids_on(task_id)))
        .where(tuple_(snapshots.c.annotation_id, snapshots.c.created_at).not_in(ended))
        .order_by(snapshots.c.verified.desc(), snapshots.c.updated_at.desc(), snapshots.c.id)
    )
    newest: dict[tuple[int, datetime], Row[Any]] = {}
    for row in found:
        newest.setdefault((row.annotation_id, row.created_at), row)
    homes = _homes(conn, [row.annotation_id for row in newest.values()])
    return [row for key, row in newest.items() if homes.get(key, row.task_id) == task_id]


def _homes(conn: Connection, ids: Sequence[int]) -> dict[tuple[int, datetime], int]:
    found = conn.execute(select(annotation_table).where(annotation_table.c.annotation_id.in_(ids)))
    return {(row.annotation_id, row.created_at): row.task_id for row in found}


def _ids_on(task_id: int) -> Any:
    seen = select(snapshots.c.annotation_id).where(snapshots.c.task_id == task_id)
    moved = select(annotation_table.c.annotation_id).where(annotation_table.c.task_id == task_id)
    return seen.union(moved)


def history_of_task(conn: Connection, task_id: int) -> Sequence[Row[Any]]:
    """Every state of the annotations that live, or last lived, on the task."""
    elsewhere = select(annotation_table.c.annotation_id, annotation_table.c.created_at).where(
        annotation_table.c.task_id != task_id
    )
    return conn.execute(
        select(snapshots)
        .where(snapshots.c.annotation_id.in_(_ids_on(task_id)))
        .where(tuple_(snapshots.c.annotation_id, snapshots.c.created_at).not_in(elsewhere))
        .order_by(snapshots.c.id)
    ).all()


def place(conn: Connection, key: AnnotationKey, *, project_id: int, task_id: int) -> int | None:
    """Notes where an annotation and what came of it live; gives the task before, if another."""
    where = (annotation_table.c.annotation_id == key.id) & (
        annotation_table.c.created_at == key.created_at
    )
    before = conn.execute(select(annotation_table.c.task_id).where(where)).scalar()
    if before is None or before == task_id:
        return None
    here = {"project_id": project_id, "task_id": task_id}
    conn.execute(update(annotation_table).where(where).values(here))
    for table in (overrides, tickets):
        about = (table.c.target_id == key.id) & (table.c.target_created_at == key.created_at)
        conn.execute(update(table).where(about).values(here))
    return int(before)


def tasks_of(conn: Connection, annotation_ids: Iterable[int]) -> Sequence[int]:
    """The tasks on which annotations were seen."""
    return (
        conn.execute(
            select(snapshots.c.task_id)
            .where(snapshots.c.annotation_id.in_(list(annotation_ids)))
            .distinct()
            .order_by(snapshots.c.task_id)
        )
        .scalars()
        .all()
    )


def save_state(conn: Connection, state: State, *, project_id: int, task_id: int) -> None:
    """Brings annotations and standings to what was derived."""
    for annotation in state.annotations.values():
        _save_annotation(conn, annotation, project_id=project_id, task_id=task_id)
        _save_standings(conn, annotation)


def _save_annotation(
    conn: Connection, annotation: AnnotationState, *, project_id: int, task_id: int
) -> None:
    row = {
        "project_id": project_id,
        "task_id": task_id,
        "author": annotation.author,
        "origin": annotation.origin.value,
        "status": annotation.status.value,
        "targets": [[key.id, key.created_at.isoformat()] for key in annotation.targets],
    }
    conn.execute(
        insert(annotation_table)
        .values(annotation_id=annotation.key.id, created_at=annotation.key.created_at, **row)
        .on_conflict_do_update(
            index_elements=["annotation_id", "created_at"],
            set_={**row, "changed_at": func.now()},
        )
    )


def _save_standings(conn: Connection, annotation: AnnotationState) -> None:
    key = annotation.key
    conn.execute(
        delete(standings).where(
            standings.c.annotation_id == key.id, standings.c.created_at == key.created_at
        )
    )
    rows = [
        {
            "annotation_id": key.id,
            "created_at": key.created_at,
            "criterion": criterion,
            "base": standing.base,
            "base_known": standing.base_known,
            "base_claimed": standing.base_claimed,
            "value": standing.value,
            "value_by": standing.value_by,
        }
        for criterion, standing in annotation.standings.items()
    ]
    if rows:
        conn.execute(insert(standings), rows)


def save_effects(
    conn: Connection, effects: Iterable[Effect], *, project_id: int, task_id: int
) -> None:
    """Records reviews and notices; one that is known changes nothing."""
    for effect in effects:
        common = {
            "annotation_id": effect.target.id,
            "created_at": effect.target.created_at,
            "project_id": project_id,
            "task_id": task_id,
        }
        if effect.kind in REVIEWS:
            row = {"reviewer": effect.by, "outcome": effect.kind.value, "reviewed_at": effect.at}
            conn.execute(insert(reviews).values(**common, **row).on_conflict_do_nothing())
        else:
            row = {
                "kind": effect.kind.value,
                "criterion": effect.criterion,
                "by": effect.by,
                "noticed_at": effect.at,
            }
            conn.execute(insert(notices).values(**common, **row).on_conflict_do_nothing())


def load_overrides(conn: Connection, task_id: int) -> list[Override]:
    """The stored overrides on a task's annotations."""
    return [
        override_of(row)
        for row in conn.execute(select(overrides).where(overrides.c.task_id == task_id))
    ]


def overrides_of(conn: Connection, target: AnnotationKey, generation: int) -> list[Override]:
    """The stored overrides on one annotation, by criterion."""
    found = conn.execute(
        select(overrides)
        .where(overrides.c.target_id == target.id)
        .where(overrides.c.target_created_at == target.created_at)
        .where(overrides.c.generation == generation)
        .order_by(overrides.c.criterion)
    )
    return [override_of(row) for row in found]


def save_override(conn: Connection, override: Override, *, project_id: int, task_id: int) -> None:
    """Puts or replaces one override."""
    row = {
        "project_id": project_id,
        "task_id": task_id,
        "annotator": override.annotator,
        "reviewer": override.reviewer,
        "from_value": override.from_value,
        "to_value": override.to_value,
        "source_id": override.source.id,
        "source_created_at": override.source.created_at,
        "status": override.status.value,
        "reasons": list(override.reasons),
        "note": override.note,
        "flags": list(override.flags),
        "opened_at": override.opened_at,
        "changed_at": override.changed_at,
        "history": [[o.at.isoformat(), o.reviewer, o.value] for o in override.history],
    }
    conn.execute(
        insert(overrides)
        .values(
            target_id=override.target.id,
            target_created_at=override.target.created_at,
            criterion=override.criterion,
            generation=override.generation,
            **row,
        )
        .on_conflict_do_update(
            index_elements=["target_id", "target_created_at", "criterion", "generation"],
            set_=row,
        )
    )


def override_of(row: Row[Any]) -> Override:
    """An override from its row."""
    return Override(
        target=AnnotationKey(row.target_id, row.target_created_at),
        criterion=row.criterion,
        generation=row.generation,
        annotator=row.annotator,
        reviewer=row.reviewer,
        from_value=row.from_value,
        to_value=row.to_value,
        source=AnnotationKey(row.source_id, row.source_created_at),
        status=OverrideStatus(row.status),
        reasons=tuple(row.reasons),
        note=row.note,
        flags=tuple(row.flags),
        opened_at=row.opened_at,
        changed_at=row.changed_at,
        history=tuple(
            Opinion(datetime.fromisoformat(at), reviewer, value)
            for at, reviewer, value in row.history
        ),
    )
