"""`gavel calibrate` prints agreement with its intervals and writes a file that later commands take."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bridge.cli.calibrate import calibrate
from bridge.cli.explain import explain
from bridge.cli.rubric import rubric
from bridge.errors import ConfigError
from bridge.resources import shipped_rubric
from bridge.rubrics import load_project_calibration, read_calibration
from bridge.settings import ProjectSettings
from rubric.calibration import GoldCase
from rubric.suggest import rate
from sandbox.model import Grade
from tests.rubric.reports import ALTERNATIVE, make_finding, make_report, shipped


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is written where the command runs."""
    monkeypatch.chdir(tmp_path)


def make_gold(number: int, **changes: Any) -> str:
    """One line in which a person upholds a proven and an indicated clause."""
    report = make_report(
        findings=(make_finding(), make_finding(id="f2", rule="errblank", grade=Grade.E1))
    )
    values: dict[str, Any] = {
        "id": f"t{number}",
        "report": report,
        "ratings": {"EH": 2 + number % 2},
        "clauses": {"EH-1": True, "EH-2": True},
        "shown_suggestion": False,
    }
    return GoldCase(**(values | changes)).model_dump_json(by_alias=True)


def run(*lines: str) -> Result:
    Path("gold.jsonl").write_text("\n".join(lines) + "\n\n")
    return CliRunner().invoke(calibrate, ["gold.jsonl", "--out", "c.json"])


def thirty() -> Result:
    return run(*(make_gold(n) for n in range(30)))


def test_figures_come_with_their_intervals() -> None:
    """Half of the people give one more; all are within one."""
    text = thirty().output

    assert "EH: 30 pairs, 0 rated where the machine was silent; under 50 pairs, too few" in text
    assert "  exact           0.50 (0.33 to 0.67)" in text
    assert "  within one      1.00 (0.89 to 1.00)" in text


def test_track_records_are_listed() -> None:
    """With the lower bound that decides."""
    assert "EH-2: 30 of 30 upheld, precision 1.00, lower bound 0.89" in thirty().output


def test_what_is_not_defined_is_said() -> None:
    """Constant ratings have neither alpha nor kappa."""
    text = run(make_gold(0), make_gold(2)).output

    assert "  ordinal alpha   not defined" in text
    assert "  quadratic kappa not defined" in text


def test_an_interval_that_is_not_defined_is_said() -> None:
    """Half of the resamples of two pairs have no alpha."""
    assert "(interval not defined)" in run(make_gold(0), make_gold(1)).output


def test_no_judged_clause_is_said() -> None:
    """An empty list is not left blank."""
    assert "clauses that people judged\nnone\n" in run(make_gold(0, clauses={})).output


def test_the_file_is_named_by_its_version() -> None:
    """Two calibrations do not overwrite each other."""
    Path("gold.jsonl").write_text(make_gold(0))
    text = CliRunner().invoke(calibrate, ["gold.jsonl"]).output
    name = text.strip().rpartition(" ")[2]

    known = read_calibration(Path(name), shipped())
    assert known is not None
    assert name == f"calibration-{known.version}.json"


def test_a_case_that_does_not_fit_is_told_with_its_file() -> None:
    """The command ends with a message, not with a trace."""
    failed = run(make_gold(0, ratings={"EH": 9})).exception

    assert isinstance(failed, ConfigError)
    assert "gold.jsonl: case t0: expected EH on the scale 1 to 5, came 9" in str(failed)


def test_explain_takes_the_file() -> None:
    """An indicated clause then pre-fills by its record."""
    thirty()
    weak = make_report(findings=(make_finding(rule="errblank", grade=Grade.E1),))
    Path("r.json").write_text(rate(weak, shipped()).model_dump_json(by_alias=True))
    text = CliRunner().invoke(explain, ["r.json", "--calibration", "c.json"]).output

    assert "pre-fills by its track record: 30 of 30 upheld" in text


def test_preview_takes_the_file() -> None:
    """What the calibration would change can be seen before it is used."""
    thirty()
    weak = make_report(findings=(make_finding(rule="errblank", grade=Grade.E1),))
    Path("r.json").write_text(rate(weak, shipped()).model_dump_json(by_alias=True))
    arguments = [str(shipped_rubric()), "--reports", "r.json", "--calibration", "c.json"]
    text = CliRunner().invoke(rubric, ["preview", *arguments]).output

    assert "  EH: hint -> 3 (EH-2" in text


def test_a_project_is_frozen_to_its_file() -> None:
    """Without one nothing is calibrated."""
    thirty()
    known = load_project_calibration(ProjectSettings(calibration=Path("c.json").absolute()))

    assert known is not None
    assert known.proven("EH-2")
    assert load_project_calibration(ProjectSettings()) is None


def test_a_file_of_another_rubric_is_refused() -> None:
    """Its clauses are not those of the project."""
    thirty()
    project = ProjectSettings(calibration=Path("c.json").absolute(), rubric=ALTERNATIVE)

    with pytest.raises(ConfigError, match="expected a calibration of rubric kurz"):
        load_project_calibration(project)


def test_a_missing_file_is_refused() -> None:
    """It is not taken for an empty one."""
    with pytest.raises(ConfigError, match="cannot be read"):
        read_calibration(Path("none.json"), shipped())
