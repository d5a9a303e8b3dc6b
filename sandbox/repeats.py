"""The part of the second pass that runs again what ran once: races, leaks and flaky tests come and go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sandbox.budget import Budget
from sandbox.crash_findings import ending_findings, leak_findings
from sandbox.dynamic import Shown
from sandbox.facts import Facts
from sandbox.inspection import Inspection, ListedTest
from sandbox.model import (
    Decided,
    Finding,
    FindingEvidence,
    Grade,
    Observed,
    ObservedState,
    Severity,
    StageName,
    TestsSummary,
    Verdict,
)
from sandbox.places import Place
from sandbox.ran import Ran, ran
from sandbox.stages.race import judged
from sandbox.stages.test import states_of
from sandbox.workbench import Workbench

RUNS = 20
_WALL_S = 1.0


def repeat_races(bench: Workbench, shown: Shown, facts: Facts, budget: Budget) -> None:
    """Counts in how many of twenty runs the race detector speaks up."""
    first = shown.raced
    if first is None or shown.race_program is None:
        return
    kinds = [(kind, args) for kind, args in shown.kinds.items() if _came_back(first.done, kind)]
    done = list(first.done)
    while kinds and len(done) + len(kinds) <= RUNS and budget.left_s:
        for kind, args in kinds:
            outcome = bench.execute(
                shown.race_program,
                kind,
                args=args,
                stdin=shown.stdin,
                race=True,
                wall_s=_WALL_S,
                patience=1.0,
            )
            done.append((kind, ran(budget.spend(outcome))))
    again = judged(bench, done)
    facts.findings = [
        one
        for one in facts.findings
        if one.tool != "race" or one.evidence.stage is not StageName.RACE
    ]
    facts.add(again.result, *again.findings)
    facts.race = again.observed
    if again.observed.state is ObservedState.FOUND:
        facts.verdicts.append(Verdict.RACE_DETECTED)


def _came_back(done: Sequence[tuple[str, Ran]], kind: str) -> bool:
    return all(one.killed_by is None for known, one in done if known == kind)


@dataclass(slots=True, kw_only=True)
class _Tally:
    """What several runs of one stage showed, the first pass's run among them."""

    stage: StageName
    once: list[Finding]
    """The leaks of the first pass."""
    runs: int = 1
    leaky: int = 0
    asleep: int = 0
    hits: Counter[str] = field(default_factory=Counter)
    found: dict[str, Finding] = field(default_factory=dict)

    def note(self, findings: Sequence[Finding]) -> None:
        """Counts each finding once for the run."""
        for one in {each.id: each for each in findings}.values():
            self.hits[one.id] += 1
            self.found.setdefault(one.id, one)

    def run(self, bench: Workbench, one: Ran) -> None:
        """Notes one more run."""
        leaks = leak_findings(bench, one, self.stage)
        self.runs += 1
        self.leaky += bool(leaks)
        self.asleep += one.deadlocked
        self.note(leaks)

    def settle(self, facts: Facts) -> None:
        """Puts the counted findings in the place of the first pass's, and counts the runs."""
        facts.findings = [one for one in facts.findings if one not in self.once]
        facts.findings += self.counted()
        if facts.leak.state in (ObservedState.FOUND, ObservedState.NONE_SEEN):
            facts.leak = _more(facts.leak, self.runs - 1, self.leaky)
        facts.deadlock = _more(facts.deadlock, self.runs - 1, self.asleep)

    def counted(self) -> list[Finding]:
        """Gives each finding with how often it was seen."""
        return [
            one.model_copy(
                update={
                    "evidence": FindingEvidence(
                        stage=self.stage, runs=self.runs, hits=self.hits[key]
                    )
                }
            )
            for key, one in self.found.items()
        ]


def _tally(facts: Facts, stage: StageName) -> _Tally:
    once = [one for one in facts.findings if one.tool == "leak" and one.evidence.stage is stage]
    tally = _Tally(stage=stage, once=once)
    tally.note(once)
    return tally


