"""Stage: main and tests once more under the race detector, whose reports go to a file of their own."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.model import Finding, Grade, Observed, ObservedState, Severity, StageName, StageResult
from sandbox.places import Place
from sandbox.race_text import Access, parse_races
from sandbox.ran import Ran, own_place, ran, stage_result
from sandbox.workbench import Workbench


@dataclass(frozen=True, slots=True, kw_only=True)
class RaceRuns:
    """What the race detector saw."""

    result: StageResult
    findings: tuple[Finding, ...]
    observed: Observed


def run_race(
    bench: Workbench, program: bytes, kinds: str, *, args: tuple[str, ...] = (), stdin: str = ""
) -> RaceRuns:
    """Gives the races of main (`m`) and of the tests (`t`)."""
    runs = [
        ran(bench.execute(program, kind, args=args if kind == "m" else (), stdin=stdin, race=True))
        for kind in kinds
    ]
    hits = [one for one in runs if _raced(one)]
    worst = hits[0] if hits else runs[0]
    places: dict[tuple[Place, str], int] = {}
    for one in hits:
        for key in {_what(bench, accesses) for log in one.races for accesses in parse_races(log)}:
            if key is not None:
                places[key] = places.get(key, 0) + 1
    state = ObservedState.FOUND if hits else ObservedState.NONE_SEEN
    return RaceRuns(
        result=stage_result(bench, StageName.RACE, worst, ok=not hits),
        findings=tuple(
            _finding(bench, *key, runs=len(runs), hits=count) for key, count in places.items()
        ),
        observed=Observed(state=state, runs=len(runs), hits=len(hits)),
    )


def _raced(one: Ran) -> bool:
    # Both are needed: printing makes no log, and writing a log does not turn the exit status.
    return one.exit_code != 0 and any(parse_races(log) for log in one.races)


def _what(bench: Workbench, accesses: tuple[Access, ...]) -> tuple[Place, str] | None:
    places = [(access, own_place(bench.locator, access.frames)) for access in accesses]
    known = [(access, place) for access, place in places if place is not None]
    if not known:
        return None
    known.sort(key=lambda pair: (pair[0].kind != "write", pair[1].file, pair[1].line))
    words = [f"{access.kind} at {_name(bench, place)}" for access, place in known]
    return known[0][1], "data race: " + " and ".join(words)


def _name(bench: Workbench, place: Place) -> str:
    at = bench.locator.original(place)
    return f"{at.file}:{at.line}"


def _finding(bench: Workbench, place: Place, message: str, *, runs: int, hits: int) -> Finding:
    return bench.locator.finding(
        place,
        tool="race",
        rule="data_race",
        message=message,
        severity=Severity.CRITICAL,
        grade=Grade.E3,
        stage=StageName.RACE,
        cwe=362,
        runs=runs,
        hits=hits,
    )
