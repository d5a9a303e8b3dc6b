"""Adds up what the audits amount to: by clause, by grade, on clean code, and on what was reshaped. Pure."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.model import Grade
from tests.eval.interval import Share
from tests.eval.judge import Judged

E1_WANTED = 0.03


@dataclass(frozen=True, slots=True, kw_only=True)
class ClauseRow:
    """What is known of one clause."""

    clause: str
    found: Share
    false_alarms: Share
    """On the mended twins."""
    coverage: Share
    """How often the criterion was rated, on the defective side, instead of left open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The figures of one run."""

    clauses: tuple[ClauseRow, ...]
    found: dict[Grade, Share]
    clean_proven: Share
    """Clean programs against which E2, E3 or the verdict speaks."""
    clean_indicated: Share
    """Clean programs against which anything of grade E1 speaks."""
    reshaped: Share
    """Of the defects found as written, those that are found in another form as well."""
    reshaped_alarms: Share
    median_s: float
    most_s: float


def summary(judged: Sequence[Judged]) -> Summary:
    """Gives the figures."""
    plain = [one for one in judged if not one.reshaped]
    bad = [one for one in plain if one.side == "bad"]
    twins = [one for one in plain if one.side == "good" and one.clause]
    clean = [one for one in plain if not one.clause]
    seen = {one.name for one in bad if one.found}
    quiet = {one.name for one in [*twins, *clean] if not one.alarms}
    other = [one for one in judged if one.reshaped]
    walls = [one.wall_s for one in judged] or [0.0]
    return Summary(
        clauses=tuple(_row(clause, bad, twins) for clause in sorted({one.clause for one in bad})),
        found={grade: _found([one for one in bad if one.grade is grade]) for grade in Grade},
        clean_proven=_share(clean, lambda one: bool(one.alarms)),
        clean_indicated=_share(clean, lambda one: bool(one.hints)),
        reshaped=_found([one for one in other if one.side == "bad" and one.name in seen]),
        reshaped_alarms=_share(
            [one for one in other if one.side == "good" and one.name in quiet],
            lambda one: bool(one.alarms),
        ),
        median_s=statistics.median(walls),
        most_s=max(walls),
    )


def _row(clause: str, bad: Sequence[Judged], twins: Sequence[Judged]) -> ClauseRow:
    own = [one for one in bad if one.clause == clause]
    return ClauseRow(
        clause=clause,
        found=_found(own),
        false_alarms=_share(
            [one for one in twins if one.clause == clause], lambda one: bool(one.alarms)
        ),
        coverage=_share(own, lambda one: one.rated),
    )


def _found(judged: Sequence[Judged]) -> Share:
    return _share(judged, lambda one: one.found)


def _share(judged: Sequence[Judged], holds: Callable[[Judged], bool]) -> Share:
    return Share(hits=sum(map(holds, judged)), of=len(judged))


def lines(made: Summary) -> Iterator[str]:
    """Gives the figures as a table for people."""
    yield f"{'clause':<8}{'found':<24}{'alarms on twins':<24}{'rated':<24}"
    for row in made.clauses:
        yield f"{row.clause:<8}{row.found!s:<24}{row.false_alarms!s:<24}{row.coverage!s:<24}"
    yield ""
    for grade, share in made.found.items():
        if share.of:
            wanted = "; wanted: all" if grade is Grade.E3 else ""
            yield f"{grade} found                     : {share}{wanted}"
    yield f"clean, alarms of E2, E3      : {made.clean_proven}; wanted: none"
    yield f"clean, hints of E1           : {made.clean_indicated}; wanted: under {E1_WANTED:.0%}"
    yield f"found in another form as well: {made.reshaped}"
    yield f"alarms only in another form  : {made.reshaped_alarms}"
    yield f"an audit                     : median {made.median_s:.2f} s, at most {made.most_s:.2f} s"


def as_json(made: Summary, judged: Sequence[Judged]) -> dict[str, Any]:
    """Gives the figures and every audit's outcome for programs that compare runs."""
    return {
        "clauses": {
            row.clause: {
                "found": row.found.as_json(),
                "false_alarms": row.false_alarms.as_json(),
                "coverage": row.coverage.as_json(),
            }
            for row in made.clauses
        },
        "found": {grade.value: share.as_json() for grade, share in made.found.items()},
        "clean_proven": made.clean_proven.as_json(),
        "clean_indicated": made.clean_indicated.as_json(),
        "reshaped": made.reshaped.as_json(),
        "reshaped_alarms": made.reshaped_alarms.as_json(),
        "audit_s": {"median": made.median_s, "most": made.most_s},
        "audits": [_audit(one) for one in judged],
    }


def _audit(one: Judged) -> dict[str, object]:
    return {
        "name": one.name,
        "side": one.side,
        "reshaped": one.reshaped,
        "missed": one.missed,
        "alarms": one.alarms,
        "hints": one.hints,
        "rated": one.rated,
        "values": dict(one.values),
        "wall_s": one.wall_s,
    }
