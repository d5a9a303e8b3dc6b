"""The second opinion as people see it, told apart from everything that was proven. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from bridge.opinions import Opinion, Said
from bridge.pages import page
from bridge.store import Row
from rubric.model import ChecklistItem

_FIRST = (Said.YES, Said.UNCLEAR, Said.NO)


def section(said: Row[Any], checklist: Sequence[ChecklistItem]) -> Markup:
    """Gives a part of the evidence page, suspected faults first; empty without an answer to a question of ours."""
    questions = {one.clause: one.question for one in checklist}
    found = [Opinion.model_validate(one) for one in said.answers]
    known = [one for one in found if one.clause in questions]
    known.sort(key=lambda one: _FIRST.index(one.answer))
    if not known:
        return Markup()
    rows = [{"opinion": one, "question": questions[one.clause]} for one in known]
    return Markup(page("opinion.html", rows=rows, model=said.model))  # noqa: S704 - the template escapes
