"""The second pass in real jails: what comes and goes is counted, and its processor time is kept."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sandbox.backends.bubblewrap import Bubblewrap
from sandbox.model import (
    AuditInput,
    AuditReport,
    Finding,
    Grade,
    Limits,
    ObservedState,
    Verdict,
)
from sandbox.runner import audit
from sandbox.toolchain import Toolchain

pytestmark = [pytest.mark.needs_bwrap, pytest.mark.slow]
Deepened = Callable[..., AuditReport]
LUCK = "\nvar lucky = rand.Intn(2) == 0\n"


@pytest.fixture
def deepened(toolchain: Toolchain, bubblewrap: Bubblewrap) -> Deepened:
    """Audits with both passes."""

    def run(code: str | None, *, cpu_s: float = 20.0, **given: object) -> AuditReport:
        wanted = AuditInput.model_validate({"code": code, **given})
        limits = Limits(
            run_wall_s=3.0, run_cpu_s=2.0, run_memory_mib=256, run_processes=64, deep_cpu_s=cpu_s
        )
        return audit(wanted, backend=bubblewrap, toolchain=toolchain, limits=limits, deep=True)

    return run


def only(report: AuditReport, tool: str, rule: str = "") -> list[Finding]:
    return [one for one in report.findings if one.tool == tool and rule in one.rule]


def what(report: AuditReport) -> set[str]:
    return {one.what for one in report.not_checked}


RACY = (
    'package main\n\nimport (\n\t"fmt"\n\t"math/rand"\n\t"sync"\n)\n'
    + LUCK
    + """
func main() {
	var wg sync.WaitGroup
	n := 0
	for range 2 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			if lucky {
				n++
			}
		}()
	}
	wg.Wait()
	fmt.Println(n)
}
"""
)


def test_a_race_that_comes_and_goes_is_counted(deepened: Deepened) -> None:
    """The report says in how many of the runs it was seen."""
    report = deepened(RACY)

    assert report.race.state is ObservedState.FOUND
    assert 0 < report.race.hits < report.race.runs
    (race,) = only(report, "race")
    assert (race.evidence.runs, race.evidence.hits) == (report.race.runs, report.race.hits)
    assert report.verdict is Verdict.RACE_DETECTED


LEAKY = (
    'package main\n\nimport "math/rand"\n'
    + LUCK
    + """
func main() {
	ch := make(chan int)
	done := make(chan bool)
	go func() {
		done <- true
		if lucky {
			ch <- 1
		}
	}()
	<-done
}
"""
)


def test_a_leak_that_comes_and_goes_is_counted(deepened: Deepened) -> None:
    """So is a goroutine that is left behind now and then."""
    report = deepened(LEAKY)

    assert 0 < report.leak.hits < report.leak.runs
    (leak,) = only(report, "leak")
    assert (leak.line, leak.evidence.runs > 1) == (13, True)
    assert 0 < leak.evidence.hits < leak.evidence.runs


CRASHES = (
    'package main\n\nimport (\n\t"fmt"\n\t"math/rand"\n)\n'
    + LUCK
    + """
