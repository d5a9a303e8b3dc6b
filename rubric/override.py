"""From what was seen on a task's annotations to the overrides on them. Pure; no clock, no I/O.

The same snapshots give the same overrides in whatever order and number they came: `fold` sorts
them by updated_at. Row numbers, here and in the modules beside, are those of the decision table.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from rubric.override_model import (
    AnnotationKey,
    Effect,
    EffectKind,
    Override,
    OverrideKey,
    ReviewPolicy,
    Snapshot,
    State,
    Step,
)
from rubric.override_rows import ROWS

CLAIM_DISAGREES = "claim_disagrees"


def step(state: State, snapshot: Snapshot, policy: ReviewPolicy) -> Step:
    """Gives the state after one snapshot; the first row that matches decides.

    Call it in the order of updated_at. A snapshot that is not newer than what is known changes
    nothing.
    """
    results = (row(state, snapshot, policy) for row in ROWS)
    return next(result for result in results if result is not None)


def fold(snapshots: Iterable[Snapshot], policy: ReviewPolicy) -> Step:
    """Gives what all snapshots of one task amount to.

    An override that fetched states alone show is never removed by a claimed one; it is flagged.
    """
    admitted, alarms = admit(snapshots)
    full = _run(admitted, policy)
    sure = _run([s for s in admitted if s.verified], policy)
    overrides = _keep_sure(full.state.overrides, sure.state.overrides)
    effects = tuple(dict.fromkeys((*full.effects, *alarms)))
    return Step(replace(full.state, overrides=overrides), effects)


def admit(snapshots: Iterable[Snapshot]) -> tuple[list[Snapshot], tuple[Effect, ...]]:
    """Sorts out which states count.

    Fetched ones do. A claimed one does if its author and task agree with Label Studio and it is
    older than what was fetched; one that contradicts a fetched state raises an alarm.
    """
    ordered = sorted(snapshots, key=_order)
    verified: dict[AnnotationKey, list[Snapshot]] = {}
    for snapshot in ordered:
        if snapshot.verified:
            verified.setdefault(snapshot.key, []).append(snapshot)
    admitted: list[Snapshot] = []
    alarms: list[Effect] = []
    for snapshot in ordered:
        if snapshot.verified or _counts(snapshot, verified.get(snapshot.key, [])):
            admitted.append(snapshot)
        elif _contradicts(snapshot, verified.get(snapshot.key, [])):
            alarms.append(_mismatch(snapshot))
    return admitted, tuple(dict.fromkeys(alarms))


def _order(snapshot: Snapshot) -> tuple[object, ...]:
    """Time first; the rest only makes the order total, so that no input order shows through."""
    return (
        snapshot.updated_at,
        snapshot.key,
        not snapshot.verified,
        snapshot.gone,
        snapshot.digest,
        -1 if snapshot.updated_by is None else snapshot.updated_by,
        -1 if snapshot.author is None else snapshot.author,
        repr(snapshot),
    )


def _counts(claim: Snapshot, fetched: list[Snapshot]) -> bool:
    seen = [s for s in fetched if not s.gone]
    if not seen or not _agrees(claim, seen):
        return False
    newest = max(s.updated_at for s in seen)
    return claim.updated_at < newest and all(s.updated_at != claim.updated_at for s in seen)


def _contradicts(claim: Snapshot, fetched: list[Snapshot]) -> bool:
    seen = [s for s in fetched if not s.gone]
    if not seen:
        return False
    twins = [s for s in seen if s.updated_at == claim.updated_at]
    return not _agrees(claim, seen) or any(s.digest != claim.digest for s in twins)


def _agrees(claim: Snapshot, seen: list[Snapshot]) -> bool:
    return claim.author in {s.author for s in seen} and claim.task_id in {s.task_id for s in seen}


def _mismatch(claim: Snapshot) -> Effect:
    return Effect(
        kind=EffectKind.CLAIM_MISMATCH, target=claim.key, at=claim.updated_at, by=claim.updated_by
    )


def _run(ordered: list[Snapshot], policy: ReviewPolicy) -> Step:
    state = State(known=frozenset(s.key.id for s in ordered))
    effects: list[Effect] = []
    for snapshot in ordered:
        state, happened = step(state, snapshot, policy)
        effects.extend(happened)
    return Step(state, tuple(effects))


def _keep_sure(
    full: Mapping[OverrideKey, Override], sure: Mapping[OverrideKey, Override]
) -> dict[OverrideKey, Override]:
    kept = dict(full)
    for key, override in sure.items():
        if override.status.stands and (key not in full or not full[key].status.stands):
            kept[key] = replace(override, flags=(*override.flags, CLAIM_DISAGREES))
    return kept
