"""`gavel rubric` checks, shows, compares and previews rubrics."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine

from bridge.cli.rubric import rubric
from bridge.errors import ConfigError
from bridge.resources import shipped_rubric
from bridge.store import tasks
from rubric.model import RatedReport
from rubric.schema import rubric_schema
from rubric.suggest import rate
from tests.rubric.reports import ALTERNATIVE, make_finding, make_report, shipped


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(rubric, [str(one) for one in arguments])


@pytest.fixture
def stricter(tmp_path: Path) -> Path:
    """The shipped rubric, with the cap of dropped errors one lower."""
    head, mark, rest = shipped_rubric().read_text().partition("  - id: EH-1\n")
    path = tmp_path / "stricter.yaml"
    path.write_text(head + mark + rest.replace("cap: 2", "cap: 1", 1))
    return path


def past() -> RatedReport:
    return rate(make_report(findings=(make_finding(),)), shipped())


def test_lint_of_a_sound_rubric_counts_it() -> None:
    """One line, status 0."""
    found = run("lint", ALTERNATIVE)

    assert found.exit_code == 0
    assert "3 criteria, 2 clauses (1 with a question for people), 1 gates, scale 1-4" in (
        found.output
    )


def test_lint_tells_file_line_and_mend(tmp_path: Path) -> None:
    """A line for each fault, status 1."""
    path = tmp_path / "r.yaml"
    path.write_text(ALTERNATIVE.read_text().replace("cap: 1, severity", "cap: 9, severity"))
    found = run("lint", path)

    assert found.exit_code == 1
    assert found.output == (
        f"{path}:12: clause R-1: cap 9 is not on the scale; take one of 1, 2, 3, 4\n"
    )


def test_lint_of_what_is_no_text(tmp_path: Path) -> None:
    """Bytes that are no text are a fault, not a crash."""
    path = tmp_path / "r.yaml"
    path.write_bytes(b"\xff\xfe\x00")

    assert "cannot be read" in run("lint", path).output


def test_show_without_a_file_shows_the_shipped_rubric() -> None:
    """Criteria, anchors, clauses, gates and reasons are all there."""
    text = run("show").output

    assert "CR Correctness: weight 22, machine suggest" in text
    assert "  EH-1 cap 2, " in text
    assert "gate G1: overall at most 1" in text
    assert "reason R1: " in text


def test_show_as_json_is_the_rubric() -> None:
    """Other programs read it."""
    assert json.loads(run("show", ALTERNATIVE, "--json").output)["scale"] == [1, 2, 3, 4]


def test_a_faulty_rubric_is_not_shown(tmp_path: Path) -> None:
    """The command ends with the faults as its message."""
    path = tmp_path / "r.yaml"
    path.write_text("[]")

    assert isinstance(run("show", path).exception, ConfigError)


def test_schema_is_the_published_one() -> None:
    """What the command prints is what the model holds."""
    assert json.loads(run("schema").output) == rubric_schema()


def test_diff_lists_changes_and_says_so_by_status(stricter: Path) -> None:
    """Like diff: 1 where something changed."""
    found = run("diff", shipped_rubric(), stricter)

    assert (found.exit_code, found.output) == (1, "clause EH-1: cap: 2 -> 1\n")


def test_diff_of_equals() -> None:
    """Like diff: 0 where nothing did."""
    found = run("diff", ALTERNATIVE, ALTERNATIVE)

    assert (found.exit_code, found.output) == (0, "no difference\n")


@pytest.mark.parametrize("kind", ["file", "folder", "lines"])
def test_preview_reads_reports_from_files(stricter: Path, tmp_path: Path, kind: str) -> None:
    """One report, a folder of reports, or what a batch wrote."""
    folder = tmp_path / "reports"
    folder.mkdir()
    path = folder / ("r.jsonl" if kind == "lines" else "r.json")
    path.write_text(past().model_dump_json(by_alias=True) + "\n")
    found = run("preview", stricter, "--reports", folder if kind == "folder" else path)

    assert "  EH: 2 -> 1 (" in found.output
    assert found.output.endswith("1 of 1 past suggestions would change under go-review\n")


def test_preview_under_the_same_rubric_changes_nothing(tmp_path: Path) -> None:
    """Rating again is repeatable."""
    path = tmp_path / "r.json"
    path.write_text(past().model_dump_json(by_alias=True))

    assert run("preview", shipped_rubric(), "--reports", path).output == (
        "0 of 1 past suggestions would change under go-review\n"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [("{", "r.jsonl:1: not JSON"), ("{}", "r.jsonl:1: input: Field required, and 3 more fault")],
)
def test_preview_of_what_is_no_report(
    stricter: Path, tmp_path: Path, text: str, message: str
) -> None:
    """The line of the file is named."""
    path = tmp_path / "r.jsonl"
    path.write_text(text)

    assert message in str(run("preview", stricter, "--reports", path).exception)


def test_preview_of_a_file_that_is_no_text(stricter: Path, tmp_path: Path) -> None:
    """A picture is no report."""
    path = tmp_path / "r.json"
    path.write_bytes(b"\xff")

    assert "cannot be read" in str(run("preview", stricter, "--reports", path).exception)


@pytest.mark.needs_db
class TestFromTheDatabase:
    @pytest.fixture(autouse=True)
    def _stored(
        self, db: Engine, db_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Two contents, one of them twice suggested; task 1 of project 3 holds the first."""
        monkeypatch.chdir(tmp_path)
        monkeypatch.delenv("GAVEL_CONFIG", raising=False)
        monkeypatch.setenv("DATABASE_URL", db_url)
        body = past().model_dump(mode="json", by_alias=True)
        clean = rate(make_report(), shipped()).model_dump(mode="json", by_alias=True)
        with db.begin() as conn:
            for key in ("first", "second"):
                tasks.save_report(conn, key, {"verdict": "accepted"})
            tasks.save_suggestion(conn, "first", rubric="old", calibration="none", rated=clean)
            tasks.save_suggestion(conn, "first", rubric="r", calibration="none", rated=body)
            tasks.save_suggestion(conn, "second", rubric="r", calibration="none", rated=body)
            task = tasks.NewTask(
                task_id=1, project_id=3, data={}, content_key="first", evidence_key=None
            )
            tasks.save(conn, [task])

    def test_the_latest_suggestion_of_each_content_counts(self, stricter: Path) -> None:
        """A content is counted once, the newest first."""
        text = run("preview", stricter).output

        assert text.index("second\n") < text.index("first\n")
        assert text.endswith("2 of 2 past suggestions would change under go-review\n")

    def test_one_project_alone(self, stricter: Path) -> None:
        """Contents of other projects are left out."""
        text = run("preview", stricter, "--project", "3").output

        assert text.startswith("first\n")
        assert text.endswith("1 of 1 past suggestions would change under go-review\n")


