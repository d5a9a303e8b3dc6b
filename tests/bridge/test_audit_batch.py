"""A batch that is run again keeps what would come out the same, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bridge.audit_batch import Auditing, run_batch
from rubric.confirm import Calibration
from rubric.suggest import rate
from sandbox.model import AuditInput, AuditReport
from tests.rubric.reports import make_report, shipped


def audited(source: Path, out: Path, **changes: Any) -> int:
    """Runs the batch and says how many lines were audited."""
    asked: list[AuditInput] = []
    version = changes.get("calibration", "none")

    def audit(given: AuditInput) -> AuditReport:
        asked.append(given)
        return make_report(id=given.id, input=digest(source))

    values: dict[str, Any] = {
        "adapt": lambda given: given,
        "audit": audit,
        "rate": lambda facts: rate(facts, shipped(), Calibration(version=version)),
        "rubric": shipped().version,
        "toolchain": lambda _: "go1.27.3",
    }
    list(run_batch(source, out, Auditing(**(values | changes)), 1))
    return len(asked)


def digest(source: Path) -> Any:
    from bridge.audit_batch import read_lines

    (line,) = read_lines(source, lambda given: given)
    return {"sha256": line.digest}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "in.jsonl"
    path.write_text(json.dumps({"id": "a", "code": "package main"}) + "\n")
    return path


def test_the_same_versions_do_nothing(source: Path, tmp_path: Path) -> None:
    """What is there is kept."""
    out = tmp_path / "out.jsonl"

    assert [audited(source, out), audited(source, out)] == [1, 0]


@pytest.mark.parametrize("changes", [{"calibration": "c1"}, {"rubric": "other"}])
def test_another_version_is_rated_again(
    source: Path, tmp_path: Path, changes: dict[str, str]
) -> None:
    """Another rubric or calibration may say something else."""
    out = tmp_path / "out.jsonl"

    assert [audited(source, out), audited(source, out, **changes)] == [1, 1]
