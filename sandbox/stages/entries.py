"""Stage part: entry points called once with plain values, to see panics, hangs, races and leaks. It proves no function right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sandbox.crash_findings import (
    ending_findings,
    leak_findings,
    panic_finding,
    raised_by_answer,
)
from sandbox.inspection import Entry
from sandbox.model import Finding, Grade, KilledBy, NotChecked, Severity, StageName, StageResult
from sandbox.ran import Ran, own_place, stage_result
from sandbox.series import Panic, Series, may_hold, run_series
from sandbox.workbench import Workbench

_SHARE, _PATIENCE = 0.2, 4.0
# Plain values are a matter of milliseconds; less than this and a busy machine may be to blame.
_COMPUTED_SHARE = 0.1
_UNFINISHED = ("not implemented", "unimplemented", "todo", "fixme")
_COMPUTES = frozenset({KilledBy.CPU, KilledBy.MEMORY, KilledBy.OUTPUT})
_BY_DESIGN = ("chan", "select", "sync.Cond", "sync.WaitGroup")


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRuns:
    """What calling the entry points showed."""

    result: StageResult
    findings: tuple[Finding, ...]
    series: Series
    asleep: int
    """How many of them a deadlock ended on ordinary input."""
    killed_by: KilledBy | None
    """The limit that a hang on ordinary input ran into."""
    not_checked: tuple[NotChecked, ...]

    @property
    def failed(self) -> bool:
        """Whether an ordinary value made one of them crash or hang."""
        return any(
            one.grade is Grade.E3 and one.tool in {"run", "deadlock"} for one in self.findings
        )


def run_entries(bench: Workbench, program: bytes, entries: Sequence[Entry]) -> EntryRuns:
    """Gives what plain values made them do; what waits by design, or panics as written, is no finding."""
    series = run_series(bench, program, "e", share=_SHARE, patience=_PATIENCE)
    findings: list[Finding] = []
    unknown: list[NotChecked] = []
    hung: list[Ran] = []
    for number, panic in sorted(series.panics.items()):
        findings += _panicked(bench, entries, number, panic)
    for number, one in series.ended.items():
        entry = entries[number] if number < len(entries) else None
        if entry is not None and entry.edge:
            # With nothing to work on, waiting for something is no defect.
            continue
        if (
            entry is None
            or _waits(bench, one, entry)
            or not (one.crashed or one.deadlocked or one.killed_by)
        ):
            name = entry.name if entry else "an entry point"
            unknown.append(NotChecked(what=name, why="it waits for something, or ends the program"))
            continue
        hung.append(one)
        findings += [_about(found, entry) for found in _hung(bench, one, entry)]
    findings += _leaks(bench, series, entries)
    broken = [one for one in findings if one.grade is Grade.E3 and one.tool != "leak"]
    worst = next(iter(series.ended.values()), series.runs[0])
    return EntryRuns(
        result=stage_result(bench, StageName.RUN, worst, ok=not broken),
        findings=tuple(findings),
        series=series,
        asleep=sum(one.deadlocked for one in hung),
        killed_by=next(
            (one.killed_by for one in hung if one.killed_by and not one.deadlocked), None
        ),
        not_checked=tuple(unknown),
    )


def _leaks(bench: Workbench, series: Series, entries: Sequence[Entry]) -> list[Finding]:
    plain = {one.name for one in entries if not (one.holds or one.method)}
    lasting = any(one.holds or one.method for one in entries if not one.edge)
    held = may_hold(plain, lasting=lasting)
    found = (leak_findings(bench, one, StageName.RUN, held) for one in series.runs)
    return next((leaks for leaks in found if leaks), [])


def _hung(bench: Workbench, one: Ran, entry: Entry) -> list[Finding]:
    """Gives how it ended, at its declaration where a busy goroutine shows no line."""
    findings = ending_findings(bench, one, StageName.RUN)
    frames = [frame for goroutine in one.crash.goroutines for frame in goroutine.frames]
    if own_place(bench.locator, tuple(frames)):
        return findings
    at = bench.locator.original(entry.place)
    excerpt = bench.locator.excerpt(entry.place)
    moved = {"file": at.file, "line": at.line, "column": 1, "excerpt": excerpt}
    return [found.model_copy(update=moved) for found in findings]


def _panicked(
    bench: Workbench, entries: Sequence[Entry], number: int, panic: Panic
) -> Iterator[Finding]:
    if number >= len(entries):
        return
    entry = entries[number]
    unfinished = any(word in panic.text.lower() for word in _UNFINISHED)
    written = not panic.runtime and raised_by_answer(bench, panic.stack)
    if (written or (entry.edge and not panic.runtime)) and not unfinished:
        return
    yield _about(panic_finding(bench, panic.text, panic.stack, StageName.RUN), entry)


def _about(finding: Finding, entry: Entry) -> Finding:
    kind = "an empty value" if entry.edge else "plain values"
    changes: dict[str, object] = {"message": f"{entry.name}, called with {kind}: {finding.message}"}
    if entry.edge:
        changes |= {"grade": Grade.E1, "severity": Severity.MINOR}
    return finding.model_copy(update=changes)


def _waits(bench: Workbench, one: Ran, entry: Entry) -> bool:
    """Tells whether it may be meant to wait: a method for another goroutine, anything for a clock."""
    states = [goroutine.state for goroutine in one.crash.goroutines]
    if one.deadlocked:
        return entry.method and any(state.startswith(_BY_DESIGN) for state in states)
    if entry.polls and one.killed_by in {KilledBy.WALL, KilledBy.CPU}:
        return True
    if one.killed_by is None or one.killed_by in _COMPUTES:
        return False
    report = one.outcome.report if isinstance(one.outcome.report, dict) else {}
    computed = float(report.get("cpu_s", 0)) >= _COMPUTED_SHARE * bench.limits.run_cpu_s
    running = any(state.startswith(("running", "runnable")) for state in states)
    return one.killed_by is not KilledBy.WALL or not (computed and running)
