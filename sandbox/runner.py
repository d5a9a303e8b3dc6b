"""Audits a snippet: the order of the stages and what their results amount to. Knows no kind of jail."""

from __future__ import annotations

import hashlib
import json
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime

from sandbox.backends import Backend, SandboxFault
from sandbox.deep import deepen
from sandbox.dependencies import dependencies
from sandbox.dynamic import Shown, run_programs
from sandbox.exercise import Settled, plan_for, settle
from sandbox.facts import Facts
from sandbox.go_imports import import_lines
from sandbox.go_text import blanked
from sandbox.inspection import Inspection
from sandbox.measure import measure, start_profiles
from sandbox.model import (
    AuditError,
    AuditInput,
    AuditReport,
    Change,
    Decided,
    InputDigest,
    Limits,
    NotChecked,
    Snippet,
    SnippetSummary,
    StageName,
    StageResult,
    StageStatus,
    Verdict,
)
from sandbox.normalise import Rejected, normalise
from sandbox.output_text import visible
from sandbox.prompt_constraints import constraints
from sandbox.prompt_demands import Answer
from sandbox.prompt_examples import read_examples
from sandbox.stages.as_given import as_given
from sandbox.stages.build import Build, build, errors
from sandbox.stages.gofmt import gofmt
from sandbox.stages.inspect import Inspected, inspect
from sandbox.stages.static import Analysis, analyse
from sandbox.supplies import Supplies, toolchain_for
from sandbox.toolchain import Toolchain
from sandbox.workbench import Workbench

_THREADS = 3
_RUNNING = (StageName.RUN, StageName.TEST, StageName.RACE, StageName.BENCH, StageName.PROFILE)


def input_digest(given: AuditInput) -> str:
    """Gives the name of an input's content; the id is no part of it."""
    content = given.model_dump(mode="json", exclude={"id"})
    return hashlib.sha256(
        json.dumps(content, sort_keys=True).encode(errors="surrogatepass")
    ).hexdigest()


def audit(
    given: AuditInput,
    *,
    backend: Backend,
    toolchain: Toolchain,
    supplies: Supplies | None = None,
    limits: Limits | None = None,
    deep: bool = False,
    now: datetime | None = None,
) -> AuditReport:
    """Gives the facts about one input; every input gets a report, whatever is wrong with it.

    Args:
        given: The input; its id is carried into the report.
        backend: Where jobs run.
        toolchain: A prepared toolchain, used where the task names no other.
        supplies: What else the installation has; nothing by default.
        limits: What the snippet may use; the table's numbers by default.
        deep: Asks for the second pass as well.
        now: The time to write into the report.
    """
    started = time.monotonic()
    limits, supplies = limits or Limits(), supplies or Supplies()
    toolchain = toolchain_for(given.go, toolchain, supplies)
    one = _Audit(
        given=given,
        limits=limits,
        backend=backend,
        toolchain=toolchain,
        supplies=supplies,
        facts=Facts(),
        enforced={},
        deep=deep,
    )
    error: AuditError | None = None
    snippet: Snippet | None = None
    try:
        snippet = normalise(given, limits, toolchain.language)
        one.stages(snippet)
    except Rejected as rejected:
        said = visible(str(rejected))
        one.facts.verdicts.append(Verdict.REJECTED)
        one.facts.add(
            StageResult(stage=StageName.NORMALISE, status=StageStatus.FAILED, message=said)
        )
        error = AuditError(code=rejected.code, message=said)
    except SandboxFault as fault:
        one.facts.verdicts.append(Verdict.INTERNAL_ERROR)
        error = AuditError(code=fault.reason, message=visible(str(fault)))
    if deep and not one.deepened:
        one.facts.not_checked.append(NotChecked(what="deep", why="the code does not run"))
    return one.report(snippet, error, now or datetime.now(UTC), time.monotonic() - started)


