"""The part of an audit that calls functions of the answer, and what its results mean for the report."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.exercise import Settled
from sandbox.facts import KILLED_VERDICT, Facts
from sandbox.inspection import Exercise, Inspection
from sandbox.model import Decided, NotChecked, StageName, TestsSummary, Verdict
from sandbox.output_text import visible
from sandbox.prompt_model import Unread
from sandbox.ran import Ran
from sandbox.stages.build import Build
from sandbox.stages.calls import CallRuns, run_calls
from sandbox.stages.entries import EntryRuns, run_entries
from sandbox.stages.run import MainRuns
from sandbox.workbench import Workbench

_MOST_UNREAD = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Exercised:
    """What was called besides main and the tests."""

    calls: CallRuns | None = None
    entries: EntryRuns | None = None

    @property
    def runs(self) -> list[Ran]:
        """Every process."""
        found = [self.calls.series] if self.calls else []
        found += [self.entries.series] if self.entries else []
        return [one for series in found for one in series.runs]

    @property
    def asleep(self) -> int:
        """How many processes a deadlock ended; what waits by design is none."""
        calls = self.calls.series.ended.values() if self.calls else ()
        return sum(one.deadlocked for one in calls) + (self.entries.asleep if self.entries else 0)

    def outcomes(self) -> list[bool]:
        """Gives what the prompt's calls say about the function; nothing where none could be read."""
        calls = self.calls
        return [not calls.failed] if calls and (calls.failed or calls.passed) else []

    def kinds(self, seen: Inspection) -> dict[str, tuple[str, ...]]:
        """Gives the runs that make sense under the race detector, without what ended a process."""
        kinds: dict[str, tuple[str, ...]] = {}
        if self.calls:
            kinds["c"] = self.calls.series.skipped()
        if self.entries:
            kinds["e"] = self.entries.series.skipped()
        hooks = (seen.exercise or Exercise()).hooks
        if self.entries and any(hook.crowds for hook in hooks):
            kinds["k"] = ()
        return kinds


def exercised(
    bench: Workbench, seen: Inspection, built: Build, settled: Settled, facts: Facts
) -> Exercised:
    """Calls what the plan came to, and notes what it showed."""
    if built.program is None:
        return Exercised()
    calls = entries = None
    if settled.calls:
        calls = run_calls(bench, built.program, settled.calls, settled.examples.rules)
        facts.findings += calls.findings
        facts.verdicts += _call_verdicts(calls)
    if settled.entries:
        found = (seen.exercise or Exercise()).entries
        entries = run_entries(bench, built.program, found)
        facts.findings += entries.findings
        facts.not_checked += entries.not_checked
        facts.verdicts += _entry_verdicts(entries)
    if not seen.main:
        _stand_in(facts, calls, entries)
    return Exercised(calls=calls, entries=entries)


def _stand_in(facts: Facts, calls: CallRuns | None, entries: EntryRuns | None) -> None:
    """Without main, the calls are the run."""
    first = calls or entries
    if first is not None:
        facts.stages[StageName.RUN] = first.result
        facts.not_checked = [one for one in facts.not_checked if one.what != StageName.RUN.value]


def _call_verdicts(calls: CallRuns) -> list[Verdict]:
    verdicts = [Verdict.WRONG_ANSWER] if calls.failed else []
    if calls.crashed or any(one.crashed or one.deadlocked for one in calls.series.ended.values()):
        verdicts.append(Verdict.RUNTIME_ERROR)
    return verdicts + [
        KILLED_VERDICT[one.killed_by]
        for one in calls.series.ended.values()
        if one.killed_by is not None and not one.deadlocked
    ]


def _entry_verdicts(entries: EntryRuns) -> list[Verdict]:
    if not entries.failed:
        return []
    killed = entries.killed_by
    return [KILLED_VERDICT[killed] if killed is not None else Verdict.RUNTIME_ERROR]


def prompt_summary(
    settled: Settled, main: MainRuns | None, made: Exercised
) -> tuple[TestsSummary, ...]:
    """Gives the results of the prompt's examples, whole runs and calls together."""
    listed = len(settled.cases) + len(settled.calls)
    if not listed:
        return ()
    names = {case.name for case in settled.cases}
    failed_runs = names & set(main.failed_cases) if main else names
    failed = (*sorted(failed_runs), *(made.calls.failed if made.calls else ()))
    passed = len(names) - len(failed_runs) + (len(made.calls.passed) if made.calls else 0)
    return (
        TestsSummary(
            source="prompt",
            listed=listed,
            passed=passed,
            failed=len(failed),
            skipped=listed - passed - len(failed),
            failures=tuple(visible(one) for one in failed),
            decided=Decided.OUTSIDE,
        ),
    )


def note_unread(settled: Settled, made: Exercised, facts: Facts) -> None:
    """Lists the examples that nobody could use; silence would read as praise."""
    unread: tuple[Unread, ...] = (*settled.unread, *(made.calls.unread if made.calls else ()))
    for one in unread[:_MOST_UNREAD]:
        facts.not_checked.append(
            NotChecked(what=visible(f"example {one.text[:120]!r}"), why=visible(one.why))
        )
    if len(unread) > _MOST_UNREAD:
        more = f"{len(unread) - _MOST_UNREAD} more examples"
        facts.not_checked.append(NotChecked(what=more, why="they could not be read either"))
