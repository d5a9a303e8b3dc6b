"""Ratings follow from facts: the lowest cap, a ceiling on proof, or an abstention with its reason."""

from __future__ import annotations

from typing import Any

import pytest

from rubric.confirm import Calibration, TrackRecord
from rubric.load import load_rubric
from rubric.model import RatedReport, RatingStatus
from rubric.suggest import rate
from sandbox.model import (
    AuditError,
    FindingEvidence,
    Grade,
    Observed,
    ObservedState,
    Severity,
    StageName,
    StageStatus,
    TestsSummary,
    Verdict,
)
from tests.rubric.reports import (
    FOUND,
    NONE_SEEN,
    NOT_APPLICABLE,
    PASSED,
    make_finding,
    make_report,
    make_stages,
    shipped,
)
from tests.rubric.test_load import GERMAN


def rated(calibration: Calibration | None = None, **changes: Any) -> RatedReport:
    return rate(make_report(**changes), shipped(), calibration)


def status(report: RatedReport, name: str) -> tuple[str, int | None]:
    rating = report.ratings[name]
    return rating.status.value, rating.value


def test_confirmed_clause_caps_its_criterion() -> None:
    """A dropped error proven by typed analysis pre-fills its cap."""
    report = rated(findings=(make_finding(),))

    assert status(report, "EH") == ("suggested", 2)
    assert (
        report.findings[0].clause,
        report.findings[0].criterion,
        report.findings[0].linked_clauses,
    ) == ("EH-1", "EH", ())


def test_lowest_cap_wins_and_the_others_are_named() -> None:
    """Two clauses of one criterion give the lower cap, not a sum."""
    findings = (make_finding(), make_finding(id="f2", rule="errblank", line=9))

    rating = rated(findings=findings).ratings["EH"]

    assert (rating.value, rating.clauses) == (2, ("EH-1", "EH-2"))
    assert rating.reason.endswith("also EH-2")


def test_pattern_alone_is_a_hint() -> None:
    """E1 is shown and selects no star."""
    report = rated(findings=(make_finding(grade=Grade.E1),))

    assert status(report, "EH") == ("hint", None)
    assert report.ratings["EH"].feedback.startswith("EH-1:")


def test_criterion_without_machine_keeps_proof_as_a_hint() -> None:
    """The weaker mode of clause and criterion holds: readability is never pre-filled."""
    findings = (make_finding(tool="gofmt", rule="gofmt", severity=Severity.NIT),)

    assert status(rated(findings=findings), "RD") == ("hint", None)


def test_track_record_lets_a_pattern_pre_fill() -> None:
    """With 30 reviewed cases and a lower bound above 0.70 an E1 clause speaks."""
    proven = Calibration(version="c1", records={"EH-1": TrackRecord(upheld=40, reviewed=42)})

    report = rated(proven, findings=(make_finding(grade=Grade.E1),))

    assert (status(report, "EH"), report.calibration) == (("suggested", 2), "c1")


@pytest.mark.parametrize(("upheld", "reviewed"), [(29, 29), (0, 0), (21, 30)])
def test_thin_or_bad_track_record_keeps_a_pattern_silent(upheld: int, reviewed: int) -> None:
    """Too few reviews, or too low a bound, and E1 stays a hint."""
    record = TrackRecord(upheld=upheld, reviewed=reviewed)
    thin = Calibration(version="c", records={"EH-1": record})

    report = rated(thin, findings=(make_finding(grade=Grade.E1),))

    assert status(report, "EH") == ("hint", None)


def test_bad_track_record_silences_even_proof() -> None:
    """A clause that reviewers keep rejecting pre-fills nothing."""
    bad = Calibration(version="c", records={"EH-1": TrackRecord(upheld=10, reviewed=40)})

    assert status(rated(bad, findings=(make_finding(),)), "EH") == ("hint", None)


def test_top_needs_cases_under_race() -> None:
    """All cases pass, race seen clean, nothing found: correctness gets 5."""
    report = rated(functional="pass", tests=(PASSED,))

    assert status(report, "CR") == ("suggested", 5)
    assert report.ratings["CR"].reason == "4 of 4 checks of the task pass; nothing found"


