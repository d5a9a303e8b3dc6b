"""Whole audits in real jails: verdicts come from counters, never from what a program says."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sandbox.backends import Job, Outcome, SandboxFault
from sandbox.model import (
    AuditInput,
    AuditReport,
    Case,
    Decided,
    Limits,
    ObservedState,
    StageName,
    Verdict,
)
from sandbox.runner import audit
from sandbox.toolchain import Toolchain

pytestmark = [pytest.mark.needs_bwrap, pytest.mark.slow]
Audited = Callable[..., AuditReport]


def program(body: str, *imports: str) -> str:
    lines = "".join(f'\t"{name}"\n' for name in imports)
    return f"package main\n\nimport (\n{lines})\n\nfunc main() {{\n\t{body}\n}}\n"


def test_a_right_answer(audited: Audited) -> None:
    """A case that matches makes the function a pass."""

    report = audited(program('fmt.Println("hi")', "fmt"), cases=(Case(name="hi", expected="hi"),))

    assert (report.verdict, report.functional, report.flags, report.findings) == (
        Verdict.ACCEPTED,
        "pass",
        (),
        (),
    )


def test_nothing_decides(audited: Audited) -> None:
    """Accepted without anything that decides the function is unverified."""

    report = audited(program('fmt.Println("hi")', "fmt"))

    assert (report.verdict, report.functional, report.flags) == (
        Verdict.ACCEPTED,
        None,
        ("unverified",),
    )


def test_a_wrong_answer(audited: Audited) -> None:
    """A case that differs is a wrong answer, with the difference."""

    report = audited(program('fmt.Println("ho")', "fmt"), cases=(Case(name="hi", expected="hi"),))

    assert (report.verdict, report.functional) == (Verdict.WRONG_ANSWER, "fail")
    assert "got 'ho', want 'hi'" in report.findings[0].message


@pytest.mark.parametrize(
    ("body", "imports", "verdict"),
    [
        ('fmt.Println("signal: killed"); os.Exit(137)', ("fmt", "os"), Verdict.RUNTIME_ERROR),
        (
            'fmt.Fprintln(os.Stderr, "WARNING: DATA RACE"); os.Exit(66)',
            ("fmt", "os"),
            Verdict.RUNTIME_ERROR,
        ),
        ('fmt.Println("--- PASS: TestX\\nPASS\\nok")', ("fmt",), Verdict.ACCEPTED),
        ('fmt.Fprintln(os.Stderr, "fatal error: out of memory")', ("fmt", "os"), Verdict.ACCEPTED),
        ('fmt.Fprintln(os.Stderr, "panic: boom")', ("fmt", "os"), Verdict.ACCEPTED),
        ("os.Exit(124)", ("os",), Verdict.RUNTIME_ERROR),
    ],
)
def test_imitations_get_nothing(
    audited: Audited, body: str, imports: tuple[str, ...], verdict: Verdict
) -> None:
    """A program that prints and exits like another verdict keeps its own."""

    report = audited(program(body, *imports))

    assert report.verdict is verdict
    assert report.race.state is ObservedState.NOT_APPLICABLE
    assert report.deadlock.state is ObservedState.NONE_SEEN


def test_a_printed_deadlock_is_none(audited: Audited) -> None:
    """The runtime's words and its exit status do not make a deadlock."""

    body = 'fmt.Fprintln(os.Stderr, "fatal error: all goroutines are asleep - deadlock!\\n\\ngoroutine 1 [chan receive]:\\nmain.main()\\n\\tmain.go:3"); os.Exit(2)'

    report = audited(program(body, "fmt", "os"))

    assert (report.verdict, report.deadlock.state) == (
        Verdict.RUNTIME_ERROR,
        ObservedState.NONE_SEEN,
    )


def test_a_printed_race_is_none(audited: Audited) -> None:
    """A race needs the detector's own log."""

    body = 'go func() {}()\n\tfmt.Fprintln(os.Stderr, "==================\\nWARNING: DATA RACE"); os.Exit(66)'

    report = audited(program(body, "fmt", "os"))

    assert report.race.state is ObservedState.NONE_SEEN


def test_a_real_deadlock(audited: Audited) -> None:
    """Every goroutine asleep is found at its line."""

    report = audited(program("ch := make(chan int)\n\tch <- 1", "fmt").replace('\t"fmt"\n', ""))

    assert (report.verdict, report.deadlock.state, report.functional) == (
        Verdict.RUNTIME_ERROR, ObservedState.FOUND, "fail",
    )  # fmt: skip
    assert [
        (one.tool, one.excerpt.strip()) for one in report.findings if one.tool == "deadlock"
    ] == [("deadlock", "ch <- 1")]


