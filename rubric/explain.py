"""Tells every step from findings to ratings as plain lines; deterministic, and judges nothing itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rubric.confirm import UNCALIBRATED, Calibration, Confirmation
from rubric.model import (
    Criterion,
    Gate,
    MachineMode,
    RatedFinding,
    RatedReport,
    Rating,
    RatingStatus,
    Rubric,
)
from rubric.rules.caps import effective_cap, lowest
from rubric.rules.confirmations import candidates, explained_by, held_back
from rubric.rules.faults import fault
from rubric.suggest import rate
from sandbox.model import AuditReport


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """Everything that one explanation is about."""

    rated: RatedReport
    rubric: Rubric
    calibration: Calibration
    seen: tuple[Confirmation, ...]
    refused: str
    """Why nothing may be said about the code at all."""

    def counted(self, criterion: str) -> tuple[Confirmation, ...]:
        """The confirmations that count for a criterion."""
        return tuple(
            one
            for one in self.seen
            if one.clause.criterion == criterion and explained_by(one, self.seen) is None
        )

    def values(self) -> dict[str, int]:
        """The ratings that rest on a proven defect."""
        return {
            name: rating.value
            for name, rating in self.rated.ratings.items()
            if rating.value is not None and any(one.prefills for one in self.counted(name))
        }


def explain(
    report: AuditReport, rubric: Rubric, calibration: Calibration | None = None
) -> tuple[str, ...]:
    """Gives the lines: what was found, where it was charged, and how each rating came about.

    The report is rated again, so that the lines tell what this rubric and calibration say of it.
    Text of the snippet stands in the lines as it is; whoever prints them makes it harmless.
    """
    calibration = calibration or UNCALIBRATED
    rated = rate(report, rubric, calibration)
    refused = fault(report)
    seen = () if refused else candidates(report, rated.findings, rubric, calibration)
    case = _Case(rated=rated, rubric=rubric, calibration=calibration, seen=seen, refused=refused)
    return tuple(_lines(case))


def _lines(case: _Case) -> Iterator[str]:
    rated, rubric = case.rated, case.rubric
    yield (
        f"{rated.id or 'report'}: verdict {rated.verdict}, "
        f"rubric {rubric.id} {rubric.version}, calibration {case.calibration.version}"
    )
    yield ""
    yield "findings, strongest evidence first"
    for finding in rated.findings:
        yield from _finding(finding, case)
    if not rated.findings:
        yield "  none"
    if case.refused:
        yield ""
        yield f"no criterion is rated: {case.refused}"
    for criterion in rubric.criteria:
        yield ""
        yield from _criterion(criterion, case)
    yield ""
    yield from _overall(case)


def _finding(finding: RatedFinding, case: _Case) -> Iterator[str]:
    runs = f", {finding.evidence.hits} of {finding.evidence.runs} runs"
    often = runs if finding.evidence.runs > 1 else ""
    yield (
        f"  {finding.grade} {finding.file}:{finding.line} {finding.tool}/{finding.rule}{often}: "
        f"{finding.message}"
    )
    if finding.clause is None:
        yield "    charged to nothing: no clause of the rubric names this rule"
        return
    clause = next(one for one in case.rubric.clauses if one.id == finding.clause)
    yield f"    charged to {clause.id} (cap {clause.cap}, {clause.severity}): {clause.title}"
    if finding.linked_clauses:
        yield f"    linked, not charged again: {', '.join(finding.linked_clauses)}"


def _criterion(criterion: Criterion, case: _Case) -> Iterator[str]:
    yield f"{criterion.id} {criterion.name}, weight {criterion.weight}"
    own = [one for one in case.seen if one.clause.criterion == criterion.id]
    for one in own:
        yield from _confirmation(one, criterion, case)
    if not case.refused:
        yield from _silent(criterion, case)
    rating = case.rated.ratings[criterion.id]
    proven = tuple(one for one in case.counted(criterion.id) if one.prefills)
    if proven:
        yield from _capped(criterion, proven, case)
    elif rating.value is not None:
        ceiling = "none" if criterion.ceiling is None else criterion.ceiling
        yield f"  nothing confirmed on a proof; ceiling of the criterion: {ceiling}"
    yield f"  = {_rating(rating)}"


def _confirmation(one: Confirmation, criterion: Criterion, case: _Case) -> Iterator[str]:
    clause, number = one.clause, len(one.findings)
    by = f"{number} finding{'s' * (number != 1)}" if number else "what the runs showed"
    yield f"  {clause.id} confirmed by {by}, {one.grade}: {clause.title}"
    other = explained_by(one, case.seen)
    why = held_back(clause, criterion, one.grade, case.calibration)
    if other is not None:
        yield f"    left out: a finding of {other.clause.id} says why and costs as much"
    elif why:
        yield f"    shown, does not pre-fill: {why}"
    elif one.grade == "E1":
        yield f"    pre-fills by its track record: {case.calibration.worded(clause.id)}"
    else:
        yield f"    pre-fills: {one.grade} is a proof"


def _silent(criterion: Criterion, case: _Case) -> Iterator[str]:
    confirmed = {one.clause.id for one in case.seen}
    own = [one for one in case.rubric.clauses if one.criterion == criterion.id]
    people = [one.id for one in own if one.machine is MachineMode.NEVER]
    silent = [one.id for one in own if one.id not in confirmed and one.id not in people]
    if silent:
        yield f"  not confirmed, nothing that they look for was seen: {', '.join(silent)}"
    if people:
        yield f"  for people only: {', '.join(people)}"


def _capped(criterion: Criterion, proven: tuple[Confirmation, ...], case: _Case) -> Iterator[str]:
    for one in proven:
        cap = effective_cap(one.clause, case.rubric)
        if cap != one.clause.cap:
            yield f"  {one.clause.id} is a nit: all nits cost one step together, so its cap is {cap}"
    deciding = lowest(proven, case.rubric)
    ids = ", ".join(one.clause.id for one in deciding)
    cap = effective_cap(deciding[0].clause, case.rubric)
    yield f"  lowest cap: {cap} ({ids})"
    if criterion.ceiling is not None and criterion.ceiling < cap:
        yield f"  ceiling of the criterion: {criterion.ceiling}"


def _overall(case: _Case) -> Iterator[str]:
    yield "overall"
    values = case.values()
    fired = {gate.id: gate for gate in case.rated.gates}
    for gate in case.rubric.gates:
        yield f"  {_gate(gate, fires=gate.id in fired)}"
    if values:
        top = case.rubric.scale[-1]
        weights = sum(one.weight for one in case.rubric.criteria)
        total = sum(one.weight * values.get(one.id, top) for one in case.rubric.criteria)
        known = ", ".join(f"{name} {value}" for name, value in values.items())
        yield f"  proven defects: {known}; every other criterion counts as {top}"
        yield f"  weighted mean {total}/{weights} = {total / weights:.2f}, rounded down to {total // weights}"
        for held in case.rated.gates:
            yield f"  held by gate {held.id}: at most {held.overall_cap}"
    yield f"  = {_rating(case.rated.overall)}"


def _gate(gate: Gate, *, fires: bool) -> str:
    return f"gate {gate.id} {'fires' if fires else 'does not fire'}: {gate.text}"


def _rating(rating: Rating) -> str:
    if rating.status is RatingStatus.SUGGESTED:
        return f"{rating.value} suggested, {rating.grade}: {rating.reason}"
    if rating.status is RatingStatus.NOT_APPLICABLE:
        return rating.reason
    return f"{rating.status}: {rating.reason}"
