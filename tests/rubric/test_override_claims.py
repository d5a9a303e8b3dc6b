"""Deliveries are claims: they fill gaps of what was fetched, and never overrule it."""

from __future__ import annotations

from dataclasses import replace

from rubric.override import fold
from rubric.override_model import EffectKind, State
from tests.rubric.snapshots import BEN, CLEO, POLICY, make_snapshot


def test_a_claim_alone_counts_for_nothing() -> None:
    """Nothing is believed about an annotation that was never fetched."""
    claim = replace(make_snapshot(0, {"CR": 4}), verified=False)

    assert fold([claim], POLICY) == (State(), ())


def test_a_claim_beside_one_that_is_gone_counts_for_nothing() -> None:
    """A deleted annotation says nothing of its author."""
    gone = make_snapshot(5, gone=True)
    claim = replace(make_snapshot(0, {"CR": 4}), verified=False)

    assert fold([gone, claim], POLICY).effects == ()


def test_a_claim_by_another_author_raises_an_alarm() -> None:
    """The author of an annotation never changes."""
    fetched = make_snapshot(10, {"CR": 4})
    forged = replace(make_snapshot(0, {"CR": 1}, author=CLEO), verified=False)

    assert [e.kind for e in fold([fetched, forged], POLICY).effects] == [EffectKind.CLAIM_MISMATCH]


def test_claim_that_contradicts_what_was_fetched_raises_an_alarm() -> None:
    """Equal updated_at must mean equal content."""
    fetched = make_snapshot(0, {"CR": 4})
    forged = replace(make_snapshot(0, {"CR": 1}), verified=False)

    assert [e.kind for e in fold([fetched, forged], POLICY).effects] == [EffectKind.CLAIM_MISMATCH]


def test_override_that_a_claim_explains_away_is_kept_and_flagged() -> None:
    """A claimed save by the annotator between two fetched states."""
    fetched = [make_snapshot(0, {"CR": 4}), make_snapshot(20, {"CR": 1}, by=BEN)]
    forged = replace(make_snapshot(10, {"CR": 1}), verified=False)
    (override,) = fold([*fetched, forged], POLICY).state.overrides.values()

    assert (override.status.value, override.flags) == ("open", ("claim_disagrees",))