@pytest.mark.parametrize(
    "changes",
    [
        {"race": Observed()},
        {"findings": (make_finding(tool="other", rule="x"),)},
    ],
)
def test_less_than_full_proof_stays_below_the_top(changes: dict[str, Any]) -> None:
    """No race run, or any finding but one of style, and the ceiling is 4."""
    report = rated(functional="pass", **changes)

    assert status(report, "CR") == ("suggested", 4)
    assert "the task's checks pass" in report.ratings["CR"].reason


def test_style_does_not_lower_the_top() -> None:
    """A newer form or a name says nothing about what the code does."""
    nit = make_finding(tool="modernize", rule="forvar", severity=Severity.NIT, grade=Grade.E1)

    report = rated(functional="pass", tests=(PASSED,), findings=(nit,))

    assert status(report, "CR") == ("suggested", 5)


@pytest.mark.parametrize(
    ("tool", "rule", "clause"),
    [("gosec", "G402", "SC-7"), ("gosec", "G703", "SC-3"), ("gosec", "G404", "SC-8")],
)
def test_a_pattern_of_security_is_a_hint(tool: str, rule: str, clause: str) -> None:
    """It is shown with its clause, and nothing is pre-filled."""
    report = rated(findings=(make_finding(tool=tool, rule=rule, grade=Grade.E1),))

    assert status(report, "SC") == ("hint", None)
    assert report.ratings["SC"].clauses == (clause,)


@pytest.mark.parametrize(
    ("rule", "criterion", "value"), [("SA5000", "CR", 3), ("SA5001", "EH", 2), ("SA2000", "CC", 2)]
)
def test_what_typed_analysis_proves_is_charged(rule: str, criterion: str, value: int) -> None:
    """Its clause's cap is suggested."""
    report = rated(findings=(make_finding(tool="staticcheck", rule=rule, grade=Grade.E2),))

    assert status(report, criterion) == ("suggested", value)


def test_nothing_decides_so_nothing_is_said() -> None:
    """A program that merely runs gets no rating for correctness, with the reason."""
    rating = rated().ratings["CR"]

    assert (rating.status, rating.value) == (RatingStatus.ABSTAINED, None)
    assert rating.reason == "no case of the task or the prompt decides it"


def test_security_abstains_where_nothing_was_found() -> None:
    """No finding is no proof."""
    rating = rated(functional="pass").ratings["SC"]

    assert RatingStatus.ABSTAINED is rating.status
    assert "no finding is no proof" in rating.reason


def test_criterion_for_people_abstains() -> None:
    """Instructions and honesty are never rated by a machine."""
    assert "for a person" in rated().ratings["IF"].reason


def test_stage_that_did_not_run_is_named() -> None:
    """Without static analysis error handling is not checked."""
    report = rated(stages=make_stages(static=StageStatus.ERROR))

    assert report.ratings["EH"].reason == "not checked: static could not run"


def test_code_that_does_not_build_was_not_analysed() -> None:
    """A compile error caps correctness at 1; the static checks count as not run."""
    report = rated(verdict=Verdict.COMPILE_ERROR, race=Observed())

    assert (status(report, "CR"), report.ratings["CR"].grade) == (("suggested", 1), Grade.E3)
    assert "static could not run" in report.ratings["EH"].reason
    assert (report.overall.value, [gate.id for gate in report.gates]) == (1, ["G1", "G4"])


def test_concurrency_is_not_applicable_without_goroutines() -> None:
    """Where the race check does not apply, neither does the criterion."""
    assert status(rated(race=NOT_APPLICABLE), "CC") == ("not_applicable", None)


def test_concurrency_on_watched_runs() -> None:
    """Clean runs under race give the ceiling, one step below the top."""
    report = rated(race=Observed(state=ObservedState.NONE_SEEN, runs=1))

    assert status(report, "CC") == ("suggested", 4)
    assert report.ratings["CC"].reason == "no race in 1 run; nothing found"


def test_race_that_was_not_watched_abstains() -> None:
    """The stage ran but saw nothing to watch: silence stays silent."""
    assert "did not see it run" in rated(race=Observed()).ratings["CC"].reason


