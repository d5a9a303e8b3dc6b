"""Entry points called with plain values, in real jails: crashes, hangs, races and leaks, and no false alarms."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sandbox.model import AuditReport, Grade, ObservedState, Verdict

pytestmark = [pytest.mark.needs_bwrap, pytest.mark.slow]
Audited = Callable[..., AuditReport]


def library(body: str, *imports: str) -> str:
    lines = "".join(f'\t"{name}"\n' for name in imports)
    block = f"import (\n{lines})\n\n" if imports else ""
    return f"package p\n\n{block}{body}\n"


BROKEN = {
    "index": (
        "func Pairs(xs []int) int {\n\tt := 0\n\tfor i := range xs {\n\t\tt += xs[i+1]\n\t}\n\treturn t\n}",
        (),
        Verdict.RUNTIME_ERROR,
        "panic_index",
    ),
    "nil map": (
        "type Set struct{ m map[string]bool }\n\nfunc NewSet() *Set { return &Set{} }\n\nfunc (s *Set) Add(k string) { s.m[k] = true }",
        (),
        Verdict.RUNTIME_ERROR,
        "panic_nil_map",
    ),
    "nil pointer": (
        "type Node struct {\n\tV    int\n\tNext *Node\n}\n\nfunc Last(n *Node) int {\n\tfor n != nil {\n\t\tn = n.Next\n\t}\n\treturn n.V\n}",
        (),
        Verdict.RUNTIME_ERROR,
        "panic_nil",
    ),
    "never swapped": (
        "type Count struct{ n atomic.Int64 }\n\nfunc (c *Count) Add() {\n\told := c.n.Load()\n\tfor !c.n.CompareAndSwap(old+1, old) {\n\t}\n}",
        ("sync/atomic",),
        Verdict.TIME_LIMIT,
        "time_wall",
    ),
    "unfinished": (
        'func Parse(s string) int { panic("not implemented") }',
        (),
        Verdict.RUNTIME_ERROR,
        "panic",
    ),
    "library": (
        "func Roll(n int) int { return rand.Intn(n - n) }",
        ("math/rand",),
        Verdict.RUNTIME_ERROR,
        "panic",
    ),
    "goroutine": (
        "func Each(xs []int) {\n\tvar wg sync.WaitGroup\n\twg.Add(1)\n\tgo func() {\n\t\tdefer wg.Done()\n\t\t_ = xs[len(xs)]\n\t}()\n\twg.Wait()\n}",
        ("sync",),
        Verdict.RUNTIME_ERROR,
        "panic_index",
    ),
    "recursion": (
        "func Depth(n int) int { return Depth(n+1) + 1 }",
        (),
        Verdict.RUNTIME_ERROR,
        "fatal",
    ),
    "hang": (
        "func Count(n int) int {\n\ti := 0\n\tfor i < n {\n\t}\n\treturn i\n}",
        (),
        Verdict.TIME_LIMIT,
        "time_wall",
    ),
    "forgotten unlock": (
        "type C struct {\n\tmu sync.Mutex\n\tn  int\n}\n\nfunc (c *C) Inc() { c.mu.Lock(); c.n++ }\n\nfunc (c *C) Get() int {\n\tc.mu.Lock()\n\tdefer c.mu.Unlock()\n\treturn c.n\n}",
        ("sync",),
        Verdict.RUNTIME_ERROR,
        "all_asleep",
    ),
    "unread channel": (
        "func Send(n int) int {\n\tch := make(chan int)\n\tch <- n\n\treturn <-ch\n}",
        (),
        Verdict.RUNTIME_ERROR,
        "all_asleep",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_failure_on_plain_values(audited: Audited, name: str) -> None:
    """A crash or a hang on ordinary input is found, and fails the function."""
    body, imports, verdict, rule = BROKEN[name]

    report = audited(library(body, *imports))

    found = [(one.rule, one.grade) for one in report.findings if one.tool in {"run", "deadlock"}]
    assert (report.verdict, report.functional) == (verdict, "fail")
    assert found == [(rule, Grade.E3)]


SOUND = {
    "refuses": (
        '// Half gives half of an even number.\nfunc Half(n int) int {\n\tif n%2 != 0 {\n\t\tpanic("odd")\n\t}\n\treturn n / 2\n}',
        (),
    ),
    "documented": (
        "// At gives the element; it panics when i is out of range.\nfunc At(xs []int, i int) int { return xs[i+len(xs)] }",
        (),
    ),
    "must": ("func MustAt(xs []int, i int) int { return xs[i+len(xs)] }", ()),
    "exits": ("func Quit(n int) { os.Exit(n) }", ("os",)),
    "fatal": ("func Fail(s string) { log.Fatal(s) }", ("log",)),
    "network": ("func Get(url string) error {\n\t_, err := http.Get(url)\n\treturn err\n}", ("net/http",)),
    "reads": ("func Ask() string {\n\tvar s string\n\tfmt.Scan(&s)\n\treturn s[:1]\n}", ("fmt",)),
    "serves": ("func Serve() {\n\tfor {\n\t\ttime.Sleep(time.Second)\n\t}\n}", ("time",)),
    "queue": (
        "type Queue struct{ ch chan int }\n\nfunc NewQueue() *Queue { return &Queue{ch: make(chan int)} }\n\nfunc (q *Queue) Get() int { return <-q.ch }",
        (),
    ),
    "closer": (
        "type Box struct{ ch chan int }\n\nfunc NewBox() *Box { return &Box{ch: make(chan int, 4)} }\n\nfunc (b *Box) Close() { close(b.ch) }\n\nfunc (b *Box) Put(n int) { b.ch <- n }",
        (),
    ),
    "wired": (
        "type Store interface{ Load(k string) string }\n\ntype Service struct{ store Store }\n\nfunc (s *Service) Load(k string) string { return s.store.Load(k) }",
        (),
    ),
    "callback": ("func Apply(xs []int, f func(int) int) {\n\tfor i := range xs {\n\t\txs[i] = f(xs[i])\n\t}\n}", ()),
    "target": ("func Copy(dst, src []byte) {\n\tfor i, b := range src {\n\t\tdst[2*i] = b\n\t}\n}", ()),
    "generator": (
        "func Gen(n int) <-chan int {\n\tch := make(chan int)\n\tgo func() {\n\t\tdefer close(ch)\n\t\tfor i := range n {\n\t\t\tch <- i\n\t\t}\n\t}()\n\treturn ch\n}",
        (),
    ),
    "generator with an empty value": (
        "func Gen(s string, n int) <-chan string {\n\tch := make(chan string)\n\tgo func() {\n\t\tdefer close(ch)\n\t\tfor range n {\n\t\t\tch <- s\n\t\t}\n\t}()\n\treturn ch\n}",
        (),
    ),
    "worker": (
        "func Watch(ctx context.Context) error {\n\t<-ctx.Done()\n\treturn ctx.Err()\n}",
        ("context",),
    ),
    "spins": (
        "type Gate struct{ open atomic.Bool }\n\nfunc (g *Gate) Await() {\n\tfor !g.open.Load() {\n\t\truntime.Gosched()\n\t}\n}",
        ("runtime", "sync/atomic"),
    ),
    "matrix": (
        "func Sum(m [][]int) int {\n\tt := 0\n\tfor i := range m {\n\t\tfor j := range m {\n\t\t\tt += m[i][j]\n\t\t}\n\t}\n\treturn t\n}",
        (),
    ),
    "fields": (
        "type User struct {\n\tName string\n\tTags map[string]string\n}\n\nfunc (u *User) Tag(k string) { u.Tags[k] = u.Name }",
        (),
    ),
    "ordered": (
        "type Number interface{ ~int | ~float64 }\n\nfunc Max[T Number](a, b T) T {\n\tif a > b {\n\t\treturn a\n\t}\n\treturn b\n}",
        (),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SOUND)
def test_no_alarm_on_sound_code(audited: Audited, name: str) -> None:
    """What refuses, waits, ends the program or needs to be wired is no crash, and nothing is passed."""
    body, imports = SOUND[name]

    report = audited(library(body, *imports))

    assert (report.verdict, report.functional) == (Verdict.ACCEPTED, None)
    assert [one for one in report.findings if one.tool in {"run", "deadlock", "leak", "race"}] == []


def test_an_empty_value_only_indicates(audited: Audited) -> None:
    """A panic on an empty slice is worth a look, but may be what everybody expects."""

    report = audited(library("func First(xs []int) int { return xs[0] }"))

    assert (report.verdict, report.functional) == (Verdict.ACCEPTED, None)
    assert [(one.rule, one.grade) for one in report.findings] == [("panic_index", Grade.E1)]


def test_a_race_inside_a_function(audited: Audited) -> None:
    """One call that races with itself is reproduced."""
    body = "func Sum(xs []int) int {\n\tvar wg sync.WaitGroup\n\tt := 0\n\tfor _, x := range xs {\n\t\twg.Add(1)\n\t\tgo func() { defer wg.Done(); t += x }()\n\t}\n\twg.Wait()\n\treturn t\n}"

    report = audited(library(body, "sync"))

    assert report.verdict is Verdict.RACE_DETECTED
    assert [one.grade for one in report.findings if one.tool == "race"] == [Grade.E3]


GUARDED = "type Counter struct {\n\tmu sync.Mutex\n\tn  int\n}\n\nfunc (c *Counter) Inc() {\n\tc.mu.Lock()\n\tdefer c.mu.Unlock()\n\tc.n++\n}\n\nfunc (c *Counter) Get() int {\n\tc.mu.Lock()\n\tdefer c.mu.Unlock()\n\treturn c.n\n}"


def test_a_race_between_our_own_calls(audited: Audited) -> None:
    """A type with a mutex is called from several goroutines; a race that only this shows is indicated."""
    unguarded = GUARDED.replace("int {\n\tc.mu.Lock()\n\tdefer c.mu.Unlock()\n", "int {\n")

    assert [one.tool for one in audited(library(GUARDED, "sync")).findings] == []
    report = audited(library(unguarded, "sync"))
    assert [(one.tool, one.grade) for one in report.findings] == [("race", Grade.E1)]
    assert (report.verdict, report.race.state) == (Verdict.ACCEPTED, ObservedState.NONE_SEEN)


def test_calls_at_the_same_time_need_a_reason(audited: Audited) -> None:
    """A plain type is called from several goroutines only where the prompt speaks of them."""
    plain = "type Counter struct{ n int }\n\nfunc (c *Counter) Inc() { c.n++ }"

    assert audited(library(plain)).findings == ()
    report = audited(library(plain), prompt="Write a thread-safe counter.")
    assert [(one.tool, one.grade) for one in report.findings] == [("race", Grade.E1)]


@pytest.mark.parametrize("value", ["n", "1"])
def test_a_leak(audited: Audited, value: str) -> None:
    """A goroutine that nobody can wake is found, whatever it wants to send."""
    body = f"func Try(n int) int {{\n\tch := make(chan int)\n\tgo func() {{ ch <- {value} }}()\n\treturn n\n}}"

    report = audited(library(body))

    assert (report.leak.state, report.functional) == (ObservedState.FOUND, None)
    assert [(one.tool, one.grade) for one in report.findings] == [("leak", Grade.E3)]


def test_a_program_is_entered_by_what_main_calls(audited: Audited) -> None:
    """In a program without exported names, helpers are left to their callers."""
    code = "package main\n\nfunc total(xs []int) int { return at(xs, 0) }\n\nfunc at(xs []int, i int) int { return xs[i] }\n\nfunc mean(xs []int) int { return total(xs) / (len(xs) - 5) }\n\ntype reader struct{ at int }\n\nfunc (r *reader) next(xs []int) int { return xs[len(xs)+r.at] }\n\nfunc (r *reader) all(n int) int { return n + r.next(make([]int, 0)) }\n\nfunc read(n int) int {\n\tif n > 100 {\n\t\treturn (&reader{}).all(n)\n\t}\n\treturn n\n}\n\nfunc main() {}\n"

    report = audited(code)

    assert [one.message.split(",")[0] for one in report.findings if one.grade is Grade.E3] == [
        "mean"
    ]


def test_tests_stand_in_for_entry_points(audited: Audited) -> None:
    """Where the task has tests, nothing else is called."""
    code = library(
        "func First(xs []int) int { return xs[9] }\n\nfunc Add(a, b int) int { return a + b }"
    )
    test = 'package p\n\nimport "testing"\n\nfunc TestAdd(t *testing.T) {\n\tif Add(1, 2) != 3 {\n\t\tt.Fail()\n\t}\n}\n'

    report = audited(code, tests={"p_test.go": test})

    assert (report.functional, report.findings) == ("pass", ())


def test_old_code_is_called_too(audited: Audited) -> None:
    """What is generated beside the answer speaks its language version."""

    report = audited(library("func Pick(xs []int) int { return xs[len(xs)] }"), go="1.13")

    assert report.functional == "fail"


def test_types_that_need_each_other_end(audited: Audited) -> None:
    """Making plain values is bounded, however many types lead to one another."""
    kinds = range(30)
    fields = "".join(f"\tF{n} I\n" for n in kinds)
    types = "\n\n".join(
        f"type T{n} struct {{\n{fields}}}\n\nfunc (t T{n}) M(i I) I {{ return t.F{n} }}"
        for n in kinds
    )

    report = audited(library(f"type I interface{{ M(i I) I }}\n\n{types}"))

    assert report.verdict is Verdict.ACCEPTED