@dataclass(slots=True, kw_only=True)
class _Audit:
    given: AuditInput
    limits: Limits
    backend: Backend
    toolchain: Toolchain
    supplies: Supplies
    facts: Facts
    enforced: dict[str, object]
    deep: bool
    deepened: bool = False

    def stages(self, snippet: Snippet) -> None:
        """Runs every stage that makes sense, in order."""
        changed = tuple(change.rule for change in snippet.changes)
        message = f"changed: {', '.join(dict.fromkeys(changed))}" if changed else ""
        self.facts.add(
            StageResult(stage=StageName.NORMALISE, status=StageStatus.OK, message=message)
        )
        self._dependencies(snippet)
        bench = Workbench(
            snippet=snippet,
            limits=self.limits,
            backend=self.backend,
            toolchain=self.toolchain,
            enforced=self.enforced,
        )
        self.facts.findings += as_given(bench)
        plan = plan_for(self.given)
        inspected = inspect(bench, deep=self.deep, **plan.wire())
        if inspected.report is None:
            self._compile_limit(inspected)
            return
        seen = _without_shadowed(inspected.report, bench)
        self.facts.constraints = constraints(self.given.prompt, _answer(self.given, bench, seen))
        result, findings = gofmt(bench, seen)
        self.facts.add(result, *findings)
        if seen.refused:
            self._refused(bench, seen)
        elif seen.syntax:
            self._syntax(bench, seen, inspected)
        else:
            self._build_and_run(bench, seen, settle(plan, seen))

    def _dependencies(self, snippet: Snippet) -> None:
        needed = dependencies(snippet, self.supplies, self.toolchain.version)
        self.facts.dependencies = needed.dependencies
        self.facts.findings += needed.findings
        self.facts.not_checked += needed.not_checked

    def _compile_limit(self, inspected: Inspected) -> None:
        self.facts.verdicts.append(Verdict.COMPILE_LIMIT)
        message = "reading the sources reached a limit"
        self.facts.add(
            StageResult(
                stage=StageName.STATIC,
                status=StageStatus.FAILED,
                message=message,
                wall_s=inspected.wall_s,
            )
        )

    def _refused(self, bench: Workbench, seen: Inspection) -> None:
        first = seen.refused[0]
        at = bench.locator.original(first.place)
        raise Rejected(first.rule, f"{at.file}:{at.line}: {first.message}")

    def _syntax(self, bench: Workbench, seen: Inspection, inspected: Inspected) -> None:
        self.facts.verdicts.append(Verdict.COMPILE_ERROR)
        found = errors(bench, seen.syntax)
        message = "the text does not parse"
        result = StageResult(
            stage=StageName.BUILD,
            status=StageStatus.FAILED,
            message=message,
            wall_s=inspected.wall_s,
        )
        self.facts.add(result, *found)
        self._functional_fail()
        for stage in (StageName.STATIC, *_RUNNING):
            self.facts.skip(stage, "the code does not compile")

    def _build_and_run(self, bench: Workbench, seen: Inspection, settled: Settled) -> None:
        seen = seen.calling(calls=bool(settled.calls), entries=settled.entries)
        shown: Shown | None = None
        with ThreadPoolExecutor(_THREADS) as pool:
            plain = pool.submit(build, bench, seen)
            wants_race = seen.concurrent and not seen.types and not self.toolchain.race_missing
            racy = pool.submit(build, bench, seen, race=True) if wants_race else None
            analysis = None if seen.types else pool.submit(analyse, bench)
            built = plain.result()
            self.facts.add(built.result, *built.findings)
            profiling = start_profiles(pool, bench, seen, built)
            if built.compiled:
                shown = run_programs(
                    bench,
                    seen,
                    built,
                    racy,
                    facts=self.facts,
                    given=self.given,
                    settled=settled,
                )
            else:
                self._not_built(built)
            self._static(analysis)
        if built.compiled:
            # Last and alone: nothing else of this audit disturbs the times.
            measure(bench, seen, built, profiling, self.facts)
        if self.deep and shown is not None:
            self.deepened = True
            deepen(bench, seen, shown, self.facts)

    def _static(self, analysis: Future[Analysis] | None) -> None:
        if analysis is None:
            self.facts.skip(StageName.STATIC, "the code does not compile")
            return
        done = analysis.result()
        self.facts.add(done.result, *done.findings)
        self.facts.not_checked += done.not_checked

    def _not_built(self, built: Build) -> None:
        verdict = Verdict.COMPILE_LIMIT if built.limited else Verdict.COMPILE_ERROR
        self.facts.verdicts.append(verdict)
        self._functional_fail()
        for stage in _RUNNING:
            self.facts.skip(stage, "the code does not compile")

    def _functional_fail(self) -> None:
        examples = read_examples(self.given.prompt)
        if self.given.cases or self.given.tests or examples.calls or examples.runs:
            self.facts.decide([(False, Decided.OUTSIDE)])

    def report(
        self, snippet: Snippet | None, error: AuditError | None, now: datetime, wall_s: float
    ) -> AuditReport:
        facts = self.facts
        stages = tuple(
            facts.stages.get(stage, StageResult(stage=stage, status=StageStatus.NOT_RUN))
            for stage in StageName
        )
        return AuditReport(
            id=self.given.id,
            input=InputDigest(sha256=input_digest(self.given)),
            snippet=_summary(snippet),
            verdict=facts.verdict(),
            flags=facts.all_flags(),
            error=error,
            stages=stages,
            findings=facts.sorted_findings(self.limits.findings),
            tests=facts.tests,
            functional=facts.functional,
            functional_decided=facts.functional_decided,
            race=facts.race,
            deadlock=facts.deadlock,
            leak=facts.leak,
            benchmarks=facts.benchmarks,
            profiles=facts.profiles,
            growth=facts.growth,
            dependencies=facts.dependencies,
            deep=self.deepened,
            not_checked=tuple(dict.fromkeys(facts.not_checked)),
            constraints=facts.constraints,
            limits=self.limits,
            enforced=self.enforced,
            toolchain=self.toolchain.version,
            backend=self.backend.name,
            created_at=now.isoformat(timespec="seconds").replace("+00:00", "Z"),
            wall_s=round(wall_s, 3),
        )


