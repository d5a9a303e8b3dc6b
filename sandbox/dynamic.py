"""The part of an audit in which the snippet runs: main, tests, calls, then all of them under the race detector."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field, replace

from sandbox.exercise import Settled
from sandbox.exercised import Exercised, exercised, note_unread, prompt_summary
from sandbox.facts import KILLED_VERDICT, Facts
from sandbox.inspection import Inspection
from sandbox.model import (
    AuditInput,
    Decided,
    NotChecked,
    Observed,
    ObservedState,
    StageName,
    Verdict,
)
from sandbox.ran import Ran
from sandbox.stages.build import Build
from sandbox.stages.race import RaceRuns, run_race
from sandbox.stages.run import MainRuns, run_main
from sandbox.stages.test import TestRuns, run_tests
from sandbox.workbench import Workbench


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What ran, so that it can be run again."""

    program: bytes | None
    race_program: bytes | None = None
    main: MainRuns | None = None
    tests: TestRuns | None = None
    raced: RaceRuns | None = None
    kinds: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The runs that made sense under the race detector, with their arguments."""
    args: tuple[str, ...] = ()
    stdin: str = ""


def run_programs(
    bench: Workbench,
    seen: Inspection,
    built: Build,
    racy: Future[Build] | None,
    *,
    facts: Facts,
    given: AuditInput,
    settled: Settled,
) -> Shown:
    """Runs what was built and notes what it showed."""
    given = given.model_copy(update={"cases": (*given.cases, *settled.cases)})
    main = _main(bench, seen, built, facts, given)
    tests = _tests(bench, seen, built, facts)
    made = exercised(bench, seen, built, settled, facts)
    facts.tests += prompt_summary(settled, main, made)
    note_unread(settled, made, facts)
    _observe(seen, main, tests, made, facts)
    shown = _race(bench, racy, seen, facts, main=main, tests=tests, made=made, given=given)
    facts.decide(_functional(bench, facts, built, main, given=given, tests=tests, made=made))
    first = given.cases[0] if given.cases else given
    return replace(
        shown, program=built.program, main=main, tests=tests, args=first.args, stdin=first.stdin
    )


def _main(
    bench: Workbench, seen: Inspection, built: Build, facts: Facts, given: AuditInput
) -> MainRuns | None:
    if not seen.main or built.program is None:
        facts.skip(StageName.RUN, "there is no func main")
        return None
    if seen.mains > 1:
        facts.not_checked.append(
            NotChecked(what="main", why=f"{seen.mains} programs are given; the first ran")
        )
    main = run_main(bench, built.program, seen, given)
    facts.add(main.result, *main.findings)
    if main.serves:
        facts.not_checked.append(NotChecked(what="main", why="it serves; only its start was seen"))
    elif main.needs_input:
        facts.not_checked.append(
            NotChecked(what="main", why="it wants arguments or input, and none are given")
        )
    else:
        facts.verdicts += _main_verdicts(main)
    return main


def _main_verdicts(main: MainRuns) -> list[Verdict]:
    verdicts = []
    if main.worst.deadlocked or main.worst.crashed:
        verdicts.append(Verdict.RUNTIME_ERROR)
    elif main.worst.killed_by is not None:
        verdicts.append(KILLED_VERDICT[main.worst.killed_by])
    elif main.exits:
        verdicts.append(Verdict.RUNTIME_ERROR)
    if main.failed_cases:
        verdicts.append(Verdict.WRONG_ANSWER)
    return verdicts


def _tests(bench: Workbench, seen: Inspection, built: Build, facts: Facts) -> TestRuns | None:
    if any(finding.rule == "test_compile" for finding in built.findings):
        facts.verdicts.append(Verdict.TESTS_FAILED)
        facts.skip(StageName.TEST, "the tests do not compile with the answer")
        return None
    if not seen.tests or not built.with_tests or built.program is None:
        facts.skip(StageName.TEST, "there are no tests")
        return None
    if seen.test_main:
        facts.not_checked.append(
            NotChecked(what="TestMain", why="a TestMain of the answer is not called")
        )
    tests = run_tests(bench, built.program, seen)
    facts.add(tests.result, *tests.findings)
    facts.tests = tests.summaries
    facts.verdicts += _test_verdicts(tests)
    return tests


def _test_verdicts(tests: TestRuns) -> list[Verdict]:
    if tests.tampered:
        return [Verdict.TESTS_TAMPERED]
    failed = tests.one.exit_code != 0 or any(one.failed for one in tests.summaries)
    verdicts = [Verdict.TESTS_FAILED] if failed else []
    if tests.one.killed_by is not None and not tests.one.deadlocked:
        verdicts.append(KILLED_VERDICT[tests.one.killed_by])
    return verdicts


def _observe(
    seen: Inspection,
    main: MainRuns | None,
    tests: TestRuns | None,
    made: Exercised,
    facts: Facts,
) -> None:
    own: list[Ran] = [*(main.runs if main else ()), *([tests.one] if tests else [])]
    runs = [*own, *made.runs]
    if not runs:
        return
    asleep = sum(one.deadlocked for one in own) + made.asleep
    state = ObservedState.FOUND if asleep else ObservedState.NONE_SEEN
    facts.deadlock = Observed(state=state, runs=len(runs), hits=asleep)
    if not seen.concurrent:
        facts.leak = Observed(state=ObservedState.NOT_APPLICABLE)
        return
    profiled = [one for one in runs if one.record.leak is not None]
    leaks = [finding for finding in facts.findings if finding.tool == "leak"]
    if profiled:
        state = ObservedState.FOUND if leaks else ObservedState.NONE_SEEN
        facts.leak = Observed(
            state=state, runs=len(profiled), hits=len({one.evidence.stage for one in leaks})
        )
    else:
        facts.not_checked.append(
            NotChecked(what="leak", why="no run came to its end, so no profile could be taken")
        )


def _race(
    bench: Workbench,
    racy: Future[Build] | None,
    seen: Inspection,
    facts: Facts,
    *,
    main: MainRuns | None,
    tests: TestRuns | None,
    made: Exercised,
    given: AuditInput,
) -> Shown:
    nothing = Shown(program=None)
    if racy is None:
        _no_race(bench, seen, facts)
        return nothing
    built = racy.result()
    # Under the race detector a deadlock is not noticed by the runtime: what hung before is not run again.
    ran_main = main is not None and main.worst.killed_by is None and not main.worst.deadlocked
    ran_tests = tests is not None and tests.one.killed_by is None and not tests.one.deadlocked
    first = given.cases[0] if given.cases else given
    kinds = {"m": first.args} if ran_main else {}
    kinds |= {"t": ()} if ran_tests else {}
    kinds |= made.kinds(seen)
    if built.program is None or not kinds:
        facts.skip(
            StageName.RACE,
            "nothing ran to its end" if built.compiled else "it does not build with -race",
        )
        return nothing
    raced = run_race(bench, built.program, kinds, stdin=first.stdin)
    facts.add(raced.result, *raced.findings)
    facts.race = raced.observed
    if raced.observed.state is ObservedState.FOUND:
        facts.verdicts.append(Verdict.RACE_DETECTED)
    return replace(nothing, race_program=built.program, raced=raced, kinds=kinds)


def _no_race(bench: Workbench, seen: Inspection, facts: Facts) -> None:
    if seen.concurrent:
        facts.skip(StageName.RACE, bench.toolchain.race_missing or "the code does not compile")
        return
    facts.race = Observed(state=ObservedState.NOT_APPLICABLE)
    facts.skip(StageName.RACE, "nothing in it runs at the same time as something else")


def _functional(
    bench: Workbench,
    facts: Facts,
    built: Build,
    main: MainRuns | None,
    *,
    given: AuditInput,
    tests: TestRuns | None,
    made: Exercised,
) -> list[tuple[bool, Decided]]:
    """Gives what decides: cases and the task's tests only, but that a crash or hang is a failure."""
    if main is not None and (main.failed or main.exits):
        return [(False, Decided.OUTSIDE)]
    if made.entries is not None and made.entries.failed:
        return [(False, Decided.OUTSIDE)]
    outcomes = [(ok, Decided.OUTSIDE) for ok in made.outcomes()]
    if given.cases:
        outcomes.append((main is not None and not main.failed_cases, Decided.OUTSIDE))
    if bench.snippet.tests:
        task = [one for one in facts.tests if one.source == "task"]
        broken = any(finding.rule == "test_compile" for finding in built.findings)
        # Without the last line the rows may be forged, so they can't make a pass.
        ended = tests is not None and tests.one.record.ending == "tests"
        passed = bool(task) and all(one.passed == one.listed for one in task)
        ran = Decided.OUTSIDE if broken else Decided.COOPERATIVE
        outcomes.append((ended and passed and not broken, ran))
    if Verdict.TESTS_TAMPERED in facts.verdicts:
        outcomes.append((False, Decided.OUTSIDE))
    return outcomes
