"""Stage: static analysis of the answer, in one process and without the go command."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from pydantic import BaseModel

from sandbox.accounting import resources
from sandbox.inspection import Problem
from sandbox.model import (
    Finding,
    Fix,
    Grade,
    KilledBy,
    NotChecked,
    Severity,
    SnippetFile,
    StageName,
    StageResult,
    StageStatus,
)
from sandbox.output_text import visible
from sandbox.places import Locator
from sandbox.static_rules import Rule, rule_table
from sandbox.suggested_fix import Edit, suggested_fix
from sandbox.workbench import Workbench

WHAT = "static analysis"
_NOT_POSSIBLE = "analysis not possible"
_WHY_LETTERS = 300
_WORST = tuple(Severity)


class _Edit(BaseModel):
    file: str
    start: int
    end: int
    text: str


class _Said(Problem):
    tool: str
    cwe: int | None = None
    indicated: bool = False
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
    findings = _findings(bench, vetted.problems)
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
    return visible(text.partition("\n")[0][:_WHY_LETTERS])


def _blind(bench: Workbench) -> tuple[NotChecked, ...]:
    why = "it did not see the defect that was planted for it"
    return tuple(NotChecked(what=name, why=why) for name in bench.toolchain.blind)


def _gave_up(failures: list[_Failure]) -> tuple[NotChecked, ...]:
    return tuple(
        NotChecked(what=f"{one.tool} {one.rule}", why=f"it gave up: {_first_line(one.why)}")
        for one in failures
    )


def _findings(bench: Workbench, problems: list[_Said]) -> tuple[Finding, ...]:
    """The worst first, and no more than a report takes: what is left over costs nothing."""
    found: list[Finding] = []
    shown = _Shown(bench.locator)
    acted = _acted_upon(bench, problems)
    for rule, said in sorted(acted, key=lambda one: _WORST.index(one[0].severity)):
        file = bench.locator.file(said.file)
        if file is None or not shown.beside(rule, said):
            continue
        found.append(_finding(bench, rule, said, file))
        if len(found) == bench.limits.findings:
            break
    return tuple(found)


def _acted_upon(bench: Workbench, problems: list[_Said]) -> Iterator[tuple[Rule, _Said]]:
    table, locator = rule_table().rules, bench.locator
    answers = {one.file for one in problems if locator.is_answer(one.file)}
    for one in problems:
        rule = table.get((one.tool, one.rule))
        if rule is not None and not rule.off and one.file in answers:
            yield rule, one


@dataclass(frozen=True, slots=True)
class _Shown:
    """Knows what files show beside findings; each file is searched once for each rule."""

    locator: Locator
    known: dict[tuple[str, str], bool] = field(default_factory=dict)

    def beside(self, rule: Rule, said: _Said) -> bool:
        """Tells whether everything is there that makes the rule count."""
        return rule.counts_on(self.locator.excerpt(said.place)) and self._in_file(rule, said.file)

    def _in_file(self, rule: Rule, name: str) -> bool:
        file = self.locator.file(name)
        if (rule.name, name) not in self.known:
            self.known[rule.name, name] = file is not None and rule.counts_in(file.text)
        return self.known[rule.name, name]


def _finding(bench: Workbench, rule: Rule, said: _Said, file: SnippetFile) -> Finding:
    return bench.locator.finding(
        said.place,
        tool=said.tool,
        rule=said.rule,
        message=said.message,
        severity=rule.severity,
        grade=Grade.E1 if said.indicated else rule.grade,
        cwe=said.cwe or rule.cwe,
        stage=StageName.STATIC,
        fix=_fix(bench, file, said.fix),
    )


def _fix(bench: Workbench, file: SnippetFile, edits: tuple[_Edit, ...]) -> Fix | None:
    if not edits or any(edit.file != file.name for edit in edits):
        return None
    wanted = [Edit(start=one.start, end=one.end, text=one.text) for one in edits]
    return suggested_fix(bench.snippet, file, wanted)
