"""Stage: compile and link, plain or for the race detector. The compiler's word is what counts as compiling."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel

from sandbox.accounting import resources
from sandbox.backends import Outcome
from sandbox.compile_words import reworded, rule_for
from sandbox.inspection import Exercise, Inspection, ListedTest, Problem
from sandbox.model import Finding, Grade, KilledBy, Severity, StageName, StageResult, StageStatus
from sandbox.workbench import Workbench


class _Built(BaseModel):
    ok: bool
    tests: bool
    errors: list[Problem]
    test_errors: list[Problem]
    output: str
    disk_full: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """What came of a build. `program` is null when there is nothing to run."""

    result: StageResult
    compiled: bool
    with_tests: bool
    program: bytes | None
    findings: tuple[Finding, ...]
    with_fuzzes: bool = False
    limited: bool = False
    """Whether a limit ended it, so that nothing is known about the code."""


def build(bench: Workbench, seen: Inspection, *, race: bool = False, deep: bool = False) -> Build:
    """Gives the program of main and the tests together; `deep` adds what the second pass calls."""
    tests = [test.model_dump() for test in seen.tests]
    exercise = seen.exercise or Exercise()
    outcome = bench.ask(
        "build",
        race=race,
        tests=tests,
        benchmarks=[] if race else [one.model_dump() for one in _measured(bench, seen)],
        leak=seen.concurrent and not race,
        fuzzes=[one.model_dump() for one in seen.fuzzes] if deep else [],
        hooks=[hook.model_dump() for hook in (*exercise.hooks, *(exercise.deep if deep else ()))],
        call_count=len(exercise.calls),
    )
    if outcome.report is None:
        result = _result(bench, outcome, ok=False, output="", message="the build reached a limit")
        return Build(
            result=result,
            compiled=False,
            with_tests=False,
            program=None,
            findings=(),
            limited=True,
        )
    built = _Built.model_validate(outcome.report)
    findings = [*errors(bench, built.errors), *errors(bench, built.test_errors)]
    return Build(
        result=_result(
            bench,
            outcome,
            ok=built.ok and not built.test_errors,
            output=built.output,
            message="the build filled its disk" if built.disk_full else "",
            full=built.disk_full,
        ),
        compiled=built.ok,
        with_tests=built.tests,
        program=outcome.files.get("program"),
        with_fuzzes=deep and bool(seen.fuzzes) and not built.test_errors,
        findings=tuple(findings),
        limited=built.disk_full,
    )


def _measured(bench: Workbench, seen: Inspection) -> list[ListedTest]:
    return seen.benchmarks[: bench.limits.benchmarks]


def errors(bench: Workbench, problems: list[Problem]) -> list[Finding]:
    """Gives compiler errors as findings, those of test files beside code under a rule of their own."""
    tests = {file.name for file in bench.snippet.tests}
    own = {file.name for file in bench.snippet.files}
    # An answer that is one block of code with its tests is a test file, and yet the code.
    tests |= {name for name in own if name.endswith("_test.go")} if _holds_code(own) else set()
    return [
        bench.locator.finding(
            problem.place,
            tool="test" if problem.file in tests else "compiler",
            rule="test_compile" if problem.file in tests else rule_for(problem.message),
            message=reworded(problem.message),
            severity=Severity.CRITICAL,
            grade=Grade.E3,
            stage=StageName.BUILD,
        )
        for problem in problems
    ]


def _holds_code(names: set[str]) -> bool:
    return any(not name.endswith("_test.go") for name in names)


def _result(
    bench: Workbench,
    outcome: Outcome,
    *,
    ok: bool,
    output: str,
    message: str = "",
    full: bool = False,
) -> StageResult:
    data = output.encode(errors="replace")
    return StageResult(
        stage=StageName.BUILD,
        status=StageStatus.OK if ok else StageStatus.FAILED,
        exit_code=0 if ok else 1,
        killed_by=KilledBy.DISK if full else outcome.killed_by,
        wall_s=round(outcome.wall_s, 3),
        cpu_s=outcome.cpu_s,
        max_rss_bytes=outcome.memory_peak_bytes,
        stderr=bench.output(data, len(data)),
        message=message,
        resources=resources(outcome),
    )
