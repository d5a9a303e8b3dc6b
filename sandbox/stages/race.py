"""Stage: main and tests once more under the race detector, whose reports go to a file of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from sandbox.model import Finding, Grade, Observed, ObservedState, Severity, StageName, StageResult
from sandbox.places import Place
from sandbox.race_text import Access, parse_races
from sandbox.ran import Ran, own_place, ran, stage_result
from sandbox.workbench import Workbench

_AT_ONCE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class RaceRuns:
    """What the race detector saw."""

    result: StageResult
    findings: tuple[Finding, ...]
    observed: Observed
    done: tuple[tuple[str, Ran], ...] = ()
    """Every run with its kind."""


def run_race(
    bench: Workbench, program: bytes, kinds: Mapping[str, tuple[str, ...]], *, stdin: str = ""
) -> RaceRuns:
    """Gives the races of every kind of run, each with its arguments.

    A race that only our own concurrent calls (`k`) show is indicated, not reproduced: nobody may
    have promised that such calls are safe.
    """

    def one(kind: str) -> Ran:
        return ran(bench.execute(program, kind, args=kinds[kind], stdin=stdin, race=True))

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return judged(bench, list(zip(kinds, pool.map(one, kinds), strict=True)))


def judged(bench: Workbench, done: Sequence[tuple[str, Ran]]) -> RaceRuns:
    """Gives what several runs show together, each with its kind."""
    runs = [one for kind, one in done if kind != "k"]
    crowds = sum(kind == "k" for kind, _ in done)
    crowded = [one for kind, one in done if kind == "k" and _raced(one)]
    hits = [one for one in runs if _raced(one)]
    worst = hits[0] if hits else done[0][1]
    places = _places(bench, hits)
    indicated = {key: count for key, count in _places(bench, crowded).items() if key not in places}
    state = ObservedState.FOUND if hits else ObservedState.NONE_SEEN
    return RaceRuns(
        result=stage_result(bench, StageName.RACE, worst, ok=not hits),
        findings=tuple(
            [_finding(bench, *key, runs=len(runs), hits=n) for key, n in places.items()]
            + [
                _indicated(_finding(bench, *key, runs=crowds, hits=n))
                for key, n in indicated.items()
            ]
        ),
        observed=Observed(state=state, runs=len(runs), hits=len(hits)) if runs else Observed(),
        done=tuple(done),
    )


def _places(bench: Workbench, hits: list[Ran]) -> dict[tuple[Place, str], int]:
    places: dict[tuple[Place, str], int] = {}
    for one in hits:
        for key in {_what(bench, accesses) for log in one.races for accesses in parse_races(log)}:
            if key is not None:
                places[key] = places.get(key, 0) + 1
    return places


def _indicated(finding: Finding) -> Finding:
    message = f"{finding.message} (seen only when several goroutines call it at the same time)"
    return finding.model_copy(update={"grade": Grade.E1, "message": message})


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
