"""Builds reports and findings over plain defaults, so that a test shows only what matters."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import rubric
from rubric.load import load_rubric
from rubric.model import Rubric
from sandbox.model import (
    AuditReport,
    Finding,
    FindingEvidence,
    Grade,
    InputDigest,
    Observed,
    ObservedState,
    Severity,
    SnippetSummary,
    StageName,
    StageResult,
    StageStatus,
    TestsSummary,
    Verdict,
)

ALTERNATIVE = Path(__file__).parent / "kurz.yaml"
"""Another rubric: three criteria, a scale of four, in German."""
NONE_SEEN = Observed(state=ObservedState.NONE_SEEN, runs=3)
FOUND = Observed(state=ObservedState.FOUND, runs=3, hits=2)
NOT_APPLICABLE = Observed(state=ObservedState.NOT_APPLICABLE)
PASSED = TestsSummary(source="task", listed=4, passed=4, failed=0, skipped=0)


@lru_cache(maxsize=1)
def shipped() -> Rubric:
    """The rubric that comes with the product."""
    path = Path(rubric.__file__).parent / "rubrics" / "go-review.yaml"
    return load_rubric(path.read_text(), name=str(path))


def make_stages(**status: StageStatus) -> tuple[StageResult, ...]:
    """Every stage up to race, ok unless said otherwise."""
    names = ("normalise", "gofmt", "static", "build", "run", "test", "race")
    return tuple(
        StageResult(stage=StageName(name), status=status.get(name, StageStatus.OK))
        for name in names
    )


def make_finding(**changes: Any) -> Finding:
    """A dropped error on line 3."""
    values: dict[str, Any] = {
        "id": "f1",
        "tool": "gavel",
        "rule": "errignored",
        "severity": Severity.MAJOR,
        "grade": Grade.E2,
        "file": "main.go",
        "line": 3,
        "message": "the error of os.Remove is dropped",
        "evidence": FindingEvidence(stage=StageName.STATIC),
    }
    return Finding(**(values | changes))


def make_report(**changes: Any) -> AuditReport:
    """A report of a program that runs clean and that no case decides."""
    values: dict[str, Any] = {
        "input": InputDigest(sha256="0" * 64),
        "snippet": SnippetSummary(files=("main.go",)),
        "verdict": Verdict.ACCEPTED,
        "stages": make_stages(),
        "race": NONE_SEEN,
        "toolchain": "go1.27.3",
    }
    return AuditReport(**(values | changes))
