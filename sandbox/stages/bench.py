"""Stage: time the benchmarks of the task and of the answer. What they print is no result, and none rates anything.

Results are reached in one process with the tested code, so they are cooperative: see the threat model.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sandbox.inspection import Inspection, ListedTest
from sandbox.measurements import Benchmark, BenchmarkState
from sandbox.model import NotChecked, StageName, StageResult
from sandbox.places import Place
from sandbox.ran import Ran, ran, stage_result
from sandbox.workbench import Workbench

_ROW = re.compile(r"(\d{1,12}):(\d{1,18}):(\d{1,18}):(\d{1,18})")
# As often as this the testing package repeats what takes no time, so what repeats nothing.
_MOST_OPS = 1_000_000_000
Row = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchRuns:
    """What timing the benchmarks gave."""

    result: StageResult
    benchmarks: tuple[Benchmark, ...]
    not_checked: tuple[NotChecked, ...]
    one: Ran

    @property
    def ended(self) -> bool:
        """Whether all of them came to their end."""
        return bool(self.one.record.ending)


def run_benchmarks(bench: Workbench, program: bytes, seen: Inspection) -> BenchRuns:
    """Gives the times of every benchmark, or of none when one ends the program."""
    limits = bench.limits
    listed = seen.benchmarks[: limits.benchmarks]
    one = ran(
        bench.execute(
            program,
            "b",
            args=(str(limits.bench_ms),),
            wall_s=min(limits.bench_wall_s, limits.run_wall_s),
            patience=1.0,
        )
    )
    rows = _rows(one, len(listed))
    benchmarks = tuple(
        _benchmark(bench, test, rows[number] if rows else None, _state(one, number, rows))
        for number, test in enumerate(listed)
    )
    stuck = next((each.name for each in benchmarks if each.state is BenchmarkState.NOT_ENDED), "")
    message = "" if rows else f"{stuck or 'a benchmark'} did not come to its end"
    more = len(seen.benchmarks) - len(listed)
    return BenchRuns(
        result=stage_result(bench, StageName.BENCH, one, ok=bool(rows), message=message),
        benchmarks=benchmarks,
        not_checked=(NotChecked(what=f"{more} more benchmarks", why="there are too many"),)
        if more
        else (),
        one=one,
    )


def _rows(one: Ran, count: int) -> tuple[Row, ...]:
    """Gives the results; only the last line of the record counts, and only when all are in it."""
    if one.record.ending != "timed":
        return ()
    rows = [_ROW.fullmatch(row) for row in one.record.told.split(",")]
    if len(rows) != count or not all(rows):
        return ()
    return tuple(
        (int(row[1]), int(row[2]), int(row[3]), int(row[4])) for row in rows if row is not None
    )


def _state(one: Ran, number: int, rows: tuple[Row, ...]) -> BenchmarkState:
    if rows:
        measured = 0 < rows[number][0] < _MOST_OPS
        return BenchmarkState.MEASURED if measured else BenchmarkState.NO_RESULT
    # A limit of the supervisor's takes the record with it: then it may have been any of them.
    last = max(one.record.begun, default=number)
    return BenchmarkState.NOT_ENDED if number == last else BenchmarkState.NOT_RUN


def _benchmark(
    bench: Workbench, test: ListedTest, row: Row | None, state: BenchmarkState
) -> Benchmark:
    at = bench.locator.original(Place(file=test.file, line=test.line))
    n, ns, size, allocs = row or (0, 0, 0, 0)
    measured = state is BenchmarkState.MEASURED
    return Benchmark(
        name=test.name,
        source="task" if test.task else "snippet",
        verified=test.task,
        file=at.file,
        line=at.line,
        state=state,
        n=n,
        ns_per_op=round(ns / n, 2) if measured else None,
        bytes_per_op=size // n if measured else None,
        allocs_per_op=allocs // n if measured else None,
    )
