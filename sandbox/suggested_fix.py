"""Turns a tool's edits of a file into a unified diff of the text that was given. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import unified_diff
from itertools import takewhile

from sandbox.model import Fix, Snippet, SnippetFile

_HUNK = re.compile(r"^@@ -(\d+)(,\d+)? \+(\d+)(,\d+)? @@")
_CONTEXT = 2
_LONGEST_LINES = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """Replaces the bytes from `start` to `end` of the file that the toolchain saw."""

    start: int
    end: int
    text: str


def suggested_fix(snippet: Snippet, file: SnippetFile, edits: Sequence[Edit]) -> Fix | None:
    """Gives the mend of the original text; null where the edits reach what is not in it.

    Args:
        snippet: Where the file comes from.
        file: The only file that the edits change.
        edits: Changes that hold together; they do not overlap.
    """
    whole = next((one.text for one in snippet.sources if one.name == file.source), None)
    changed = _edited(file, edits)
    if whole is None or changed is None:
        return None
    before, after = _own_lines(file, file.text), _own_lines(file, changed)
    given = whole.split("\n")
    first = file.first_line - 1
    if [line.rstrip("\r") for line in given[first : first + len(before)]] != before:
        # Normalisation changed these lines, so an edit of them is none of the original.
        return None
    diff = _diff(file.source, given, [*given[:first], *after, *given[first + len(before) :]])
    return Fix(diff=diff) if diff else None


def _edited(file: SnippetFile, edits: Sequence[Edit]) -> str | None:
    data = file.text.encode()
    ordered = sorted(edits, key=lambda one: (one.start, one.end))
    parts, at = [], 0
    for one in ordered:
        if not max(at, file.column_shift) <= one.start <= one.end <= len(data):
            return None
        parts += [data[at : one.start], one.text.encode()]
        at = one.end
    return b"".join([*parts, data[at:]]).decode(errors="replace")


def _own_lines(file: SnippetFile, text: str) -> list[str]:
    """The lines without what normalisation put in front of the first, and without an added end."""
    own = text.encode()[max(0, file.column_shift) :].decode(errors="replace")
    return own.removesuffix("\n").split("\n")


def _diff(name: str, before: list[str], after: list[str]) -> str:
    """A diff of the lines that differ and their neighbours, with the numbers of the whole text."""
    pairs = zip(before, after, strict=False)
    start = max(0, sum(1 for _ in takewhile(lambda two: two[0] == two[1], pairs)) - _CONTEXT)
    left, right = before[start:], after[start:]
    backwards = zip(reversed(left), reversed(right), strict=False)
    same = max(0, sum(1 for _ in takewhile(lambda two: two[0] == two[1], backwards)) - _CONTEXT)
    left, right = left[: len(left) - same], right[: len(right) - same]
    if max(len(left), len(right)) > _LONGEST_LINES:
        return ""
    lines = unified_diff(left, right, f"a/{name}", f"b/{name}", n=_CONTEXT, lineterm="")
    return "\n".join(_HUNK.sub(lambda hunk: _moved(hunk, start), line) for line in lines)


def _moved(hunk: re.Match[str], by: int) -> str:
    old, old_count, new, new_count = hunk.groups("")
    return f"@@ -{int(old) + by}{old_count} +{int(new) + by}{new_count} @@"
