"""Compares what a program printed with what was expected. Pure, and outside the jail."""

from __future__ import annotations

import math
from typing import assert_never

from sandbox.model import Match

_TOLERANCE = 1e-6


def matches(got: str, expected: str, how: Match) -> bool:
    """Tells whether the output is what was expected, in the given sense."""
    match how:
        case Match.EXACT:
            return got == expected
        case Match.TRIM:
            return _trimmed(got) == _trimmed(expected)
        case Match.TOKENS:
            return got.split() == expected.split()
        case Match.FLOAT:
            return _floats(got.split(), expected.split())
        case _:
            assert_never(how)


def _trimmed(text: str) -> list[str]:
    return [line.rstrip() for line in text.strip().split("\n")]


def _floats(got: list[str], expected: list[str]) -> bool:
    return len(got) == len(expected) and all(
        _close(*pair) for pair in zip(got, expected, strict=True)
    )


def _close(got: str, expected: str) -> bool:
    try:
        return math.isclose(float(got), float(expected), rel_tol=_TOLERANCE, abs_tol=_TOLERANCE)
    except ValueError:
        return got == expected


def difference(got: str, expected: str) -> str:
    """Gives the first line that differs, in words."""
    have, want = _trimmed(got), _trimmed(expected)
    for number, line in enumerate(want, start=1):
        if number > len(have):
            return f"line {number} is missing: want {line[:120]!r}"
        if have[number - 1] != line:
            return f"line {number}: got {have[number - 1][:120]!r}, want {line[:120]!r}"
    return (
        f"{len(have) - len(want)} line(s) too many"
        if len(have) > len(want)
        else "the spacing differs"
    )
