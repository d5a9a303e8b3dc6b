"""Turns facts into ratings: pure, deterministic, total. Says nothing where nothing is known."""

from __future__ import annotations

from collections.abc import Mapping

from rubric.confirm import UNCALIBRATED, Calibration, Confirmation
from rubric.feedback import feedback
from rubric.model import (
    Criterion,
    FiredGate,
    RatedReport,
    Rating,
    RatingStatus,
    Rubric,
    RubricRef,
)
from rubric.rules.caps import effective_cap, lowest
from rubric.rules.charge import charge
from rubric.rules.checklist import checklist
from rubric.rules.confirmations import confirmations, observed_of
from rubric.rules.faults import fault
from rubric.rules.overall import bound, fired, verdict_for
from rubric.rules.silence import basis, best_value, why_silent
from sandbox.model import AuditReport, Grade, ObservedState

NO_OVERALL = "nothing proven wrong; the verdict is for a person"


def rate(
    report: AuditReport, rubric: Rubric, calibration: Calibration | None = None
) -> RatedReport:
    """Gives the report with ratings, charged findings, checklist, gates and the overall rating.

    A sandbox fault is never charged to the snippet: every criterion abstains with the reason.
    """
    calibration = calibration or UNCALIBRATED
    findings = charge(report.findings, rubric)
    refused = fault(report)
    confirmed = () if refused else confirmations(report, findings, rubric, calibration)
    ratings = {
        criterion.id: _abstain(refused) if refused else _rate(criterion, confirmed, report, rubric)
        for criterion in rubric.criteria
    }
    values = _proven(ratings, confirmed)
    gates = fired(confirmed, values, rubric)
    facts = {name: getattr(report, name) for name in AuditReport.model_fields}
    facts.update(
        findings=findings,
        checklist=checklist(confirmed, rubric),
        gates=gates,
        ratings=ratings,
        overall=_overall(ratings, values, gates, rubric, refused),
        rubric=RubricRef(id=rubric.id, version=rubric.version),
        calibration=calibration.version,
    )
    return RatedReport(**facts)


def _rate(
    criterion: Criterion,
    confirmed: tuple[Confirmation, ...],
    report: AuditReport,
    rubric: Rubric,
) -> Rating:
    own = tuple(one for one in confirmed if one.clause.criterion == criterion.id)
    proven = tuple(one for one in own if one.prefills)
    if proven:
        return _capped(criterion, proven, own, report, rubric)
    if own:
        return _hint(own, report)
    if criterion.na_when and _not_applicable(criterion, report):
        reason = f"not applicable: nothing here for the {criterion.na_when} check"
        return Rating(status=RatingStatus.NOT_APPLICABLE, reason=reason)
    why = why_silent(criterion, report)
    if why:
        return _abstain(why)
    return Rating(
        status=RatingStatus.SUGGESTED,
        value=best_value(criterion, report, rubric),
        grade=Grade.E3,
        reason=basis(criterion, report),
    )


def _capped(
    criterion: Criterion,
    proven: tuple[Confirmation, ...],
    own: tuple[Confirmation, ...],
    report: AuditReport,
    rubric: Rubric,
) -> Rating:
    deciding = lowest(proven, rubric)
    cap = effective_cap(deciding[0].clause, rubric)
    others = [one.clause.id for one in own if one not in deciding]
    ids = ", ".join(one.clause.id for one in deciding)
    also = f"; also {', '.join(others)}" if others else ""
    return Rating(
        status=RatingStatus.SUGGESTED,
        value=cap if criterion.ceiling is None else min(cap, criterion.ceiling),
        grade=max(one.grade for one in deciding),
        reason=f"{ids}: {deciding[0].clause.title}{also}",
        clauses=tuple(one.clause.id for one in own),
        feedback=feedback(proven, files=_files(report), report=report),
    )


def _hint(own: tuple[Confirmation, ...], report: AuditReport) -> Rating:
    ids = ", ".join(one.clause.id for one in own)
    return Rating(
        status=RatingStatus.HINT,
        grade=max(one.grade for one in own),
        reason=f"{ids} seen, but it is no proof: {own[0].clause.title}",
        clauses=tuple(one.clause.id for one in own),
        feedback=feedback(own, files=_files(report), report=report),
    )


def _abstain(reason: str) -> Rating:
    return Rating(status=RatingStatus.ABSTAINED, reason=reason)


def _not_applicable(criterion: Criterion, report: AuditReport) -> bool:
    return observed_of(report, criterion.na_when).state is ObservedState.NOT_APPLICABLE


def _proven(ratings: Mapping[str, Rating], confirmed: tuple[Confirmation, ...]) -> dict[str, int]:
    """Gives the values that rest on a proven defect; a ceiling is not one."""
    defective = {one.clause.criterion for one in confirmed if one.prefills}
    return {
        name: rating.value
        for name, rating in ratings.items()
        if name in defective and rating.value is not None
    }


def _overall(
    ratings: Mapping[str, Rating],
    values: Mapping[str, int],
    gates: tuple[FiredGate, ...],
    rubric: Rubric,
    refused: str,
) -> Rating:
    if not values:
        return _abstain(refused or NO_OVERALL)
    value = bound(values, gates, rubric)
    worst = min(values, key=lambda name: (values[name], list(ratings).index(name)))
    holding = [gate for gate in gates if gate.overall_cap == value]
    reason = holding[0].text if holding else f"{worst} at {values[worst]} weighs most"
    return Rating(
        status=RatingStatus.SUGGESTED,
        value=value,
        grade=ratings[worst].grade,
        reason=f"{verdict_for(value, rubric)}: {reason}",
        clauses=tuple(clause for name in values for clause in ratings[name].clauses),
        feedback=ratings[worst].feedback,
    )


def _files(report: AuditReport) -> int:
    """Gives how many texts people see; an answer cut into files is one text."""
    sources = {part.get("source") for part in report.snippet.line_map}
    return len(sources) or max(1, len(report.snippet.files))
