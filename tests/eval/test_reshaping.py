"""What another form of a program keeps and what it changes."""

from __future__ import annotations

import pytest

from sandbox.toolchain import Toolchain
from tests.corpus.programs import Program, programs
from tests.eval.reshaping import SHARE, chosen, reshaped
from tests.sandbox.conftest import toolchain

__all__ = ["toolchain"]

TEXT = """package main

import "fmt"

type shelf struct{ books []string }

// count counts.
func (s *shelf) count() int {
	total, titles := 0, s.books
	for _, title := range titles {
		if title != "" {
			total++
		} else {
			total--
		}
	}
	return total
}

func asked(titles []string) int {
	for i := 0; i < 3; i++ {
		titles = append(titles, "more")
	}
	return (&shelf{books: titles}).count()
}

func main() {
	fmt.Println(asked(nil))
}
"""


def test_about_a_fifth_is_chosen_by_the_seed() -> None:
    """The same seed gives the same programs, another one others."""
    found = programs()
    first, other = ([one.name for one in found if chosen(one, seed)] for seed in ("1", "2"))

    assert first == [one.name for one in found if chosen(one, "1")]
    assert first != other
    assert len(found) / (2 * SHARE) < len(first) < 2 * len(found) / SHARE


@pytest.mark.slow
def test_names_order_and_form_change(toolchain: Toolchain) -> None:
    """Names of its own, comments, branches, loops and the order go; what the prompt names stays."""
    program = Program(
        name="clean/form", header={}, sections={"good.go": TEXT, "prompt": "Write `asked`."}
    )

    files = reshaped([(program, "good")], toolchain)[0]

    assert files is not None
    text = files["main.go"]
    assert not {word for word in ("shelf", "total", "title ", "count counts") if word in text}
    assert text.index("func main") < text.index("func asked")
    assert '== ""' in text
    assert "for _, " not in text
    assert "i < 3; i++" not in text


@pytest.mark.slow
def test_a_text_that_does_not_parse_has_no_other_form(toolchain: Toolchain) -> None:
    """It is left out, and the others are made."""
    broken = Program(name="clean/broken", header={}, sections={"good.go": "package main {"})
    whole = Program(name="clean/whole", header={}, sections={"good.go": TEXT})

    made = reshaped([(broken, "good"), (whole, "good")], toolchain)

    assert made[0] is None
    assert made[1] is not None
