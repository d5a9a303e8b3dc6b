"""The decision table for a whole annotation: rows 0-7, 13 and 15. Changes of ratings follow after."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from rubric.override_changes import changed_ratings, own_second_annotation
from rubric.override_model import (
    GRACE,
    AnnotationKey,
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
)
from rubric.override_verdict import (
    Review,
    end_overrides,
    judge,
    judge_reasons,
    outcome,
    with_annotation,
)

Row = Callable[[State, Snapshot, ReviewPolicy], Step | None]


def known(state: State, snapshot: Snapshot, policy: ReviewPolicy) -> Step | None:
    """Row 0: not newer than what is known. updated_at unchanged attributes nothing."""
    del policy
    found = state.annotations.get(snapshot.key)
    return Step(state) if found is not None and snapshot.updated_at <= found.updated_at else None


def draft(state: State, snapshot: Snapshot, policy: ReviewPolicy) -> Step | None:
    """Row 1: invisible."""
    del policy
    return Step(state) if snapshot.draft else None


def gone(state: State, snapshot: Snapshot, policy: ReviewPolicy) -> Step | None:
    """Row 15: a target's overrides are voided, a reviewer's own annotation takes them back."""
    del policy
    if not snapshot.gone:
        return None
    found = state.annotations.get(snapshot.key)
    if found is None:
        return Step(state)
    state = _end_all(state, snapshot)
    ended = replace(
        found, status=Status.DELETED, updated_at=snapshot.updated_at, ended_at=snapshot.updated_at
    )
    return Step(with_annotation(state, ended))


def history(state: State, snapshot: Snapshot, policy: ReviewPolicy) -> Step | None:
    """Row 2: imported, or older than the cut-off. Sets what is measured from; never an override."""
    first = snapshot.key not in state.annotations
    if not (policy.is_history(snapshot.updated_at) or (first and snapshot.imported)):
        return None
    return Step(_settle(state, snapshot, Origin.IMPORTED))


def machine(state: State, snapshot: Snapshot, policy: ReviewPolicy) -> Step | None:
    """Row 3: made from a prediction by an action; nobody rated."""
    del policy
    first = snapshot.key not in state.annotations
    if not first or snapshot.updated_by is not None or snapshot.parent_prediction is None:
        return None
    return Step(_settle(state, snapshot, Origin.MACHINE))


def propagated(state: State, snapshot: Snapshot, policy: ReviewPolicy) -> Step | None:
    """Row 4: copied from another task; a parent counts only on the same task."""
    del policy
    parent = snapshot.parent_annotation
    if snapshot.key in state.annotations or parent is None or parent in state.known:
        return None
    effect = _effect(EffectKind.PROPAGATED, snapshot)
    return Step(_settle(state, snapshot, Origin.PROPAGATED), (effect,))


def skipped(state: State, snapshot: Snapshot, policy: ReviewPolicy) -> Step | None:
    """Row 5: a skip voids what stands on the annotation; by a reviewer it is a rejection."""
    found = state.annotations.get(snapshot.key)
    if not snapshot.cancelled:
        return None
    if found is None:
        return Step(_put(state, snapshot, Origin.HUMAN, {}, status=Status.SKIPPED))
    state = with_annotation(
        _end_all(state, snapshot),
        replace(found, status=Status.SKIPPED, updated_at=snapshot.updated_at),
    )
    by_other = snapshot.actor != found.author
    rejected = by_other and policy.is_reviewer(snapshot.actor, snapshot.updated_at)
    newly = found.status is not Status.SKIPPED
    effects = (_effect(EffectKind.REJECTED, snapshot),) if rejected and newly else ()
    return Step(state, effects)


def first_live(state: State, snapshot: Snapshot, policy: ReviewPolicy) -> Step | None:
    """Rows 6 and 7: ratings seen for the first time."""
    found = state.annotations.get(snapshot.key)
    if found is not None and (found.standings or found.status is Status.LIVE):
        return None
    author = found.author if found is not None else snapshot.author
    if snapshot.actor != author:
        return _first_seen_late(state, snapshot, policy)
    if policy.is_reviewer(author, snapshot.updated_at):
        targets = targets_of(state, snapshot)
        if targets:
            return _second_annotation(state, snapshot, policy, targets)
    return _rated(state, snapshot)


def targets_of(state: State, snapshot: Snapshot) -> tuple[AnnotationKey, ...]:
    """Whose ratings a reviewer's new annotation is about (row 7)."""
    parents = [a.key for a in state.annotations.values() if a.key.id == snapshot.parent_annotation]
    if parents:
        return tuple(parents)
    return tuple(
        sorted(
            a.key
            for a in state.annotations.values()
            if not a.targets
            and a.author != snapshot.author
            and a.standings
            and a.key.created_at < snapshot.key.created_at
            and _can_be_reviewed(a, snapshot)
        )
    )


