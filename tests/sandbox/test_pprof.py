"""Profiles are read whole or refused, soon and small, whatever a program wrote."""

from __future__ import annotations

import base64
import gzip
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.measurements import ProfileKind
from sandbox.model import Snippet, SnippetFile, SourceText
from sandbox.places import Locator
from sandbox.pprof import FRAMES, BadProfileError, Frame, RawProfile, read_profile
from sandbox.profile_facts import profile_facts
from tests.sandbox.profiles import number, packed, part, plain_profile, profile, varint

CPU = (("samples", "count"), ("cpu", "nanoseconds"))
HEAP = (("alloc_objects", "count"), ("alloc_space", "bytes"))
MAIN = ("snip.Work", "main.go", 7)
HELP = ("snip.help", "main.go", 12)
MALLOC = ("runtime.mallocgc", "runtime/malloc.go", 1100)
MARK = ("runtime.gcBgMarkWorker", "runtime/mgc.go", 90)
calls = st.tuples(st.text(max_size=12), st.text(max_size=8), st.integers(0, 1 << 40))
samples = st.lists(
    st.tuples(st.lists(calls, max_size=6), st.tuples(*[st.integers(0, 1 << 53)] * 2)), max_size=8
)


def locator() -> Locator:
    file = SnippetFile(name="main.go", text="package main\n" * 40, source="answer.md", first_line=3)
    return Locator(Snippet(sources=(SourceText(name="answer.md", text=""),), files=(file,)))


@given(samples)
def test_what_is_written_is_read(given_samples: list[tuple[list[object], tuple[int, int]]]) -> None:
    """Stacks, lines and values come back as they went in."""
    read = read_profile(profile(CPU, given_samples))  # type: ignore[arg-type] - lists

    assert read.kinds == CPU
    assert [([*map(_call, one.frames)], one.values) for one in read.samples] == given_samples


def _call(frame: Frame) -> tuple[str, str, int]:
    return frame.function, frame.file, frame.line


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_any_message_is_read_or_refused(data: bytes) -> None:
    """Nothing but a profile or a refusal comes out."""
    try:
        found = read_profile(gzip.compress(data))
    except BadProfileError:
        return
    assert isinstance(found, RawProfile)


@settings(deadline=None)
@given(st.integers(0, 200), st.binary(min_size=1, max_size=6))
def test_a_damaged_profile_is_read_or_refused(at: int, damage: bytes) -> None:
    """A right message with some bytes changed does no harm."""
    whole = plain_profile(CPU, [((MAIN, HELP), (1, 10))])
    hurt = whole[: at % len(whole)] + damage + whole[at % len(whole) + len(damage) :]
    try:
        profile_facts(ProfileKind.CPU, gzip.compress(hurt), locator(), 1)
    except BadProfileError:
        return


ENDLESS = b"\x0a" + b"\xff" * 40
MANY_FIELDS = number(9, 1) * 160_000
MANY_SAMPLES = part(2, b"") * 10_001
LOCATION = part(4, number(1, 1))


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"not gzip", "not gzip"),
        (gzip.compress(b"")[:-4], "cut off"),
        (gzip.compress(bytes(1 << 26)), "unpacks to over"),
        (gzip.compress(ENDLESS), "no end"),
        (gzip.compress(b"\x80"), "cut off"),
        (gzip.compress(MANY_FIELDS), "numbers"),
        (gzip.compress(MANY_SAMPLES), "samples"),
        (gzip.compress(part(2, packed(1, [9]))), "no location 9"),
        (gzip.compress(part(4, part(4, number(1, 5)))), "no function 5"),
        (gzip.compress(part(1, number(1, 3))), "no string 3"),
        (gzip.compress(part(2, packed(2, [1]))), "one value of each kind"),
        (gzip.compress(part(2, packed(2, [1 << 60]))), "too large"),
        (gzip.compress(part(2, packed(2, [(1 << 64) - 5]))), "negative"),
        (gzip.compress(varint(6 << 3 | 2) + varint(1 << 40)), "longer than the whole"),
        (gzip.compress(varint(6 << 3 | 3)), "wire type"),
    ],
    # Not the bytes: they hold the time, and every worker of a run must collect the same names.
    ids=lambda one: one if isinstance(one, str) else "data",
)
def test_what_breaks_a_limit_is_refused(data: bytes, why: str) -> None:
    """Bombs, numbers without an end, and references to nothing have their reason."""
    with pytest.raises(BadProfileError, match=why):
        read_profile(data)


