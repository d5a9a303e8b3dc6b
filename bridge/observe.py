"""Folds what is to be seen on a task's annotations, and puts tickets in line. Safe to repeat."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from bridge.review_context import ReviewServices, policy_of, ratings_reader
from bridge.store import Connection, Engine, Row, outbox, reviews
from bridge.store.outbox import Wanted
from bridge.store.reviews import Observed
from rubric.override import fold
from rubric.override_model import (
    AnnotationKey,
    Override,
    OverrideStatus,
    Ratings,
    ReviewPolicy,
    Snapshot,
    State,
)

ROUTE = "review"
"""The one route there is until routing by reason and criterion comes."""
FIRST = 1
"""The generation of tickets until the tracker's answers open further ones."""
GONE_DIGEST = "gone"

Json = Mapping[str, Any]


class TicketQueue(Protocol):
    """Where the outbox's jobs go; each call joins the transaction of `conn`."""

    def defer_ticket(self, conn: Connection, key: str, delay_s: float = 0) -> None:
        """Works on a row of the outbox after `delay_s`."""


class ObserveServices(ReviewServices, Protocol):
    """What an observer needs."""

    @property
    def engine(self) -> Engine:
        """The database."""

    @property
    def queue(self) -> TicketQueue:
        """Where jobs go."""

    @property
    def instance_id(self) -> str:
        """This installation's Label Studio."""

    @property
    def clock(self) -> Callable[[], datetime]:
        """The time, aware."""


def claim(conn: Connection, project_id: int, annotation: Json) -> bool:
    """Keeps the state that a delivery tells, as claimed; False where it is known or unreadable."""
    try:
        seen = observed(annotation, project_id, verified=False)
    except (KeyError, TypeError, ValueError):
        return False
    return reviews.append(conn, [seen]) > 0


def tasks_of(conn: Connection, annotation_ids: Sequence[int]) -> Sequence[int]:
    """The tasks on which annotations were seen; a deletion tells only their ids."""
    return reviews.tasks_of(conn, annotation_ids)


def observed(annotation: Json, project_id: int, *, verified: bool) -> Observed:
    """An annotation's state from Label Studio's JSON.

    Raises:
        KeyError, TypeError, ValueError: a field is missing or of another kind.
    """
    result = annotation["result"] or []
    cancelled = bool(annotation.get("was_cancelled"))
    return Observed(
        key=AnnotationKey(int(annotation["id"]), _when(annotation["created_at"])),
        project_id=int(annotation.get("project") or project_id),
        task_id=int(annotation["task"]),
        updated_at=_when(annotation["updated_at"]),
        author=_user(annotation.get("completed_by")),
        updated_by=_user(annotation.get("updated_by")),
        digest=digest_of(result, cancelled=cancelled),
        result=result,
        cancelled=cancelled,
        parent_prediction=annotation.get("parent_prediction"),
        parent_annotation=annotation.get("parent_annotation"),
        imported=_is_imported(annotation),
        verified=verified,
    )


def _is_imported(annotation: Json) -> bool:
    """Imports write rows in bulk: no editor, and no origin within the task (read in 1.23.2)."""
    traces = ("updated_by", "parent_prediction", "parent_annotation")
    bulk = all(annotation.get(name) is None for name in traces)
    return bulk or annotation.get("import_id") is not None


