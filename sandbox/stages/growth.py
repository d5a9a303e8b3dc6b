"""Stage part: how the cost of functions grows with what they are given. A fact, and a hint at most; never a rating.

A finding needs growth by the square of a list, a text or a map, and something besides the clock.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sandbox.growth_fit import Fit, Point, fit
from sandbox.inspection import Grown
from sandbox.measurements import Growth
from sandbox.model import Finding, Grade, Severity, StageName
from sandbox.places import Place
from sandbox.series import Series, records
from sandbox.workbench import Workbench

_ROW = re.compile(r"^G (\d{1,4}) (\d{1,6}) (\d{1,18}) (\d{1,18}) (\d{1,18})$", re.MULTILINE)
_MEASURES = ("bytes", "allocs", "ns")
_SQUARE = 1.75
_CONCATENATION = frozenset({"stringconcatloop", "stringsbuilder"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Grew:
    """What could be fitted, and what it indicates."""

    facts: tuple[Growth, ...]
    findings: tuple[Finding, ...]


def growth(
    bench: Workbench, series: Series, grown: Sequence[Grown], known: Sequence[Finding]
) -> Grew:
    """Gives the growth of every function that was measured at enough sizes and fits well.

    Args:
        bench: The audit's workbench.
        series: The processes that measured.
        grown: The functions by their number.
        known: What other checks found, to bear a suspicion out.
    """
    points = _points(series, len(grown))
    facts: list[Growth] = []
    findings: list[Finding] = []
    for number, one in enumerate(grown):
        fits = {measure: fit(points.get((number, measure), ())) for measure in _MEASURES}
        sure = {measure: found for measure, found in fits.items() if found and found.sure}
        facts += [_fact(bench, one, measure, found) for measure, found in sure.items()]
        findings += _suspicion(bench, one, sure, known)
    return Grew(facts=tuple(facts), findings=tuple(findings))


def _points(series: Series, count: int) -> dict[tuple[int, str], list[Point]]:
    points: dict[tuple[int, str], list[Point]] = {}
    for record in records(series):
        for row in _ROW.finditer(record):
            number, size, *costs = map(int, row.groups())
            if number < count:
                for measure, cost in zip(_MEASURES, costs, strict=True):
                    points.setdefault((number, measure), []).append((size, cost))
    return points


def _fact(bench: Workbench, one: Grown, measure: str, found: Fit) -> Growth:
    at = bench.locator.original(one.place)
    return Growth(
        function=one.name,
        file=at.file,
        line=at.line,
        size_of=one.sized,
        measure=measure,
        exponent=round(found.exponent, 2),
        r2=round(found.r2, 4),
        order=found.order,
    )


def _suspicion(
    bench: Workbench, one: Grown, sure: dict[str, Fit], known: Sequence[Finding]
) -> list[Finding]:
    """Gives one finding at most. What is square by its nature is left alone: tables, pairs of inputs."""
    square = [measure for measure, found in sure.items() if found.exponent >= _SQUARE]
    if not square or one.number or one.nested or one.others:
        return []
    borne_out = "bytes" in square and _concatenates(bench, one, known)
    measure = "bytes" if "bytes" in square else square[0]
    what = {"bytes": "memory", "allocs": "allocations", "ns": "time"}[measure]
    found = sure[measure]
    message = (
        f"the {what} of {one.name} grows as the power {found.exponent:.1f} of the length of "
        f"{one.sized or 'its input'} (R² {found.r2:.3f})"
    )
    return [
        bench.locator.finding(
            one.place,
            tool="growth",
            rule=f"square_{what}",
            message=message,
            severity=Severity.MINOR,
            grade=Grade.E2 if borne_out else Grade.E1,
            stage=StageName.BENCH,
        )
    ]


def _concatenates(bench: Workbench, one: Grown, known: Sequence[Finding]) -> bool:
    first, last = (
        bench.locator.original(Place(file=one.file, line=line)) for line in (one.line, one.end)
    )
    return any(
        found.rule in _CONCATENATION
        and found.file == first.file
        and first.line <= found.line <= last.line
        for found in known
    )