def test_a_real_race(audited: Audited) -> None:
    """A race is found with both places."""

    body = "done := make(chan bool)\n\tx := 0\n\tgo func() {\n\t\tx++\n\t\tdone <- true\n\t}()\n\tx++\n\t<-done\n\tfmt.Println(x)"

    report = audited(program(body, "fmt"))

    assert report.verdict is Verdict.RACE_DETECTED
    (finding,) = [one for one in report.findings if one.tool == "race"]
    assert (
        finding.message == "data race: write at main.go:11 and write at main.go:14"
        or "main.go:14" in finding.message
    )


def test_a_panic(audited: Audited) -> None:
    """A panic is found at the snippet's line."""

    report = audited(program("var m map[string]int\n\tm[os.Args[0]] = 1", "os"))

    assert report.verdict is Verdict.RUNTIME_ERROR
    assert ("panic_nil_map", 9) in [(one.rule, one.line) for one in report.findings]


@pytest.mark.parametrize(
    ("body", "imports", "verdict"),
    [
        ("for {\n\t}", (), Verdict.TIME_LIMIT),
        ("time.Sleep(time.Hour)", ("time",), Verdict.TIME_LIMIT),
        (
            "var all [][]byte\n\tfor {\n\t\tall = append(all, bytes.Repeat([]byte{1}, 1<<23))\n\t}",
            ("bytes",),
            Verdict.MEMORY_LIMIT,
        ),
        ('for {\n\t\tfmt.Println("flood flood flood flood")\n\t}', ("fmt",), Verdict.OUTPUT_LIMIT),
    ],
)
def test_limits(audited: Audited, body: str, imports: tuple[str, ...], verdict: Verdict) -> None:
    """Each limit has its verdict."""

    text = program(body, *imports).replace("import (\n)\n\n", "")

    assert audited(text).verdict is verdict


def test_a_program_that_wants_arguments(audited: Audited) -> None:
    """A usage message is no failure when no arguments were given."""

    report = audited(program("if len(os.Args) < 2 {\n\t\tos.Exit(2)\n\t}", "os"))

    assert report.verdict is Verdict.ACCEPTED
    assert "main" in {one.what for one in report.not_checked}


def test_a_server(audited: Audited) -> None:
    """A server that waits for requests is not hanging."""

    report = audited(
        program('log.Fatal(http.ListenAndServe("127.0.0.1:0", nil))', "log", "net/http")
    )

    assert report.verdict is Verdict.ACCEPTED


TESTED = 'package sum\n\nimport (\n\t"os"\n\t"syscall"\n)\n\nvar _, _ = os.Exit, syscall.Exit\n\nfunc Add(a, b int) int {\n\tBODY\n}\n'
TEST = 'package sum\n\nimport "testing"\n\nfunc TestAdd(t *testing.T) {\n\tif got := Add(1, 2); got != 3 {\n\t\tt.Errorf("got %d", got)\n\t}\n}\n'


@pytest.mark.parametrize(
    ("body", "verdict", "functional"),
    [
        ("return a + b", Verdict.ACCEPTED, "pass"),
        ("return a - b", Verdict.TESTS_FAILED, "fail"),
        ("os.Exit(0)\n\treturn 0", Verdict.TESTS_FAILED, "fail"),
        ("syscall.Exit(0)\n\treturn 0", Verdict.TESTS_TAMPERED, "fail"),
        (
            'println("--- PASS: TestAdd\\nPASS")\n\tos.Exit(1)\n\treturn 0',
            Verdict.TESTS_FAILED,
            "fail",
        ),
        ('panic("no")', Verdict.TESTS_FAILED, "fail"),
        ("select {}", Verdict.TESTS_FAILED, "fail"),
    ],
)
def test_tests_decide(audited: Audited, body: str, verdict: Verdict, functional: str) -> None:
    """Only a test that ran to its end and passed counts as passed."""

    report = audited(TESTED.replace("BODY", body), tests={"add_test.go": TEST})

    assert (report.verdict, report.functional) == (verdict, functional)


@pytest.mark.parametrize(
    ("body", "printed", "functional", "decided"),
    [
        ("return a + b", None, "pass", Decided.COOPERATIVE),
        ("return a - b", None, "fail", Decided.COOPERATIVE),
        ("return a + b", "3", "pass", Decided.COOPERATIVE),
        ("return a - b", "3", "fail", Decided.OUTSIDE),
    ],
)
def test_where_the_function_was_decided(
    audited: Audited, body: str, printed: str | None, functional: str, decided: Decided
) -> None:
    """A pass is as good as its weakest part; a case that fails outside the jail needs no test."""

    code = program("fmt.Println(Add(1, 2))", "fmt") + f"\nfunc Add(a, b int) int {{ {body} }}\n"
    test = TEST.replace("package sum", "package main")
    cases = () if printed is None else (Case(name="sum", expected=printed),)

    report = audited(code, tests={"add_test.go": test}, cases=cases)

    assert (report.functional, report.functional_decided) == (functional, decided)
    assert report.tests[0].decided is Decided.COOPERATIVE


