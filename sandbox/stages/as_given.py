"""Stage part: what the text as it was given shows, before any tool: hidden characters, and what it lacks to compile."""

from __future__ import annotations

import re

from sandbox.model import Finding, Grade, Severity, StageName
from sandbox.places import Place
from sandbox.workbench import Workbench

# What the go tool would have refused; fences and line ends are no fault of the code.
_NEEDED = frozenset({"package_added", "imports_added", "main_added", "prose_cut", "fence_repaired"})
# The controls that change the order in which text is shown.
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
_MOST = 20


def as_given(bench: Workbench) -> list[Finding]:
    """Gives the findings; each stands at its line of the original."""
    return [*_hidden(bench), *_needed(bench)]


def _hidden(bench: Workbench) -> list[Finding]:
    found = [
        (file.name, number, len(line[: match.start()].encode()))
        for file in bench.snippet.files
        for number, line in enumerate(file.text.split("\n"), start=1)
        if (match := _BIDI.search(line))
    ]
    return [
        bench.locator.finding(
            Place(file=name, line=line, column=column + 1),
            tool="gavel",
            rule="bidi",
            message="a character that changes the order in which the line is shown",
            severity=Severity.MAJOR,
            grade=Grade.E1,
            cwe=838,
            stage=StageName.NORMALISE,
        )
        for name, line, column in found[:_MOST]
    ]


def _needed(bench: Workbench) -> list[Finding]:
    added = [change.message for change in bench.snippet.changes if change.rule in _NEEDED]
    if not added:
        return []
    files = bench.snippet.files
    mended = next((file for file in files if file.column_shift > 0), files[0])
    return [
        bench.locator.finding(
            Place(file=mended.name, line=1, column=1 + max(0, mended.column_shift)),
            tool="gavel",
            rule="normalised",
            message=f"as given it does not compile: {'; '.join(dict.fromkeys(added))}",
            severity=Severity.NIT,
            grade=Grade.E2,
            stage=StageName.NORMALISE,
        )
    ]
