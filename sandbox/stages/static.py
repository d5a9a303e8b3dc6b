"""Stage: the toolchain's own vet, on a hand-made unit and without the go command."""

from __future__ import annotations

from pydantic import TypeAdapter

from sandbox.accounting import resources
from sandbox.inspection import Problem
from sandbox.model import Finding, Grade, KilledBy, Severity, StageName, StageResult, StageStatus
from sandbox.workbench import Workbench

_PROBLEMS = TypeAdapter(list[Problem])
_SEVERE = {
    "copylocks": Severity.MAJOR,
    "waitgroup": Severity.MAJOR,
    "httpresponse": Severity.MAJOR,
    "nilness": Severity.MAJOR,
    "errorsas": Severity.MAJOR,
    "atomic": Severity.MAJOR,
    "loopclosure": Severity.MAJOR,
    "lostcancel": Severity.MAJOR,
    "unsafeptr": Severity.MAJOR,
}


def vet(bench: Workbench) -> tuple[StageResult, list[Finding]]:
    """Gives what vet says about the answer; its words about the task's tests are left out."""
    outcome = bench.ask("vet", vet=True)
    base = StageResult(
        stage=StageName.STATIC,
        status=StageStatus.OK,
        wall_s=round(outcome.wall_s, 3),
        cpu_s=outcome.cpu_s,
        max_rss_bytes=outcome.memory_peak_bytes,
        resources=resources(outcome),
    )
    if outcome.report is None:
        killed: KilledBy | None = outcome.killed_by
        message = "vet reached a limit and says nothing"
        return base.model_copy(
            update={"status": StageStatus.NOT_RUN, "killed_by": killed, "message": message}
        ), []
    problems = _PROBLEMS.validate_python(outcome.report)
    if any(one.rule == "vet_failed" for one in problems):
        message = "vet can't take this code and says nothing"
        return base.model_copy(update={"status": StageStatus.NOT_RUN, "message": message}), []
    findings = [_finding(bench, one) for one in problems if bench.locator.is_answer(one.file)]
    return base.model_copy(
        update={"status": StageStatus.FAILED if findings else StageStatus.OK}
    ), findings


def _finding(bench: Workbench, problem: Problem) -> Finding:
    return bench.locator.finding(
        problem.place,
        tool="vet",
        rule=problem.rule,
        message=problem.message,
        severity=_SEVERE.get(problem.rule, Severity.MINOR),
        grade=Grade.E2,
        stage=StageName.STATIC,
    )
