"""Holds one report against what its program was written to show. Pure: it runs nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from rubric.model import RatedFinding, RatedReport, RatingStatus
from sandbox.model import Grade, Verdict
from tests.corpus.programs import Program, Side, matches

PROVEN = frozenset({Grade.E2, Grade.E3})
_RATED = frozenset({RatingStatus.SUGGESTED, RatingStatus.HINT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What one audit amounts to."""

    name: str
    clause: str
    side: Side
    reshaped: bool
    grade: Grade | None
    """The evidence that was due; null on the sound side."""
    missed: tuple[str, ...] = ()
    """What had to be seen on the defective side and was not."""
    alarms: tuple[str, ...] = ()
    """What was said against the sound side with proof, or of the clause at all."""
    hints: tuple[str, ...] = ()
    """What was only indicated against a clean program."""
    rated: bool = False
    """Whether the clause's criterion got a value or a hint, instead of silence."""
    values: Mapping[str, int] = field(default_factory=dict)
    """Every criterion with a suggestion, and the suggestion."""
    wall_s: float = 0.0

    @property
    def value(self) -> int | None:
        """The suggestion for the clause's criterion; null where there is none."""
        return self.values.get(self.clause.split("-")[0])

    @property
    def found(self) -> bool:
        """Whether all was seen that had to be."""
        return not self.missed


def judge(program: Program, side: Side, report: RatedReport, *, reshaped: bool = False) -> Judged:
    """Gives what a report gets right and wrong about one side of a program."""
    defective = side == "bad"
    criterion = program.clause.split("-")[0]
    rating = report.ratings.get(criterion)
    return Judged(
        name=program.name,
        clause=program.clause,
        side=side,
        reshaped=reshaped,
        grade=program.grade if defective else None,
        missed=tuple(_missed(program, report)) if defective else (),
        alarms=() if defective else tuple(_alarms(program, report)),
        hints=tuple(_hints(report)) if program.clean else (),
        rated=rating is not None and rating.status in _RATED,
        values=_values(report),
        wall_s=report.wall_s,
    )


def _values(report: RatedReport) -> dict[str, int]:
    return {
        name: one.value
        for name, one in report.ratings.items()
        if one.status is RatingStatus.SUGGESTED and one.value is not None
    }


def _missed(program: Program, report: RatedReport) -> Iterator[str]:
    for pattern in program.rules:
        grades = [one.grade for one in report.findings if matches(pattern, one.tool, one.rule)]
        if not grades:
            yield pattern
        elif max(grades) < program.grade:
            yield f"{pattern} with {program.grade}: it has {max(grades)}"
    if program.clause not in _confirmed(report):
        yield f"clause {program.clause}"
    for name, seen in (("verdict", report.verdict), ("functional", report.functional)):
        wanted = program.header.get(name)
        if wanted is not None and wanted != seen:
            yield f"{name} {wanted}: it is {seen}"


def _confirmed(report: RatedReport) -> set[str]:
    rated = {clause for rating in report.ratings.values() for clause in rating.clauses}
    return rated | {one.clause for one in report.findings if one.clause}


def _alarms(program: Program, report: RatedReport) -> Iterator[str]:
    for one in report.findings:
        if one.grade in PROVEN or (program.clause and one.clause == program.clause):
            yield _words(one)
    if report.verdict is not Verdict.ACCEPTED:
        yield f"verdict {report.verdict}"
    if report.functional == "fail" or (report.functional is None and program.decided):
        yield f"functional {report.functional}"


def _hints(report: RatedReport) -> Iterator[str]:
    return (_words(one) for one in report.findings if one.grade not in PROVEN)


def _words(one: RatedFinding) -> str:
    clause = f" {one.clause}" if one.clause else ""
    return f"{one.tool}/{one.rule} {one.grade}{clause} at {one.line}: {one.message}"
