"""What is recorded says of which annotation it is, when it happened, who did it and to which criterion."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rubric.override import fold
from rubric.override_model import Effect, EffectKind, Origin, Snapshot, Value
from tests.rubric.snapshots import (
    ADMIN,
    ANNA,
    ANNAS,
    BEN,
    CLEO,
    DORA,
    POLICY,
    SECOND,
    at,
    effects,
    folded,
    kinds,
    make_snapshot,
    overrides,
    told,
)

EDIT = make_snapshot(20, {"CR": 1, "EH": 2}, by=BEN)


def one(kind: EffectKind, *snapshots: Snapshot) -> Effect:
    """The only effect of its kind."""
    (found,) = [effect for effect in effects(*snapshots) if effect.kind is kind]
    return found


def facts(effect: Effect) -> tuple[object, ...]:
    return effect.target, effect.at, effect.by, effect.criterion


def test_foreign_edit_names_who_touched_what() -> None:
    """An admin is neither the author nor a reviewer."""
    edit = make_snapshot(20, {"CR": 1, "EH": 2}, by=ADMIN)

    assert facts(one(EffectKind.FOREIGN_EDIT, ANNAS, edit)) == (ANNAS.key, at(20), ADMIN, "CR")


def test_foreign_edit_seen_first_names_the_annotation() -> None:
    """What stood before is unknown, so no criterion is named."""
    edit = make_snapshot(20, {"CR": 1}, by=ADMIN)

    assert facts(one(EffectKind.FOREIGN_EDIT, edit)) == (edit.key, at(20), ADMIN, "")


def test_a_value_seen_first_is_whose_it_is() -> None:
    """It is the editor's, and the annotator's own is not known."""
    (found,) = folded(EDIT).annotations.values()
    standing = found.standings["CR"]

    assert found.origin is Origin.HUMAN
    assert (standing.value, standing.value_by, standing.base) == (1, BEN, None)
    assert standing.base_known is False


def test_unknown_base_names_its_annotation() -> None:
    """By the reviewer who overwrote it."""
    assert facts(one(EffectKind.PREVIOUS_UNKNOWN, EDIT)) == (EDIT.key, at(20), BEN, "")


def test_cleared_stars_name_their_criterion() -> None:
    """And the criteria after it are still looked at."""
    edit = make_snapshot(20, {"EH": 5}, by=BEN)

    assert one(EffectKind.CLEARED, ANNAS, edit).criterion == "CR"
    assert told(ANNAS, edit) == [("EH", 2, 5, "open")]


def test_correction_of_a_review_names_its_criterion() -> None:
    """Dora edits what Ben said in his own annotation."""
    review = make_snapshot(10, {"CR": 1}, **SECOND)
    edit = make_snapshot(20, {"CR": 2}, annotation=2, author=BEN, by=DORA, created=10)

    found = one(EffectKind.CORRECTION, ANNAS, review, edit)
    assert facts(found) == (review.key, at(20), DORA, "CR")


def test_a_third_annotation_corrects_only_where_it_differs() -> None:
    """Dora's own annotation, made from Ben's: what Ben did not rate she can't correct."""
    review = make_snapshot(10, {"CR": 1}, **SECOND)
    third = make_snapshot(
        30, {"CR": 2, "SC": 3}, annotation=3, author=DORA, by=DORA, created=30, parent_annotation=2
    )

    assert one(EffectKind.CORRECTION, ANNAS, review, third).criterion == "CR"


def test_mismatch_names_the_claim() -> None:
    """When and by whom it claims to be."""
    forged = replace(make_snapshot(0, {"CR": 1}, by=CLEO), verified=False)
    (found,) = fold([ANNAS, forged], POLICY).effects

    assert facts(found) == (ANNAS.key, at(0), CLEO, "")


def test_a_claim_at_the_time_of_a_fetch_adds_nothing() -> None:
    """Equal in time and content, it is the fetched state itself."""
    claim = replace(ANNAS, verified=False)

    assert fold([ANNAS, claim], POLICY) == fold([ANNAS], POLICY)


@pytest.mark.parametrize(
    ("last", "status"),
    [
        (make_snapshot(30, gone=True), "voided"),
        (make_snapshot(30, {"CR": 4, "EH": 2}, by=BEN), "withdrawn"),
        (make_snapshot(30, {"CR": 3, "EH": 2}, by=ANNA), "contested"),
    ],
)
def test_an_override_that_ends_says_when(last: Snapshot, status: str) -> None:
    """The time of the state that ended it."""
    (found,) = overrides(ANNAS, EDIT, last)

    assert (found.status.value, found.changed_at) == (status, at(30))


def test_an_accepted_override_says_when() -> None:
    """The annotator saves the reviewer's value in his turn."""
    moved = make_snapshot(25, {"CR": 2, "EH": 2}, by=ANNA)
    back = make_snapshot(30, {"CR": 1, "EH": 2}, by=ANNA)
    (found,) = overrides(ANNAS, EDIT, moved, back)

    assert (found.status.value, found.changed_at) == ("accepted", at(30))


def test_a_second_annotation_ends_its_own_overrides_only() -> None:
    """Ben clears one criterion; what Dora and he himself said elsewhere stands."""
    ben = make_snapshot(10, {"CR": 1, "EH": 5}, **SECOND)
    dora = make_snapshot(12, {"CR": 3}, annotation=3, author=DORA, by=DORA, created=12)
    cleared = make_snapshot(20, {"EH": 5}, **SECOND)

    statuses = {
        (o.source.id, o.criterion): o.status.value for o in overrides(ANNAS, ben, dora, cleared)
    }
    assert statuses[2, "EH"] == "open"


def test_a_reviewer_is_no_target_of_himself() -> None:
    """Only earlier annotations of others that hold ratings are reviewed."""
    empty = make_snapshot(5, {}, annotation=4, author=CLEO, by=CLEO, created=5)
    review = make_snapshot(10, {"CR": 1}, **SECOND)
    later = make_snapshot(15, {"CR": 5}, annotation=5, author=CLEO, by=CLEO, created=15)
    found = folded(ANNAS, empty, review, later).annotations[review.key]

    assert found.targets == (ANNAS.key,)


def test_a_review_of_two_goes_on_after_a_review() -> None:
    """A parent that is a review is corrected, whatever stands beside it."""
    review = make_snapshot(10, {"CR": 1}, **SECOND)
    third = make_snapshot(
        30, {"CR": 1}, annotation=3, author=DORA, by=DORA, created=30, parent_annotation=2
    )

    assert EffectKind.CORRECTION not in kinds(ANNAS, review, third)


@pytest.mark.parametrize("value", [1, "na"])
def test_a_review_keeps_its_origin(value: Value) -> None:
    """A reviewer's annotation is a person's."""
    review = make_snapshot(10, {"CR": value}, **SECOND)

    assert folded(ANNAS, review).annotations[review.key].origin is Origin.HUMAN
