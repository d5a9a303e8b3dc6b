"""Stage: run main, once as it is or once per case; outputs are compared outside the jail."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.compare import difference, matches
from sandbox.crash_findings import ending_findings, leak_findings
from sandbox.inspection import Inspection
from sandbox.model import Case, Finding, Grade, KilledBy, Severity, StageName, StageResult
from sandbox.ran import Ran, first_place, ran, stage_result
from sandbox.workbench import Workbench

_SERVER_WALL_S = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class MainRuns:
    """What running main showed. `worst` is the execution that decides the stage."""

    result: StageResult
    findings: tuple[Finding, ...]
    runs: tuple[Ran, ...]
    worst: Ran
    cases_failed: int
    serves: bool
    needs_input: bool

    @property
    def failed(self) -> bool:
        """Whether main itself came to a bad end: a crash, a hang, or a failure that no input explains."""
        if self.serves or self.needs_input:
            return False
        return self.worst.crashed or self.worst.killed_by is not None or self.worst.exit_code != 0


def run_main(
    bench: Workbench, program: bytes, seen: Inspection, cases: tuple[Case, ...]
) -> MainRuns:
    """Gives what main did, in every case or without any."""
    wall_s = min(_SERVER_WALL_S, bench.limits.run_wall_s) if seen.serves else None
    findings: list[Finding] = []
    runs: list[Ran] = []
    failed = 0
    for case in cases or (None,):
        one = _one(bench, program, case, wall_s)
        runs.append(one)
        if case is not None and not _right(one, case):
            failed += 1
            findings += _wrong(bench, one, case)
        if one.killed_by is not None:
            break
    worst = next((one for one in runs if _bad(one)), runs[0])
    serves = seen.serves and worst.killed_by is KilledBy.WALL and not worst.deadlocked
    # Asked for nothing and given nothing: a usage message and an exit status are fair.
    needs_input = (
        not cases
        and seen.reads_input
        and not worst.crashed
        and worst.killed_by is None
        and worst.exit_code != 0
    )
    quiet = serves or needs_input
    findings += [] if quiet else _endings(bench, worst, cases)
    findings += next(
        (found for one in runs if (found := leak_findings(bench, one, StageName.RUN))), []
    )
    message = "it serves and was ended after a moment" if serves else ""
    ok = quiet or not (_bad(worst) or failed)
    return MainRuns(
        result=stage_result(bench, StageName.RUN, worst, ok=ok, message=message),
        findings=tuple(findings),
        runs=tuple(runs),
        worst=worst,
        cases_failed=failed + (len(cases) - len(runs) if cases else 0),
        serves=serves,
        needs_input=needs_input,
    )


def _one(bench: Workbench, program: bytes, case: Case | None, wall_s: float | None) -> Ran:
    args, stdin = (case.args, case.stdin) if case else ((), "")
    return ran(bench.execute(program, "m", args=args, stdin=stdin, wall_s=wall_s))


def _bad(one: Ran) -> bool:
    return one.crashed or one.killed_by is not None or one.exit_code != 0


def _right(one: Ran, case: Case) -> bool:
    return (
        one.killed_by is None and not one.crashed and matches(one.stdout, case.expected, case.match)
    )


def _wrong(bench: Workbench, one: Ran, case: Case) -> list[Finding]:
    if one.crashed or one.killed_by is not None:
        return []
    return [
        bench.locator.finding(
            first_place(bench.locator),
            tool="case",
            rule=f"wrong_output:{case.name}"[:60],
            message=f"case {case.name}: {difference(one.stdout, case.expected)}",
            severity=Severity.CRITICAL,
            grade=Grade.E3,
            stage=StageName.RUN,
        )
    ]


def _endings(bench: Workbench, worst: Ran, cases: tuple[Case, ...]) -> list[Finding]:
    found = ending_findings(bench, worst, StageName.RUN)
    if found or cases or worst.exit_code == 0:
        return found
    return [
        bench.locator.finding(
            first_place(bench.locator),
            tool="run",
            rule="exit_status",
            message=f"the program ended with exit status {worst.exit_code}",
            severity=Severity.MAJOR,
            grade=Grade.E3,
            stage=StageName.RUN,
        )
    ]
