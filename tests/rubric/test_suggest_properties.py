"""Whatever the facts, ratings are total, within the scale, repeatable and never raised by a defect."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

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
@given(reports())
def test_a_finding_is_charged_once(report: AuditReport) -> None:
    """The charged clause is not among the linked ones."""
    for finding in rate(report, shipped()).findings:
        assert finding.clause not in finding.linked_clauses
