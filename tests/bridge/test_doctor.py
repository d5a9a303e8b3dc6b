"""What doctor says about the static analysis and about what projects are judged by."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge.doctor import analysis, judging
from bridge.settings import ProjectSettings
from sandbox.model import NotChecked
from tests.rubric.reports import make_report


def test_an_analysis_that_sees_everything_holds() -> None:
    """Other things that were not checked are none of its business."""

    assert analysis(make_report(not_checked=(NotChecked(what="bench", why="later"),))).ok


@pytest.mark.parametrize("what", ["static analysis", "gosec", "facts"])
def test_what_is_missing_is_told_with_its_mend(what: str) -> None:
    """Audits go on without it, so nobody would notice."""
    check = analysis(make_report(not_checked=(NotChecked(what=what, why="no modules"),)))

    assert check.ok is False
    assert check.detail == f"{what}: no modules"
    assert "GOPROXY" in check.mend


def test_the_shipped_rubric_holds() -> None:
    check = judging(ProjectSettings(id=3))

    assert (check.ok, check.name) == (True, "rubric of project 3")
    assert check.detail.startswith("go-review ")


@pytest.mark.parametrize("setting", ["rubric", "calibration"])
@pytest.mark.parametrize("text", [None, "criteria: 5"])
def test_a_file_that_cannot_be_used_is_told_with_its_name(
    tmp_path: Path, setting: str, text: str | None
) -> None:
    """One that is not there, and one that says something else."""
    path = tmp_path / "given"
    if text is not None:
        path.write_text(text)

    check = judging(ProjectSettings.model_validate({"id": 3, setting: path}))

    assert check.ok is False
    assert str(path) in check.detail
