"""What counts as found and as a false alarm, and how it is added up."""

from __future__ import annotations

from typing import Any

import pytest

from rubric.model import RatedReport
from rubric.suggest import rate
from sandbox.model import Grade, Verdict
from tests.corpus.programs import Program
from tests.eval.interval import Share
from tests.eval.judge import judge
from tests.eval.summary import summary
from tests.rubric.reports import make_finding, make_report, shipped

PROGRAM = Program(
    name="EH-1/example",
    header={"clause": "EH-1", "rules": "gavel/errignored", "grade": "E2"},
    sections={"bad.go": "package main\n", "good.go": "package main // mended\n"},
)
CLEAN = Program(name="clean/example", header={}, sections={"good.go": "package main\n"})
DROPPED = make_finding()


def report(*findings: Any, **changes: Any) -> RatedReport:
    return rate(make_report(findings=findings, **changes), shipped())


def test_a_defect_is_found_by_its_rule_and_clause() -> None:
    """Both are what a person is shown."""

    judged = judge(PROGRAM, "bad", report(DROPPED))

    assert judged.found
    assert judged.rated


def test_silence_is_a_miss() -> None:
    """It tells the rule and the clause that should have spoken."""

    judged = judge(PROGRAM, "bad", report())

    assert judged.missed == ("gavel/errignored", "clause EH-1")
    assert not judged.rated


def test_weaker_evidence_is_a_miss() -> None:
    """A hint pre-fills nothing, so it is not what was due."""

    judged = judge(PROGRAM, "bad", report(make_finding(grade=Grade.E1)))

    assert judged.missed == ("gavel/errignored with E2: it has E1",)


def test_another_verdict_is_a_miss() -> None:
    """A header that names a verdict is held to."""
    header = PROGRAM.header | {"verdict": "tests_failed"}
    program = Program(name=PROGRAM.name, header=header, sections=PROGRAM.sections)

    judged = judge(program, "bad", report(DROPPED))

    assert judged.missed == ("verdict tests_failed: it is accepted",)


@pytest.mark.parametrize(
    "said",
    [
        report(DROPPED),
        report(make_finding(grade=Grade.E1)),
        report(make_finding(tool="vet", rule="printf")),
        report(verdict=Verdict.RUNTIME_ERROR),
        report(functional="fail"),
    ],
)
def test_what_speaks_against_a_twin_is_an_alarm(said: RatedReport) -> None:
    """Its clause with any evidence, anything proven, a bad verdict, a failed check."""

    assert judge(PROGRAM, "good", said).alarms


def test_a_hint_of_another_clause_is_no_alarm_on_a_twin() -> None:
    """A twin is mended in one respect; hints are counted on clean programs."""
    said = report(make_finding(tool="gosec", rule="G306", grade=Grade.E1))

    assert judge(PROGRAM, "good", said).alarms == ()
    assert judge(CLEAN, "good", said).hints


def test_shares_are_counted_over_what_was_audited() -> None:
    """One of two defects found, one clean program hinted at; a reshaped one counts apart."""
    hint = report(make_finding(tool="gosec", rule="G306", grade=Grade.E1))
    made = summary(
        [
            judge(PROGRAM, "bad", report(DROPPED)),
            judge(PROGRAM, "bad", report()),
            judge(PROGRAM, "good", report()),
            judge(PROGRAM, "bad", report(), reshaped=True),
            judge(CLEAN, "good", hint),
        ]
    )

    assert made.clauses[0].found == Share(hits=1, of=2)
    assert made.clauses[0].false_alarms == Share(hits=0, of=1)
    assert made.reshaped == Share(hits=0, of=1)
    assert (made.clean_proven.hits, made.clean_indicated.hits) == (0, 1)


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [(0, 10, 0.0, 0.278), (10, 10, 0.722, 1.0), (5, 10, 0.237, 0.763), (0, 0, 0.0, 1.0)],
)
def test_interval(hits: int, of: int, low: float, high: float) -> None:
    """Wilson's bounds, as tables of statistics have them."""

    assert Share(hits=hits, of=of).interval == pytest.approx((low, high), abs=0.001)