func main() {
	var all []int
	if !lucky {
		all = append(all, 1)
	}
	fmt.Println(all[0])
}
"""
)


def test_a_crash_that_comes_and_goes_fails(deepened: Deepened) -> None:
    """Whether it shows in the first run or later, the verdict is the same."""
    report = deepened(CRASHES)

    assert (report.verdict, report.functional) == (Verdict.RUNTIME_ERROR, "fail")
    assert [one.line for one in only(report, "run")] == [15]


LUCKY = 'package sum\n\nimport "math/rand"\n' + LUCK + "\nfunc Lucky() bool { return lucky }\n"
LUCKY_TEST = 'package sum\n\nimport "testing"\n\nfunc TestLucky(t *testing.T) {\n\tif !Lucky() {\n\t\tt.Error("no luck")\n\t}\n}\n'


def test_a_flaky_test_is_found(deepened: Deepened) -> None:
    """A test that passes and fails is no passed test, and the finding says how often it fails."""
    report = deepened(LUCKY, tests={"lucky_test.go": LUCKY_TEST})

    (flaky,) = only(report, "test", "flaky")
    assert flaky.grade is Grade.E3
    assert 0 < flaky.evidence.hits < flaky.evidence.runs
    assert f"{flaky.evidence.hits} of {flaky.evidence.runs} runs" in flaky.message
    assert (report.verdict, report.functional) == (Verdict.TESTS_FAILED, "fail")
    assert [(one.passed, one.failed) for one in report.tests] == [(0, 1)]


ORDERED = "package sum\n\nvar state int\n\nfunc Next() int {\n\tstate++\n\treturn state\n}\n"
ORDERED_TEST = 'package sum\n\nimport "testing"\n' + "".join(
    f"\nfunc Test{n}(t *testing.T) {{\n\tif got := Next(); got != {n} {{\n\t\tt.Fatal(got)\n\t}}\n}}\n"
    for n in (1, 2, 3)
)


def test_tests_that_lean_on_their_order_are_found(deepened: Deepened) -> None:
    """In the given order they pass, so the verdict stands."""
    report = deepened(None, files={"sum.go": ORDERED, "sum_test.go": ORDERED_TEST})

    found = only(report, "test", "flaky")
    assert len(found) == 3
    assert all("in another order" in one.message for one in found)
    assert (report.verdict, report.tests[0].passed) == (Verdict.ACCEPTED, 3)


def test_the_order_of_the_tasks_tests_is_the_tasks(deepened: Deepened) -> None:
    """Tests that build on each other are no fault of the answer's."""
    report = deepened(ORDERED, tests={"sum_test.go": ORDERED_TEST})

    assert only(report, "test") == []
    assert (report.verdict, report.functional) == (Verdict.ACCEPTED, "pass")


PARSE = """package sum

import "strings"

// Port gives what stands behind the colon.
func Port(address string) string {
	if len(address) < 12 || strings.HasPrefix(address, "the") {
		return ""
	}
	return strings.Split(address, ":")[1]
}
"""
TESTS = 'package sum\n\nimport (\n\t"syscall"\n\t"testing"\n)\n\nvar (\n\t_ = syscall.Exit\n\t_ testing.TB\n)\n'


def test_a_panic_on_some_text_is_shown_with_the_text(deepened: Deepened) -> None:
    """The input stands in the finding, made as short as it can be."""
    report = deepened(PARSE, tests={"sum_test.go": TESTS})

    (panic,) = only(report, "run")
    assert (panic.rule, panic.grade, panic.line) == ("panic_index", Grade.E3, 10)
    assert panic.message.startswith('Port("')
    assert len(panic.message.split('"')[1]) <= 14


@pytest.mark.parametrize(
    "body",
    [
        'if len(text) > 3 {\n\t\tpanic("too long")\n\t}\n\treturn text',
        'if text == "" {\n\t\treturn ""\n\t}\n\treturn text[:1]',
    ],
)
def test_refusals_and_sound_functions_are_no_findings(deepened: Deepened, body: str) -> None:
    """A panic that the answer writes itself refuses an argument."""
    code = f"package sum\n\nfunc Take(text string) string {{\n\t{body}\n}}\n"

    report = deepened(code, tests={"sum_test.go": TESTS})

    assert only(report, "run") == []
    assert report.verdict is Verdict.ACCEPTED


def test_numbers_are_for_callers_to_choose(deepened: Deepened) -> None:
    """A panic that needs an odd number is indicated, not charged."""
    code = "package sum\n\nfunc Share(whole, parts int) int { return whole / parts }\n"

    report = deepened(code, tests={"sum_test.go": TESTS})

    assert [one.grade for one in only(report, "run")] == [Grade.E1]
    assert report.verdict is Verdict.ACCEPTED


def fuzz(body: str, seed: str = '"host:80"') -> str:
    head = "\nfunc FuzzPort(f *testing.F) {\n\tf.Add(SEED)\n\tf.Fuzz(func(t *testing.T, text string) {\n\t\tBODY\n\t})\n}\n"
    return TESTS + head.replace("SEED", seed).replace("BODY", body)


PLAIN = "package sum\n\nfunc Half(text string) string { return text[:len(text)/2] }\n"


def test_a_fuzz_function_fails_on_another_input(deepened: Deepened) -> None:
    """Its own seeds pass, so the verdict stands; the input is shown."""
    body = 'if len(text) > 9 {\n\t\t\tt.Errorf("long: %d", len(text))\n\t\t}'

    report = deepened(PLAIN, tests={"sum_test.go": fuzz(body)})

    (found,) = only(report, "test", "fuzz")
    assert found.grade is Grade.E3
    assert "FuzzPort: sum_test.go:" in found.message
    assert 'the input is "' in found.message
    assert report.verdict is Verdict.ACCEPTED


