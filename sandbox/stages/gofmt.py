"""Stage: is the answer written as gofmt would write it?"""

from __future__ import annotations

from sandbox.inspection import Inspection
from sandbox.model import Finding, Grade, Severity, StageName, StageResult, StageStatus
from sandbox.workbench import Workbench


def gofmt(bench: Workbench, seen: Inspection) -> tuple[StageResult, list[Finding]]:
    """Gives one finding per file that gofmt would change."""
    findings = [
        bench.locator.finding(
            problem.place,
            tool="gofmt",
            rule="gofmt",
            message=problem.message,
            severity=Severity.NIT,
            grade=Grade.E2,
            stage=StageName.GOFMT,
        )
        for problem in seen.gofmt
    ]
    status = StageStatus.FAILED if findings else StageStatus.OK
    return StageResult(stage=StageName.GOFMT, status=status), findings