class TestLintFeedback:
    def test_a_paragraph_is_flagged_by_its_line(self, tmp_path: Path) -> None:
        """One line for each lack, status 1."""
        path = tmp_path / "said.txt"
        path.write_text("EH-1, line 3: return it.\n\n\nEH-1: the error\nat line 3 is lost.\n")
        found = run("lint-feedback", path)

        assert found.exit_code == 1
        assert found.output == (
            f"{path}:4: fix: it names no fix; add a sentence that says what to do\n"
        )

    def test_standard_input_is_read(self) -> None:
        """A pipe needs no file."""
        found = CliRunner().invoke(rubric, ["lint-feedback", "-"], input="Nice.")

        assert [line.split(":")[2] for line in found.output.splitlines()] == [
            " clause",
            " place",
            " fix",
        ]

    def test_the_feedback_of_a_report_passes(self, tmp_path: Path) -> None:
        """What the machine words names all three."""
        path = tmp_path / "r.json"
        path.write_text(past().model_dump_json(by_alias=True))
        found = run("lint-feedback", path)

        assert (found.exit_code, found.output) == (
            0,
            "every feedback names a clause, a place and a fix\n",
        )

    def test_another_rubric_has_other_clauses(self, tmp_path: Path) -> None:
        """A report's criterion stands in the place."""
        path = tmp_path / "r.jsonl"
        path.write_text(past().model_dump_json(by_alias=True))
        found = run("lint-feedback", path, "--rubric", ALTERNATIVE)

        assert found.output.startswith("r.jsonl:1: EH: clause: it names no clause of kurz")
