"""The threat model's table is what the programs' headers say."""

from __future__ import annotations

from tests.hostile.corpus import programs
from tests.hostile.table import CONTROLS, PAGE, with_table


def test_the_table_is_up_to_date() -> None:
    """`python -m tests.hostile.table` would change nothing."""

    page = PAGE.read_text(encoding="utf-8")

    assert with_table(page) == page


def test_every_control_has_words_and_programs() -> None:
    """No header names a control without an explanation, and none is explained without a program."""

    assert {word for one in programs() for word in one.words("control")} == set(CONTROLS)
