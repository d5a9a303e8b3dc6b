"""What it means that nothing was found: an abstention with its reason, or the ceiling on proof."""

from __future__ import annotations

from rubric.model import Criterion, MachineMode, Rubric, Silence
from sandbox.model import (
    AuditReport,
    Observed,
    ObservedState,
    Severity,
    StageName,
    StageStatus,
    Verdict,
)

UNPROVEN = {
    "functional": "no case of the task or the prompt decides it",
    "race": "the race detector did not see it run",
    "deadlock": "no run was watched for deadlocks",
    "leak": "no run was watched for leaked goroutines",
}
STOPPED = frozenset(
    {
        Verdict.TIME_LIMIT,
        Verdict.MEMORY_LIMIT,
        Verdict.OUTPUT_LIMIT,
        Verdict.RESOURCE_LIMIT,
    }
)
CUT_SHORT = "a run was stopped before its end, so what would have followed is unknown"
RAN = (StageStatus.OK, StageStatus.FAILED)


def why_silent(criterion: Criterion, report: AuditReport) -> str:
    """Gives the reason to abstain although nothing was found; empty where silence may speak."""
    if criterion.machine is not MachineMode.SUGGEST:
        return "no check can decide this; it is for a person to rate"
    missing = [stage for stage in criterion.needs if not _ran(report, stage)]
    if missing:
        return f"not checked: {', '.join(missing)} could not run"
    if criterion.silence is Silence.ABSTAIN:
        return "its checks found nothing, and no finding is no proof"
    if criterion.proof and report.verdict in STOPPED:
        return CUT_SHORT
    unproven = [UNPROVEN[proof] for proof in criterion.proof if not _holds(report, proof)]
    return "; ".join(unproven)


def best_value(criterion: Criterion, report: AuditReport, rubric: Rubric) -> int:
    """Gives the ceiling: the top only where cases passed, under race where that applies, without a defect.

    Style alone says nothing about what the code does.
    """
    top = rubric.scale[-1]
    proven = report.functional == "pass" and report.race.state in (
        ObservedState.NONE_SEEN,
        ObservedState.NOT_APPLICABLE,
    )
    ceiling = top if criterion.ceiling is None else criterion.ceiling
    defective = any(finding.severity is not Severity.NIT for finding in report.findings)
    return min(ceiling, top if proven and not defective else rubric.scale[-2])


def basis(criterion: Criterion, report: AuditReport) -> str:
    """Gives the facts that silence rests on, for the card."""
    facts = []
    for proof in criterion.proof:
        if proof == "functional":
            facts.append(_passed(report))
        else:
            runs = _observed(report, proof).runs
            facts.append(f"no {proof} in {runs} run{'s' * (runs != 1)}")
    return "; ".join([*facts, "nothing found"])


def _passed(report: AuditReport) -> str:
    sets = [t for t in report.tests if t.source in ("task", "prompt")]
    passed, listed = sum(t.passed for t in sets), sum(t.listed for t in sets)
    return f"{passed} of {listed} checks of the task pass" if listed else "the task's checks pass"


def _ran(report: AuditReport, name: StageName) -> bool:
    if name is StageName.STATIC and report.verdict is Verdict.COMPILE_ERROR:
        return False
    return any(stage.stage is name and stage.status in RAN for stage in report.stages)


def _holds(report: AuditReport, proof: str) -> bool:
    if proof == "functional":
        return report.functional == "pass"
    return _observed(report, proof).state is ObservedState.NONE_SEEN


def _observed(report: AuditReport, name: str) -> Observed:
    return {"race": report.race, "deadlock": report.deadlock, "leak": report.leak}[name]
