"""An explanation tells each step, and the same steps every time."""

from __future__ import annotations

from typing import Any

import pytest

from rubric.confirm import Calibration, TrackRecord
from rubric.explain import explain
from rubric.model import Rubric
from rubric.suggest import rate
from sandbox.model import FindingEvidence, Grade, Severity, StageName, Verdict
from tests.rubric.reports import FOUND, NOT_APPLICABLE, PASSED, make_finding, make_report, shipped
from tests.rubric.test_alternative import kurz


def lines(calibration: Calibration | None = None, **changes: Any) -> tuple[str, ...]:
    return explain(make_report(**changes), shipped(), calibration)


def with_criterion(name: str, **changes: Any) -> Rubric:
    return shipped().model_copy(
        update={
            "criteria": tuple(
                one.model_copy(update=changes) if one.id == name else one
                for one in shipped().criteria
            )
        }
    )


def test_the_whole_way_of_a_small_rubric() -> None:
    """From the finding to the overall rating, word for word."""
    error = make_finding(tool="compiler", rule="compile", message="undefined: x")
    report = make_report(id="a.go", verdict=Verdict.COMPILE_ERROR, findings=(error,))

    assert explain(report, kurz()) == (
        f"a.go: verdict compile_error, rubric kurz {kurz().version}, calibration none",
        "",
        "findings, strongest evidence first",
        "  E2 main.go:3 compiler/compile: undefined: x",
        "    charged to R-1 (cap 1, critical): Baut nicht",
        "",
        "R Richtigkeit, weight 3",
        "  R-1 confirmed by 1 finding, E2: Baut nicht",
        "    pre-fills: E2 is a proof",
        "  lowest cap: 1 (R-1)",
        "  = 1 suggested, E2: R-1: Baut nicht",
        "",
        "S Stil, weight 1",
        "  for people only: S-1",
        "  = abstained: no check can decide this; it is for a person to rate",
        "",
        "N Nebenläufigkeit, weight 1",
        "  = abstained: its checks found nothing, and no finding is no proof",
        "",
        "overall",
        "  gate G fires: Ohne Bau höchstens 1",
        "  proven defects: R 1; every other criterion counts as 4",
        "  weighted mean 11/5 = 2.20, rounded down to 2",
        "  held by gate G: at most 1",
        "  = 1 suggested, E2: ablehnen: Ohne Bau höchstens 1",
    )


def test_a_rated_report_is_explained_like_its_facts() -> None:
    """What `gavel audit --json` wrote gives the same lines."""
    report = make_report(findings=(make_finding(),), race=FOUND)

    assert explain(rate(report, shipped()), shipped()) == explain(report, shipped())


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({}, "  none"),
        (
            {"findings": (make_finding(tool="other"),)},
            "    charged to nothing: no clause of the rubric names this rule",
        ),
        (
            {"findings": (make_finding(tool="other"),), "race": FOUND},
            "  CC-1 confirmed by what the runs showed, E3: A data race was reproduced",
        ),
        ({"race": FOUND}, "  held by gate G3: at most 2"),
        ({}, "  gate G3 does not fire: A race or a deadlock was reproduced: overall at most 2"),
        (
            {"functional": "pass", "tests": (PASSED,), "race": NOT_APPLICABLE},
            "  nothing confirmed on a proof; ceiling of the criterion: none",
        ),
        ({"race": NOT_APPLICABLE}, "  = not applicable: nothing here for the race check"),
        (
            {"findings": (make_finding(tool="gofmt", rule="gofmt"),)},
            "    shown, does not pre-fill: the rubric lets a machine only hint about RD-1",
        ),
    ],
)
def test_each_step_has_its_line(changes: dict[str, Any], line: str) -> None:
    """What decided, and what did not, is said."""
    assert line in lines(**changes)


def test_hits_of_several_runs_are_counted() -> None:
    """Seven of twenty is more than one of twenty."""
    seen = FindingEvidence(stage=StageName.RACE, runs=20, hits=7)
    found = lines(findings=(make_finding(evidence=seen),))

    assert (
        "  E2 main.go:3 gavel/errignored, 7 of 20 runs: the error of os.Remove is dropped" in found
    )


def test_linked_clauses_are_named() -> None:
    """One defect, one charge."""
    first, second, *_ = (c for c in shipped().clauses if c.criterion == "EH")
    twin = second.model_copy(update={"detectors": first.detectors})
    rubric = shipped().model_copy(update={"clauses": (first, twin)})
    found = explain(
        make_report(findings=(make_finding(),)), rubric.model_copy(update={"gates": ()})
    )

    assert f"    linked, not charged again: {twin.id}" in found


def test_a_verdict_that_a_finding_explains_is_left_out() -> None:
    """The finding says why; the verdict adds nothing."""
    panic = make_finding(
        tool="case", rule="case", grade=Grade.E3, severity=Severity.CRITICAL, message="got 1"
    )
    found = lines(
        findings=(panic,), verdict=Verdict.RUNTIME_ERROR, functional="fail", race=NOT_APPLICABLE
    )

    assert "    left out: a finding of CR-2 says why and costs as much" in found


@pytest.mark.parametrize(
    ("upheld", "reviewed", "line"),
    [
        (40, 42, "pre-fills by its track record: 40 of 42 upheld, lower bound 0.84"),
        (10, 40, "shown, does not pre-fill: its track record is too weak: 10 of 40 upheld"),
        (3, 3, "E1 is no proof, and its track record is too thin: 3 of 3 upheld"),
    ],
)
def test_the_track_record_is_told(upheld: int, reviewed: int, line: str) -> None:
    """Why a pattern speaks or stays silent."""
    record = TrackRecord(upheld=upheld, reviewed=reviewed)
    known = Calibration(version="c1", records={"EH-1": record})

    assert line in "\n".join(lines(known, findings=(make_finding(grade=Grade.E1),)))


def test_a_nit_says_what_it_costs() -> None:
    """Its cap is raised to one step below the top."""
    clauses = tuple(
        one.model_copy(update={"severity": Severity.NIT}) if one.id == "EH-1" else one
        for one in shipped().clauses
    )
    rubric = shipped().model_copy(update={"clauses": clauses})
    found = explain(make_report(findings=(make_finding(),)), rubric)

    assert "  EH-1 is a nit: all nits cost one step together, so its cap is 4" in found


def test_a_ceiling_below_the_cap_is_told() -> None:
    """The weaker of the two holds."""
    found = explain(make_report(findings=(make_finding(),)), with_criterion("EH", ceiling=1))

    assert "  ceiling of the criterion: 1" in found


def test_a_fault_of_the_sandbox_explains_nothing_else() -> None:
    """No clause is said to be silent where nothing was looked at."""
    found = lines(verdict=Verdict.INTERNAL_ERROR)

    assert "no criterion is rated: the sandbox failed, so nothing is known about this code" in found
    assert "not confirmed" not in "\n".join(found)


def test_the_criterion_is_named_where_it_holds_a_clause_back() -> None:
    """The clause itself may suggest."""
    rubric = with_criterion("EH", machine="hint")
    found = explain(make_report(findings=(make_finding(),)), rubric)

    assert "    shown, does not pre-fill: the rubric lets a machine only hint about EH" in found
