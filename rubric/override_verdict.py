"""One reviewer's value against one annotator's: opens, amends, withdraws an override, or upholds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from rubric.override_model import (
    TICKET_REASONS,
    WHOLE,
    AnnotationKey,
    AnnotationState,
    Effect,
    EffectKind,
    Opinion,
    Origin,
    Override,
    OverrideStatus,
    ReviewPolicy,
    Snapshot,
    Standing,
    State,
    Step,
    Value,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What a reviewer's state says about one annotation."""

    snapshot: Snapshot
    target: AnnotationState
    policy: ReviewPolicy
    notes_before: Mapping[str, str]

    def note(self, criterion: str) -> str:
        """The reviewer's own sentence: a note that stood there before is not his."""
        for name in (criterion, WHOLE):
            text = self.snapshot.ratings.notes.get(name, "")
            if text and text != self.notes_before.get(name, ""):
                return text
        return ""

    def effect(self, kind: EffectKind, criterion: str = "") -> Effect:
        """Something to record about the target."""
        return Effect(
            kind=kind,
            target=self.target.key,
            at=self.snapshot.updated_at,
            by=self.snapshot.actor,
            criterion=criterion,
        )


def with_override(state: State, override: Override) -> State:
    """The state with one override put or replaced."""
    key = (override.target, override.criterion)
    return replace(state, overrides={**state.overrides, key: override})


def with_annotation(state: State, annotation: AnnotationState) -> State:
    """The state with one annotation put or replaced."""
    return replace(state, annotations={**state.annotations, annotation.key: annotation})


def end_overrides(
    state: State,
    chosen: Callable[[Override], bool],
    status: OverrideStatus,
    snapshot: Snapshot,
) -> State:
    """The state in which every standing override that was chosen has ended."""
    for override in state.overrides.values():
        if override.status.stands and chosen(override):
            ended = replace(override, status=status, changed_at=snapshot.updated_at)
            state = with_override(state, ended)
    return state


def judge(state: State, review: Review, criterion: str, value: Value) -> Step:
    """Compares a reviewer's value with the annotator's own (rows 7, 9 and 13)."""
    standing = review.target.standings.get(criterion)
    if review.target.origin is Origin.MACHINE:
        return Step(state, _unless_equal(review, standing, criterion, value))
    if standing is not None and not standing.base_known:
        return Step(state, (review.effect(EffectKind.PREVIOUS_UNKNOWN, criterion),))
    if standing is None or standing.base is None:
        return Step(state, (review.effect(EffectKind.ADDED, criterion),))
    if not review.policy.differs(standing.base, value):
        return Step(_withdraw(state, review, criterion, value))
    return Step(_open(state, review, criterion, value, standing))


def _unless_equal(
    review: Review, standing: Standing | None, criterion: str, value: Value
) -> tuple[Effect, ...]:
    if standing is not None and standing.base == value:
        return ()
    return (review.effect(EffectKind.SUGGESTION_OVERRIDDEN, criterion),)


def _withdraw(state: State, review: Review, criterion: str, value: Value) -> State:
    """Back to the annotator's value. Agreeing elsewhere does not end another reviewer's override."""
    found = state.overrides.get((review.target.key, criterion))
    if found is None or not found.status.stands or found.source != review.snapshot.key:
        return state
    return with_override(
        state,
        replace(
            found,
            status=OverrideStatus.WITHDRAWN,
            changed_at=review.snapshot.updated_at,
            history=(*found.history, _opinion(review, value)),
        ),
    )


def _open(
    state: State, review: Review, criterion: str, value: Value | None, standing: Standing | None
) -> State:
    snapshot, target = review.snapshot, review.target
    found = state.overrides.get((target.key, criterion))
    claimed = standing is not None and standing.base_claimed
    return with_override(
        state,
        Override(
            target=target.key,
            criterion=criterion,
            generation=1 if found is None else found.generation,
            annotator=target.author,
            reviewer=snapshot.actor,
            from_value=None if standing is None else standing.base,
            to_value=value,
            source=snapshot.key,
            reasons=snapshot.ratings.reasons,
            note=review.note(criterion),
            flags=("base_claimed",) if claimed else (),
            opened_at=snapshot.updated_at if found is None else found.opened_at,
            changed_at=snapshot.updated_at,
            history=(*(found.history if found else ()), _opinion(review, value)),
        ),
    )


def _opinion(review: Review, value: Value | None) -> Opinion:
    return Opinion(review.snapshot.updated_at, review.snapshot.actor, value)


def judge_reasons(state: State, review: Review, before: tuple[str, ...]) -> State:
    """Reasons that open a ticket with equal ratings, or that were taken back (row 11)."""
    named = tuple(r for r in review.snapshot.ratings.reasons if r in TICKET_REASONS)
    found = state.overrides.get((review.target.key, WHOLE))
    ours = found is not None and found.status.stands and found.source == review.snapshot.key
    if ours and not named:
        return end_overrides(state, lambda o: o == found, OverrideStatus.WITHDRAWN, review.snapshot)
    if set(named) <= set(before) or _has_standing(state, review):
        return state
    return _open(state, review, WHOLE, None, None)


def _has_standing(state: State, review: Review) -> bool:
    """Whether a rating override of this review stands, which then carries the reasons."""
    return any(
        o.status.stands and o.criterion != WHOLE and o.source == review.snapshot.key
        for o in state.overrides.values()
        if o.target == review.target.key
    )


def refresh_words(state: State, review: Review) -> State:
    """Takes over reasons and sentences that the reviewer added to overrides that stand."""
    said = review.snapshot.ratings
    for override in state.overrides.values():
        mine = override.source == review.snapshot.key and override.reviewer == review.snapshot.actor
        if not (mine and override.status.stands and override.target == review.target.key):
            continue
        note = review.note(override.criterion) or override.note
        if (said.reasons, note) != (override.reasons, override.note):
            changed = replace(
                override,
                reasons=said.reasons,
                note=note,
                changed_at=review.snapshot.updated_at,
            )
            state = with_override(state, changed)
    return state


def outcome(before: State, after: State, review: Review, *, all_equal: bool) -> tuple[Effect, ...]:
    """How the review of this target ended, if this state ended one."""
    said = review.snapshot.ratings.review
    if said == "escalate":
        return (review.effect(EffectKind.ESCALATED),)
    if _standing_on(before, review.target.key) != _standing_on(after, review.target.key):
        return (review.effect(EffectKind.CORRECTED),)
    if said == "agree" or all_equal:
        return (review.effect(EffectKind.UPHELD),)
    return ()


def _standing_on(state: State, target: AnnotationKey) -> dict[str, Override]:
    return {
        o.criterion: o for o in state.overrides.values() if o.target == target and o.status.stands
    }
