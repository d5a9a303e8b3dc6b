"""Stage part: fuzzing. Simple functions get values by chance, and the answer's own fuzz functions their orders from us."""

from __future__ import annotations

import base64
import json
import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.crash_findings import crash_place, panic_finding, raised_by_answer
from sandbox.crash_text import parse_crash
from sandbox.inspection import ListedTest, Tried
from sandbox.model import Finding, Grade, NotChecked, Severity, StageName
from sandbox.places import Place
from sandbox.ran import Ran, own_place, ran
from sandbox.series import Panic, Series, record_text, records
from sandbox.workbench import Workbench

LAST_INPUT = "gavel-input"
_INPUT = re.compile(r"^X (\d{1,4}) (\".*\")$", re.MULTILINE)
_ERROR = re.compile(r"^E 0 (\".*\")$", re.MULTILINE)
_SEEDS = re.compile(r"^S (\d{1,3})$", re.MULTILINE)
_PANIC = re.compile(r"panic: ([^\n]*)\n")
_BYTE = re.compile(r"\\(?:x[0-9a-f]{2}|[av])")
_SHOWN = 200
_WHOLE = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Fuzzed:
    """What one fuzz function showed."""

    findings: tuple[Finding, ...] = ()
    not_checked: tuple[NotChecked, ...] = ()
    seeds_failed: bool = False
    """Whether it fails on its own seeds, as go test would see."""


def trial_findings(bench: Workbench, series: Series, tried: Sequence[Tried]) -> list[Finding]:
    """Gives the panics of simple functions, each with the input that made it.

    A panic that the answer writes itself refuses an argument. Only where every argument is a text
    and not all of them are empty is it a fault for sure: numbers a caller may have to choose.
    """
    inputs = {
        int(number): _text(said)
        for record in records(series)
        for number, said in _INPUT.findall(record)
    }
    return [
        _panic(bench, tried[number], panic, inputs.get(number, ""))
        for number, panic in sorted(series.panics.items())
        if number < len(tried) and (panic.runtime or not raised_by_answer(bench, panic.stack))
    ]


def trial_endings(series: Series, tried: Sequence[Tried]) -> list[NotChecked]:
    """Gives the functions that ended the process or did not come back, with the last input."""
    return [
        NotChecked(
            what=tried[number].name,
            why=f"by chance called with {_last_input(one) or 'some value'} it did not come back",
        )
        for number, one in sorted(series.ended.items())
        if number < len(tried)
    ]


def run_fuzz(
    bench: Workbench, program: bytes, number: int, test: ListedTest, ms: int
) -> tuple[Fuzzed, Ran]:
    """Gives what a fuzz function does on its own seeds and then on others, for so many milliseconds."""
    one = ran(
        bench.execute(
            program,
            "n",
            args=(str(number), str(ms)),
            wall_s=min(bench.limits.run_wall_s, ms / 1000 + 1.0),
            patience=1.0,
            bring=(LAST_INPUT,),
        )
    )
    return _fuzzed(bench, one, test), one


def _fuzzed(bench: Workbench, one: Ran, test: ListedTest) -> Fuzzed:
    record = record_text(one)
    seeds = _SEEDS.search(record)
    if seeds is not None and seeds.group(1) != "0":
        return Fuzzed(findings=(_seed_failure(bench, test),), seeds_failed=True)
    where = Place(file=test.file, line=test.line)
    if one.crash.panic:
        if seeds is None:
            return Fuzzed(findings=(_seed_failure(bench, test),), seeds_failed=True)
        said = f"panic: {one.crash.panic}; the input is {_last_input(one)}"
        return Fuzzed(findings=(_failure(bench, crash_place(bench, one), test, said),))
    failed = _ERROR.search(record)
    if failed is not None:
        inputs = _INPUT.search(record)
        words, at = _blame(bench, _text(failed.group(1), _WHOLE), where)
        given = _text(inputs.group(2)) if inputs else "not known"
        said = f"{words}; the input is {given}"
        return Fuzzed(findings=(_failure(bench, at, test, said),))
    if one.record.ending != "fuzzed":
        why = f"called with {_last_input(one) or 'some value'} it did not come back"
        return Fuzzed(not_checked=(NotChecked(what=test.name, why=why),))
    return Fuzzed()


def _blame(bench: Workbench, said: str, otherwise: Place) -> tuple[str, Place]:
    """Gives the words of a failure and where it happened: a panic where it came from."""
    panic = _PANIC.search(said)
    if panic is None:
        lines = (line.strip() for line in said.splitlines())
        return next(
            (line for line in lines if line and not line.startswith("---")), "it fails"
        ), otherwise
    frames = [
        frame
        for one in parse_crash(textwrap.dedent(said[panic.end() :])).goroutines
        for frame in one.frames
    ]
    return f"panic: {panic.group(1)}", own_place(bench.locator, tuple(frames)) or otherwise


def _seed_failure(bench: Workbench, test: ListedTest) -> Finding:
    place = Place(file=test.file, line=test.line)
    return _failure(bench, place, test, "it fails on its own seeds")


def _failure(bench: Workbench, place: Place, test: ListedTest, said: str) -> Finding:
    return bench.locator.finding(
        place,
        tool="test",
        rule="fuzz",
        message=f"{test.name}: {said}",
        severity=Severity.MAJOR,
        grade=Grade.E3,
        stage=StageName.TEST,
    )


def _panic(bench: Workbench, tried: Tried, panic: Panic, given: str) -> Finding:
    found = panic_finding(bench, panic.text, panic.stack, StageName.RUN)
    sure = tried.text and not re.fullmatch(r"(?:(?:\[\]byte\()?\"\"\)?(?:, )?)*", given)
    words = f"{tried.name}({given[:_SHOWN]}): {found.message}"
    changes: dict[str, object] = {"message": words, "severity": Severity.MAJOR}
    if not sure:
        changes |= {"grade": Grade.E1, "severity": Severity.MINOR}
    return found.model_copy(update=changes)


def _last_input(one: Ran) -> str:
    report: dict[str, Any] = one.outcome.report if isinstance(one.outcome.report, dict) else {}
    sent = report.get("files", {}).get(LAST_INPUT, "")
    return base64.b64decode(sent).decode(errors="replace")[:_SHOWN]


def _text(quoted: str, most: int = _SHOWN) -> str:
    # Go's quoting is JSON's but for bytes that are no text.
    try:
        found = json.loads(_BYTE.sub(r"\\ufffd", quoted))
    except ValueError:
        return quoted.strip('"')[:most]
    return found[:most] if isinstance(found, str) else ""
