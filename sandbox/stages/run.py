"""Stage: run main, once as it is or once per case; outputs are compared outside the jail."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.compare import difference, matches
from sandbox.crash_findings import ending_findings, leak_findings
from sandbox.inspection import Inspection
from sandbox.model import (
    AuditInput,
    Case,
    Finding,
    Grade,
    KilledBy,
    Severity,
    StageName,
    StageResult,
    StageStatus,
)
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
    failed_cases: tuple[str, ...]
    """Cases with another output, and those that did not run any more."""
    exits: bool
    """Whether it ended with a status that says failure and nothing excuses it."""
    serves: bool
    needs_input: bool

    @property
    def failed(self) -> bool:
        """Whether main itself came to a bad end that no missing input explains."""
        return self.result.status is StageStatus.FAILED and _stopped(self.worst)


def run_main(bench: Workbench, program: bytes, seen: Inspection, given: AuditInput) -> MainRuns:
    """Gives what main did, in every case or without any."""
    wall_s = min(_SERVER_WALL_S, bench.limits.run_wall_s) if seen.serves else None
    pairs = _runs(bench, program, given, wall_s)
    runs = [one for one, _ in pairs]
    wrong = [(one, case) for one, case in pairs if case is not None and not _right(one, case)]
    worst = next((one for one in runs if _stopped(one)), runs[0])
    serves = seen.serves and worst.killed_by is KilledBy.WALL and not worst.deadlocked
    left_alone = not (given.cases or given.args or given.stdin)
    # Asked for nothing and given nothing: a usage message and an exit status are fair.
    exits = not given.cases and worst.exit_code != 0 and not _stopped(worst)
    needs_input = exits and left_alone and seen.reads_input
    findings = [] if serves else ending_findings(bench, worst, StageName.RUN)
    findings += [_exit_status(bench, worst)] if exits and not needs_input else []
    findings += [_wrong(bench, one, case) for one, case in wrong if not _stopped(one)]
    leaks = (leak_findings(bench, one, StageName.RUN) for one in runs)
    findings += next((found for found in leaks if found), [])
    ok = serves or needs_input or not (_stopped(worst) or exits or wrong)
    message = "it serves and was ended after a moment" if serves else ""
    return MainRuns(
        result=stage_result(bench, StageName.RUN, worst, ok=ok, message=message),
        findings=tuple(findings),
        runs=tuple(runs),
        worst=worst,
        failed_cases=(
            *(case.name for _, case in wrong),
            *(case.name for case in given.cases[len(runs) :]),
        ),
        exits=exits and not needs_input,
        serves=serves,
        needs_input=needs_input,
    )


def _runs(
    bench: Workbench, program: bytes, given: AuditInput, wall_s: float | None
) -> list[tuple[Ran, Case | None]]:
    """Gives the executions with their cases; a limit ends the series, since the next would meet it too."""
    pairs: list[tuple[Ran, Case | None]] = []
    for case in given.cases or (None,):
        args, stdin = (case.args, case.stdin) if case else (given.args, given.stdin)
        one = ran(bench.execute(program, "m", args=args, stdin=stdin, wall_s=wall_s))
        pairs.append((one, case))
        if one.killed_by is not None:
            break
    return pairs


def _stopped(one: Ran) -> bool:
    return one.crashed or one.killed_by is not None


def _right(one: Ran, case: Case) -> bool:
    return not _stopped(one) and matches(one.stdout, case.expected, case.match)


def _wrong(bench: Workbench, one: Ran, case: Case) -> Finding:
    return bench.locator.finding(
        first_place(bench.locator),
        tool="case",
        rule=f"wrong_output:{case.name}"[:60],
        message=f"case {case.name}: {difference(one.stdout, case.expected)}",
        severity=Severity.CRITICAL,
        grade=Grade.E3,
        stage=StageName.RUN,
    )


def _exit_status(bench: Workbench, one: Ran) -> Finding:
    return bench.locator.finding(
        first_place(bench.locator),
        tool="run",
        rule="exit_status",
        message=f"the program ended with exit status {one.exit_code}",
        severity=Severity.MAJOR,
        grade=Grade.E3,
        stage=StageName.RUN,
    )
