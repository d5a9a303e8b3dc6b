"""The static analysis in real jails: what it finds, where, and what is said when it can't."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from sandbox.backends import Job, Outcome
from sandbox.backends.bubblewrap import Bubblewrap
from sandbox.canary import missing_families, tried
from sandbox.model import (
    AuditInput,
    AuditReport,
    Grade,
    Limits,
    NotChecked,
    StageName,
    StageStatus,
    Verdict,
)
from sandbox.runner import audit
from sandbox.stages.static import WHAT
from sandbox.toolchain import HELPER_SOURCES, Toolchain
from sandbox.toolchain_build import ANALYZER

pytestmark = pytest.mark.needs_bwrap
Audited = Callable[..., AuditReport]
CANARY = (HELPER_SOURCES / "vet" / "testdata" / "canary" / "canary.go").read_text()


@pytest.fixture(autouse=True)
def _analyzer(toolchain: Toolchain) -> None:
    if toolchain.vet is None:
        pytest.skip(toolchain.vet_missing)


class Counting:
    """A real backend that remembers which modes it was asked for."""

    name = "bubblewrap"

    def __init__(self) -> None:
        self.modes: list[str] = []
        self._real = Bubblewrap()

    def run(self, job: Job) -> Outcome:
        self.modes.append(job.request["mode"])
        return self._real.run(job)


def seen(report: AuditReport) -> set[tuple[str, str, int]]:
    return {(one.tool, one.rule, one.line) for one in report.findings}


def state(report: AuditReport) -> StageStatus:
    return next(one.status for one in report.stages if one.stage is StageName.STATIC)


def test_every_family_speaks_of_the_lines_of_the_answer(audited: Audited) -> None:
    """One process, one stream, and the places that a reviewer sees; deprecation needs the library's facts."""
    report = audited(f"So:\n\n```go\n{CANARY}```\n")

    assert {
        ("unused", "U1000", 14),
        ("stylecheck", "ST1005", 16),
        ("vet", "printf", 19),
        ("staticcheck", "SA4003", 21),
        ("staticcheck", "SA1019", 24),
        ("simple", "S1034", 26),
        ("simple", "S1002", 30),
    } <= seen(report)
    assert state(report) is StageStatus.FAILED


def test_weakness_and_grade_come_along(audited: Audited) -> None:
    """A pattern is shown with its weakness number, and as an indication only."""
    report = audited(
        'package main\n\nimport (\n\t"fmt"\n\t"math/rand"\n)\n\nfunc main() {\n'
        "\ttoken := rand.Intn(1000)\n\tfmt.Println(token > 2000)\n}\n"
    )

    assert [(one.rule, one.line, one.cwe, one.grade) for one in report.findings] == [
        ("G404", 9, 338, Grade.E1)
    ]


def test_a_fix_is_a_diff_of_the_answer(audited: Audited) -> None:
    """What the tool would write stands beside what it found."""
    report = audited(
        '```go\npackage main\n\nimport "time"\n\nfunc main() {\n\ttime.Sleep(5)\n}\n```\n'
    )

    (fix,) = [one.fix for one in report.findings if one.rule == "SA1004"]
    assert fix is not None
    assert "@@ -5,5 +5,5 @@" in fix.diff
    assert "-\ttime.Sleep(5)\n+\ttime.Sleep(5 * time.Nanosecond)" in fix.diff


def test_packages_and_tests_of_the_answer_are_looked_at(audited: Audited) -> None:
    """Also a package that another one imports, and tests in a package of their own."""
    wrapper = (
        'package say\n\nimport "fmt"\n\nfunc Logf(f string, a ...any) { fmt.Printf(f, a...) }\n'
    )
    main = 'package main\n\nimport "snip/say"\n\nfunc main() { say.Logf("%d", "x") }\n'
    test = 'package say_test\n\nimport (\n\t"testing"\n\n\t"snip/say"\n)\n\nfunc TestIt(t *testing.T) { say.Logf("%s", 1) }\n'

    files = {"main.go": main, "say/say.go": wrapper, "say/say_test.go": test}
    report = audited(None, files=files)

    assert {("main.go", 5), ("say/say_test.go", 9)} == {
        (one.file, one.line) for one in report.findings if one.rule == "printf"
    }


def test_the_tests_of_the_task_are_not_judged(audited: Audited) -> None:
    """They are not the answer's."""
    test = 'package main\n\nimport "testing"\n\nfunc TestIt(t *testing.T) { t.Logf("%d", "x") }\n'

    report = audited("package main\n\nfunc main() {}\n", tests={"it_test.go": test})

    assert report.findings == ()


