"""Examples of the prompt run as calls of the answer, in real jails; expected values stay outside."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sandbox.backends import Job, Outcome
from sandbox.backends.bubblewrap import Bubblewrap
from sandbox.model import AuditInput, AuditReport, Limits, Verdict
from sandbox.runner import audit
from sandbox.toolchain import Toolchain
from tests.sandbox.prompt_texts import HELLO, LEETCODE, LRU, PLAIN_SAMPLES, SHELL, STACK, TABLE

pytestmark = [pytest.mark.needs_bwrap, pytest.mark.slow]
Audited = Callable[..., AuditReport]

TWO_SUM = """package main

func twoSum(nums []int, target int) []int {
	seen := map[int]int{}
	for i, n := range nums {
		if j, ok := seen[target-n]; ok {
			return []int{i, j}
		}
		seen[n] = i
	}
	return nil
}
"""
GENERIC = """package stack

type Stack[T any] struct{ items []T }

func NewStack[T any]() *Stack[T] { return &Stack[T]{} }

func (s *Stack[T]) Push(v T) { s.items = append(s.items, v) }

func (s *Stack[T]) Pop() (T, bool) {
	var zero T
	if len(s.items) == 0 {
		return zero, false
	}
	v := s.items[len(s.items)-1]
	s.items = s.items[:len(s.items)-1]
	return v, true
}

func (s *Stack[T]) Len() int { return len(s.items) }
"""
CACHE = """package main

type LRUCache struct {
	room  int
	items map[int]int
}

func Constructor(capacity int) LRUCache { return LRUCache{room: capacity, items: map[int]int{}} }

func (c *LRUCache) Get(key int) int {
	if v, ok := c.items[key]; ok {
		return v
	}
	return -1
}

func (c *LRUCache) Put(key int, value int) { c.items[key] = value }
"""
MANY = """package many

import (
	"errors"
	"fmt"
	"math"
	"sort"
	"strings"
	"time"
)

var ErrEmpty = errors.New("empty input")

type Point struct{ X, Y float64 }

type Color int

const (
	Red Color = iota
	Green
)

func (c Color) String() string { return [...]string{"Red", "Green"}[c] }

type ListNode struct {
	Val  int
	Next *ListNode
}

type TreeNode struct {
	Val         int
	Left, Right *TreeNode
}

type Shape interface{ Area() float64 }

type Square struct{ Side float64 }

func (s Square) Area() float64 { return s.Side * s.Side }

func Reverse(s string) string {
	r := []rune(s)
	for i, j := 0, len(r)-1; i < j; i, j = i+1, j-1 {
		r[i], r[j] = r[j], r[i]
	}
	return string(r)
}

func Divide(a, b float64) (float64, error) {
	if b == 0 {
		return 0, errors.New("division by zero")
	}
	return a / b, nil
}

func First(xs []string) (string, error) {
	if len(xs) == 0 {
		return "", ErrEmpty
	}
	return xs[0], nil
}

func WordCount(s string) map[string]int {
	m := map[string]int{}
	for _, w := range strings.Fields(s) {
		m[w]++
	}
	return m
}

func Distance(a, b Point) float64 { return math.Hypot(a.X-b.X, a.Y-b.Y) }

func Origin() Point { return Point{} }

func Next(c Color) Color { return c + 1 }

func ReverseList(head *ListNode) *ListNode {
	var prev *ListNode
	for head != nil {
		head.Next, prev, head = prev, head, head.Next
	}
	return prev
}

func Invert(root *TreeNode) *TreeNode {
	if root == nil {
		return nil
	}
	root.Left, root.Right = Invert(root.Right), Invert(root.Left)
	return root
}

func SortInPlace(xs []int) { sort.Ints(xs) }

func Sum(xs ...int) int {
	t := 0
	for _, x := range xs {
		t += x
	}
	return t
}

