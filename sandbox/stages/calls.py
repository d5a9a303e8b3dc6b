"""Stage part: the prompt's examples as calls; results are compared here, so the program never holds what is expected."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.crash_findings import ending_findings, leak_findings, panic_finding
from sandbox.inspection import Placed
from sandbox.model import Finding, Grade, Severity, StageName, StageResult
from sandbox.prompt_compare import Incomparable, gives, printed
from sandbox.prompt_model import CallCase, Rules, Step, Unread
from sandbox.prompt_values import Kind
from sandbox.ran import Ran, stage_result
from sandbox.series import Series, may_hold, run_series
from sandbox.workbench import Workbench


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRuns:
    """What the examples showed, each by its place in the list of examples."""

    result: StageResult
    findings: tuple[Finding, ...]
    series: Series
    passed: tuple[str, ...]
    failed: tuple[str, ...]
    crashed: bool
    unread: tuple[Unread, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outcome:
    """How one example ended: `wrong` says what differs, `crash` what stopped it, `unknown` why nothing can be said."""

    wrong: str = ""
    crash: Finding | None = None
    unknown: str = ""


def run_calls(
    bench: Workbench,
    program: bytes,
    cases: dict[int, tuple[CallCase, Placed]],
    rules: Rules,
) -> CallRuns:
    """Gives the result of every example; one that did not come to its end has failed."""
    series = run_series(bench, program, "c", share=0.6, patience=1.4)
    outcomes = {
        number: _outcome(bench, series, number, case, rules) for number, (case, _) in cases.items()
    }
    findings: list[Finding] = []
    for number, outcome in outcomes.items():
        case, placed = cases[number]
        if outcome.wrong:
            findings.append(_wrong(bench, number, case, placed, outcome.wrong))
        findings += [outcome.crash] if outcome.crash else []
    for one in series.ended.values():
        findings += ending_findings(bench, one, StageName.RUN)
    findings += _leaks(bench, series, [placed for _, placed in cases.values()])
    failed = [number for number, one in outcomes.items() if one.wrong]
    passed = [number for number, one in outcomes.items() if not one.wrong and not one.unknown]
    worst = next(iter(series.ended.values()), series.runs[0])
    return CallRuns(
        result=stage_result(bench, StageName.RUN, worst, ok=not failed),
        findings=tuple(findings),
        series=series,
        passed=tuple(cases[number][0].text for number in passed),
        failed=tuple(cases[number][0].text for number in failed),
        crashed=any(one.crash for one in outcomes.values()),
        unread=tuple(
            Unread(text=cases[number][0].text, why=one.unknown)
            for number, one in outcomes.items()
            if one.unknown
        ),
    )


def _leaks(bench: Workbench, series: Series, called: list[Placed]) -> list[Finding]:
    plain = {one.name for one in called if not one.holds}
    held = may_hold(plain, lasting=any(one.holds for one in called))
    found = (leak_findings(bench, one, StageName.RUN, held) for one in series.runs)
    return next((leaks for leaks in found if leaks), [])


def _outcome(
    bench: Workbench, series: Series, number: int, case: CallCase, rules: Rules
) -> _Outcome:
    if number in series.ended:
        return _Outcome(wrong=_ended(series.ended[number]))
    panic = series.panics.get(number)
    promised = any(step.want and step.want.kind is Kind.PANIC for step in case.steps)
    if panic is not None:
        if promised:
            return _Outcome()
        crash = panic_finding(bench, panic.text, panic.stack, StageName.RUN)
        return _Outcome(wrong=f"panic: {panic.text}"[:200], crash=crash)
    if promised:
        return _Outcome(wrong="it should panic and did not")
    if number not in series.done:
        return _Outcome(wrong="it did not run, since calls before it did not end")
    return _compared(series, number, case, rules)


def _ended(one: Ran) -> str:
    if one.deadlocked:
        return "it waits for ever"
    if one.killed_by is not None:
        return f"it was stopped by a limit ({one.killed_by.value})"
    return f"panic: {one.crash.panic}"[:200] if one.crash.panic else "it ended the program"


def _compared(series: Series, number: int, case: CallCase, rules: Rules) -> _Outcome:
    for at, step in enumerate(case.steps):
        if step.want is None:
            continue
        got = series.results.get((number, at))
        if got is None:
            return _Outcome(wrong="its result was not written down")
        try:
            if not gives(got, step.want, rules):
                return _Outcome(wrong=_difference(case, step, got))
        except Incomparable as exc:
            return _Outcome(unknown=str(exc))
    return _Outcome()


def _difference(case: CallCase, step: Step, got: list[list[object]]) -> str:
    try:
        shown = ", ".join(printed(row) for row in got)[:200]
    except (IndexError, TypeError, ValueError, AttributeError, RecursionError):
        shown = "something unreadable"
    where = f"{step.name}: " if len(case.steps) > 1 else ""
    return f"{where}got {shown or 'nothing'}"


def _wrong(bench: Workbench, number: int, case: CallCase, placed: Placed, what: str) -> Finding:
    return bench.locator.finding(
        placed.place,
        tool="case",
        rule=f"wrong_result:prompt call {number + 1}",
        message=f"the prompt says: {case.text}; {what}",
        severity=Severity.CRITICAL,
        grade=Grade.E3,
        stage=StageName.RUN,
    )