def repeat_main(bench: Workbench, shown: Shown, facts: Facts, budget: Budget) -> None:
    """Runs main again: goroutines that are left behind, and crashes that are a matter of luck."""
    main, program = shown.main, shown.program
    if main is None or program is None or main.serves or main.needs_input or main.failed:
        return
    tally = _tally(facts, StageName.RUN)
    while tally.runs < RUNS and budget.left_s:
        outcome = bench.execute(
            program, "m", args=shown.args, stdin=shown.stdin, wall_s=_WALL_S, patience=1.0
        )
        one = ran(budget.spend(outcome))
        tally.run(bench, one)
        if one.killed_by is None or one.deadlocked:
            # Too long is no fault here: a busy machine looks the same.
            tally.note(ending_findings(bench, one, StageName.RUN))
    tally.settle(facts)
    broken = {one.tool for one in tally.counted()}
    if broken & {"run", "deadlock"}:
        facts.verdicts.append(Verdict.RUNTIME_ERROR)
        facts.decide([(False, Decided.OUTSIDE)])
    if "race" in broken:
        facts.verdicts.append(Verdict.RACE_DETECTED)


def _more(seen: Observed, runs: int, hits: int) -> Observed:
    found = seen.hits + hits
    state = ObservedState.FOUND if found else seen.state
    return Observed(state=state, runs=seen.runs + runs, hits=found)


def repeat_tests(
    bench: Workbench, seen: Inspection, shown: Shown, facts: Facts, budget: Budget
) -> None:
    """Runs the tests again, every other time in another order, to find those that pass by luck."""
    if shown.tests is None or shown.program is None or not shown.tests.one.record.ending:
        return
    listed = seen.tests
    tally = _tally(facts, StageName.TEST)
    runs = [(False, states_of(shown.tests.one, listed))]
    for number in range(1, RUNS):
        if not budget.left_s:
            break
        order = str(number) if number % 2 else "off"
        outcome = bench.execute(shown.program, "t", args=(order,), wall_s=_WALL_S, patience=1.0)
        one = ran(budget.spend(outcome))
        if one.killed_by is None:
            tally.run(bench, one)
            runs.append((order != "off", states_of(one, listed)))
    tally.settle(facts)
    flaky = list(_flaky(listed, runs))
    facts.findings += [
        _flake(bench, test, hits, ordered=ordered, runs=len(runs)) for test, hits, ordered in flaky
    ]
    _recount(facts, [test for test, _, ordered in flaky if ordered])


def _flaky(
    listed: list[ListedTest], runs: Sequence[tuple[bool, dict[int, str]]]
) -> Iterator[tuple[ListedTest, int, bool]]:
    """Gives each test that passed and failed, how often it failed, and whether in the given order too.

    The task's tests may lean on their order: that is no fault of the answer's.
    """
    for number, test in enumerate(listed):
        failed = [shuffled for shuffled, states in runs if states[number] == "F"]
        passed = any(states[number] == "P" for _, states in runs)
        if failed and passed and not (test.task and all(failed)):
            yield test, len(failed), not all(failed)


def _flake(bench: Workbench, test: ListedTest, hits: int, *, ordered: bool, runs: int) -> Finding:
    order = "" if ordered else ", only when the tests run in another order"
    return bench.locator.finding(
        Place(file=test.file, line=test.line),
        tool="test",
        rule="flaky",
        message=f"{test.name} fails in {hits} of {runs} runs{order}",
        severity=Severity.MAJOR if ordered else Severity.MINOR,
        grade=Grade.E3,
        stage=StageName.TEST,
        runs=runs,
        hits=hits,
    )


def _recount(facts: Facts, flaky: list[ListedTest]) -> None:
    """Counts a test that fails now and then as failed; one that another order breaks still passes."""
    names = {"task": [one.name for one in flaky if one.task]}
    names["snippet"] = [one.name for one in flaky if not one.task]
    facts.tests = tuple(_with_failures(one, names.get(one.source, [])) for one in facts.tests)
    if flaky:
        facts.verdicts.append(Verdict.TESTS_FAILED)
    if names["task"]:
        facts.decide([(False, Decided.COOPERATIVE)])


def _with_failures(summary: TestsSummary, names: list[str]) -> TestsSummary:
    fresh = [name for name in names if name not in summary.failures][: summary.passed]
    return summary.model_copy(
        update={
            "passed": summary.passed - len(fresh),
            "failed": summary.failed + len(fresh),
            "failures": (*summary.failures, *fresh),
        }
    )
