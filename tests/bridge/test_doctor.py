"""What doctor says about the static analysis."""

from __future__ import annotations

import pytest

from bridge.doctor import analysis
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