def test_a_bomb_takes_little_memory() -> None:
    """Many megabytes that were packed into few bytes is never unpacked."""
    bomb = gzip.compress(bytes(1 << 26))
    tracemalloc.start()
    with pytest.raises(BadProfileError):
        read_profile(bomb)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 8 << 20


def test_deep_stacks_are_cut_to_the_innermost_calls() -> None:
    """Recursion of any depth makes a stack of bounded height."""
    deep = [(f"snip.F{n}", "main.go", n) for n in range(400)]

    (sample,) = read_profile(profile(CPU, [(deep, (1, 10))])).samples

    assert len(sample.frames) == FRAMES
    assert sample.frames[0].function == "snip.F0"


def test_inlined_calls_of_one_place_multiply_within_the_limit() -> None:
    """A place of many inlined calls that a stack names often does not grow the stack."""
    lines = part(4, number(1, 1) + number(2, 3)) * 500
    message = part(1, b"") + part(2, packed(1, [1] * 500) + packed(2, [1]))
    message += part(4, number(1, 1) + lines) + part(5, number(1, 1)) + part(6, b"")

    (sample,) = read_profile(gzip.compress(message)).samples

    assert len(sample.frames) == FRAMES


def test_time_is_shared_out() -> None:
    """What allocates and what collects have their shares of the processor time."""
    taken = profile(
        CPU,
        [((MALLOC, HELP, MAIN), (3, 30)), ((HELP, MAIN), (2, 20)), ((MAIN,), (4, 40)), ((MARK,), (1, 10))],
    )  # fmt: skip

    facts = profile_facts(ProfileKind.CPU, taken, locator(), 5)

    assert facts.shares == {"allocation": 0.3, "collection": 0.1}
    assert (facts.total, facts.unit, facts.per_op) == (100, "nanoseconds", None)
    assert [(one.name, one.line, one.flat, one.cum) for one in facts.functions] == [
        ("snip.Work", 9, 40, 90),
        ("snip.help", 14, 20, 50),
    ]
    assert "snip.Work;snip.help;runtime.mallocgc 30" in facts.stacks
    assert base64.b64decode(facts.raw) == taken


def test_memory_goes_to_own_lines() -> None:
    """Bytes are charged to the innermost line of the answer, and others' alone are left out."""
    taken = profile(HEAP, [((MALLOC, HELP, MAIN), (3, 30)), ((MAIN,), (1, 50)), ((MARK,), (1, 10))])

    facts = profile_facts(ProfileKind.HEAP, taken, locator(), 4)

    assert [(one.file, one.line, one.value) for one in facts.lines] == [
        ("answer.md", 9, 50),
        ("answer.md", 14, 30),
    ]
    assert (facts.total, facts.per_op) == (80, 20)


def test_recursion_counts_once() -> None:
    """A function that stands in a stack several times has its value once."""
    facts = profile_facts(
        ProfileKind.CPU, profile(CPU, [((MAIN, MAIN, MAIN), (1, 10))]), locator(), None
    )

    assert [(one.flat, one.cum) for one in facts.functions] == [(10, 10)]


def test_another_kind_is_refused() -> None:
    """A heap profile in place of a processor profile is none."""
    with pytest.raises(BadProfileError, match="no cpu in it"):
        profile_facts(ProfileKind.CPU, profile(HEAP, []), locator(), None)


def test_stacks_are_few_and_names_are_shown_safely() -> None:
    """The report stays small, and no name breaks out of its place in a folded stack."""
    many = [(((f"snip.F{n}" + "x" * 300, "main.go", n),), (1, n + 1)) for n in range(900)]
    odd = ((("a;b\x1b[31m\n", "main.go", 1),), (1, 5000))

    facts = profile_facts(ProfileKind.CPU, profile(CPU, [*many, odd]), locator(), None)

    assert facts.cut
    assert facts.stacks[0] == "a,b␛[31m  5000"
    assert sum(map(len, facts.stacks)) < 25_000
