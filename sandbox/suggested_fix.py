"""Turns a tool's edits of a file into a unified diff of the text that was given. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import unified_diff

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
    data = file.text.encode()
    ordered = sorted(edits, key=lambda one: (one.start, one.end))
    if whole is None or not _are_sound(file, data, ordered):
        return None
    start, end = _window(data, ordered)
    before = data[start:end].decode(errors="replace")
    after = _edited(data, start, end, ordered)
    if start == 0:
        added = max(0, file.column_shift)
        before, after = before[added:], after[added:]
    left, right = before.split("\n"), after.split("\n")
    first = file.first_line - 1 + data.count(b"\n", 0, start)
    given = [line.rstrip("\r") for line in whole.split("\n")]
    # Where normalisation changed these lines, an edit of them is none of the original.
    if given[first : first + len(left)] != left or max(len(left), len(right)) > _LONGEST_LINES:
        return None
    lead = given[max(0, first - _CONTEXT) : first]
    trail = given[first + len(left) :][:_CONTEXT]
    left, right, first = [*lead, *left, *trail], [*lead, *right, *trail], first - len(lead)
    diff = _diff(file.source, left, right, first)
    return Fix(diff=diff) if diff else None


def _are_sound(file: SnippetFile, data: bytes, ordered: Sequence[Edit]) -> bool:
    at = max(0, file.column_shift)
    for one in ordered:
        if not at <= one.start <= one.end <= len(data):
            return False
        at = one.end
    return bool(ordered)


def _window(data: bytes, ordered: Sequence[Edit]) -> tuple[int, int]:
    """The bytes of the lines that are touched and of their neighbours, without the last one's end."""
    before, after = ordered[0].start, ordered[-1].end - 1
    for _ in range(_CONTEXT + 1):
        before = data.rfind(b"\n", 0, before) if before >= 0 else before
        found = data.find(b"\n", after + 1)
        after = len(data) if found < 0 else found
    if after == len(data) and data.endswith(b"\n") and ordered[-1].end < len(data):
        after -= 1
    return before + 1, after


def _edited(data: bytes, start: int, end: int, ordered: Sequence[Edit]) -> str:
    parts, at = [], start
    for one in ordered:
        parts += [data[at : one.start], one.text.encode()]
        at = one.end
    return b"".join([*parts, data[at:end]]).decode(errors="replace")


def _diff(name: str, left: list[str], right: list[str], first: int) -> str:
    """A diff with the line numbers of the whole text."""
    lines = unified_diff(left, right, f"a/{name}", f"b/{name}", n=_CONTEXT, lineterm="")
    return "\n".join(_HUNK.sub(lambda hunk: _moved(hunk, first), line) for line in lines)


def _moved(hunk: re.Match[str], by: int) -> str:
    old, old_count, new, new_count = hunk.groups("")
    return f"@@ -{int(old) + by}{old_count} +{int(new) + by}{new_count} @@"
