"""Measurements as a report holds them, for tests of what is made of them."""

from __future__ import annotations

from typing import Any

from sandbox.measurements import Benchmark, BenchmarkState, Profile, ProfileKind
from sandbox.model import Snippet, SnippetFile, SourceText
from sandbox.places import Locator
from sandbox.profile_facts import profile_facts
from tests.sandbox.profiles import profile

MAIN = ("snip.Work", "main.go", 7)
HELP = ("snip.help[...]", "main.go", 12)
MALLOC = ("runtime.mallocgc", "runtime/malloc.go", 1100)
SORT = ("sort.Slice", "sort/slice.go", 20)
MARK = ("runtime.gcBgMarkWorker", "runtime/mgc.go", 90)


def make_profile(kind: ProfileKind = ProfileKind.CPU, *stacks: Any) -> Profile:
    file = SnippetFile(name="main.go", text="package main\n" * 40, source="main.go")
    locator = Locator(Snippet(sources=(SourceText(name="main.go", text=""),), files=(file,)))
    columns = {
        ProfileKind.CPU: ("cpu", "nanoseconds"),
        ProfileKind.HEAP: ("alloc_space", "bytes"),
    }
    name, unit = columns.get(kind, ("delay", "nanoseconds"))
    given = stacks or (
        ((MALLOC, HELP, MAIN), (30_000_000,)),
        ((SORT, MAIN), (45_000_000,)),
        ((HELP, MAIN), (20_000_000,)),
        ((MARK,), (5_000_000,)),
    )
    return profile_facts(kind, profile(((name, unit),), given), locator, 10)


def make_benchmark(**changes: Any) -> Benchmark:
    whole: dict[str, Any] = {
        "name": "BenchmarkWork", "source": "snippet", "verified": False, "file": "main_test.go",
        "line": 9, "state": BenchmarkState.MEASURED, "n": 1000, "ns_per_op": 1234.5,
        "bytes_per_op": 48, "allocs_per_op": 2,
    }  # fmt: skip
    return Benchmark(**{**whole, **changes})
