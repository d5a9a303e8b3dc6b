"""A rubric of three criteria on a scale of four, in German, rates a report without any code."""

from __future__ import annotations

from rubric.load import load_rubric
from rubric.model import RatedReport, Rubric
from rubric.suggest import rate
from sandbox.model import Verdict
from tests.rubric.reports import ALTERNATIVE, NOT_APPLICABLE, PASSED, make_finding, make_report


def kurz() -> Rubric:
    return load_rubric(ALTERNATIVE.read_text(encoding="utf-8"), name="kurz.yaml")


def broken() -> RatedReport:
    error = make_finding(tool="compiler", rule="compile", grade="E2", message="undefined: x")
    return rate(make_report(verdict=Verdict.COMPILE_ERROR, findings=(error,)), kurz())


def test_its_clause_caps_its_criterion() -> None:
    """The cap is on the rubric's own scale."""
    assert broken().ratings["R"].value == 1


def test_its_feedback_is_in_its_language() -> None:
    """Every word but the fact comes from the file."""
    assert broken().ratings["R"].feedback == (
        "R-1: Baut nicht (line 3): undefined: x. Mach es heil."
    )


def test_its_gate_and_verdict_decide_the_whole() -> None:
    """The last of its three verdicts, with the gate's own text."""
    overall = broken().overall

    assert (overall.value, overall.reason) == (1, "ablehnen: Ohne Bau höchstens 1")


def test_its_top_is_its_scale() -> None:
    """Passed cases give 4 of 4."""
    report = make_report(functional="pass", tests=(PASSED,), race=NOT_APPLICABLE)

    assert rate(report, kurz()).ratings["R"].value == 4


def test_its_rule_for_not_applicable_holds() -> None:
    """What the file says of the third criterion."""
    rating = rate(make_report(race=NOT_APPLICABLE), kurz()).ratings["N"]

    assert rating.status == "not_applicable"


def test_its_questions_are_the_checklist() -> None:
    """A clause for people becomes a question."""
    assert [item.question for item in broken().checklist] == ["Ist es schwer zu lesen?"]
