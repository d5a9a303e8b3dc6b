"""The questions only a person can answer, ticked with their proof where evidence answers them."""

from __future__ import annotations

from collections.abc import Iterable

from rubric.confirm import Confirmation
from rubric.model import ChecklistItem, Rubric


def checklist(confirmed: Iterable[Confirmation], rubric: Rubric) -> tuple[ChecklistItem, ...]:
    """Gives one item for each clause with a question, in the rubric's order."""
    proofs = {one.clause.id: _proof(one) for one in confirmed}
    return tuple(
        ChecklistItem(
            clause=clause.id,
            criterion=clause.criterion,
            question=clause.question,
            answered=clause.id in proofs,
            proof=proofs.get(clause.id, ""),
        )
        for clause in rubric.clauses
        if clause.question
    )


def _proof(one: Confirmation) -> str:
    if not one.findings:
        return f"{one.grade} {one.clause.title}"
    first = one.findings[0]
    return f"{one.grade} {first.file} line {first.line}: {first.message}"
