"""Reads examples in sentences and bullets: `"abc" -> "cba"`, "for input 5 the output should be 120". Pure and total."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sandbox.prompt_calls import arguments, expectation
from sandbox.prompt_model import Argument, CallCase, Step
from sandbox.prompt_values import parse_prefix

_ARROW = re.compile(r"\s*`?\s*(?:->|=>|→|⇒|➜)\s*`?\s*")
_BULLET = re.compile(r"\s*(?:[-*+•]|\d+[.)]|e\.g\.,?|example:|for example[:,]?)?\s*", re.IGNORECASE)
_GIVEN = re.compile(
    r"\b(?:given|for|with|if)\s+(?:(?:the|an?)\s+)?(?:(?:input|string|array|slice|list|number|values?)s?\s+)*(?:is\s+|of\s+|are\s+)?(?=[`\"'\[({\d-]|[a-z]\w*\s*=\s*[`\"'\[({\d-])",
    re.IGNORECASE,
)
_NAME = re.compile(r"`?([^\W\d]\w*)\s*=(?!=)\s*")
_AND = re.compile(r"`?\s*(?:,\s*and\b|,|\band\b|;)\s*`?")
_GIVES = re.compile(
    r"[`,:;]*\s*(?:then\s+)?(?:(?:it|the|your|its|expected)\s+)*(?:(?:function|program|output|result|answer|code|method|value|return(?: value)?)\s+)*"
    r"(?:(?:should|must|will|would|to)\s+)?(?:be|is|returns?|outputs?|gives?|produces?|yields?|prints?|return)\s*:?\s+",
    re.IGNORECASE,
)
_MOST_ARGUMENTS = 8


def prose_examples(line: str) -> Iterator[CallCase]:
    """Gives the examples of one line of prose that name no function."""
    if arrow := _arrow(line):
        yield arrow
        return
    for start in _GIVEN.finditer(line):
        args, at = _leading(line, start.end())
        gives = _GIVES.match(line, at) if args else None
        found = expectation(line[gives.end() :]) if gives else None
        if args and gives and found:
            stop = len(line) - len(found[1])
            step = Step(name="", args=args, want=found[0])
            yield CallCase(text=line[start.start() : stop].strip()[:200], steps=(step,))
            return


def _arrow(line: str) -> CallCase | None:
    """Reads a bullet that is nothing but values, an arrow and the result."""
    bullet = _BULLET.match(line)
    body = line[bullet.end() :].strip() if bullet else line.strip()
    arrow = _ARROW.search(body)
    if arrow is None:
        return None
    args = arguments(body[: arrow.start()].strip("`* "))
    found = expectation(body[arrow.end() :])
    if not args or found is None:
        return None
    return CallCase(text=body[:200], steps=(Step(name="", args=args, want=found[0]),))


def _leading(line: str, at: int) -> tuple[tuple[Argument, ...], int]:
    """Gives the values at a place, with or without names, and where they end."""
    found: list[Argument] = []
    while len(found) < _MOST_ARGUMENTS:
        named = _NAME.match(line, at)
        start = named.end() if named else at
        skipped = start + (line[start : start + 1] == "`")
        value = parse_prefix(line[skipped:])
        if value is None or (value[0].kind == "name"):
            break
        end = len(line) - len(value[1])
        raw = line[skipped:end].strip()
        found.append(Argument(value=value[0], raw=raw, name=named.group(1) if named else ""))
        at = end + (line[end : end + 1] == "`")
        following = _AND.match(line, at)
        if following is None:
            break
        at_next = following.end()
        if not (_NAME.match(line, at_next) or parse_prefix(line[at_next:])):
            break
        at = at_next
    return tuple(found), at
