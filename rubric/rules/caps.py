"""The lowest cap of the confirmed clauses; nits together cost one step at most."""

from __future__ import annotations

from collections.abc import Iterable

from rubric.confirm import Confirmation
from rubric.model import Clause, Rubric
from sandbox.model import Severity


def effective_cap(clause: Clause, rubric: Rubric) -> int:
    """Gives the clause's cap; a nit never costs more than one step."""
    if clause.severity is Severity.NIT:
        return max(clause.cap, rubric.scale[-2])
    return clause.cap


def lowest(confirmed: Iterable[Confirmation], rubric: Rubric) -> tuple[Confirmation, ...]:
    """Gives the confirmations that decide: those at the lowest cap, in the rubric's order."""
    every = tuple(confirmed)
    least = min(effective_cap(one.clause, rubric) for one in every)
    return tuple(one for one in every if effective_cap(one.clause, rubric) == least)
