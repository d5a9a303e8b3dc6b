"""The second pass: everything that takes repetition, with a processor time of its own. It refines the first."""

from __future__ import annotations

from sandbox.budget import Budget
from sandbox.dynamic import Shown
from sandbox.facts import Facts
from sandbox.inspection import Exercise, Inspection
from sandbox.model import NotChecked, Verdict
from sandbox.repeats import repeat_main, repeat_races, repeat_tests
from sandbox.series import Series, run_series
from sandbox.stages.build import build
from sandbox.stages.growth import growth
from sandbox.stages.trials import LAST_INPUT, run_fuzz, trial_endings, trial_findings
from sandbox.workbench import Workbench

_RACES, _MAIN, _TESTS, _FUZZ, _TRIALS = 0.3, 0.4, 0.55, 0.8, 0.9
"""How much of the whole is used at most once a part is through."""
_LEAST_MS = 50
_MOST_MS = 500
_GROWTH_MS = 1200
_MOST_FUZZES = 4
_GRACE_S = 0.7


def deepen(bench: Workbench, seen: Inspection, shown: Shown, facts: Facts) -> None:
    """Repeats, shuffles, fuzzes and measures growth, as far as the processor time reaches."""
    budget = Budget(cpu_s=bench.limits.deep_cpu_s, open_to=_RACES)
    repeat_races(bench, shown, facts, budget)
    budget.open_to = _MAIN
    repeat_main(bench, shown, facts, budget)
    budget.open_to = _TESTS
    repeat_tests(bench, seen, shown, facts, budget)
    _by_chance(bench, seen, facts, budget)


def _by_chance(bench: Workbench, seen: Inspection, facts: Facts, budget: Budget) -> None:
    """Builds a program with more to call, and calls it."""
    exercise = seen.exercise or Exercise()
    if not (exercise.deep or seen.fuzzes):
        return
    budget.open_to = _FUZZ
    built = build(bench, seen, deep=True)
    budget.used_s += built.result.cpu_s or built.result.wall_s or 0.0
    if built.program is None:
        facts.not_checked.append(NotChecked(what="deep", why="what it adds does not build"))
        return
    if built.with_fuzzes:
        _fuzz(bench, built.program, seen, facts, budget)
    if exercise.deep:
        budget.open_to = _TRIALS
        _trials(bench, built.program, exercise, facts, budget)
        budget.open_to = 1.0
        _growth(bench, built.program, exercise, facts, budget)


def _fuzz(bench: Workbench, program: bytes, seen: Inspection, facts: Facts, budget: Budget) -> None:
    listed = seen.fuzzes[:_MOST_FUZZES]
    for number, test in enumerate(listed):
        ms = budget.milliseconds(len(listed) - number, _MOST_MS)
        if ms < _LEAST_MS:
            facts.not_checked.append(NotChecked(what=test.name, why="no time was left for it"))
            continue
        fuzzed, one = run_fuzz(bench, program, number, test, ms)
        budget.spend(one.outcome)
        facts.findings += fuzzed.findings
        facts.not_checked += fuzzed.not_checked
        facts.verdicts += [Verdict.TESTS_FAILED] if fuzzed.seeds_failed else []
    facts.not_checked += [
        NotChecked(what=test.name, why="there are too many fuzz functions")
        for test in seen.fuzzes[_MOST_FUZZES:]
    ]


def _trials(
    bench: Workbench, program: bytes, exercise: Exercise, facts: Facts, budget: Budget
) -> None:
    series = _series(bench, program, "f", budget, _MOST_MS)
    if exercise.tried and series is not None:
        facts.findings += trial_findings(bench, series, exercise.tried)
        facts.not_checked += trial_endings(series, exercise.tried)


def _growth(
    bench: Workbench, program: bytes, exercise: Exercise, facts: Facts, budget: Budget
) -> None:
    series = _series(bench, program, "g", budget, _GROWTH_MS)
    if exercise.grown and series is not None:
        grew = growth(bench, series, exercise.grown, facts.findings)
        facts.growth = grew.facts
        facts.findings += grew.findings


def _series(
    bench: Workbench, program: bytes, kind: str, budget: Budget, most_ms: int
) -> Series | None:
    ms = budget.milliseconds(1, most_ms)
    if ms < _LEAST_MS:
        return None
    return run_series(
        bench,
        program,
        kind,
        share=(ms / 1000 + _GRACE_S) / bench.limits.run_cpu_s,
        patience=1.0,
        args=(str(ms),),
        bring=(LAST_INPUT,),
        spend=budget.spend,
    )
