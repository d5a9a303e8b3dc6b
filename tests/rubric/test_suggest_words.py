"""The reasons beside a rating name every clause, count runs and checks, and say where."""

from __future__ import annotations

from typing import Any

import pytest

from rubric.model import MachineMode, Rating, Rubric
from rubric.suggest import rate
from sandbox.model import Grade, Observed, ObservedState, SnippetSummary, TestsSummary
from tests.rubric.reports import PASSED, make_finding, make_report, shipped

DROPPED = make_finding()
BLANK = make_finding(id="f2", rule="errblank", line=9)


def rating(name: str, rubric: Rubric | None = None, **changes: Any) -> Rating:
    return rate(make_report(**changes), rubric or shipped()).ratings[name]


def changed(part: str, name: str, **changes: Any) -> Rubric:
    """The shipped rubric with one criterion or clause changed."""
    parts = tuple(
        one.model_copy(update=changes) if one.id == name else one
        for one in getattr(shipped(), part)
    )
    return shipped().model_copy(update={part: parts})


def test_clauses_of_equal_caps_decide_together() -> None:
    """Both are named, then the title of the first."""
    rubric = changed("clauses", "EH-2", cap=2)

    assert rating("EH", rubric, findings=(DROPPED, BLANK)).reason == (
        "EH-1, EH-2: An error result is dropped without a word"
    )


def test_every_other_clause_is_named() -> None:
    """Two that did not decide."""
    rubric = changed("clauses", "EH-3", detectors=shipped().clauses[0].detectors, cap=4)
    third = make_finding(id="f3", tool="compiler", rule="x")
    rubric = rubric.model_copy(
        update={"clauses": tuple(c for c in rubric.clauses if c.id != shipped().clauses[0].id)}
    )
    rubric = rubric.model_copy(update={"gates": ()})

    found = rating("EH", rubric, findings=(DROPPED, BLANK, third))
    assert found.reason.endswith("; also EH-2, EH-3")


def test_a_hint_names_its_clauses_and_the_strongest_grade() -> None:
    """In the rubric's order."""
    rubric = changed("criteria", "EH", machine=MachineMode.HINT)
    weak = BLANK.model_copy(update={"grade": Grade.E1})
    found = rating("EH", rubric, findings=(DROPPED, weak))

    assert found.reason.startswith("EH-1, EH-2 seen, but it is no proof: An error result")
    assert found.grade is Grade.E2


@pytest.mark.parametrize("machine", [MachineMode.SUGGEST, MachineMode.HINT])
def test_feedback_names_files_where_there_are_several(machine: MachineMode) -> None:
    """In a suggestion as in a hint."""
    rubric = changed("criteria", "EH", machine=machine)
    several = SnippetSummary(files=("main.go", "b.go"))

    assert "main.go:3" in rating("EH", rubric, findings=(DROPPED,), snippet=several).feedback


@pytest.mark.parametrize(("sources", "place"), [(("a", "a"), "line 3"), (("a", "b"), "main.go:3")])
def test_an_answer_cut_into_files_is_one_text(sources: tuple[str, str], place: str) -> None:
    """What counts are the texts that people see."""
    parts = tuple({"source": source} for source in sources)
    cut = SnippetSummary(files=("main.go", "b.go"), line_map=parts)

    assert place in rating("EH", findings=(DROPPED,), snippet=cut).feedback


@pytest.mark.parametrize(
    ("clause", "criterion"),
    [
        (MachineMode.HINT, MachineMode.SUGGEST),
        (MachineMode.SUGGEST, MachineMode.HINT),
        (MachineMode.SUGGEST, MachineMode.ABSTAIN),
    ],
)
def test_the_weaker_mode_holds(clause: MachineMode, criterion: MachineMode) -> None:
    """Of the clause and of its criterion."""
    rubric = changed("clauses", "EH-1", machine=clause)
    criteria = changed("criteria", "EH", machine=criterion).criteria
    found = rating("EH", rubric.model_copy(update={"criteria": criteria}), findings=(DROPPED,))

    assert found.status == "hint"


def test_a_ceiling_holds_where_nothing_was_found() -> None:
    """Passed cases do not lift it."""
    rubric = changed("criteria", "CR", ceiling=3)

    assert rating("CR", rubric, functional="pass", tests=(PASSED,)).value == 3


@pytest.mark.parametrize(("runs", "said"), [(1, "no race in 1 run;"), (3, "no race in 3 runs;")])
def test_runs_are_counted(runs: int, said: str) -> None:
    """What silence rests on."""
    seen = Observed(state=ObservedState.NONE_SEEN, runs=runs)

    assert rating("CC", race=seen).reason.startswith(said)


def test_checks_of_task_and_prompt_are_counted_together() -> None:
    """The snippet's own tests are not among them."""
    sets = tuple(
        TestsSummary(source=source, listed=4, passed=4, failed=0, skipped=0)
        for source in ("task", "prompt", "snippet")
    )

    assert rating("CR", functional="pass", tests=sets).reason == (
        "8 of 8 checks of the task pass; nothing found"
    )


def test_checks_that_were_not_listed_are_not_counted() -> None:
    """A case passes without a list of tests."""
    assert rating("CR", functional="pass").reason == "the task's checks pass; nothing found"
