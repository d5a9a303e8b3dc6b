"""`gavel audit`: exit status, JSON on standard output alone, batches that can be stopped and resumed."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bridge.audit_files import read_input
from bridge.cli.audit import audit
from bridge.errors import ConfigError, GavelError
from sandbox.model import Limits
from tests.sandbox.modules import put_module

HELLO = 'package main\n\nimport "fmt"\n\nfunc main() {\n\tfmt.Println("hi")\n}\n'
DATABASE = Path(__file__).parents[1] / "fixtures" / "vulndb"
real = [pytest.mark.needs_bwrap, pytest.mark.slow]


def run(*args: str | Path) -> Result:
    return CliRunner().invoke(audit, [str(arg) for arg in args])


@pytest.fixture
def hello(tmp_path: Path) -> Path:
    path = tmp_path / "hello.go"
    path.write_text(HELLO)
    return path


@pytest.mark.parametrize(
    "args",
    [
        (),
        ("a.go", "--batch", "/dev/null"),
        ("--batch", "/dev/null"),
        ("a.go", "--out", "x"),
        ("a.go", "--backend", "podman"),
        ("a.go", "--backend", "none"),
        ("a.go", "-j", "0"),
        ("a.go", "--fail-on", "nonsense"),
        ("a.go", "--fail-on", "XX<3"),
    ],
)
def test_wrong_usage(args: tuple[str, ...]) -> None:
    """Wrong usage is 2, whatever is wrong."""

    assert run(*args).exit_code == 2


def test_a_rubric_with_faults_is_told_by_line(tmp_path: Path) -> None:
    """The command ends with the faults, not with a trace."""
    path = tmp_path / "r.yaml"
    path.write_text("id: x\n")

    failed = run("a.go", "--rubric", path).exception
    assert isinstance(failed, ConfigError)
    assert f"{path}:1: scale: expected a value for scale" in str(failed)


def test_a_calibration_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    """Nothing is audited with half a calibration."""
    path = tmp_path / "c.json"
    path.write_text("{}")

    failed = run("a.go", "--calibration", path).exception
    assert isinstance(failed, ConfigError)
    assert "write it again by `gavel calibrate`" in str(failed)


class TestReadingPaths:
    def test_a_folder_gives_its_go_files(self, tmp_path: Path) -> None:
        """Hidden folders, links and other files are left out."""

        (tmp_path / ".git").mkdir()
        (tmp_path / ".git" / "x.go").write_text("no")
        (tmp_path / "sub").mkdir()
        (tmp_path / "sub" / "a.go").write_text("package sub\n")
        (tmp_path / "go.mod").write_text("module x\n")
        (tmp_path / "notes.txt").write_text("no")
        (tmp_path / "link.go").symlink_to("/etc/passwd")

        assert read_input(str(tmp_path), Limits()) == (
            None,
            {"go.mod": "module x\n", "sub/a.go": "package sub\n"},
        )

    def test_a_zip_gives_its_go_files(self, tmp_path: Path) -> None:
        """Names come as they are; normalisation refuses bad ones."""

        path = tmp_path / "a.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("../evil.go", "package evil\n")
            archive.writestr("readme.md", "no")

        assert read_input(str(path), Limits()) == (None, {"../evil.go": "package evil\n"})

    def test_markdown_stays_a_text(self, tmp_path: Path) -> None:
        """An answer with fences is split later."""

        path = tmp_path / "answer.md"
        path.write_text("```go\npackage main\n```\n")

        assert read_input(str(path), Limits())[0] == "```go\npackage main\n```\n"

    @pytest.mark.parametrize("name", ["missing.go", "broken.zip", "latin.go"])
    def test_what_cannot_be_read_says_so(self, tmp_path: Path, name: str) -> None:
        """The message is for a person."""

        (tmp_path / "broken.zip").write_text("no zip")
        (tmp_path / "latin.go").write_bytes(b"\xe9")

        with pytest.raises(ConfigError):
            read_input(str(tmp_path / name), Limits())


class TestRealAudits:
    pytestmark = real

    def test_json_alone_on_standard_output(self, hello: Path) -> None:
        """A program may parse standard output as it is."""

        result = run(hello, "--json")

        report = json.loads(result.stdout)
        assert (result.exit_code, report["schema"], report["verdict"]) == (0, 1, "accepted")
        assert report["repeat"].endswith("hello.go --json")

    def test_a_readable_report(self, hello: Path) -> None:
        """Without --json it is for people."""

        result = run(hello)

        assert (result.exit_code, "accepted" in result.stdout) == (0, True)

    def test_a_failing_snippet_still_is_a_report(self, tmp_path: Path) -> None:
        """The verdict does not change the exit status, --fail-on does."""

        path = tmp_path / "bad.go"
        path.write_text("package main\n\nfunc main() { x := 1 }\n")

        assert run(path, "--json").exit_code == 0
        assert run(path, "--json", "--fail-on", "compile_error").exit_code == 1
        assert run(path, "--json", "--fail-on", "CR<3").exit_code == 1
        assert run(path, "--json", "--fail-on", "accepted").exit_code == 0

    def test_expected_output(self, tmp_path: Path) -> None:
        """--args, --stdin and --expect make one case."""

        code = 'package main\n\nimport (\n\t"fmt"\n\t"os"\n)\n\nfunc main() {\n\tvar s string\n\tfmt.Scan(&s)\n\tfmt.Println(os.Args[1], s)\n}\n'
        for name, text in (("echo.go", code), ("in", "two"), ("out", "one two\n")):
            (tmp_path / name).write_text(text)

        result = run(
            tmp_path / "echo.go",
            "--args",
            "one",
            "--stdin",
            tmp_path / "in",
            "--expect",
            tmp_path / "out",
            "--json",
        )

        assert json.loads(result.stdout)["functional"] == "pass"

    def test_deep_runs_again_what_ran_once(self, hello: Path) -> None:
        """--deep adds runs to those of --fast."""

        report = json.loads(run(hello, "--deep", "--json").stdout)

        assert report["deadlock"]["runs"] > 1
        assert "deep" not in [one["what"] for one in report["not_checked"]]

    def test_a_missing_file_is_wrong_usage(self, tmp_path: Path) -> None:
        """The group turns it into status 2."""

        assert isinstance(run(tmp_path / "no.go").exception, GavelError)

    def test_no_sandbox(self, hello: Path, tmp_path: Path) -> None:
        """Where nothing can be prepared the status is 3."""

        blocker = tmp_path / "file"
        blocker.write_text("")

        assert run(hello, "--data-dir", blocker / "data").exit_code == 3


class TestBatch:
    pytestmark = real

    def lines(self, path: Path) -> list[dict[str, Any]]:
        return [json.loads(line) for line in path.read_text().splitlines()]

    @pytest.fixture
    def batch(self, tmp_path: Path) -> tuple[Path, Path]:
        source = tmp_path / "in.jsonl"
        good = [
            {"id": f"n{number}", "code": HELLO.replace("hi", str(number)), "expected": "1"}
            for number in range(4)
        ]
        texts = [json.dumps(one) for one in good]
        texts[2:2] = [
            "not json",
            json.dumps({"id": "n0", "code": HELLO}),
            json.dumps({"code": HELLO}),
            "",
        ]
        source.write_text("\n".join(texts))
        return source, tmp_path / "out.jsonl"

    def test_order_and_bad_lines(self, batch: tuple[Path, Path]) -> None:
        """Every line gets its line, in order, and a bad one says why."""

        result = run("--batch", batch[0], "--out", batch[1], "-j", "2")

        reports = self.lines(batch[1])
        assert (result.exit_code, result.stdout) == (0, "")
        assert [one["id"] for one in reports] == ["n0", "n1", "", "n0", "", "n2", "n3"]
        assert [one["verdict"] for one in reports[2:5]] == ["rejected"] * 3
        assert [one["functional"] for one in reports if one["functional"]] == [
            "fail",
            "pass",
            "fail",
            "fail",
        ]

    def test_a_second_run_does_nothing(self, batch: tuple[Path, Path]) -> None:
        """What is done stays as it is, byte for byte."""

        run("--batch", batch[0], "--out", batch[1])
        before = batch[1].read_bytes()

        run("--batch", batch[0], "--out", batch[1])

        assert batch[1].read_bytes() == before

    def test_a_line_cut_in_the_middle_is_done_again(self, batch: tuple[Path, Path]) -> None:
        """After a crash only what is missing is audited."""

        run("--batch", batch[0], "--out", batch[1])
        whole = batch[1].read_bytes()
        batch[1].write_bytes(whole[:-40])

        run("--batch", batch[0], "--out", batch[1])

        kept = whole.splitlines()[:-1]
        assert batch[1].read_bytes().splitlines()[:-1] == kept
        assert self.lines(batch[1])[-1]["id"] == "n3"

    def test_a_changed_line_is_audited_again(self, batch: tuple[Path, Path]) -> None:
        """Same id, other content: another audit, and the order stays."""

        run("--batch", batch[0], "--out", batch[1])
        old = self.lines(batch[1])
        batch[0].write_text(batch[0].read_text().replace('Println(\\"1\\")', 'Println(\\"2\\")'))

        run("--batch", batch[0], "--out", batch[1])

        new = self.lines(batch[1])
        assert [one["id"] for one in new] == [one["id"] for one in old]
        assert [
            one["created_at"] == two["created_at"] for one, two in zip(old, new, strict=True)
        ].count(False) <= 1
        assert new[1]["functional"] == "fail"

    def test_options_hold_for_every_line(self, tmp_path: Path) -> None:
        """--go and --fail-on are for batches too."""

        source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
        source.write_text(json.dumps({"id": 1, "code": HELLO}))

        result = run("--batch", source, "--out", out, "--go", "1.99", "--fail-on", "rejected")

        assert (result.exit_code, self.lines(out)[0]["verdict"]) == (1, "rejected")

    def test_a_line_that_is_too_long(self, tmp_path: Path) -> None:
        """It is rejected without being read into memory, and the next one is audited."""

        source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
        source.write_text(
            json.dumps({"id": "big", "code": "x" * (9 << 20)})
            + "\n"
            + json.dumps({"id": "b", "code": HELLO})
        )

        run("--batch", source, "--out", out)

        assert [one["verdict"] for one in self.lines(out)] == ["rejected", "accepted"]


class TestSupplies:
    pytestmark = real

    def test_modules_and_advisories_are_looked_up(self, tmp_path: Path) -> None:
        """The folders of the command line are read, and the command to repeat it names them."""
        put_module(tmp_path / "proxy", "example.com/weak", "v1.0.0")
        answer = tmp_path / "answer.txtar"
        answer.write_text(
            "-- go.mod --\nmodule a.b/c\n\nrequire (\n\texample.com/weak v1.0.0\n\texample.com/made-up v1.0.0\n)\n"
            f"-- main.go --\n{HELLO}"
        )

        done = run(answer, "--modules", tmp_path / "proxy", "--vulnerabilities", DATABASE, "--json")

        report = json.loads(done.stdout)
        assert {(one["tool"], one["rule"], one["line"]) for one in report["findings"]} == {
            ("govulncheck", "GO-2026-9001", 5),
            ("deps", "unresolved_module", 6),
        }
        assert {one["module"]: one["state"] for one in report["dependencies"]} == {
            "example.com/weak": "resolved",
            "example.com/made-up": "not_resolved",
            "stdlib": "resolved",
        }
        assert f"--modules {tmp_path / 'proxy'} --vulnerabilities" in report["repeat"]

    def test_a_folder_that_is_no_database_is_a_fault(self, hello: Path, tmp_path: Path) -> None:
        """Nothing is audited with half of what was asked for."""
        done = run(hello, "--vulnerabilities", tmp_path)

        assert done.exit_code == 3
        assert "is no vulnerability database" in done.stderr
