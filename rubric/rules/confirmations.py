"""Collects what confirms each clause: charged findings, verdicts, observed states, failed cases."""

from __future__ import annotations

from collections.abc import Iterable

from rubric.confirm import Calibration, Confirmation
from rubric.model import Clause, Criterion, Detector, MachineMode, RatedFinding, Rubric
from sandbox.model import AuditReport, Grade, Observed, ObservedState, Severity

STRENGTH = (MachineMode.SUGGEST, MachineMode.HINT, MachineMode.ABSTAIN, MachineMode.NEVER)
MAY = {
    MachineMode.HINT: "only hint",
    MachineMode.ABSTAIN: "say nothing",
    MachineMode.NEVER: "look for nothing",
}


def confirmations(
    report: AuditReport,
    findings: Iterable[RatedFinding],
    rubric: Rubric,
    calibration: Calibration,
) -> tuple[Confirmation, ...]:
    """Gives the confirmed clauses in the rubric's order, each with its strongest grade."""
    every = candidates(report, findings, rubric, calibration)
    return tuple(one for one in every if explained_by(one, every) is None)


def candidates(
    report: AuditReport,
    findings: Iterable[RatedFinding],
    rubric: Rubric,
    calibration: Calibration,
) -> tuple[Confirmation, ...]:
    """Gives every confirmed clause, those included that a finding of another one explains."""
    charged = tuple(findings)
    criteria = {criterion.id: criterion for criterion in rubric.criteria}
    found = (
        _confirmed(clause, criteria[clause.criterion], report, charged, calibration)
        for clause in rubric.clauses
        if clause.machine is not MachineMode.NEVER
    )
    return tuple(one for one in found if one is not None)


def held_back(clause: Clause, criterion: Criterion, grade: Grade, calibration: Calibration) -> str:
    """Gives why a confirmed clause may not pre-fill; empty where it may."""
    mode = max(clause.machine, criterion.machine, key=STRENGTH.index)
    if mode is not MachineMode.SUGGEST:
        owner = clause.id if clause.machine is mode else criterion.id
        return f"the rubric lets a machine {MAY[mode]} about {owner}"
    if calibration.disproven(clause.id):
        return f"its track record is too weak: {calibration.worded(clause.id)}"
    if grade in (Grade.E2, Grade.E3) or (grade is Grade.E1 and calibration.proven(clause.id)):
        return ""
    return f"{grade} is no proof, and its track record is too thin: {calibration.worded(clause.id)}"


def observed_of(report: AuditReport, name: str) -> Observed:
    """Gives what the named dynamic check saw."""
    return {"race": report.race, "deadlock": report.deadlock, "leak": report.leak}[name]


def explained_by(one: Confirmation, every: tuple[Confirmation, ...]) -> Confirmation | None:
    """Gives the clause whose finding costs as much and says why, so that a bare verdict says no more."""
    if one.findings:
        return None
    return next((other for other in every if _explains(other, one)), None)


def _explains(other: Confirmation, one: Confirmation) -> bool:
    return bool(
        other.findings
        and other.prefills
        and other.clause.criterion == one.clause.criterion
        and other.clause.cap <= one.clause.cap
        and other.clause.severity is not Severity.NIT
    )


def _confirmed(
    clause: Clause,
    criterion: Criterion,
    report: AuditReport,
    charged: tuple[RatedFinding, ...],
    calibration: Calibration,
) -> Confirmation | None:
    own = tuple(finding for finding in charged if finding.clause == clause.id)
    seen = any(_seen(detector, report) for detector in clause.detectors)
    grade = max([finding.grade for finding in own] + [Grade.E3] * seen, default=None)
    if grade is None:
        return None
    prefills = not held_back(clause, criterion, grade, calibration)
    return Confirmation(clause=clause, grade=grade, findings=own, prefills=prefills)


def _seen(detector: Detector, report: AuditReport) -> bool:
    if any(observed_of(report, name).state is ObservedState.FOUND for name in detector.unless):
        return False
    if report.verdict in detector.verdicts:
        return True
    if detector.functional and report.functional == detector.functional:
        return True
    return bool(detector.observed) and (
        observed_of(report, detector.observed).state is ObservedState.FOUND
    )
