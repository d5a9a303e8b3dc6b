"""Stage: run the tests by our own test main; what ran is told by a pipe that printing does not reach.

Verdicts are reached in one process with the tested code, so they are cooperative: see the threat model.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from sandbox.crash_findings import ending_findings, leak_findings
from sandbox.inspection import Inspection, ListedTest
from sandbox.model import Finding, Grade, Severity, StageName, StageResult, TestsSummary
from sandbox.places import Place
from sandbox.ran import Ran, ran, stage_result
from sandbox.workbench import Workbench

_START = re.compile(r"^=== RUN   (\S+)$", re.MULTILINE)
_SAID = re.compile(r"^[ \t]+([\w./-]+_test\.go):(\d+): (.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class TestRuns:
    """What running the tests showed."""

    __test__ = False

    result: StageResult
    findings: tuple[Finding, ...]
    summaries: tuple[TestsSummary, ...]
    one: Ran
    tampered: bool


def run_tests(bench: Workbench, program: bytes, seen: Inspection) -> TestRuns:
    """Gives the results of every test of the syntax tree; one that did not end has not passed."""
    one = ran(bench.execute(program, "t"))
    states = states_of(one, seen.tests)
    tampered = _tampered(one, states)
    findings: list[Finding] = (
        []
        if one.killed_by is None and one.record.ending
        else ending_findings(bench, one, StageName.TEST)
    )
    findings += [
        _failure(bench, one, seen.tests[number]) for number, state in states.items() if state == "F"
    ]
    findings += leak_findings(bench, one, StageName.TEST)
    ok = not tampered and one.exit_code == 0 and set(states.values()) <= {"P", "S"}
    message = "the tests did not end as they must" if tampered else ""
    return TestRuns(
        result=stage_result(bench, StageName.TEST, one, ok=ok, message=message),
        findings=tuple(findings),
        summaries=tuple(_summaries(seen.tests, states)),
        one=one,
        tampered=tampered,
    )


def states_of(one: Ran, tests: Sequence[ListedTest]) -> dict[int, str]:
    """Gives how each test ended: P passed, F failed, S skipped, N never ran."""
    return {number: _state(one, number) for number in range(len(tests))}


def _state(one: Ran, number: int) -> str:
    if number in one.record.results:
        return one.record.results[number]
    return "F" if number in one.record.begun else "N"


def _tampered(one: Ran, states: dict[int, str]) -> bool:
    """Tells whether the program claims an end that it did not reach."""
    if one.killed_by is not None:
        return False
    if not one.record.ending:
        return one.exit_code == 0
    if one.record.ending != "tests" or not one.record.whole:
        return True
    if one.exit_code not in {one.record.exit_code, 66}:
        return True
    return one.exit_code == 0 and any(state in "FN" for state in states.values())


def _summaries(tests: list[ListedTest], states: dict[int, str]) -> list[TestsSummary]:
    summaries = []
    for source, task in (("task", True), ("snippet", False)):
        numbers = [number for number, test in enumerate(tests) if test.task is task]
        if not numbers:
            continue
        ended = [states[number] for number in numbers]
        summaries.append(
            TestsSummary(
                source=source,
                listed=len(numbers),
                passed=ended.count("P"),
                failed=ended.count("F"),
                skipped=ended.count("S") + ended.count("N"),
                failures=tuple(tests[number].name for number in numbers if states[number] == "F"),
            )
        )
    return summaries


def _failure(bench: Workbench, one: Ran, test: ListedTest) -> Finding:
    line, said = _said(one.stdout, test)
    return bench.locator.finding(
        Place(file=test.file, line=line),
        tool="test",
        rule="fail",
        message=f"{test.name} fails: {said}" if said else f"{test.name} fails",
        severity=Severity.CRITICAL,
        grade=Grade.E3,
        stage=StageName.TEST,
    )


def _said(output: str, test: ListedTest) -> tuple[int, str]:
    """Gives the line and the words of a test's first failure message."""
    starts = list(_START.finditer(output))
    for start, following in zip_longest(starts, starts[1:]):
        if start.group(1).split("/")[0] != test.name:
            continue
        part = output[start.end() : following.start() if following else len(output)]
        for said in _SAID.finditer(part):
            if test.file.endswith(said.group(1)):
                return int(said.group(2)), said.group(3).strip()[:300]
    return test.line, ""