def test_a_panic_under_a_fuzz_function_stands_where_it_came_from(deepened: Deepened) -> None:
    """The innermost line of the answer is blamed."""
    code = PARSE.replace("len(address) < 12 || ", "")

    report = deepened(code, tests={"sum_test.go": fuzz("Port(text)")})

    (found,) = only(report, "test", "fuzz")
    assert (found.line, "index out of range" in found.message) == (10, True)


def test_a_fuzz_function_that_fails_on_its_seeds_fails_as_a_test(deepened: Deepened) -> None:
    """As go test would say."""
    report = deepened(PLAIN, tests={"sum_test.go": fuzz('t.Fatal("never")')})

    (found,) = only(report, "test", "fuzz")
    assert "own seeds" in found.message
    assert report.verdict is Verdict.TESTS_FAILED


@pytest.mark.parametrize("body", ["for {\n\t\t}", "syscall.Exit(0)", "select {}"])
def test_a_fuzz_function_that_does_not_come_back(deepened: Deepened, body: str) -> None:
    """It is named as not checked, and nothing hangs."""
    guarded = f'if text != "host:80" {{\n\t\t\t{body}\n\t\t}}'

    report = deepened(PLAIN, tests={"sum_test.go": fuzz(guarded)})

    assert "FuzzPort" in what(report)
    assert report.verdict is Verdict.ACCEPTED


GROWING = """package sum

func Glue(words []string) string {
	out := ""
	for _, word := range words {
		out += word
	}
	return out
}

func Double(numbers []int) []int {
	out := make([]int, 0, len(numbers))
	for _, one := range numbers {
		out = append(out, 2*one)
	}
	return out
}

func Fib(n int) int {
	if n < 2 {
		return n
	}
	return Fib(n-1) + Fib(n-2)
}

func Table(n int) [][]int {
	rows := make([][]int, n)
	for i := range rows {
		rows[i] = make([]int, n)
	}
	return rows
}
"""


def test_growth_is_measured(deepened: Deepened) -> None:
    """Memory over the size fits a power; what explodes is left alone in time."""
    report = deepened(GROWING, tests={"sum_test.go": TESTS})

    orders = {(one.function, one.measure): one.order for one in report.growth}
    assert orders["Glue", "bytes"] == "quadratic"
    assert orders["Glue", "allocs"] == "linear"
    assert orders["Double", "bytes"] == "linear"
    assert orders["Double", "allocs"] == "constant"
    assert orders["Table", "bytes"] == "quadratic"
    assert "Fib" not in {one.function for one in report.growth}
    assert report.model_dump(by_alias=True)["growth"][0]["class"]


def test_only_growth_that_is_borne_out_is_more_than_a_hint(deepened: Deepened) -> None:
    """A text that grows in a loop bears it out; a table is square by its nature."""
    report = deepened(GROWING, tests={"sum_test.go": TESTS})

    found = [one for one in only(report, "growth") if one.grade is not Grade.E1]
    assert [(one.rule, one.line, one.grade) for one in found] == [("square_memory", 3, Grade.E2)]
    assert report.verdict is Verdict.ACCEPTED


def test_the_pass_keeps_its_processor_time(deepened: Deepened) -> None:
    """With little of it there is little repetition, and what was left out is named."""
    given = {
        "files": {"main.go": RACY, "main_test.go": fuzz("").replace("package sum", "package main")}
    }

    report = deepened(None, cpu_s=0.1, **given)

    assert report.race.runs < 10
    assert "FuzzPort" in what(report)


def test_the_first_pass_alone_repeats_nothing(toolchain: Toolchain, bubblewrap: Bubblewrap) -> None:
    """Repetition, fuzzing and growth are the second pass's."""
    report = audit(AuditInput(code=GROWING), backend=bubblewrap, toolchain=toolchain)

    assert report.growth == ()
    assert "deep" not in what(report)


def test_code_that_does_not_run_is_not_deepened(deepened: Deepened) -> None:
    """The report says so."""
    assert "deep" in what(deepened("package main\n\nfunc main() { x }\n"))