def test_what_only_cases_decide_was_decided_outside(audited: Audited) -> None:
    """Expected output is compared where no program can reach it."""

    report = audited(program("fmt.Println(3)", "fmt"), cases=(Case(name="sum", expected="3"),))

    assert (report.functional, report.functional_decided) == ("pass", Decided.OUTSIDE)


def test_a_skipped_test_is_not_passed(audited: Audited) -> None:
    """Skipping does not verify anything."""

    skipping = TEST.replace("\tif got", '\tt.Skip("later")\n\tif got')

    report = audited(TESTED.replace("BODY", "return a + b"), tests={"add_test.go": skipping})

    assert (report.functional, report.tests[0].skipped) == ("fail", 1)


def test_own_tests_do_not_verify(audited: Audited) -> None:
    """A snippet's own tests are self-praise."""

    report = audited(
        None, files={"add.go": TESTED.replace("BODY", "return a + b"), "add_test.go": TEST}
    )

    assert (report.functional, report.tests[0].source, report.tests[0].passed) == (
        None,
        "snippet",
        1,
    )


def test_tests_that_do_not_compile_with_the_answer(audited: Audited) -> None:
    """An answer without the asked function fails the tests; it does compile."""

    report = audited(
        "package sum\n\nfunc Plus(a, b int) int { return a + b }\n", tests={"add_test.go": TEST}
    )

    assert (report.verdict, report.functional) == (Verdict.TESTS_FAILED, "fail")


def test_several_packages(audited: Audited) -> None:
    """Packages in folders are built in order, and tests run in theirs."""

    report = audited(
        None,
        files={
            "go.mod": "module example.com/app\n\ngo 1.25\n",
            "main.go": 'package main\n\nimport (\n\t"fmt"\n\n\t"example.com/app/sum"\n)\n\nfunc main() {\n\tfmt.Println(sum.Add(1, 2))\n}\n',
            "sum/sum.go": "package sum\n\n// Add adds.\nfunc Add(a, b int) int { return a + b }\n",
            "sum/sum_test.go": 'package sum_test\n\nimport (\n\t"testing"\n\n\t"example.com/app/sum"\n)\n\nfunc TestAdd(t *testing.T) {\n\tif sum.Add(1, 2) != 3 {\n\t\tt.Fail()\n\t}\n}\n',
        },
        cases=(Case(name="sum", expected="3"),),
    )

    assert (report.verdict, report.functional, report.tests[0].passed) == (
        Verdict.ACCEPTED,
        "pass",
        1,
    )


@pytest.mark.parametrize(
    ("code", "word"),
    [
        ('package main\n\nimport "C"\n\nfunc main() {}\n', "cgo"),
        (
            'package main\n\nimport _ "embed"\n\n//go:embed x\nvar x string\n\nfunc main() {}\n',
            "pragma",
        ),
        (
            'package main\n\nimport _ "unsafe"\n\n//go:linkname f runtime.f\nfunc f()\n\nfunc main() {}\n',
            "pragma",
        ),
        ('package main\n\nimport _ "0rec"\n\nfunc main() {}\n', "internal_import"),
        ("Just some prose.", "not_go"),
    ],
)
def test_what_is_not_built(audited: Audited, code: str, word: str) -> None:
    """What reaches past the Go language is rejected with its reason."""

    report = audited(code)

    assert (report.verdict, report.error and report.error.code) == (Verdict.REJECTED, word)


def test_lines_of_a_fenced_answer(audited: Audited) -> None:
    """Findings stand on the lines of the answer, not of the cut file."""

    report = audited("Look:\n\n```go\npackage main\n\nfunc main() {\n\tx := 1\n}\n```\n")

    assert [(one.file, one.line, one.column, one.excerpt) for one in report.findings] == [
        ("answer.md", 7, 2, "\tx := 1")
    ]


def test_columns_of_a_fragment(audited: Audited) -> None:
    """What was put in front of a first line does not shift its columns."""

    report = audited("func main() { x := 1 }\n")

    assert [(one.line, one.column) for one in report.findings if one.tool == "compiler"] == [
        (1, 15)
    ]


def test_vet(audited: Audited) -> None:
    """What vet says is a finding."""

    report = audited(program('fmt.Printf("%d\\n", "x")', "fmt"))

    assert ("vet", "printf", 8) in [(one.tool, one.rule, one.line) for one in report.findings]


