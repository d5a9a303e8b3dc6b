"""A preview tells which suggestions of a past report would be others."""

from __future__ import annotations

from rubric.confirm import Calibration, TrackRecord
from rubric.model import RatedReport, Rubric
from rubric.preview import changes, worded
from rubric.suggest import rate
from sandbox.model import Grade
from tests.rubric.reports import make_finding, make_report, shipped


def past(grade: Grade = Grade.E2) -> RatedReport:
    return rate(make_report(findings=(make_finding(grade=grade),)), shipped())


def with_cap(cap: int) -> Rubric:
    clauses = tuple(
        clause.model_copy(update={"cap": cap}) if clause.id == "EH-1" else clause
        for clause in shipped().clauses
    )
    return shipped().model_copy(update={"clauses": clauses})


def test_the_same_rubric_changes_nothing() -> None:
    """A rated report can be rated again."""
    assert changes(past(), shipped()) == ()


def test_another_cap_changes_its_criterion() -> None:
    """The line says from what to what, and why."""
    first, *_ = changes(past(), with_cap(1))

    assert worded(first) == "EH: 2 -> 1 (EH-1: An error result is dropped without a word)"


def test_the_overall_rating_is_compared_too() -> None:
    """A gate or a weight may move it alone."""
    heavy = shipped().model_copy(
        update={
            "criteria": tuple(
                one.model_copy(update={"weight": 1000}) if one.id == "EH" else one
                for one in shipped().criteria
            )
        }
    )

    assert [change.criterion for change in changes(past(), heavy)] == ["overall"]


def test_a_track_record_may_turn_a_hint_into_a_suggestion() -> None:
    """The calibration is part of what is previewed."""
    known = Calibration(version="c", records={"EH-1": TrackRecord(upheld=40, reviewed=42)})
    found = {one.criterion: worded(one) for one in changes(past(Grade.E1), shipped(), known)}

    assert found["EH"].startswith("EH: hint -> 2 (")


def test_a_criterion_that_comes_or_goes() -> None:
    """Both sides are told in words."""
    *others, last = shipped().criteria
    names = {last.id}
    without = shipped().model_copy(
        update={
            "criteria": tuple(others),
            "clauses": tuple(c for c in shipped().clauses if c.criterion not in names),
        }
    )
    fewer = rate(make_report(), without)

    gone = changes(rate(make_report(), shipped()), without)
    came = changes(fewer, shipped())

    assert worded(gone[0]) == f"{last.id}: abstained -> no such criterion"
    assert worded(came[0]).startswith(f"{last.id}: no such criterion -> abstained (")
