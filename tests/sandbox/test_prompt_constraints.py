"""What a prompt demands of the form: read where it is said, decided where it can be, unknown elsewhere."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.inspection import Function
from sandbox.model import AuditReport
from sandbox.prompt_constraints import constraints
from sandbox.prompt_demands import Answer

ANSWER = Answer(
    package="bank",
    imports=("errors", "sync", "encoding/json", "github.com/pkg/errors"),
    functions=(
        Function(name="Add", text="func(a int, b int) int"),
        Function(name="Open", text="func(path string) (*Account, error)"),
        Function(name="Map", text="func[T any](xs []T, f func(T) T) []T"),
        Function(name="Account", text="type"),
        Function(name="Account.Deposit", text="func(amount float64) error"),
    ),
    module="bank",
    text="var mu sync.Mutex\nfunc Map[T any](xs []T, f func(T) T) []T",
    go="1.21",
)

TABLE = {
    "Use only the standard library.": ["imports standard library only: missed"],
    "No external dependencies, please.": ["imports standard library only: missed"],
    "Do not use the `sort` package.": ["banned sort: met"],
    "Don't use the encoding/json package": ["banned encoding/json: missed"],
    "Implement it without using sync.Mutex.": ["banned sync.Mutex: missed"],
    "Avoid `reflect`.": ["banned reflect: met"],
    "Use sync.Mutex to guard the map.": ["required sync.Mutex: met"],
    "Use `sync.RWMutex` for reads.": ["required sync.RWMutex: missed"],
    "Use a sync.RWMutex or a sync.Mutex.": ["required sync.RWMutex: unknown"],
    "Parse it with the encoding/json package.": ["required encoding/json: met"],
    "Use `context` for cancellation.": ["required context: missed"],
    "Write func Add(a, b int) int.": ["signature func Add(a, b int) int: met"],
    "Write `func Add(x int, y int) int`": ["signature func Add(x int, y int) int: met"],
    "Write func Add(a, b int64) int64": ["signature func Add(a, b int64) int64: missed"],
    "```go\nfunc Sub(a, b int) int\n```": ["signature func Sub(a, b int) int: missed"],
    "func (a *Account) Deposit(amount float64) error {": [
        "signature func (a *Account) Deposit(amount float64) error: met",
    ],
    "func Open(path string) (*Account, error)": [
        "signature func Open(path string) (*Account, error): met"
    ],
    "func Map[T any](xs []T, f func(T) T) []T": [
        "signature func Map[T any](xs []T, f func(T) T) []T: met"
    ],
    "Write a function `Transfer` that moves money.": ["function Transfer: missed"],
    "Write a function called Add.": ["function Add: met"],
    "Define a struct `Account`.": ["type Account: met"],
    "Define a type named Ledger.": ["type Ledger: missed"],
    "type Account struct {": ["type Account: met"],
    "The package must be named `bank`: package `bank`": ["package bank: met"],
    "```go\npackage main\n```": ["package main: missed"],
    "Target Go 1.21.": ["go 1.21: met"],
    "It must build with Go 1.20": ["go 1.20: missed"],
    "Use Go 1.18+": ["go 1.18: met"],
    "It should return an error when the amount is negative.": ["error return an error: met"],
    "Write it using generics.": ["generics type parameters: met"],
    "Print the result as JSON.": ["format JSON: met"],
    "Output the rows as CSV.": ["format CSV: unknown"],
    # Nothing of these is a demand.
    "Write a program that sorts numbers and prints the time.": [],
    "Explain how strings work in Go.": [],
    "Do not use more memory than needed.": [],
    "Never return an error.": [],
    "Go has no classes. Use slices where they fit.": [],
    "It is a package that helps.": [],
    "": [],
}


def told(prompt: str, answer: Answer = ANSWER) -> list[str]:
    return [f"{one.kind} {one.wanted}: {one.state}" for one in constraints(prompt, answer)]


@pytest.mark.parametrize("prompt", TABLE)
def test_a_demand_is_read(prompt: str) -> None:
    """Each demand is found once with its state, and prose without one gives nothing."""

    assert told(prompt) == TABLE[prompt]


def test_a_demand_is_quoted() -> None:
    """A reader sees the words that it was read from."""

    (only,) = constraints("Intro.\nPlease do not use the `sort` package here.\nBye.", ANSWER)

    assert only.quote == "Please do not use the `sort` package here."


def test_without_types_nothing_is_said_of_declarations() -> None:
    """Code that does not compile may well declare what is asked for."""
    broken = Answer(package="p", imports=(), functions=(), module="p", text="", sound=False)

    assert told("func Add(a, b int) int", broken) == ["signature func Add(a, b int) int: unknown"]


PIECES = st.sampled_from(
    ["func ", "Add(", ")", "(", "a, b int", "package ", "`", "use ", "do not ", "sync.Mutex", "sort", " package", "\n", "```", "return an error", "Go 1.2", "[T any]", "type X struct"]
)  # fmt: skip


@given(st.lists(PIECES | st.text(max_size=6), max_size=40).map("".join))
def test_any_prompt_is_read_the_same_way(prompt: str) -> None:
    """Reading is total, repeatable, and quotes something for every demand."""

    found = constraints(prompt, ANSWER)

    assert found == constraints(prompt, ANSWER)
    assert all(one.quote and one.wanted for one in found)


@pytest.mark.parametrize(
    "piece",
    ["func A(", "use ", "do not use sync.Mutex ", "package a ", "(", "`", "func A(a int) int "],
)
def test_a_long_prompt_gives_a_bounded_number(piece: str) -> None:
    """Repetition costs a bounded reading."""

    assert len(constraints(piece * 20_000, ANSWER)) <= 40


@pytest.mark.needs_bwrap
@pytest.mark.slow
def test_a_report_tells_them(audited: Callable[..., AuditReport]) -> None:
    """An audit holds the prompt against the answer's own declarations and imports."""
    code = 'package bank\n\nimport (\n\t"errors"\n\t"sort"\n)\n\n// Pay pays.\nfunc Pay(amounts []int, most int) (int, error) {\n\tsort.Ints(amounts)\n\treturn most, errors.New("no")\n}\n'
    prompt = "Write func Pay(amounts []int, most int) (int, error) in package bank. Do not use the `sort` package. Use only the standard library."

    report = audited(code, prompt=prompt)

    assert [(one.kind, one.state.value) for one in report.constraints] == [
        ("signature", "met"),
        ("imports", "met"),
        ("banned", "missed"),
    ]
