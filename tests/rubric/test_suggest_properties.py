"""Whatever the facts, ratings are total, within the scale, repeatable and never raised by a defect."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from rubric.confirm import Calibration, TrackRecord
from rubric.explain import explain
from rubric.model import RatingStatus
from rubric.suggest import rate
from sandbox.model import (
    AuditReport,
    Finding,
    FindingEvidence,
    Grade,
    Observed,
    ObservedState,
    Severity,
    StageName,
    StageResult,
    StageStatus,
    Verdict,
)
from tests.rubric.reports import make_report, shipped
from tests.rubric.test_alternative import kurz

RULES = sorted(
    {
        (detector.tool, rule.rstrip("*"))
        for clause in shipped().clauses
        for detector in clause.detectors
        for rule in (detector.rules or ("any",))
        if detector.tool
    }
    | {("other", "unknown")}
)
observed = st.builds(
    Observed,
    state=st.sampled_from(ObservedState),
    runs=st.integers(0, 20),
    hits=st.integers(0, 20),
)


@st.composite
def findings(draw: st.DrawFn) -> Finding:
    tool, rule = draw(st.sampled_from(RULES))
    return Finding(
        id=draw(st.text("abc", min_size=1, max_size=3)),
        tool=tool,
        rule=rule,
        severity=draw(st.sampled_from(Severity)),
        grade=draw(st.sampled_from(Grade)),
        file=draw(st.sampled_from(["main.go", "b.go"])),
        line=draw(st.integers(1, 9)),
        message=draw(st.text(max_size=20)),
        evidence=FindingEvidence(
            stage=draw(st.sampled_from(StageName)), runs=draw(st.integers(1, 3))
        ),
    )


@st.composite
def reports(draw: st.DrawFn) -> AuditReport:
    stages = tuple(
        StageResult(stage=name, status=draw(st.sampled_from(StageStatus))) for name in StageName
    )
    return make_report(
        verdict=draw(st.sampled_from(Verdict)),
        functional=draw(st.sampled_from(["pass", "fail", None])),
        stages=draw(st.sampled_from([stages, stages[:5], make_report().stages])),
        race=draw(observed),
        deadlock=draw(observed),
        leak=draw(observed),
        findings=tuple(draw(st.lists(findings(), max_size=6))),
    )


@st.composite
def calibrations(draw: st.DrawFn) -> Calibration:
    """Track records of any clauses, thin and thick, good and bad."""
    records = {}
    for clause in draw(st.lists(st.sampled_from(shipped().clauses), max_size=8)):
        reviewed = draw(st.sampled_from([0, 5, 30, 60]))
        upheld = draw(st.integers(0, reviewed))
        records[clause.id] = TrackRecord(upheld=upheld, reviewed=reviewed)
    return Calibration(version="drawn", records=records)


@settings(deadline=None)
@given(reports())
def test_every_criterion_has_a_value_or_a_reason(report: AuditReport) -> None:
    """Suggested means a value of the scale; everything else means none, and always a reason."""
    rated = rate(report, shipped())

    for rating in (*rated.ratings.values(), rated.overall):
        assert (rating.status is RatingStatus.SUGGESTED) == (rating.value in shipped().scale)
        assert rating.reason
        assert "\n" not in rating.feedback


@settings(deadline=None)
@given(reports())
def test_same_facts_same_ratings(report: AuditReport) -> None:
    """Rating twice gives the same JSON."""
    first, second = rate(report, shipped()), rate(report, shipped())

    assert first.model_dump_json() == second.model_dump_json()


@settings(deadline=None)
@given(reports(), st.randoms(use_true_random=False))
def test_order_of_findings_does_not_matter(report: AuditReport, order: random.Random) -> None:
    """Shuffled findings give the same report."""
    shuffled = list(report.findings)
    order.shuffle(shuffled)
    other = report.model_copy(update={"findings": tuple(shuffled)})

    assert rate(report, shipped()) == rate(other, shipped())


@settings(deadline=None)
@given(reports(), findings())
def test_one_more_defect_never_raises_a_rating(report: AuditReport, defect: Finding) -> None:
    """Where both say something, the report with the defect says no more."""
    worse = report.model_copy(update={"findings": (*report.findings, defect)})
    before, after = rate(report, shipped()), rate(worse, shipped())

    pairs = [(before.ratings[name], after.ratings[name]) for name in before.ratings]
    for was, now in (*pairs, (before.overall, after.overall)):
        assert was.value is None or now.value is None or now.value <= was.value


@settings(deadline=None)
@given(reports(), findings(), calibrations())
def test_one_more_defect_never_raises_a_calibrated_rating(
    report: AuditReport, defect: Finding, calibration: Calibration
) -> None:
    """Track records let clauses speak or be silent, and change nothing about that."""
    worse = report.model_copy(update={"findings": (*report.findings, defect)})
    before, after = rate(report, shipped(), calibration), rate(worse, shipped(), calibration)

    pairs = [(before.ratings[name], after.ratings[name]) for name in before.ratings]
    for was, now in (*pairs, (before.overall, after.overall)):
        assert was.value is None or now.value is None or now.value <= was.value


@settings(deadline=None)
@given(reports())
def test_another_rubric_stays_within_its_own_scale(report: AuditReport) -> None:
    """Four values, whatever the facts."""
    rated = rate(report, kurz())

    for rating in (*rated.ratings.values(), rated.overall):
        assert (rating.status is RatingStatus.SUGGESTED) == (rating.value in kurz().scale)


@settings(deadline=None)
@given(reports(), calibrations())
def test_rating_a_rated_report_again_changes_nothing(
    report: AuditReport, calibration: Calibration
) -> None:
    """A preview compares ratings, not traces of an earlier rating."""
    rated = rate(report, shipped(), calibration)

    assert rate(rated, shipped(), calibration) == rated


@settings(deadline=None)
@given(reports(), calibrations())
def test_an_explanation_ends_in_the_rating(report: AuditReport, calibration: Calibration) -> None:
    """Its lines name the values that were suggested, and are the same every time."""
    lines = explain(report, shipped(), calibration)
    rated = rate(report, shipped(), calibration)
    told = [line for line in lines if line.startswith("  = ")]

    assert lines == explain(report, shipped(), calibration)
    for line, rating in zip(told, (*rated.ratings.values(), rated.overall), strict=True):
        assert rating.value is None or line.startswith(f"  = {rating.value} suggested, ")


@settings(deadline=None)
@given(reports())
def test_a_finding_is_charged_once(report: AuditReport) -> None:
    """The charged clause is not among the linked ones."""
    for finding in rate(report, shipped()).findings:
        assert finding.clause not in finding.linked_clauses
