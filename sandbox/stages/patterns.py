"""Stage part: a few well-known shapes that the helper finds in the syntax tree, with types where it says so."""

from __future__ import annotations

from sandbox.inspection import Inspection
from sandbox.model import Finding, Grade, Severity, StageName
from sandbox.workbench import Workbench

# rule: (severity, weakness number)
RULES: dict[str, tuple[Severity, int | None]] = {
    "errignored": (Severity.MAJOR, 252),
    "errblank": (Severity.MINOR, 252),
    "sqlconcat": (Severity.CRITICAL, 89),
    "cmdconcat": (Severity.CRITICAL, 78),
    "pathjoin": (Severity.CRITICAL, 22),
    "secret": (Severity.CRITICAL, 798),
    "stringconcatloop": (Severity.MINOR, None),
}


def patterns(bench: Workbench, seen: Inspection) -> list[Finding]:
    """Gives the findings; typed ones are proven, the rest indicated."""
    return [
        bench.locator.finding(
            problem.place,
            tool="gavel",
            rule=problem.rule,
            message=problem.message,
            severity=RULES[problem.rule][0],
            cwe=RULES[problem.rule][1],
            grade=Grade.E2 if problem.typed else Grade.E1,
            stage=StageName.STATIC,
        )
        for problem in seen.findings
        if problem.rule in RULES and bench.locator.is_answer(problem.file)
    ]
