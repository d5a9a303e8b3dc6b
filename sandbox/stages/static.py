"""Stage: static analysis of the answer, in one process and without the go command."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel

from sandbox.accounting import resources
from sandbox.go_text import blanked
from sandbox.inspection import Problem
from sandbox.model import (
    Finding,
    Fix,
    KilledBy,
    NotChecked,
    SnippetFile,
    StageName,
    StageResult,
    StageStatus,
)
from sandbox.static_rules import Rule, rule_table
from sandbox.suggested_fix import Edit, suggested_fix
from sandbox.workbench import Workbench

WHAT = "static analysis"
_NOT_POSSIBLE = "analysis not possible"
_WHY_LETTERS = 300


class _Edit(BaseModel):
    file: str
    start: int
    end: int
    text: str


class _Said(Problem):
    tool: str
    cwe: int | None = None
    fix: tuple[_Edit, ...] = ()


class _Failure(BaseModel):
    tool: str
    rule: str
    why: str


class _Report(BaseModel):
    problems: list[_Said]
    failures: list[_Failure]


class _Vetted(BaseModel):
    report: _Report | None = None
    gave_up: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """What the analysis says, and what it could not look at."""

    result: StageResult
    findings: tuple[Finding, ...] = ()
    not_checked: tuple[NotChecked, ...] = ()


def analyse(bench: Workbench) -> Analysis:
    """Gives the findings about the answer; what is said about the task's tests is left out."""
    if bench.toolchain.vet is None:
        return _none(
            StageResult(stage=StageName.STATIC, status=StageStatus.NOT_RUN),
            bench.toolchain.vet_missing,
        )
    first = _ask(bench)
    # A crash may have been the machine's doing; twice the same is the snippet's.
    result, vetted, why = first if first[1] else _ask(bench)
    if vetted is None:
        return _none(result, f"{_NOT_POSSIBLE}: {why}")
    findings = tuple(one for said in vetted.problems for one in _findings(bench, said))
    status = StageStatus.FAILED if findings else StageStatus.OK
    return Analysis(
        result=result.model_copy(update={"status": status}),
        findings=findings,
        not_checked=(*_blind(bench), *_gave_up(vetted.failures)),
    )


def _ask(bench: Workbench) -> tuple[StageResult, _Report | None, str]:
    outcome = bench.ask("vet", wall_ms=int(bench.limits.static_wall_s * 1000))
    killed: KilledBy | None = outcome.killed_by
    result = StageResult(
        stage=StageName.STATIC,
        status=StageStatus.NOT_RUN,
        killed_by=killed,
        wall_s=round(outcome.wall_s, 3),
        cpu_s=outcome.cpu_s,
        max_rss_bytes=outcome.memory_peak_bytes,
        resources=resources(outcome),
    )
    if outcome.report is None:
        return result, None, "it reached a limit" if killed else "it gave up"
    vetted = _Vetted.model_validate(outcome.report)
    return result, vetted.report, vetted.gave_up


def _none(result: StageResult, why: str) -> Analysis:
    result = result.model_copy(update={"message": _first_line(why)})
    return Analysis(result=result, not_checked=(NotChecked(what=WHAT, why=result.message),))


def _first_line(text: str) -> str:
    return text.partition("\n")[0][:_WHY_LETTERS]


def _blind(bench: Workbench) -> tuple[NotChecked, ...]:
    why = "it did not see the defect that was planted for it"
    return tuple(NotChecked(what=name, why=why) for name in bench.toolchain.blind)


def _gave_up(failures: list[_Failure]) -> tuple[NotChecked, ...]:
    return tuple(
        NotChecked(what=f"{one.tool} {one.rule}", why=f"it gave up: {_first_line(one.why)}")
        for one in failures
    )


def _findings(bench: Workbench, said: _Said) -> list[Finding]:
    rule = rule_table().rules.get((said.tool, said.rule))
    if rule is None or rule.severity is None or not bench.locator.is_answer(said.file):
        return []
    file = bench.locator.file(said.file)
    if file is None or not _counts(rule, file, said.line):
        return []
    return [
        bench.locator.finding(
            said.place,
            tool=said.tool,
            rule=said.rule,
            message=said.message,
            severity=rule.severity,
            grade=rule.grade,
            cwe=said.cwe or rule.cwe,
            stage=StageName.STATIC,
            fix=_fix(bench, file, said.fix),
        )
    ]


def _counts(rule: Rule, file: SnippetFile, line: int) -> bool:
    if rule.file is None and rule.line is None:
        return True
    lines = blanked(file.text).split("\n")
    return rule.counts(file.text, lines[line - 1] if 1 <= line <= len(lines) else "")


def _fix(bench: Workbench, file: SnippetFile, edits: tuple[_Edit, ...]) -> Fix | None:
    if not edits or any(edit.file != file.name for edit in edits):
        return None
    wanted = [Edit(start=one.start, end=one.end, text=one.text) for one in edits]
    return suggested_fix(bench.snippet, file, wanted)
