"""The decision table for changes of a known annotation: rows 8-13 and 17, criterion by criterion."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from rubric.override_model import (
    AnnotationState,
    Effect,
    EffectKind,
    Origin,
    OverrideStatus,
    ReviewPolicy,
    Snapshot,
    Standing,
    State,
    Status,
    Step,
    Value,
)
from rubric.override_verdict import (
    Review,
    end_overrides,
    judge,
    judge_reasons,
    outcome,
    refresh_words,
    with_annotation,
    with_override,
)

EMPTY = Standing(value=None, value_by=None, base=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One criterion whose value is another one than before; None means cleared."""

    criterion: str
    old: Value | None
    new: Value | None


def changes(annotation: AnnotationState, snapshot: Snapshot) -> Iterator[Change]:
    """What this state changed. In an edit an absent value is a cleared one."""
    values = snapshot.ratings.values
    for criterion in sorted({*annotation.standings, *values}):
        old = annotation.standings.get(criterion, EMPTY).value
        new = values.get(criterion)
        if old != new:
            yield Change(criterion=criterion, old=old, new=new)


def own_second_annotation(state: State, snapshot: Snapshot, policy: ReviewPolicy) -> Step | None:
    """Row 13: a reviewer changes his own second annotation; compared with its targets."""
    found = state.annotations.get(snapshot.key)
    if found is None or not found.targets or snapshot.actor != found.author:
        return None
    effects = list(_author_changed(found, snapshot))
    changed = list(changes(found, snapshot))
    for target in (state.annotations[k] for k in found.targets if k in state.annotations):
        if target.targets or target.status is not Status.LIVE:
            continue
        review = Review(
            snapshot=snapshot, target=target, policy=policy, notes_before=target.ratings.notes
        )
        before = state
        for change in changed:
            state, happened = _changed_opinion(state, review, change)
            effects.extend(happened)
        state = refresh_words(judge_reasons(state, review, found.ratings.reasons), review)
        effects.extend(outcome(before, state, review, all_equal=False))
    return Step(_shown(state, snapshot, found, changed, own=True), tuple(effects))


def _changed_opinion(state: State, review: Review, change: Change) -> Step:
    if change.new is not None:
        return judge(state, review, change.criterion, change.new)
    key = review.snapshot.key
    return Step(
        end_overrides(
            state,
            lambda o: (
                o.source == key
                and o.target == review.target.key
                and o.criterion == change.criterion
            ),
            OverrideStatus.WITHDRAWN,
            review.snapshot,
        )
    )


def changed_ratings(state: State, snapshot: Snapshot, policy: ReviewPolicy) -> Step:
    """Rows 8 to 12: who changed what on an annotation that reviews nothing, or another's review.

    The last row: an annotation that was never seen is the business of those before it.
    """
    found = state.annotations[snapshot.key]
    changed = list(changes(found, snapshot))
    if snapshot.actor == found.author:
        state, effects = _by_author(state, snapshot, found, changed)
    elif policy.is_reviewer(snapshot.actor, snapshot.updated_at):
        state, effects = _by_reviewer(state, snapshot, policy, found, changed)
    else:
        effects = tuple(_effect(EffectKind.FOREIGN_EDIT, snapshot, c.criterion) for c in changed)
    own = snapshot.actor == found.author
    state = _shown(state, snapshot, found, changed, own=own)
    return Step(state, (*_author_changed(found, snapshot), *effects))


def _by_author(
    state: State, snapshot: Snapshot, found: AnnotationState, changed: list[Change]
) -> Step:
    """Row 8. Only what the author changed becomes his; what he left alone stays the reviewer's."""
    for change in changed:
        state = _answered(state, snapshot, change)
    return Step(_flag_stale(state, snapshot, found, changed))


def _answered(state: State, snapshot: Snapshot, change: Change) -> State:
    override = state.overrides.get((snapshot.key, change.criterion))
    if override is None or not override.status.stands:
        return state
    accepted = change.new is not None and change.new == override.to_value
    status = OverrideStatus.ACCEPTED if accepted else OverrideStatus.CONTESTED
    return with_override(state, replace(override, status=status, changed_at=snapshot.updated_at))


def _flag_stale(
    state: State, snapshot: Snapshot, found: AnnotationState, changed: list[Change]
) -> State:
    """A page left open restores every old value at once; that reads as contested, and is flagged."""
    back = {c.criterion: c.new for c in changed}
    edits = [
        o
        for o in state.overrides.values()
        if o.target == found.key and o.source == found.key and o.criterion and o.status.stands
    ]
    if not edits or any(back.get(o.criterion, o.to_value) != o.from_value for o in edits):
        return state
    for override in edits:
        flags = tuple(dict.fromkeys((*override.flags, "stale_overwrite")))
        state = with_override(state, replace(override, flags=flags, changed_at=snapshot.updated_at))
    return state


def _by_reviewer(
    state: State,
    snapshot: Snapshot,
    policy: ReviewPolicy,
    found: AnnotationState,
    changed: list[Change],
) -> Step:
    """Rows 9, 10 and 11."""
    if found.targets:
        kind = EffectKind.CORRECTION
        return Step(state, tuple(_effect(kind, snapshot, c.criterion) for c in changed))
    review = Review(
        snapshot=snapshot, target=found, policy=policy, notes_before=found.ratings.notes
    )
    before, effects = state, list[Effect]()
    for change in changed:
        if change.new is None:
            effects.append(review.effect(EffectKind.CLEARED, change.criterion))
            continue
        state, happened = judge(state, review, change.criterion, change.new)
        effects.extend(happened)
    if found.origin is not Origin.MACHINE:
        state = refresh_words(judge_reasons(state, review, found.ratings.reasons), review)
    silent = not changed and policy.stars_agree
    effects.extend(outcome(before, state, review, all_equal=silent))
    return Step(state, tuple(effects))


def _shown(
    state: State,
    snapshot: Snapshot,
    found: AnnotationState,
    changed: list[Change],
    *,
    own: bool,
) -> State:
    """The annotation as it now stands; a changed value belongs to whoever changed it."""
    standings = dict(found.standings)
    for change in changed:
        old = standings.get(change.criterion, EMPTY)
        standings[change.criterion] = replace(old, value=change.new, value_by=snapshot.actor)
        if own:
            standings[change.criterion] = Standing(
                value=change.new,
                value_by=snapshot.actor,
                base=change.new,
                base_claimed=not snapshot.verified,
            )
    human = own and found.origin is Origin.MACHINE and bool(changed)
    return with_annotation(
        state,
        replace(
            found,
            standings=standings,
            ratings=snapshot.ratings,
            updated_at=snapshot.updated_at,
            status=Status.LIVE,
            origin=Origin.HUMAN if human else found.origin,
            ended_at=None,
        ),
    )


def _author_changed(found: AnnotationState, snapshot: Snapshot) -> tuple[Effect, ...]:
    """Row 17: completed_by is writable; the author stays the one seen first."""
    if snapshot.author == found.author:
        return ()
    return (_effect(EffectKind.AUTHOR_CHANGED, snapshot),)


def _effect(kind: EffectKind, snapshot: Snapshot, criterion: str = "") -> Effect:
    return Effect(
        kind=kind,
        target=snapshot.key,
        at=snapshot.updated_at,
        by=snapshot.actor,
        criterion=criterion,
    )
