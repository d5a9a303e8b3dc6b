"""Every hostile program gets its verdict, and nothing that must not happen happens."""

from __future__ import annotations

import os
import time
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bridge.errors import GavelError
from sandbox.backends import Backend
from sandbox.model import AuditReport, Decided, StageName
from sandbox.runner import audit
from sandbox.toolchain import Toolchain
from tests.hostile.canaries import Canaries, Counters, portrait
from tests.hostile.corpus import LIMITS, NEVER, Program, programs

pytestmark = [pytest.mark.hostile, pytest.mark.needs_bwrap]
ALL = programs()
CLASSES = {
    "cgo", "embed_paths", "go_command", "linking_asm", "compile_bombs",
    "test_integrity", "resources", "isolation", "results", "input",
}  # fmt: skip
LONGEST_S = 40.0
RAN = {StageName.RUN, StageName.TEST, StageName.RACE}


@pytest.mark.parametrize("program", ALL, ids=lambda one: one.name)
def test_program(
    program: Program, backend: Backend, toolchain: Toolchain, host: Canaries, tmp_path: Path
) -> None:
    """The verdict is one of the right ones; no canary was met, nothing is left, nothing leaks."""

    if program.words("machine") - {os.uname().machine, ""}:
        pytest.skip(f"the program's numbers are of {program.header['machine']}")
    before, start = Counters.now(), time.monotonic()
    try:
        given = program.given(host.signs, tmp_path)
    except GavelError:
        if "refused" in program.words("expect"):
            return
        raise
    report = audit(given, backend=backend, toolchain=toolchain, limits=LIMITS)

    assert time.monotonic() - start < LONGEST_S
    assert report.verdict.value in program.words("expect"), _story(report)
    _harmless(program, report, host)
    _decided(program, report)
    assert _settled(before) == before
    assert host.disturbed() == []


def test_the_toolchain_is_as_before(toolchain: Toolchain, host: Canaries) -> None:
    """No audit changed a file of the prepared toolchain."""

    assert portrait(toolchain) == host.toolchain


def test_every_class_is_there() -> None:
    """All ten threat classes have programs, at least 120 in all, with headers that make sense."""

    assert {one.threat for one in ALL} == CLASSES
    assert len(ALL) >= 120
    assert [one.name for one in ALL if not one.words("never") <= set(NEVER)] == []
    assert [one.name for one in ALL if not one.words("expect") or not one.words("control")] == []


def _harmless(program: Program, report: AuditReport, host: Canaries) -> None:
    printed = "\n".join(_printed(report))
    assert "ESCAPED" not in printed, printed
    told = report.model_dump_json()
    assert [word for word in host.secrets if word in told] == []
    assert [text for text in _texts(report.model_dump(mode="json")) if _raw(text)] == []
    known = {"", *program.sections, *_sources(report)}
    places = {finding.file.removeprefix("tests/") for finding in report.findings}
    assert places <= {name.removeprefix("tests/") for name in known}


def _decided(program: Program, report: AuditReport) -> None:
    wanted = program.header.get("functional")
    if wanted == "not_pass":
        assert report.functional != "pass", _story(report)
    elif wanted is not None:
        assert report.functional == wanted, _story(report)
    if "cooperative" in program.words("control") and report.functional == "pass":
        assert report.functional_decided is Decided.COOPERATIVE, _story(report)
    if "says" in program.header:
        assert program.header["says"] in "\n".join(_printed(report)), _story(report)


def _printed(report: AuditReport) -> Iterator[str]:
    for stage in report.stages:
        if stage.stage in RAN:
            yield stage.stdout.text
            yield stage.stderr.text


def _sources(report: AuditReport) -> set[str]:
    return {str(row["source"]) for row in report.snippet.line_map}


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, one in value.items():
            yield key
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)


def _raw(text: str) -> bool:
    """Tells whether a character is in it that a terminal or a reader would obey."""
    kinds = {"Cc", "Cf", "Cs", "Zl", "Zp"}
    return any(unicodedata.category(char) in kinds and char not in "\n\t" for char in text)


def _settled(wanted: Counters) -> Counters:
    end = time.monotonic() + 2
    while (now := Counters.now()) != wanted and time.monotonic() < end:
        time.sleep(0.02)
    return now


def _story(report: AuditReport) -> str:
    stages = [
        f"{one.stage}: {one.status} {one.killed_by or ''} {one.message} {one.exit_code} "
        f"{one.stdout.text[-600:]} {one.stderr.text[-600:]}"
        for one in report.stages
        if one.status.value not in {"ok", "skipped", "not_run"}
    ]
    found = [f"{one.file}:{one.line} {one.message[:200]}" for one in report.findings[:5]]
    return "\n".join([f"{report.verdict} {report.flags} {report.error}", *stages, *found])
