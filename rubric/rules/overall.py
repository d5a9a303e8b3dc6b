"""Holds the overall rating down by the gates and bounds it by the weighted mean."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rubric.confirm import Confirmation
from rubric.model import FiredGate, Gate, Rubric


def fired(
    confirmed: Iterable[Confirmation], values: Mapping[str, int], rubric: Rubric
) -> tuple[FiredGate, ...]:
    """Gives the gates that hold the overall rating down, in the rubric's order."""
    every = tuple(one for one in confirmed if one.prefills)
    return tuple(
        FiredGate(id=gate.id, text=gate.text, overall_cap=gate.overall_cap)
        for gate in rubric.gates
        if _fires(gate, every, values)
    )


def bound(values: Mapping[str, int], gates: Iterable[FiredGate], rubric: Rubric) -> int:
    """Gives the highest overall rating that the known values leave possible, rounded down.

    A criterion without a proven defect counts as the top, so that one more defect can only lower
    the bound.
    """
    top = rubric.scale[-1]
    weights = sum(criterion.weight for criterion in rubric.criteria)
    total = sum(c.weight * values.get(c.id, top) for c in rubric.criteria)
    return min([total // weights, *(gate.overall_cap for gate in gates)])


def verdict_for(value: int, rubric: Rubric) -> str:
    """Gives the verdict word for an overall value: the best word for the top, the last for 1."""
    lost = rubric.scale[-1] - value
    steps = len(rubric.scale) - 1
    last = len(rubric.verdicts) - 1
    return rubric.verdicts[(2 * lost * last + steps) // (2 * steps)]


def _fires(gate: Gate, every: tuple[Confirmation, ...], values: Mapping[str, int]) -> bool:
    if any(one.clause.id in gate.clauses for one in every):
        return True
    if not gate.criterion:
        return False
    if gate.at_most is not None and values.get(gate.criterion, gate.at_most + 1) <= gate.at_most:
        return True
    return any(
        one.clause.criterion == gate.criterion and one.clause.severity is gate.severity
        for one in every
    )
