"""The figures of ratings count what they say, and abstaining wins nothing."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.model import Grade
from tests.corpus.programs import Side
from tests.eval.interval import Share
from tests.eval.judge import Judged
from tests.eval.ratings import lines, moving_clauses, ratings
from tests.rubric.reports import shipped

MOVING = frozenset({"EH-1"})


def judged(side: Side, value: int | None, **changes: Any) -> Judged:
    values: dict[str, Any] = {
        "name": "EH-1/example",
        "clause": "EH-1",
        "side": side,
        "reshaped": False,
        "grade": Grade.E2 if side == "bad" else None,
        "values": {} if value is None else {"EH": value},
    }
    return Judged(**(values | changes))


def clean(**values: int) -> Judged:
    return judged("good", None, name="clean/example", clause="", values=values)


@pytest.mark.parametrize(
    ("defective", "mended", "apart", "both"),
    [
        (2, 4, 1, (1, 1)),
        (2, None, 1, (0, 0)),
        (4, 4, 0, (0, 1)),
        (None, None, 0, (0, 0)),
        (None, 4, 0, (0, 0)),
    ],
)
def test_twins_are_apart(defective: int | None, mended: int | None, apart: int, both: int) -> None:
    """The defective one has a lower value; one that is left open is not below anything."""
    made = ratings([judged("bad", defective), judged("good", mended)], MOVING)

    assert made.apart == Share(hits=apart, of=1)
    assert (made.both.hits, made.both.of) == both


def test_a_pair_that_is_not_apart_is_named() -> None:
    """Whoever reads the figure sees where to look."""
    made = ratings([judged("bad", None), judged("good", 4)], MOVING)

    assert "  not apart: EH-1/example: none and 4" in list(lines(made))


def test_coverage_counts_values_only() -> None:
    """Two defects, one of them left open."""
    made = ratings([judged("bad", 2), judged("bad", None, name="EH-1/other")], MOVING)

    assert made.covered == Share(hits=1, of=2)


@pytest.mark.parametrize("left_out", [{"reshaped": True}, {"grade": Grade.E1}, {"clause": "RD-1"}])
def test_what_cannot_move_a_rating_is_left_out(left_out: dict[str, Any]) -> None:
    """Reshaped copies, mere patterns, and clauses that only hint."""
    made = ratings([judged("bad", 2, **left_out), judged("good", 4)], MOVING)

    assert (made.apart.of, made.covered.of) == (0, 0)


def test_clean_programs_have_at_least_four_on_each() -> None:
    """One low value spoils it; a program without any suggestion shows nothing."""
    made = ratings([clean(CR=5, CC=4), clean(CR=5, CC=3), clean()], MOVING)

    assert made.clean == Share(hits=1, of=2)
    assert made.low == ("clean/example: CC 3",)


def test_moving_clauses_lower_a_rating_by_themselves() -> None:
    """A hint, a question for people and a clause of a criterion that only hints are none of them."""
    moving = moving_clauses(shipped())

    assert {"CR-1", "EH-1", "SC-1"} <= moving
    assert not {"EH-3", "CR-10", "RD-1", "DI-7"} & moving
