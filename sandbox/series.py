"""Runs calls that one process may not survive: what ended it is left out, and the rest goes on in another one."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sandbox.backends import Outcome
from sandbox.ran import Ran, ran
from sandbox.workbench import Workbench

_MOST_PROCESSES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Panic:
    """A panic that was caught around one call."""

    runtime: bool
    """Whether the runtime raised it, and not a panic that somebody wrote."""
    text: str
    stack: str


@dataclass(slots=True, kw_only=True)
class Series:
    """What several processes showed together."""

    runs: list[Ran] = field(default_factory=list)
    done: set[int] = field(default_factory=set)
    ended: dict[int, Ran] = field(default_factory=dict)
    """The calls that a process did not survive."""
    results: dict[tuple[int, int], list[Any]] = field(default_factory=dict)
    """Results by call and step, as the recorder wrote them."""
    panics: dict[int, Panic] = field(default_factory=dict)

    def skipped(self) -> tuple[str, ...]:
        """Gives the argument that leaves out what ended a process."""
        return (",".join(map(str, sorted(self.ended))),)


def may_hold(names: Collection[str], *, lasting: bool) -> Callable[[str], bool]:
    """Gives what tells whether a caller may still hold what a function's goroutines wait for.

    Args:
        names: The functions that were called and gave plain values back.
        lasting: Whether others were called as well, whose results may lead anywhere.
    """

    def held(creator: str) -> bool:
        function = creator.rsplit("/", 1)[-1].split(".")[1:2]
        return lasting and not set(function) & set(names)

    return held


def run_series(
    bench: Workbench,
    program: bytes,
    kind: str,
    *,
    share: float,
    patience: float,
    args: tuple[str, ...] = (),
    bring: tuple[str, ...] = (),
    spend: Callable[[Outcome], Outcome] = lambda outcome: outcome,
) -> Series:
    """Gives the results of every call; after two time-outs the rest is left undone.

    Args:
        bench: Where it runs.
        program: The built program.
        kind: What of the program runs.
        share: How much of the processor time is given as wall time to a process that waits.
        patience: How many times that is given to one that computes. A process that the processor
            limit ends tells nothing, so the clock must come first.
        args: What a process is told besides.
        bring: Names of files that come with each outcome.
        spend: Is told of each outcome.
    """
    series = Series()
    timeouts = 0
    wall_s = min(bench.limits.run_wall_s, bench.limits.run_cpu_s * share)
    for _ in range(_MOST_PROCESSES):
        left_out = ",".join(map(str, sorted(series.done | set(series.ended))))
        outcome = bench.execute(
            program, kind, args=(left_out, *args), wall_s=wall_s, patience=patience, bring=bring
        )
        one = ran(spend(outcome))
        series.runs.append(one)
        begun, last = _read(series, record_text(one).split("\n"))
        if begun is None and one.crashed:
            # A goroutine that a call left behind ended the process.
            begun = last
        if begun is None or (one.record.ending and not one.crashed):
            break
        series.ended[begun] = one
        timeouts += one.killed_by is not None
        if timeouts > 1:
            break
    return series


def records(series: Series) -> Iterator[str]:
    """Gives what each process wrote down."""
    return map(record_text, series.runs)


def record_text(one: Ran) -> str:
    """Gives what a process wrote down; but for the last line it can be forged."""
    report = one.outcome.report
    return str(report.get("record", "")) if isinstance(report, dict) else ""


def _read(series: Series, lines: Iterable[str]) -> tuple[int | None, int | None]:
    """Notes the rows; gives the call that was begun and never done, and the last that was done."""
    begun = last = None
    for line in lines:
        match line.split(" ", 3):
            case ["B", number] if number.isdigit():
                begun = int(number)
            case ["D", number] if number.isdigit():
                begun, last = None, int(number)
                series.done.add(last)
            case ["R", number, step, row] if number.isdigit() and step.isdigit():
                found = _json(row)
                if isinstance(found, list):
                    series.results.setdefault((int(number), int(step)), found)
            case ["P", number, kind, rest] if number.isdigit():
                series.panics.setdefault(int(number), _panic(kind, rest))
    return begun, last


def _panic(kind: str, rest: str) -> Panic:
    words = _json("[" + rest.replace('" "', '","', 1) + "]")
    text, stack = words if isinstance(words, list) and len(words) == 2 else ("", "")
    return Panic(runtime=kind == "r", text=str(text), stack=str(stack))


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
