"""Feedback without clause, place or fix is flagged, whoever wrote it and in whatever language."""

from __future__ import annotations

import pytest

from rubric.feedback_lint import feedback_faults
from rubric.suggest import rate
from sandbox.model import Verdict
from tests.rubric.reports import make_finding, make_report, shipped
from tests.rubric.test_alternative import kurz


def lacks(text: str) -> list[str]:
    return [fault.lack.value for fault in feedback_faults(text, shipped())]


@pytest.mark.parametrize(
    ("text", "lacking"),
    [
        ("EH-1: the error at line 3 is lost; return it.", []),
        ("EH-1: main.go:3 loses the error, which should be wrapped.", []),
        ("EH-1: the result of Close() is lost. Check it.", []),
        ("EH-1, L3:\n```go\nreturn err\n```", []),
        ("EH-1 at line 3:\n- f.Close()\n+ err = f.Close()", []),
        ("The error at line 3 is lost; return it.", ["clause"]),
        ("EH-1: the error is lost; return it.", ["place"]),
        ("EH-1: the error at line 3 is lost.", ["fix"]),
        ("Not good.", ["clause", "place", "fix"]),
        ("EH-1: return the error {loc}, line 3.", ["braces"]),
        (" \n", ["text"]),
    ],
)
def test_what_is_lacking_is_named(text: str, lacking: list[str]) -> None:
    """Each lack by itself, and nothing where there is none."""
    assert lacks(text) == lacking


@pytest.mark.parametrize("text", ["EH-11x at line 3: return it", "XEH-1 at line 3: return it"])
def test_a_longer_word_is_no_clause(text: str) -> None:
    """EH-1 does not stand in EH-11x."""
    assert lacks(text) == ["clause"]


def test_a_rubric_of_another_language_knows_its_own_fixes() -> None:
    """The first words of its fixes count."""
    assert feedback_faults("R-1, Zeile 3: undefined: x. Mach es heil.", kurz()) == ()


def test_a_message_says_what_to_write() -> None:
    """With a clause of this rubric."""
    fault, *_ = feedback_faults("Zeile 3: mach es heil", kurz())

    assert fault.message == "it names no clause of kurz; begin with one, such as R-1"


def test_a_rubric_without_clauses_has_no_example() -> None:
    """Nothing can be named yet."""
    fault, *_ = feedback_faults("x", kurz().model_copy(update={"clauses": ()}))

    assert fault.message.endswith("such as an ID of your own")


def test_feedback_of_the_machine_passes() -> None:
    """Every clause with a check, confirmed by a finding, words feedback that can be acted on."""
    flagged = []
    for clause in shipped().clauses:
        for detector in clause.detectors:
            if not detector.tool:
                continue
            rule = detector.rules[0].replace("*", "x") if detector.rules else "any"
            finding = make_finding(tool=detector.tool, rule=rule)
            report = rate(make_report(verdict=Verdict.ACCEPTED, findings=(finding,)), shipped())
            flagged += [
                (clause.id, rating.feedback)
                for rating in report.ratings.values()
                if rating.feedback and feedback_faults(rating.feedback, shipped())
            ]

    assert flagged == []