@pytest.mark.parametrize("verdict", [Verdict.TIME_LIMIT, Verdict.MEMORY_LIMIT])
def test_a_run_that_was_stopped_shows_no_clean_concurrency(verdict: Verdict) -> None:
    """A program that hangs is not praised for the races that it did not reach."""
    report = rated(race=Observed(state=ObservedState.NONE_SEEN, runs=1), verdict=verdict)

    assert status(report, "CC") == ("abstained", None)
    assert "stopped before its end" in report.ratings["CC"].reason


def test_observed_race_without_a_place_still_counts() -> None:
    """A race without a finding is charged, and the overall gate fires."""
    report = rated(race=FOUND, verdict=Verdict.RACE_DETECTED)

    assert status(report, "CC") == ("suggested", 1)
    assert report.ratings["CC"].feedback.startswith(
        "CC-1: A data race was reproduced: seen in 2 of 3"
    )
    assert (report.overall.value, [gate.id for gate in report.gates]) == (2, ["G3"])


def test_failed_cases_cap_correctness() -> None:
    """The task's own checks decide, finding or not."""
    report = rated(functional="fail", verdict=Verdict.WRONG_ANSWER)

    assert status(report, "CR") == ("suggested", 2)


def test_finding_explains_the_failed_run() -> None:
    """A crash that is charged with its place is not charged again as a failed check."""
    crash = make_finding(tool="run", rule="panic", grade=Grade.E3)

    report = rated(findings=(crash,), verdict=Verdict.RUNTIME_ERROR, functional="fail")

    assert report.ratings["CR"].clauses == ("CR-3",)


def test_milder_finding_does_not_hide_the_failed_run() -> None:
    """A wrong format verb costs less than a failed check, so both are charged."""
    verb = make_finding(tool="vet", rule="printf")

    report = rated(findings=(verb,), verdict=Verdict.WRONG_ANSWER, functional="fail")

    assert (report.ratings["CR"].value, report.ratings["CR"].clauses) == (2, ("CR-2", "CR-9"))


def test_crash_by_deadlock_is_charged_to_the_deadlock() -> None:
    """The runtime's deadlock message is not called a crash as well."""
    report = rated(verdict=Verdict.RUNTIME_ERROR, deadlock=FOUND)

    assert report.ratings["CC"].clauses == ("CC-2",)
    assert RatingStatus.ABSTAINED is report.ratings["CR"].status


def test_crash_caps_correctness() -> None:
    """A crash in an ordinary run needs no finding."""
    assert status(rated(verdict=Verdict.RUNTIME_ERROR), "CR") == ("suggested", 2)


@pytest.mark.parametrize("verdict", [Verdict.INTERNAL_ERROR, Verdict.REJECTED, Verdict.BLOCKED])
def test_sandbox_fault_is_never_charged(verdict: Verdict) -> None:
    """Everything abstains with the reason, whatever was found before."""
    error = AuditError(code="x", message="no bubblewrap")

    report = rated(verdict=verdict, error=error, race=FOUND, findings=(make_finding(),))

    assert {RatingStatus.ABSTAINED} == {r.status for r in report.ratings.values()}
    assert "(no bubblewrap)" in report.ratings["CR"].reason
    assert report.overall.reason == report.ratings["CR"].reason
    assert report.gates == ()


def test_fault_without_a_message_has_a_reason() -> None:
    """The reason stands without the error's own words."""
    assert "the sandbox failed" in rated(verdict=Verdict.INTERNAL_ERROR).overall.reason


def test_critical_security_clause_fires_its_gate() -> None:
    """SQL from text holds the overall at 2."""
    finding = make_finding(rule="sqlconcat", severity=Severity.CRITICAL)

    report = rated(findings=(finding,))

    assert (status(report, "SC"), report.overall.value) == (("suggested", 1), 2)
    assert "major changes: A critical security clause" in report.overall.reason


def test_overall_names_what_weighs_most_where_no_gate_fires() -> None:
    """Without a gate the overall is the bound of the weighted mean."""
    overall = rated(findings=(make_finding(),)).overall

    assert (overall.value, overall.reason) == (4, "minor changes: EH at 2 weighs most")


