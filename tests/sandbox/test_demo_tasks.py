"""The sample tasks show what they were written to show."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from sandbox.model import AuditReport, Case, Limits

pytestmark = [pytest.mark.needs_bwrap, pytest.mark.slow]
TASKS = sorted((Path(__file__).parents[2] / "templates" / "demo" / "tasks").iterdir())


def load(folder: Path) -> tuple[dict[str, Any], str, dict[str, str]]:
    task = yaml.safe_load((folder / "task.yaml").read_text())
    tests = {"hidden_test.go": (folder / task["tests"]).read_text()} if "tests" in task else {}
    return task, (folder / task["answer"]).read_text(), tests


def test_there_are_sixteen() -> None:
    """All that were promised are there."""

    assert len(TASKS) == 16


@pytest.mark.parametrize("folder", TASKS, ids=lambda folder: folder.name)
def test_a_sample_shows_its_defect(folder: Path, audited: Callable[..., AuditReport]) -> None:
    """Verdict, function, and every finding on the line it was planted on; nothing else."""

    task, answer, tests = load(folder)
    cases = tuple(Case(**case) for case in task.get("cases", ()))
    wanted = task["expect"]

    report = audited(answer, tests=tests, cases=cases, limits=Limits())

    assert (wanted["verdict"], wanted.get("functional")) == (
        report.verdict.value,
        report.functional,
    )
    assert set(wanted.get("changes", ())) <= {change.rule for change in report.snippet.changes}
    expected = {
        (one["tool"], one["rule"], line(one, answer, tests)) for one in wanted.get("findings", ())
    }
    assert {(one.tool, one.rule, one.line) for one in report.findings} == expected


def line(finding: dict[str, str], answer: str, tests: dict[str, str]) -> int:
    """The line that holds the planted text."""
    text, sign = (
        (answer, finding.get("at"))
        if "at" in finding
        else (tests["hidden_test.go"], finding["in_tests"])
    )
    return next(number for number, one in enumerate(text.split("\n"), 1) if str(sign) in one)