def test_tests_that_do_not_compile_hide_nothing(audited: Audited) -> None:
    """The task may ask for what the answer lacks; the answer is analysed all the same."""
    code = 'package say\n\nimport "fmt"\n\nfunc Hi() { fmt.Printf("%d", "x") }\n'
    test = 'package say_test\n\nimport (\n\t"testing"\n\n\t"snip"\n)\n\nfunc TestIt(t *testing.T) { say.Missing() }\n'

    report = audited(code, tests={"it_test.go": test})

    assert ("vet", "printf", 5) in seen(report)
    assert "tests snip_test" in {one.what for one in report.not_checked}


def test_the_language_version_counts(audited: Audited) -> None:
    """Loop variables are shared before Go 1.22."""
    code = (
        "package main\n\nfunc main() {\n\tdone := make(chan int)\n\tfor i := 0; i < 1; i++ {\n"
        "\t\tgo func() { done <- i }()\n\t}\n\t<-done\n}\n"
    )

    assert ("vet", "loopclosure", 6) in seen(audited(code, go="1.20"))
    assert seen(audited(code)) == set()


def given(code: str, toolchain: Toolchain, limits: Limits | None = None) -> tuple[AuditReport, int]:
    """An audit, and how often it asked for the analysis."""
    backend = Counting()
    report = audit(AuditInput(code=code), backend=backend, toolchain=toolchain, limits=limits)
    return report, backend.modes.count("vet")


def test_an_analyzer_that_cannot_do_it_is_asked_twice(toolchain: Toolchain, tmp_path: Path) -> None:
    """A crash says nothing about the code, least of all that it is clean."""
    (tmp_path / ANALYZER).write_text("no program")
    (tmp_path / ANALYZER).chmod(0o555)

    report, asked = given(CANARY, replace(toolchain, vet=tmp_path))

    assert (state(report), asked) == (StageStatus.NOT_RUN, 2)
    assert "analysis not possible" in {one.what: one.why for one in report.not_checked}[WHAT]
    assert report.verdict is Verdict.ACCEPTED


def test_an_analysis_that_takes_too_long_is_not_possible(toolchain: Toolchain) -> None:
    """Its time is limited, whatever the code is like."""
    report, asked = given(CANARY, toolchain, Limits(static_wall_s=0.001))

    assert (state(report), asked) == (StageStatus.NOT_RUN, 2)
    assert "longer than" in {one.what: one.why for one in report.not_checked}[WHAT]


def test_without_an_analyzer_the_rest_is_still_audited(toolchain: Toolchain) -> None:
    """The report says what was not looked at, and why."""
    report, asked = given(CANARY, replace(toolchain, vet=None, vet_missing="no modules came"))

    assert (state(report), asked) == (StageStatus.NOT_RUN, 0)
    assert NotChecked(what=WHAT, why="no modules came") in report.not_checked
    assert report.verdict is Verdict.ACCEPTED


def test_no_family_misses_its_canary_in_a_jail(
    toolchain: Toolchain, bubblewrap: Bubblewrap
) -> None:
    """The planted defects are seen by the same way as those of answers."""

    assert missing_families(bubblewrap, toolchain) == ()


def test_what_is_blind_in_the_jail_is_found_out(
    toolchain: Toolchain, bubblewrap: Bubblewrap, tmp_path: Path
) -> None:
    """An analyzer that lost what it learnt about the library has no eye for deprecation; it's asked again."""
    folder = tmp_path / "vet"
    shutil.copytree(toolchain.vet or folder, folder, ignore=shutil.ignore_patterns("facts"))
    crippled = replace(toolchain, vet=folder)

    assert [tried(bubblewrap, crippled).blind for _ in range(2)] == [("facts",)] * 2


def test_what_saw_everything_is_not_asked_again(
    toolchain: Toolchain, bubblewrap: Bubblewrap, tmp_path: Path
) -> None:
    """A process that starts later reads that it did."""
    folder = tmp_path / "vet"
    shutil.copytree(toolchain.vet or folder, folder)
    whole = replace(toolchain, vet=folder)

    assert tried(bubblewrap, whole).blind == ()
    shutil.rmtree(folder / "facts")
    assert tried(bubblewrap, whole).blind == ()


def test_a_blind_family_is_said_to_be(toolchain: Toolchain) -> None:
    """Its silence about this code means nothing."""
    report, _ = given(CANARY, replace(toolchain, blind=("gosec",)))

    assert "gosec" in {one.what for one in report.not_checked}


def test_what_is_only_indicated_has_the_lower_grade(audited: Audited) -> None:
    """A value where a placeholder belongs is a defect; the name of a table may be meant."""
    code = (
        'package store\n\nimport "database/sql"\n\nfunc Drop(db *sql.DB, name, table string) error {\n'
        '\tif _, err := db.Exec("DELETE FROM users WHERE name = \'" + name + "\'"); err != nil {\n\t\treturn err\n\t}\n'
        '\t_, err := db.Exec("DELETE FROM " + table)\n\treturn err\n}\n'
    )

    found = [one for one in audited(code).findings if one.rule == "sqlconcat"]

    assert [(one.line, one.grade) for one in found] == [(6, Grade.E2), (9, Grade.E1)]
