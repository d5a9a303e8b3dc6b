"""`gavel explain` prints the steps of a report, and lets no hostile text reach the terminal."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result

from bridge.cli.explain import explain
from rubric.suggest import rate
from tests.rubric.reports import ALTERNATIVE, make_finding, make_report, shipped


def run(tmp_path: Path, *arguments: str, message: str = "dropped") -> Result:
    path = tmp_path / "report.json"
    report = rate(make_report(findings=(make_finding(message=message),)), shipped())
    path.write_text(report.model_dump_json(by_alias=True))
    return CliRunner().invoke(explain, [str(path), *arguments])


def test_every_step_is_printed(tmp_path: Path) -> None:
    """From the finding to the rating."""
    text = run(tmp_path).stdout

    assert "  E2 main.go:3 gavel/errignored: dropped\n    charged to EH-1" in text
    assert "  = 2 suggested, E2: EH-1" in text


def test_control_characters_are_made_visible(tmp_path: Path) -> None:
    """A message of the snippet can neither colour nor break a line."""
    text = run(tmp_path, message="a\x1b[31m\nb").stdout

    assert "a␛[31m b" in text


def test_another_rubric_is_said_to_be_another(tmp_path: Path) -> None:
    """The lines then tell what that rubric says."""
    done = run(tmp_path, "--rubric", str(ALTERNATIVE))

    assert "was rated under go-review" in done.stderr
    assert "R Richtigkeit, weight 3" in done.stdout


def test_the_own_rubric_needs_no_remark(tmp_path: Path) -> None:
    """Nothing goes to standard error."""
    assert run(tmp_path).stderr == ""