func Map[T, U any](xs []T, f func(T) U) []U {
	out := []U{}
	for _, x := range xs {
		out = append(out, f(x))
	}
	return out
}

func Total(shapes []Shape) float64 {
	t := 0.0
	for _, s := range shapes {
		t += s.Area()
	}
	return t
}

func Wait(d time.Duration) string { return d.String() }

func Describe(v any) string { return fmt.Sprintf("%T", v) }

func Must(n int) int {
	if n < 0 {
		panic("negative")
	}
	return n
}

func is_even(n int) bool { return n%2 == 0 }

func Gen(n int) <-chan int {
	ch := make(chan int)
	go func() {
		defer close(ch)
		for i := range n {
			ch <- i
		}
	}()
	return ch
}

func Unique(xs []int) map[int]struct{} {
	m := map[int]struct{}{}
	for _, x := range xs {
		m[x] = struct{}{}
	}
	return m
}
"""
RIGHT = """Examples:
- Reverse("abc") returns "cba"
- Divide(1, 0) returns an error
- Divide(1, 0) returns 0 and error "division by zero"
- Divide(7, 2) // 3.5
- First([]) returns "", ErrEmpty
- First(["a", "b"]) == "a"
- WordCount("a b a") // map[a:2 b:1]
- WordCount("x") -> {"x": 1}
- Distance(Point{0, 0}, Point{X: 3, Y: 4}) returns 5
- Origin() // Point{X: 0, Y: 0}
- Next(Red) // Green
- ReverseList([1, 2, 3]) -> [3, 2, 1]
- Invert([4,2,7,1,null,6]) -> [4,7,2,null,6,null,1]
- SortInPlace([3, 1, 2]) -> [1, 2, 3]
- Sum(1, 2, 3) = 6
- Sum([4, 5]) = 9
- Map([]int{1, 2}, func(x int) int { return x * 2 }) // [2 4]
- Total([]Shape{Square{2}, Square{Side: 1}}) returns 5.0
- Wait(1500*time.Millisecond) // "1.5s"
- Describe("x") returns "string"
- Must(-1) panics
- isEven(4) returns true
- Gen(3) // 0, 1, 2
- Unique([1, 1, 2]) -> {1, 2}
- Sqrt(2) returns 1.4142
"""
WRONG = """- Reverse("abc") returns "abc"
- Divide(4, 2) returns an error
- Divide(1, 0) returns 0
- Divide(7, 2) // 3.6
- First(["a"]) returns "", ErrEmpty
- WordCount("a b a") // map[a:2 b:2]
- Distance(Point{0, 0}, Point{X: 3, Y: 4}) returns 6
- Next(Red) // Blue
- ReverseList([1, 2, 3]) -> [3, 2]
- Invert([4,2,7]) -> [4,2,7]
- SortInPlace([3, 1, 2]) -> [3, 1, 2]
- Sum(1, 2, 3) = 7
- Map([]int{1, 2}, func(x int) int { return x * 2 }) // [2 5]
- Must(1) panics
- isEven(4) returns false
- Unique([1, 1, 2]) -> {1, 3}
"""


def prompt_tests(report: AuditReport) -> tuple[int, int, int, int]:
    (only,) = [one for one in report.tests if one.source == "prompt"]
    return only.listed, only.passed, only.failed, only.skipped


def test_every_kind_of_value_is_converted(audited: Audited) -> None:
    """A right answer passes every example that can be read; the one without a function is listed."""

    report = audited(MANY, prompt=RIGHT)

    assert [one.failures for one in report.tests if one.source == "prompt"] == [()]
    assert (report.verdict, report.functional, prompt_tests(report)) == (
        Verdict.ACCEPTED,
        "pass",
        (24, 24, 0, 0),
    )
    assert [one.why for one in report.not_checked if "Sqrt" in one.what] == [
        "the answer has no function Sqrt"
    ]


def test_every_wrong_result_is_told(audited: Audited) -> None:
    """An example that does not hold fails, with the call, what came and what the prompt says."""

    report = audited(MANY, prompt=WRONG)

    assert (report.verdict, report.functional) == (Verdict.WRONG_ANSWER, "fail")
    assert prompt_tests(report) == (16, 0, 16, 0)
    said = [one.message for one in report.findings if one.tool == "case"]
    assert 'the prompt says: Reverse("abc") returns "abc"; got cba' in said


@pytest.mark.parametrize(
    ("prompt", "code", "wrong"),
    [
        (LEETCODE, TWO_SUM, TWO_SUM.replace("i, j}", "i, i}")),
        (STACK, GENERIC, GENERIC.replace("len(s.items)-1]\n\ts.items", "0]\n\ts.items")),
        (LRU, CACHE, CACHE.replace("return v\n", "return v + 1\n")),
        (
            TABLE,
            'package main\n\nfunc intToRoman(n int) string {\n\treturn map[int]string{4: "IV", 9: "IX", 58: "LVIII"}[n]\n}\n',
            'package main\n\nfunc intToRoman(n int) string {\n\treturn map[int]string{4: "IV", 9: "VIIII"}[n]\n}\n',
        ),
    ],
)
def test_forms_without_a_function(audited: Audited, prompt: str, code: str, wrong: str) -> None:
    """Labelled examples, tables and sessions find the function or the type they are about."""

    assert audited(code, prompt=prompt).functional == "pass"
    assert audited(wrong, prompt=prompt).functional == "fail"


@pytest.mark.parametrize(
    ("prompt", "body", "wrong"),
    [
        (
            PLAIN_SAMPLES,
            "var a, b int\n\tfmt.Scan(&a, &b)\n\tfmt.Println(max(a, b))",
            ("max", "min"),
        ),
        (HELLO, 'fmt.Println("Hello, World!")', ("World", "world")),
    ],
)
def test_whole_programs(audited: Audited, prompt: str, body: str, wrong: tuple[str, str]) -> None:
    """Samples of input and output are cases of the program."""
    code = f'package main\n\nimport "fmt"\n\nfunc main() {{\n\t{body}\n}}\n'

    assert audited(code, prompt=prompt).functional == "pass"
    report = audited(code.replace(*wrong), prompt=prompt)
    assert (report.functional, report.verdict) == ("fail", Verdict.WRONG_ANSWER)


def test_a_command_line(audited: Audited) -> None:
    """A shell session gives arguments; what needs input as well is judged by its own run."""
    code = 'package main\n\nimport (\n\t"fmt"\n\t"os"\n\t"strconv"\n)\n\nfunc main() {\n\tsum := 0\n\tfor _, one := range os.Args[1:] {\n\t\tn, _ := strconv.Atoi(one)\n\t\tsum += n\n\t}\n\tfmt.Println(sum)\n}\n'

    report = audited(code, prompt=SHELL)

    assert prompt_tests(report) == (3, 2, 1, 0)


def test_a_function_in_a_program_is_called(audited: Audited) -> None:
    """An answer whose main is a demonstration is judged by its function."""
    code = (
        TWO_SUM.replace("package main\n", 'package main\n\nimport "fmt"\n')
        + "\nfunc main() { fmt.Println(twoSum([]int{1, 2}, 3)) }\n"
    )

    report = audited(code, prompt=LEETCODE)

    assert (report.functional, prompt_tests(report)) == ("pass", (2, 2, 0, 0))


@pytest.mark.parametrize(
    ("body", "verdict", "words"),
    [
        ("for {\n\t}", Verdict.TIME_LIMIT, "limit"),
        ("var m map[int]int\n\tm[n] = 1\n\treturn 0", Verdict.RUNTIME_ERROR, "nil map"),
        ("ch := make(chan int)\n\treturn <-ch", Verdict.RUNTIME_ERROR, "for ever"),
        ("os.Exit(0)\n\treturn 0", Verdict.WRONG_ANSWER, "ended the program"),
    ],
)
def test_a_call_that_does_not_come_back(
    audited: Audited, body: str, verdict: Verdict, words: str
) -> None:
    """A crash, a hang or an exit fails its own example; the others still run."""
    code = f'package p\n\nimport "os"\n\nvar _ = os.Exit\n\nfunc Bad(n int) int {{\n\t{body}\n}}\n\nfunc Good(n int) int {{ return n }}\n'

    report = audited(code, prompt="Bad(1) // 1\n\nGood(2) // 2")

    assert (report.verdict, report.functional, prompt_tests(report)) == (
        verdict,
        "fail",
        (2, 1, 1, 0),
    )
    assert words in next(one.message for one in report.findings if one.tool == "case")


def test_examples_do_not_help_what_does_not_build(audited: Audited) -> None:
    """With examples to go by, code that does not compile fails."""

    assert (
        audited("package p\n\nfunc F() int { return x }\n", prompt="F() // 1").functional == "fail"
    )


def test_unreadable_examples_decide_nothing(audited: Audited) -> None:
    """What cannot be read is listed and makes no pass."""
    report = audited(
        'package p\n\nfunc Render(n int) string { return "" }\n',
        prompt="Render(3) returns a nice picture.",
    )

    assert (report.functional, report.flags) == (None, ("unverified",))
    assert any("Render(3)" in one.what for one in report.not_checked)


def test_an_answer_may_not_forge_its_examples(audited: Audited) -> None:
    """An exit with a right status, a panic that is taken back, or printed words make no pass."""
    code = 'package p\n\nimport (\n\t"fmt"\n\t"os"\n)\n\nfunc init() {\n\tfmt.Println("R 0 0 [[\\"int\\",\\"int\\",\\"3\\"]]")\n\tos.Exit(0)\n}\n\nfunc F() int { return 4 }\n'

    assert audited(code, prompt="F() // 3").functional == "fail"


class Listening:
    """A backend that keeps what goes into its jails."""

    def __init__(self) -> None:
        self.real = Bubblewrap()
        self.name = self.real.name
        self.seen: list[str] = []

    def run(self, job: Job) -> Outcome:
        self.seen.append(repr((job.request, job.stdin, [len(one.data) for one in job.files])))
        programs = [one.data for one in job.files if one.executable]
        self.seen += [data.decode("latin-1") for data in programs]
        return self.real.run(job)


def test_what_is_expected_never_enters_a_jail(toolchain: Toolchain) -> None:
    """Arguments go in; the value that the prompt expects stays with the supervisor."""
    backend = Listening()
    given = AuditInput(
        code="package p\n\nfunc Twice(s string) string { return s + s }\n",
        prompt='Twice("walrus") returns "walruswalrus".',
    )

    report = audit(given, backend=backend, toolchain=toolchain, limits=Limits())

    assert report.functional == "pass"
    assert any("walrus" in one for one in backend.seen)
    assert not any("walruswalrus" in one for one in backend.seen)


def test_calls_are_seen_by_the_race_detector(audited: Audited) -> None:
    """A race inside a called function is found, and a right result does not hide it."""
    code = 'package p\n\nimport "sync"\n\nfunc Count(n int) int {\n\tvar wg sync.WaitGroup\n\tvar mu sync.Mutex\n\tc := 0\n\tfor range n {\n\t\twg.Add(1)\n\t\tgo func() {\n\t\t\tdefer wg.Done()\n\t\t\tc++\n\t\t\tmu.Lock()\n\t\t\tmu.Unlock()\n\t\t}()\n\t\twg.Wait()\n\t}\n\tgo func() { c++ }()\n\treturn c\n}\n'

    report = audited(code, prompt="Count(1) returns 1")

    assert report.race.hits == report.race.runs == 1
    assert report.verdict is Verdict.RACE_DETECTED
