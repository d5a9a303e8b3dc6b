"""Track records come from people who judged unseen, and let a pattern speak only once it is proven."""

from __future__ import annotations

import json
from typing import Any

import pytest

from rubric.calibration import CalibrationError, GoldCase, calibrate, load_calibration
from rubric.model import RatedReport, Rubric
from rubric.suggest import rate
from sandbox.model import AuditReport, Grade
from tests.rubric.reports import make_finding, make_report, shipped
from tests.rubric.test_alternative import kurz


def weak() -> AuditReport:
    """A report in which a pattern indicates a dropped error."""
    return make_report(findings=(make_finding(grade=Grade.E1),))


def proven() -> AuditReport:
    return make_report(findings=(make_finding(),))


def make_case(number: int = 1, **changes: Any) -> GoldCase:
    values: dict[str, Any] = {"id": f"t{number}", "report": weak(), "shown_suggestion": False}
    return GoldCase(**(values | changes))


def judged(upheld: int, reviewed: int) -> list[GoldCase]:
    return [make_case(n, clauses={"EH-1": n < upheld}) for n in range(reviewed)]


def written(cases: list[GoldCase], rubric: Rubric | None = None) -> str:
    return calibrate(cases, rubric or shipped()).model_dump_json(by_alias=True)


def weak_rated_with(upheld: int, reviewed: int) -> RatedReport:
    known = load_calibration(written(judged(upheld, reviewed)), shipped())
    return rate(weak(), shipped(), known)


@pytest.mark.parametrize(
    ("upheld", "reviewed", "value"), [(27, 30, 2), (25, 30, None), (29, 29, None)]
)
def test_a_pattern_speaks_once_its_record_is_proven(
    upheld: int, reviewed: int, value: int | None
) -> None:
    """At least 30 reviewed, and a lower bound over 0.70: 27 of 30 has 0.74, 25 of 30 has 0.66."""
    assert weak_rated_with(upheld, reviewed).ratings["EH"].value == value


def test_the_report_names_its_calibration() -> None:
    """A suggestion can be traced to the file that let it speak."""
    cases = judged(27, 30)

    assert weak_rated_with(27, 30).calibration == calibrate(cases, shipped()).version


def test_a_record_has_precision_and_its_lower_bound() -> None:
    """The file is read by people too."""
    record = calibrate(judged(27, 30), shipped()).clauses["EH-1"]

    assert (record.upheld, record.reviewed, record.precision) == (27, 30, 0.9)
    assert record.lower_bound == pytest.approx(0.744, abs=5e-4)


def test_a_task_counts_once_however_many_judge_it() -> None:
    """Two of three uphold it; a draw upholds nothing."""
    votes = [(1, True), (1, True), (1, False), (2, True), (2, False)]
    cases = [
        make_case(number, rater=f"p{index}", clauses={"EH-1": upheld})
        for index, (number, upheld) in enumerate(votes)
    ]
    record = calibrate(cases, shipped()).clauses["EH-1"]

    assert (record.upheld, record.reviewed) == (1, 2)


def test_a_clause_that_is_not_confirmed_has_no_record() -> None:
    """Nothing was claimed, so nothing was upheld."""
    assert calibrate([make_case(clauses={"EH-2": True})], shipped()).clauses == {}


def test_who_saw_the_suggestion_is_left_out() -> None:
    """Agreeing with what one was shown is no agreement."""
    seen = make_case(2, shown_suggestion=True, ratings={"EH": 2}, clauses={"EH-1": True})
    made = calibrate([make_case(), seen], shipped())

    assert (made.cases, made.left_out, made.clauses) == (1, 1, {})


def test_only_cases_that_saw_suggestions_are_refused() -> None:
    """Nothing is left to compare."""
    with pytest.raises(CalibrationError, match="came 1 case"):
        calibrate([make_case(shown_suggestion=True)], shipped())


