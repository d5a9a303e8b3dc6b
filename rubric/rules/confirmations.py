"""Collects what confirms each clause: charged findings, verdicts, observed states, failed cases."""

from __future__ import annotations

from collections.abc import Iterable

from rubric.confirm import Calibration, Confirmation
from rubric.model import Clause, Criterion, Detector, MachineMode, RatedFinding, Rubric
from sandbox.model import AuditReport, Grade, Observed, ObservedState, Severity

STRENGTH = (MachineMode.SUGGEST, MachineMode.HINT, MachineMode.ABSTAIN, MachineMode.NEVER)


def confirmations(
    report: AuditReport,
    findings: Iterable[RatedFinding],
    rubric: Rubric,
    calibration: Calibration,
) -> tuple[Confirmation, ...]:
    """Gives the confirmed clauses in the rubric's order, each with its strongest grade."""
    charged = tuple(findings)
    criteria = {criterion.id: criterion for criterion in rubric.criteria}
    found = (
        _confirmed(clause, criteria[clause.criterion], report, charged, calibration)
        for clause in rubric.clauses
        if clause.machine is not MachineMode.NEVER
    )
    every = tuple(one for one in found if one is not None)
    return tuple(one for one in every if not _explained(one, every))


def observed_of(report: AuditReport, name: str) -> Observed:
    """Gives what the named dynamic check saw."""
    return {"race": report.race, "deadlock": report.deadlock, "leak": report.leak}[name]


def _explained(one: Confirmation, every: tuple[Confirmation, ...]) -> bool:
    """True where a finding that costs as much already says why, so a bare verdict says no more."""
    return not one.findings and any(
        other.findings
        and other.prefills
        and other.clause.criterion == one.clause.criterion
        and other.clause.cap <= one.clause.cap
        and other.clause.severity is not Severity.NIT
        for other in every
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
    mode = max(clause.machine, criterion.machine, key=STRENGTH.index)
    allowed = mode is MachineMode.SUGGEST and not calibration.disproven(clause.id)
    strong = grade in (Grade.E2, Grade.E3) or (grade is Grade.E1 and calibration.proven(clause.id))
    return Confirmation(clause=clause, grade=grade, findings=own, prefills=allowed and strong)


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