def digest_of(result: Sequence[Json], *, cancelled: bool) -> str:
    """Names a state's content."""
    text = json.dumps([result, cancelled], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _when(value: str) -> datetime:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError(f"expected a time with its zone, got {value!r}")
    return moment


def _user(value: Any) -> int | None:
    """Users come as an id, or as an object where the API expands them."""
    found = value.get("id") if isinstance(value, Mapping) else value
    return None if found is None else int(found)


def observe_task(services: ObserveServices, project_id: int, task_id: int) -> None:
    """Fetches a task's annotations, folds all known states and brings overrides up to date.

    What Label Studio says is fetched before the transaction; an error of the fetch goes out and
    changes nothing. Doing this twice changes nothing either.
    """
    policy = policy_of(services, project_id)
    if policy is None:
        return
    seen = _fetch(services, project_id, task_id)
    with services.engine.begin() as conn:
        reviews.lock_task(conn, task_id)
        reviews.append(conn, seen)
        homes = _mend_links(conn, seen, task_id)
        for home in sorted({task_id, *homes}):
            _Fold(
                services=services, conn=conn, policy=policy, project_id=project_id, task_id=home
            ).run()


def _fetch(services: ObserveServices, project_id: int, task_id: int) -> list[Observed]:
    """All states of the task's annotations, those that left the task or are gone among them."""
    studio = services.labelstudio
    found = [
        observed({"task": task_id, **item}, project_id, verified=True)
        for item in studio.annotations(task_id)
    ]
    here = {one.key.id for one in found}
    with services.engine.begin() as conn:
        missing = [r for r in reviews.known_on_task(conn, task_id) if r.annotation_id not in here]
    for row in missing:
        item = studio.annotation(row.annotation_id)
        if item is not None:
            found.append(observed(item, project_id, verified=True))
        elif row.verified and studio.project(project_id) is not None:
            found.append(_gone(row, services.clock()))
    return found


def _gone(row: Row[Any], at: datetime) -> Observed:
    """A 404 while the token still works. Their clock may be ahead of ours."""
    return Observed(
        key=AnnotationKey(row.annotation_id, row.created_at),
        project_id=row.project_id,
        task_id=row.task_id,
        updated_at=max(at, row.updated_at + timedelta(microseconds=1)),
        author=row.author,
        updated_by=None,
        digest=GONE_DIGEST,
        result=(),
        gone=True,
    )


def _mend_links(conn: Connection, seen: Iterable[Observed], task_id: int) -> set[int]:
    """Notes annotations that moved to another task and gives the tasks concerned."""
    homes: set[int] = set()
    for one in seen:
        before = reviews.place(conn, one.key, project_id=one.project_id, task_id=one.task_id)
        if before is not None:
            homes |= {before, one.task_id}
    return homes - {task_id}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fold:
    """One task inside one transaction."""

    services: ObserveServices
    conn: Connection
    policy: ReviewPolicy
    project_id: int
    task_id: int

    def run(self) -> None:
        """Derives everything from the stored states and stores what changed."""
        rows = reviews.history_of_task(self.conn, self.task_id)
        if not rows:
            return
        read = ratings_reader(self.services, self.project_id)
        state, effects = fold([_snapshot(row, self.task_id, read) for row in rows], self.policy)
        where = {"project_id": self.project_id, "task_id": self.task_id}
        reviews.save_state(self.conn, state, **where)
        reviews.save_effects(self.conn, effects, **where)
        for target in self._save_overrides(state):
            self._want_ticket(target)

    def _save_overrides(self, state: State) -> list[AnnotationKey]:
        """Gives whose overrides changed. One that is explained away is voided, never deleted."""
        stored = {
            (o.target, o.criterion): o for o in reviews.load_overrides(self.conn, self.task_id)
        }
        derived = {k: replace(o, status=OverrideStatus.VOIDED) for k, o in stored.items()}
        derived |= state.overrides
        touched: dict[AnnotationKey, None] = {}
        for key, override in sorted(derived.items(), key=lambda item: item[0]):
            if stored.get(key) != override:
                reviews.save_override(
                    self.conn, override, project_id=self.project_id, task_id=self.task_id
                )
                touched[override.target] = None
        return list(touched)

    def _want_ticket(self, target: AnnotationKey) -> None:
        """One ticket per (target annotation, route, generation), due when the task was quiet."""
        found = reviews.overrides_of(self.conn, target, FIRST)
        key = ticket_key(self.services.instance_id, self.project_id, target, ROUTE, FIRST)
        row = outbox.load(self.conn, key, lock=True)
        unsent = row is None or (row.state in {"pending", "withdrawn"} and row.creates == 0)
        if unsent and not any(o.status.stands for o in found):
            outbox.withdraw(self.conn, key)
            return
        settle_s = self.policy.settle_s
        wanted = Wanted(
            key=key, project_id=self.project_id, task_id=self.task_id, target=target,
            route=ROUTE, generation=FIRST, digest=content_digest(found),
            due_at=self.services.clock() + timedelta(seconds=settle_s),
        )  # fmt: skip
        if outbox.want(self.conn, wanted):
            self.services.queue.defer_ticket(self.conn, key, settle_s)


def _snapshot(row: Row[Any], task_id: int, read: Callable[[Sequence[Json]], Ratings]) -> Snapshot:
    return Snapshot(
        key=AnnotationKey(row.annotation_id, row.created_at),
        task_id=task_id if row.verified else row.task_id,
        updated_at=row.updated_at,
        author=row.author,
        updated_by=row.updated_by,
        digest=row.digest,
        ratings=read(row.result),
        cancelled=row.cancelled,
        parent_prediction=row.parent_prediction,
        parent_annotation=row.parent_annotation,
        imported=row.imported,
        gone=row.gone,
        verified=row.verified,
    )


def ticket_key(
    instance_id: str, project_id: int, target: AnnotationKey, route: str, generation: int
) -> str:
    """Names a ticket by its cause: no address and no policy version in it."""
    created = target.created_at.astimezone(UTC).isoformat(timespec="microseconds")
    parts = (instance_id, str(project_id), str(target.id), created, route, str(generation))
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:32]


def content_digest(found: Sequence[Override]) -> str:
    """Names what a ticket should say; words that nobody can see leave it alone."""
    facts = [
        [
            o.criterion, o.from_value, o.to_value, o.reviewer, o.status.value, o.reasons, o.note,
            o.flags,
        ]
        for o in sorted(found, key=lambda o: o.criterion)
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()
