"""Whether ratings follow what a program is: twins apart, clean code high, and few left open. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rubric.model import MachineMode, Rubric
from tests.eval.interval import Share
from tests.eval.judge import PROVEN, Judged

APART_WANTED = 0.99
CLEAN_WANTED = 0.95
COVERED_WANTED = 0.90
HIGH = 4
"""What clean code has at least on each criterion that gets a suggestion."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratings:
    """Three figures that mean little alone: a machine that abstains is never wrong."""

    apart: Share
    """Defective twins rated below their mended twin; one without a suggestion counts as above."""
    both: Share
    """The same over the pairs in which both have a suggestion, where nothing is counted in favour."""
    clean: Share
    """Clean programs, of those with any suggestion, that have at least `HIGH` on every one."""
    covered: Share
    """Defective twins whose criterion got a value instead of a hint or silence."""
    together: tuple[str, ...]
    """The pairs that are not rated apart, each with both values."""
    low: tuple[str, ...]
    """The clean programs that are rated low, with the criteria."""


def moving_clauses(rubric: Rubric) -> frozenset[str]:
    """Gives the clauses with which a machine may lower a rating by itself."""
    modes = {one.id: one.machine for one in rubric.criteria}
    suggest = MachineMode.SUGGEST
    return frozenset(
        one.id
        for one in rubric.clauses
        if one.detectors and one.machine is suggest and modes[one.criterion] is suggest
    )


def ratings(judged: Sequence[Judged], moving: frozenset[str]) -> Ratings:
    """Gives the figures over the programs as written, not over their reshaped copies.

    A program whose evidence is due as E1 is left out: a pattern lowers nothing before reviewers upheld it.
    """
    plain = [one for one in judged if not one.reshaped]
    bad = [
        one for one in plain if one.side == "bad" and one.clause in moving and one.grade in PROVEN
    ]
    mended = {one.name: one.value for one in plain if one.side == "good" and one.clause}
    pairs = [one for one in bad if one.name in mended]
    apart = [one for one in pairs if _below(one.value, mended[one.name])]
    both = [one for one in pairs if None not in (one.value, mended[one.name])]
    clean = [one for one in plain if not one.clause and one.values]
    low = [one for one in clean if min(one.values.values()) < HIGH]
    return Ratings(
        apart=Share(hits=len(apart), of=len(pairs)),
        both=Share(hits=sum(one in apart for one in both), of=len(both)),
        clean=Share(hits=len(clean) - len(low), of=len(clean)),
        covered=Share(hits=sum(one.value is not None for one in bad), of=len(bad)),
        together=tuple(
            f"{one.name}: {_shown(one.value)} and {_shown(mended[one.name])}"
            for one in pairs
            if one not in apart
        ),
        low=tuple(f"{one.name}: {_low_ones(one.values)}" for one in low),
    )


def lines(made: Ratings) -> Iterator[str]:
    """Gives the three figures as they are read together, then what is behind the misses."""
    yield f"defective below mended twin  : {made.apart}; wanted: {APART_WANTED:.0%}"
    yield f"  where both have a rating   : {made.both}"
    yield f"clean, {HIGH} or more throughout : {made.clean}; wanted: {CLEAN_WANTED:.0%}"
    yield f"rated where a clause applies : {made.covered}; wanted: {COVERED_WANTED:.0%}"
    yield from (f"  not apart: {words}" for words in made.together)
    yield from (f"  clean but low: {words}" for words in made.low)


def as_json(made: Ratings) -> dict[str, Any]:
    """Gives the figures for programs that compare runs."""
    return {
        "apart": made.apart.as_json(),
        "apart_both_rated": made.both.as_json(),
        "clean_high": made.clean.as_json(),
        "covered": made.covered.as_json(),
        "not_apart": made.together,
        "clean_low": made.low,
    }


def _below(defective: int | None, mended: int | None) -> bool:
    return defective is not None and (mended is None or defective < mended)


def _shown(value: int | None) -> str:
    return "none" if value is None else str(value)


def _low_ones(values: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {value}" for name, value in values.items() if value < HIGH)
