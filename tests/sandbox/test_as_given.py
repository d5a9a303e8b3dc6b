"""Whole audits of what people paste: findings stand at lines of the original, and what had to be added is said."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sandbox.model import AuditReport, StageName, Verdict

pytestmark = [pytest.mark.needs_bwrap, pytest.mark.slow]
Audited = Callable[..., AuditReport]
MAIN = 'package main\n\nimport "fmt"\n\nfunc main() {\n\tfmt.Println("one")\n}\n'
LOOP = """package main

import "fmt"

func main() {
	var fs []func()
	for i := 0; i < 3; i++ {
		fs = append(fs, func() { fmt.Print(i) })
	}
	for _, f := range fs {
		f()
	}
}
"""


def rules(report: AuditReport) -> list[str]:
    return [one.rule for one in report.findings]


def stdout(report: AuditReport) -> str:
    return next(one.stdout.text for one in report.stages if one.stage is StageName.RUN)


def test_what_had_to_be_added_is_a_finding(audited: Audited) -> None:
    """Compiling as given is judged on the original."""

    report = audited('Here:\n```go\nfunc main() {\n\tfmt.Println("hi")\n}\n```\n')

    (finding,) = report.findings
    assert (report.verdict, finding.rule, finding.file, finding.line, finding.column) == (
        Verdict.ACCEPTED, "normalised", "answer.md", 3, 1,
    )  # fmt: skip
    assert "`package main` was added; imports were added: fmt" in finding.message


def test_a_whole_file_in_a_fence_needs_nothing(audited: Audited) -> None:
    """A fence is no fault of the code."""

    assert audited(f"Here:\n```go\n{MAIN}```\n").findings == ()


def test_errors_of_later_blocks_stand_at_their_lines(audited: Audited) -> None:
    """Line and column are those of the answer, also behind what was put in front."""

    report = audited(f'Here:\n```go\n{MAIN}```\nAnd:\n```go\nfunc f() int {{ return "x" }}\n```\n')

    assert [
        (one.file, one.line, one.column) for one in report.findings if one.tool == "compiler"
    ] == [("answer.md", 13, 23)]


@pytest.mark.parametrize("broken", [False, True])
def test_hidden_characters_are_told_once(audited: Audited, *, broken: bool) -> None:
    """They are found on the text, so that code that doesn't compile shows them too."""
    text = MAIN.replace('"one"', '"one\u202e"') + ("func f( {\n" if broken else "")

    report = audited(text)

    assert [
        (one.line, one.column, one.cwe) for one in report.findings if one.rule in {"bidi", "G116"}
    ] == [(6, 18, 838)]


def test_the_first_of_several_programs_runs(audited: Audited) -> None:
    """All programs are built, one is run, and the report says so."""

    report = audited(f"```go\n{MAIN}```\nOr:\n```go\n{MAIN.replace('one', 'two')}```\n")

    assert (report.verdict, stdout(report)) == (Verdict.ACCEPTED, "one\n")
    assert "2 programs are given; the first ran" in {one.why for one in report.not_checked}


def test_an_error_in_a_further_program_counts(audited: Audited) -> None:
    """Every program of the answer has to compile."""

    report = audited(
        f"```go\n{MAIN}```\nOr:\n```go\n{MAIN.replace('one', 'two').replace('fmt.', 'fnt.')}```\n"
    )

    assert report.verdict is Verdict.COMPILE_ERROR
    assert {one.line for one in report.findings} == {14, 17}


def test_an_answer_that_is_one_test_file_is_code(audited: Audited) -> None:
    """Code and its tests in one block, without main: an error in it is the answer's, not a test's."""
    text = 'package a\n\nimport "testing"\n\nfunc F() int { return "x" }\n\nfunc TestF(t *testing.T) {}\n'

    report = audited(text)

    assert (report.verdict, [one.tool for one in report.findings]) == (
        Verdict.COMPILE_ERROR,
        ["compiler"],
    )


@pytest.mark.parametrize(
    ("language", "printed"), [("1.20", "333"), ("1.21.5", "333"), ("1.22", "012"), (None, "012")]
)
def test_loop_variables_are_those_of_the_wanted_go(
    audited: Audited, language: str | None, printed: str
) -> None:
    """Before Go 1.22 a loop had one variable for all of its rounds."""

    assert stdout(audited(LOOP, go=language)) == printed


def test_the_go_line_of_the_module_counts(audited: Audited) -> None:
    """Without a version of the task the answer's own go.mod decides; its toolchain line changes nothing."""
    module = "module example.com/a\n\ngo 1.20\n\ntoolchain go1.99.0\n"

    report = audited(f"-- go.mod --\n{module}-- main.go --\n{LOOP}")

    assert (stdout(report), report.toolchain) == ("333", audited(LOOP).toolchain)


def test_the_task_wins_over_the_go_line(audited: Audited) -> None:
    """The task says what the code is for."""

    report = audited(f"-- go.mod --\nmodule a.b/c\n\ngo 1.20\n-- main.go --\n{LOOP}", go="1.22")

    assert stdout(report) == "012"


@pytest.mark.parametrize("wanted", ["1.99", "2.0", "1.27rc1x", "latest"])
def test_a_go_that_is_not_there_is_refused(audited: Audited, wanted: str) -> None:
    """A version is never replaced in silence; the message names it."""

    report = audited(LOOP, go=wanted)

    assert (report.verdict, report.error and report.error.code) == (
        Verdict.REJECTED,
        "go_version",
    )
    assert wanted in (report.error.message if report.error else "")
