"""The second opinion as people see it, told apart from everything that was proven. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bridge.opinions import Opinion, Said
from bridge.pages import page
from rubric.model import ChecklistItem

_FIRST = (Said.YES, Said.UNCLEAR, Said.NO)


def fragment(
    answers: Iterable[Mapping[str, Any]], model: str, checklist: Sequence[ChecklistItem]
) -> str:
    """Gives the answers as HTML, suspected faults first; empty where none is to a question of ours."""
    questions = {one.clause: one.question for one in checklist}
    found = [Opinion.model_validate(one) for one in answers]
    known = [one for one in found if one.clause in questions]
    known.sort(key=lambda one: _FIRST.index(one.answer))
    if not known:
        return ""
    rows = [{"opinion": one, "question": questions[one.clause]} for one in known]
    return page("opinion.html", rows=rows, model=model)
