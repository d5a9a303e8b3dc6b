"""Hostile text costs the supervisor little: what reads sources and output takes time in proportion to it.

Each text would take minutes or hours if one of the readers went over it again from every position.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import pytest

from bridge.trackers import wiki
from sandbox.crash_text import parse_crash
from sandbox.model import AuditInput, Limits
from sandbox.normalise import Rejected, normalise
from sandbox.output_text import show
from sandbox.race_text import parse_races
from sandbox.stages.test import _SAID, _START

pytestmark = pytest.mark.timeout(30)
LIMITS = Limits()
MIB = 1 << 20
SOURCES = {
    "comment_lines": "//\n",
    "blank_lines": "\n",
    "space_lines": " \n",
    "open_functions": "func(",
    "open_types": "type x[",
    "open_imports": "import (\n",
    "import_specs": '"fmt"\n',
    "package_clauses": "package main\n",
    "file_comments": "// f.go\npackage main\n",
    "open_comments": "/*",
    "open_strings": '"\\',
    "raw_strings": "`\n",
    "open_loops": "for {" + " " * 80 + "\n",
    "selectors": "a.B()\n",
    "txtar_marks": "-- a --\n",
    "fences": "```go\nx := 1\n```\n",
    "open_fences": "```go\n",
    "long_labels": "```go " + "a" * 8000 + "\nx := 1\n```\n",
    "spaced_labels": "```" + " " * 8000 + "`\n",
    "mains": "func main(\n",
    "words": "a" * 15_000 + "\n",
    "spaced_words": "import a" + " " * 15_000 + "\n",
    "blank_imports": "import " + " " * 15_000 + "x\n",
    "open_blocks": "func f() {",
    "programs": "package main\nfunc main() {}\n",
    "programs_in_fences": "```\n```go\npackage main\nfunc main() {}\nfunc f() {}\n",
    "prose": "Here is what you asked me for\n",
    "semicolons": "; " * 4000 + "\n",
}
OUTPUTS = {
    "lines": "\n",
    "spaces": " \n",
    "goroutines": "goroutine 1 [",
    "goroutine_lines": "goroutine 1 [\n",
    "frames": "main.f()\n\t/a.go:1",
    "panics": "panic: x\n\t",
    "races": "WARNING: DATA RACE\n",
    "accesses": "Read at 0x1 by main goroutine:\n",
    "runs": "=== RUN   TestX\n",
    "failures": "    x_test.go:1: no\n",
    "long_word": "a",
    "numbers": "a:1",
}
READERS: dict[str, Callable[[str], object]] = {
    "crash": parse_crash,
    "races": parse_races,
    "tests": lambda text: (list(_START.finditer(text)), list(_SAID.finditer(text))),
    "shown": lambda text: show(text.encode(), len(text), LIMITS.report_output_bytes),
    "ticket": lambda text: wiki.escape(text[: LIMITS.report_output_bytes]),
}


@pytest.mark.parametrize("fenced", [False, True])
@pytest.mark.parametrize("unit", SOURCES.values(), ids=SOURCES)
def test_a_large_source_is_read_or_refused(unit: str, *, fenced: bool) -> None:
    """As large as a file may be, alone and inside a fence."""

    text = "package main\n" + unit * (LIMITS.file_bytes // len(unit) - 20)
    if fenced:
        text = f"Here it is:\n```go\n{text}\n```\n"

    with contextlib.suppress(Rejected):
        assert normalise(AuditInput(code=text), LIMITS, (1, 27)).files


@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
@pytest.mark.parametrize("unit", OUTPUTS.values(), ids=OUTPUTS)
def test_a_flood_of_output_is_read(unit: str, reader: Callable[[str], object]) -> None:
    """As much as is kept of a stream."""

    assert reader("x\n" + unit * (MIB // len(unit))) is not None
