"""The corpus is whole, and a sample of it shows in real jails what it was written to show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from rubric.model import MachineMode
from rubric.suggest import rate
from sandbox.backends.bubblewrap import Bubblewrap
from sandbox.runner import audit
from sandbox.toolchain import Toolchain
from tests.corpus.programs import Program, Side, programs
from tests.eval.judge import judge
from tests.rubric.reports import shipped
from tests.sandbox.conftest import toolchain

__all__ = ["toolchain"]

BY_NAME = {one.name: one for one in programs()}
DEFECTIVE = [one for one in BY_NAME.values() if not one.clean]
WITHOUT_PROGRAMS = {"SC-18"}
"""Advisories are looked up in a database that is configured, and here none is."""
HEADER = {"clause", "rules", "grade", "verdict", "functional", "go"}
SAMPLE: tuple[tuple[str, Side], ...] = (
    ("CR-1/wrong_type", "bad"),
    ("CR-2/binary_search_bounds", "bad"),
    ("CR-2/prompt_roman", "bad"),
    ("CR-2/cases_fizzbuzz", "bad"),
    ("CR-3/index_past_end", "bad"),
    ("CR-3/slice_bounds_entry", "bad"),
    ("CR-8/binary_search_stuck", "bad"),
    ("CR-9/wrong_verb", "bad"),
    ("CR-11/same_condition_twice", "bad"),
    ("EH-1/ignored_write", "bad"),
    ("EH-2/blank_atoi", "bad"),
    ("CC-1/parallel_sum", "bad"),
    ("CC-1/cache_with_tests", "bad"),
    ("CC-2/unbuffered_main", "bad"),
    ("CC-3/error_channel", "bad"),
    ("CC-4/method_value_receiver", "bad"),
    ("MR-10/doubling_slice", "bad"),
    ("SC-1/query_concat", "bad"),
    ("SC-2/shell_ping", "bad"),
    ("SC-3/download", "bad"),
    ("SC-6/api_key", "bad"),
    ("TV-1/lower_case_name", "bad"),
    ("CC-1/parallel_sum", "good"),
    ("CC-2/unbuffered_main", "good"),
    ("EH-1/ignored_write", "good"),
    ("SC-1/query_concat", "good"),
    ("clean/pipeline", "good"),
    ("clean/json_api", "good"),
)


@pytest.fixture(scope="module")
def backend() -> Iterator[Bubblewrap]:
    made = Bubblewrap(ready=3)
    yield made
    made.close()


@pytest.mark.needs_bwrap
@pytest.mark.slow
@pytest.mark.parametrize(("name", "side"), SAMPLE)
def test_an_audit_is_right(
    name: str, side: Side, backend: Bubblewrap, toolchain: Toolchain
) -> None:
    """A planted defect is found with the evidence that is due; a sound program gets no accusation."""

    program = BY_NAME[name]
    report = audit(program.given(side), backend=backend, toolchain=toolchain)

    judged = judge(program, side, rate(report, shipped()))

    assert judged.missed == ()
    assert judged.alarms == ()


def test_every_clause_that_a_machine_confirms_has_programs() -> None:
    """A clause without a program has an accuracy that nobody knows; those still without are named here."""
    checked = {
        clause.id
        for clause in shipped().clauses
        if clause.detectors and clause.machine is not MachineMode.NEVER
    }

    assert checked - {one.clause for one in DEFECTIVE} == WITHOUT_PROGRAMS
    assert {one.clause for one in DEFECTIVE} <= checked


def test_there_are_as_many_as_the_figures_need() -> None:
    """Fewer programs make intervals that say nothing."""

    assert len(DEFECTIVE) >= 150
    assert len(BY_NAME) - len(DEFECTIVE) >= 100


@pytest.mark.parametrize("program", DEFECTIVE, ids=lambda one: one.name)
def test_a_program_says_what_it_shows(program: Program) -> None:
    """Without a clause, a rule, a grade and a mended twin nothing could be judged."""

    assert program.clause == program.name.split("/")[0]
    assert program.rules
    assert program.grade
    assert program.files("bad").keys() == program.files("good").keys()
    assert program.files("bad") != program.files("good")


@pytest.mark.parametrize("program", BY_NAME.values(), ids=lambda one: one.name)
def test_nothing_of_a_program_is_left_out(program: Program) -> None:
    """A header or section that is misspelt would be ignored in silence."""
    sides: tuple[Side, ...] = ("good",) if program.clean else ("bad", "good")
    read = {name for side in sides for name in program.sections if name.startswith(side)}
    others = {name for name in program.sections if name.startswith("tests/")}

    assert set(program.header) <= HEADER
    assert set(program.sections) <= read | others | {"prompt", "cases"}
    assert all("main.go" in (program.given(side).files or {}) for side in sides)


def test_no_text_stands_there_twice() -> None:
    """A copy counts one observation as two."""
    texts = Counter(
        one.files("good")["main.go"] + one.files("good").get("main_test.go", "")
        for one in BY_NAME.values()
    )

    assert [text[:80] for text, count in texts.items() if count > 1] == []


def test_the_last_part_of_a_name_is_enough() -> None:
    """People talk about a program by it."""
    last = Counter(name.split("/")[1] for name in BY_NAME)

    assert [name for name, count in last.items() if count > 1] == []