def _can_be_reviewed(annotation: AnnotationState, snapshot: Snapshot) -> bool:
    if annotation.status is Status.LIVE:
        return True
    ended = annotation.ended_at
    return ended is not None and snapshot.key.created_at - ended <= GRACE


def _rated(state: State, snapshot: Snapshot) -> Step:
    """Row 6: what overrides are measured from."""
    reviews = [a for a in state.annotations.values() if a.targets and a.status is Status.LIVE]
    effects = tuple(
        _effect(EffectKind.DISAGREEMENT, snapshot, criterion)
        for criterion, value in sorted(snapshot.ratings.values.items())
        if any(value != r.ratings.values.get(criterion, value) for r in reviews)
    )
    return Step(_settle(state, snapshot, Origin.HUMAN), effects)


def _second_annotation(
    state: State, snapshot: Snapshot, policy: ReviewPolicy, targets: tuple[AnnotationKey, ...]
) -> Step:
    """Row 7: each criterion present against each target; absent means no opinion."""
    effects: list[Effect] = []
    for target in (state.annotations[key] for key in targets):
        review = Review(
            snapshot=snapshot, target=target, policy=policy, notes_before=target.ratings.notes
        )
        before = state
        if target.targets:
            effects.extend(_corrections(review))
            continue
        for criterion, value in sorted(snapshot.ratings.values.items()):
            state, happened = judge(state, review, criterion, value)
            effects.extend(happened)
        state = judge_reasons(state, review, ())
        equal = bool(snapshot.ratings.values) and target.origin is not Origin.MACHINE
        effects.extend(outcome(before, state, review, all_equal=equal))
    state = _put(state, snapshot, Origin.HUMAN, _own(snapshot), targets=targets)
    return Step(state, tuple(effects))


def _corrections(review: Review) -> tuple[Effect, ...]:
    """Against another reviewer's annotation: a correction, no ticket."""
    theirs = review.target.ratings.values
    return tuple(
        review.effect(EffectKind.CORRECTION, criterion)
        for criterion, value in sorted(review.snapshot.ratings.values.items())
        if theirs.get(criterion, value) != value
    )


def _first_seen_late(state: State, snapshot: Snapshot, policy: ReviewPolicy) -> Step:
    """The annotator's own values were overwritten before anything was seen."""
    reviewed = policy.is_reviewer(snapshot.actor, snapshot.updated_at)
    kind = EffectKind.PREVIOUS_UNKNOWN if reviewed else EffectKind.FOREIGN_EDIT
    standings = {
        criterion: Standing(value=value, value_by=snapshot.actor, base=None, base_known=False)
        for criterion, value in snapshot.ratings.values.items()
    }
    return Step(_put(state, snapshot, Origin.HUMAN, standings), (_effect(kind, snapshot),))


def _settle(state: State, snapshot: Snapshot, origin: Origin) -> State:
    return _put(state, snapshot, origin, _own(snapshot))


def _own(snapshot: Snapshot) -> dict[str, Standing]:
    return {
        criterion: Standing(
            value=value, value_by=snapshot.actor, base=value, base_claimed=not snapshot.verified
        )
        for criterion, value in snapshot.ratings.values.items()
    }


def _put(
    state: State,
    snapshot: Snapshot,
    origin: Origin,
    standings: dict[str, Standing],
    *,
    targets: tuple[AnnotationKey, ...] = (),
    status: Status = Status.LIVE,
) -> State:
    """Puts an annotation; its author stays the one seen first."""
    found = state.annotations.get(snapshot.key)
    return with_annotation(
        state,
        AnnotationState(
            key=snapshot.key,
            author=found.author if found is not None else snapshot.author,
            origin=origin,
            status=Status.SKIPPED if snapshot.cancelled else status,
            updated_at=snapshot.updated_at,
            standings=standings,
            ratings=snapshot.ratings,
            targets=targets,
        ),
    )


def _end_all(state: State, snapshot: Snapshot) -> State:
    key = snapshot.key
    state = end_overrides(state, lambda o: o.target == key, OverrideStatus.VOIDED, snapshot)
    return end_overrides(state, lambda o: o.source == key, OverrideStatus.WITHDRAWN, snapshot)


def _effect(kind: EffectKind, snapshot: Snapshot, criterion: str = "") -> Effect:
    return Effect(
        kind=kind,
        target=snapshot.key,
        at=snapshot.updated_at,
        by=snapshot.actor,
        criterion=criterion,
    )


ROWS: tuple[Row, ...] = (
    known,
    draft,
    gone,
    history,
    machine,
    propagated,
    skipped,
    first_live,
    own_second_annotation,
    changed_ratings,
)
"""Tried in this order; the first that gives a step decides. `gone` stands early since such a
snapshot holds no ratings that another row could read, and the last one always gives a step."""