def test_overall_abstains_where_nothing_is_wrong() -> None:
    """No proven defect, no verdict: accepting is for a person."""
    overall = rated(functional="pass").overall

    assert (overall.status, overall.value) == (RatingStatus.ABSTAINED, None)


def test_nit_costs_one_step_at_most() -> None:
    """A nit's cap is raised to one step below the top."""
    text = GERMAN.replace("cap: 1, severity: critical", "cap: 1, severity: nit")
    finding = make_finding(tool="compiler", rule="x")

    report = rate(make_report(findings=(finding,)), load_rubric(text))

    assert report.ratings["R"].value == 3


def test_ceiling_holds_a_mild_cap_down() -> None:
    """A criterion's ceiling is never exceeded by a clause's cap."""
    text = GERMAN.replace("weight: 3,", "weight: 3, ceiling: 2,").replace("cap: 1", "cap: 3")

    report = rate(make_report(findings=(make_finding(tool="compiler"),)), load_rubric(text))

    assert report.ratings["R"].value == 2


@pytest.mark.parametrize("observed", ["deadlock", "leak"])
def test_other_proofs_can_be_asked_for(observed: str) -> None:
    """A rubric may rest silence on deadlock or leak runs."""
    rubric = load_rubric(GERMAN.replace("proof: [functional]", f"proof: [{observed}]"))

    silent = rate(make_report(), rubric).ratings["R"]
    spoken = rate(make_report(**{observed: NONE_SEEN}), rubric).ratings["R"]

    assert (silent.value, spoken.value) == (None, 3)


def test_related_clauses_are_linked_not_charged() -> None:
    """One finding that fits two clauses is charged to the lower cap only."""
    text = GERMAN.replace(
        "gates:",
        "  - {id: S-2, criterion: S, title: t, cap: 2, severity: minor, machine: hint,"
        ' detectors: [{tool: compiler}], feedback: "{loc} {evidence} {fix}", fix: f}\ngates:',
    )

    report = rate(make_report(findings=(make_finding(tool="compiler"),)), load_rubric(text))

    assert (report.findings[0].clause, report.findings[0].linked_clauses) == ("R-1", ("S-2",))
    assert RatingStatus.ABSTAINED is report.ratings["S"].status


def test_findings_are_listed_by_strength_then_cause() -> None:
    """What ran comes first, and what explains most before what follows from it."""
    findings = (
        make_finding(id="a", grade=Grade.E1),
        make_finding(id="b", tool="race", rule="race", grade=Grade.E3),
        make_finding(id="c", tool="test", rule="failed", grade=Grade.E3, line=90),
    )

    assert [f.id for f in rated(findings=findings).findings] == ["c", "b", "a"]


def test_checklist_is_the_questions_for_people() -> None:
    """Each human-only clause is one open item."""
    items = rated().checklist

    assert (10, {False}) == (len(items), {item.answered for item in items})


@pytest.mark.parametrize("with_finding", [True, False])
def test_evidence_ticks_a_question(*, with_finding: bool) -> None:
    """A question whose clause is confirmed is answered, with its proof."""
    text = GERMAN.replace("severity: critical, machine", "severity: critical, question: q, machine")
    if not with_finding:
        text = text.replace("{tool: compiler}", "{verdicts: [accepted]}")
    findings = (make_finding(tool="compiler"),) if with_finding else ()

    item = rate(make_report(findings=findings), load_rubric(text)).checklist[0]

    place = "E2 main.go line 3: the error of os.Remove is dropped"
    assert (True, place if with_finding else "E3 Baut nicht") == (item.answered, item.proof)


def test_own_tests_prove_nothing() -> None:
    """A snippet's own passing tests are self-praise."""
    own = TestsSummary(source="snippet", listed=9, passed=9, failed=0, skipped=0)

    assert RatingStatus.ABSTAINED is rated(tests=(own,)).ratings["CR"].status


def test_facts_are_kept_as_they_came() -> None:
    """Rating adds judgement and changes no fact."""
    report = make_report(findings=(make_finding(evidence=FindingEvidence(stage=StageName.STATIC)),))

    judged = rate(report, shipped())

    assert report.verdict == judged.verdict
    assert report.findings[0].message == judged.findings[0].message
    assert (shipped().id, shipped().version) == (judged.rubric.id, judged.rubric.version)