def test_an_old_language(audited: Audited) -> None:
    """The language version holds for the compiler."""

    report = audited(program("for i := range 3 {\n\t\tfmt.Println(i)\n\t}", "fmt"), go="1.20")

    assert report.verdict is Verdict.COMPILE_ERROR


class Broken:
    """A backend that always fails, and counts."""

    name = "broken"

    def __init__(self) -> None:
        self.calls = 0

    def run(self, job: Job) -> Outcome:
        self.calls += 1
        raise SandboxFault("jail_start", "no jail today", retry=True)


def test_a_fault_is_never_the_snippets(toolchain: Toolchain) -> None:
    """A sandbox fault is tried once more and is then internal_error."""

    backend = Broken()

    report = audit(
        AuditInput(code=program('fmt.Println("hi")', "fmt")), backend=backend, toolchain=toolchain
    )

    assert (report.verdict, report.functional, report.findings, backend.calls) == (
        Verdict.INTERNAL_ERROR,
        None,
        (),
        2,
    )
    assert report.error is not None
    assert report.error.code == "jail_start"


def test_the_same_input_gives_the_same_report(audited: Audited) -> None:
    """But for times and memory."""

    code = program("var m map[string]int\n\tm[os.Args[0]] = 1", "os")
    changing = {"wall_s", "created_at", "stages"}

    first, second = (
        audited(code).model_dump(exclude=changing),
        audited(code).model_dump(exclude=changing),
    )

    assert first == second


def test_every_stage_is_told(audited: Audited) -> None:
    """A report names every stage, in order, run or not."""

    assert [one.stage for one in audited("package x\n").stages] == list(StageName)


def test_a_file_that_is_left_out_of_the_build(audited: Audited) -> None:
    """Nothing to build is no success."""

    report = audited("//go:build windows\n\npackage main\n\nfunc main() {}\n")

    assert (report.verdict, report.findings[0].rule) == (Verdict.COMPILE_ERROR, "other")


def test_too_much_for_the_compiler(audited: Audited) -> None:
    """A build that meets a limit is compile_limit."""

    code = "package main\n\nvar a [1 << 20]int = [1 << 20]int{1 << 19: 1}\n\nfunc main() { println(a[3]) }\n"

    assert audited(code, limits=Limits(build_memory_mib=24)).verdict is Verdict.COMPILE_LIMIT


def test_a_stage_tells_what_it_used_and_was_allowed(audited: Audited) -> None:
    """Numbers are the supervisor's; what was asked stands beside what the kernel says."""

    limits = Limits(run_wall_s=3.0, run_cpu_s=2.0, run_memory_mib=128, run_processes=64)

    report = audited(program('fmt.Println("hi")', "fmt"), limits=limits)

    run = next(stage for stage in report.stages if stage.stage is StageName.RUN).resources
    assert run is not None
    assert run.allowed is not None
    assert (run.allowed.wall_s, run.allowed.cpu_s, run.allowed.processes) == (3.0, 2.0, 64)
    assert run.allowed.memory_bytes == 128 * 1024 * 1024
    assert run.enforced.get("memory_bytes", run.allowed.memory_bytes) == run.allowed.memory_bytes
    assert run.memory_peak_bytes is not None
    assert 0 < run.memory_peak_bytes <= run.allowed.memory_bytes
    assert run.processes_peak is None or 1 < run.processes_peak <= run.allowed.processes
    assert run.processes_refused == 0


def test_a_refused_process_is_counted(audited: Audited) -> None:
    """The stage says how often, and that the most allowed were there."""

    bomb = "for i := 0; i < 200; i++ {\n\tgo func() { runtime.LockOSThread(); select {} }()\n\t}\n\tselect {}"

    report = audited(program(bomb, "runtime"))

    run = next(stage for stage in report.stages if stage.stage is StageName.RUN).resources
    assert run is not None
    assert run.processes_refused > 0 or run.enforced["pids"] == "rlimit"
    assert run.processes_peak in (None, 64)


def test_only_stages_with_a_jail_have_resources(audited: Audited) -> None:
    """Nothing is made up for the others."""

    report = audited(program('fmt.Println("hi")', "fmt"))

    told = {stage.stage for stage in report.stages if stage.resources is not None}
    assert told == {StageName.STATIC, StageName.BUILD, StageName.RUN}


def test_a_path_that_is_made_from_itself(audited: Audited) -> None:
    """Following a name to where it comes from ends where it comes from itself."""
    code = 'package p\n\nimport (\n\t"os"\n\t"path/filepath"\n\t"strings"\n)\n\nfunc load(name string) ([]byte, error) {\n\tname = strings.TrimSpace(name)\n\treturn os.ReadFile(filepath.Join("files", name))\n}\n'

    assert audited(code).verdict is Verdict.ACCEPTED
