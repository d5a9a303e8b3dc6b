"""Finds top-level declarations by name, and takes some out of a text without moving a line. Pure and total."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from sandbox.go_text import blanked

_NAMED = re.compile(
    r"func[ \t]*(?:\([ \t]*(?:\w+[ \t]+)?\*?[ \t]*(?P<receiver>\w+)[^)\n]{0,200}\)[ \t]*)?(?P<func>\w+)[ \t]*[\[(]"
    r"|type[ \t]+(?P<type>\w+)|(?:var|const)[ \t]+(?P<value>\w+)"
)
_SPEC = re.compile(r'^[ \t]*(?:import[ \t]+)?(?:([\w.]+)[ \t]+)?"([^"\n]+)"[ \t]*(?://[^\n]*)?;?$')
_QUALIFIER = re.compile(r"(?<![\w.])(\w+)\.")
_MAJOR = re.compile(r"v\d+")


def declared(text: str) -> dict[str, tuple[int, int]]:
    """Gives every function, method (`Type.Name`), type and lone value with its first line and the one after its last.

    Lines are 0-based. `main` and `init` are among them; a name that is declared twice stands for its last.
    """
    return {name: (start, end) for name, start, end in _spans(blanked(text).split("\n"))}


def _spans(code: list[str]) -> Iterator[tuple[str, int, int]]:
    name, start, depth = "", 0, 0
    for number, line in enumerate(code):
        if depth == 0 and (match := _NAMED.match(line)):
            name, start = _name(match), number
        depth = max(0, depth + _opened(line))
        if depth == 0 and name:
            yield name, start, number + 1
            name = ""


def _opened(line: str) -> int:
    return sum(map(line.count, "([{")) - sum(map(line.count, ")]}"))


def _name(match: re.Match[str]) -> str:
    if match["func"]:
        return f"{match['receiver']}.{match['func']}" if match["receiver"] else match["func"]
    return match["type"] or match["value"]


def without(text: str, names: Collection[str]) -> str:
    """Gives the text with the lines of these declarations, and of imports only they used, empty."""
    lines = text.split("\n")
    spans = declared(text)
    for name in names:
        start, end = spans[name]
        lines[start:end] = [""] * (end - start)
    before, after = _qualifiers(text), _qualifiers("\n".join(lines))
    return "\n".join("" if _package(line) in before - after else line for line in lines)


def _qualifiers(text: str) -> set[str]:
    return set(_QUALIFIER.findall(blanked(text)))


def _package(line: str) -> str:
    """Gives the name under which an import line brings its package; empty where it is no such line."""
    spec = _SPEC.match(line)
    if spec is None:
        return ""
    parts = [part for part in spec.group(2).split("/") if not _MAJOR.fullmatch(part)]
    return spec.group(1) or (parts[-1] if parts else "")