def _answer(given: AuditInput, bench: Workbench, seen: Inspection) -> Answer:
    """Gives the answer as constraints look at it, its own tests left out."""
    texts = [one.text for one in bench.snippet.files if not one.name.endswith("_test.go")]
    return Answer(
        package=seen.package,
        imports=tuple(path for text in texts for path in import_lines(text)),
        functions=seen.exercise.functions if seen.exercise else (),
        module=bench.snippet.module,
        text="\n".join(map(blanked, texts)),
        go=bench.snippet.go if given.go else "",
        sound=seen.exercise is not None,
    )


def _without_shadowed(seen: Inspection, bench: Workbench) -> Inspection:
    """Gives the inspection without own tests whose names the task's tests use as well."""
    given = {(test.path, test.name) for test in seen.listed if test.task}
    clashing = {
        test.file for test in seen.listed if not test.task and (test.path, test.name) in given
    }
    if clashing:
        bench.dropped.update(clashing)
    return seen.without(clashing)


def _summary(snippet: Snippet | None) -> SnippetSummary:
    if snippet is None:
        return SnippetSummary()
    line_map: tuple[dict[str, int | str], ...] = tuple(
        {
            "file": file.name,
            "source": file.source,
            "first_line": file.first_line,
            "column_shift": file.column_shift,
        }
        for file in snippet.files
    )
    changes: tuple[Change, ...] = snippet.changes
    return SnippetSummary(
        files=tuple(file.name for file in snippet.files), changes=changes, line_map=line_map
    )