def test_agreement_counts_pairs_and_silence() -> None:
    """Two values meet, one rating meets silence, one does not apply."""
    cases = [
        make_case(1, report=proven(), ratings={"EH": 2}),
        make_case(2, report=proven(), ratings={"EH": 4}),
        make_case(3, ratings={"EH": 3}),
        make_case(4, report=proven(), ratings={"EH": None}),
    ]
    found = calibrate(cases, shipped()).agreement["EH"]

    assert (found.pairs, found.silent) == (2, 1)
    assert (found.exact.value, found.within_one.value) == (0.5, 0.5)


def test_what_is_not_defined_is_null() -> None:
    """Nothing of a criterion that the machine never rates."""
    found = calibrate([make_case(ratings={"RD": 4})], shipped()).agreement["RD"]

    assert (found.pairs, found.silent) == (0, 1)
    assert {e.value for e in (found.exact, found.alpha, found.ac2, found.kappa)} == {None}


def test_a_figure_that_resamples_lack_has_no_interval() -> None:
    """One differing pair of two: half of all resamples have no alpha."""
    cases = [
        make_case(1, report=proven(), ratings={"EH": 2}),
        make_case(2, report=proven(), ratings={"EH": 3}),
    ]
    alpha = calibrate(cases, shipped()).agreement["EH"].alpha

    assert (alpha.value, alpha.low) == (0, None)


def test_an_interval_holds_its_figure() -> None:
    """Low, value and high stand in order."""
    cases = [make_case(n, report=proven(), ratings={"EH": 2 + (n % 3 == 0)}) for n in range(40)]
    found = calibrate(cases, shipped()).agreement["EH"]

    for one in (found.exact, found.within_one, found.ac2):
        assert one.value is not None
        assert one.low is not None
        assert one.high is not None
        assert one.low <= one.value <= one.high + 1e-9


def test_same_cases_same_file_in_any_order() -> None:
    """Fixed seed, tasks sorted."""
    cases = [
        make_case(n, report=proven(), ratings={"EH": 2 + n % 2}, clauses={"EH-1": True})
        for n in range(9)
    ]

    assert written(cases) == written(cases[::-1])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"ratings": {"XX": 3}}, "case t1: rubric go-review has no criterion XX; name one of CC"),
        ({"clauses": {"XX-1": True}}, "has no clause XX-1"),
        ({"ratings": {"EH": 9}}, "expected EH on the scale 1 to 5, came 9"),
    ],
)
def test_a_case_that_does_not_fit_the_rubric(changes: dict[str, Any], message: str) -> None:
    """What came, what was expected, what to do."""
    with pytest.raises(CalibrationError, match=message):
        calibrate([make_case(**changes)], shipped())


def test_a_clause_that_looks_for_something_else_loses_its_record() -> None:
    """The record was about other findings."""
    clauses = tuple(
        one.model_copy(update={"title": "Another claim"}) if one.id == "EH-1" else one
        for one in shipped().clauses
    )
    changed = shipped().model_copy(update={"clauses": clauses})

    assert load_calibration(written(judged(27, 30)), changed).records == {}


def test_another_weight_keeps_the_record() -> None:
    """What a clause costs does not change how often it is right."""
    clauses = tuple(one.model_copy(update={"cap": 1}) for one in shipped().clauses)
    changed = shipped().model_copy(update={"clauses": clauses})

    assert set(load_calibration(written(judged(27, 30)), changed).records) == {"EH-1"}


def edited() -> str:
    return written(judged(20, 30)).replace('"upheld":20', '"upheld":30')


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (edited(), "so it was edited; write it again"),
        ("{", "c.json: not JSON"),
        ("{}", "c.json: expected a value for rubric, but none came"),
        (
            written([GoldCase(id="t", report=make_report(), shown_suggestion=False)], kurz()),
            "expected a calibration of rubric go-review, came one of kurz",
        ),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(text: str, message: str) -> None:
    """It is not guessed at."""
    with pytest.raises(CalibrationError, match=message):
        load_calibration(text, shipped(), name="c.json")


def test_the_file_names_its_rubric_and_format() -> None:
    """Later formats can be told apart."""
    head = json.loads(written([make_case()]))

    assert (head["schema"], head["rubric"]["version"]) == (1, shipped().version)
