"""Readers of what the runtime, the race detector and the recorder write."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sandbox.compare import difference, matches
from sandbox.compile_words import reworded, rule_for
from sandbox.crash_text import parse_crash
from sandbox.inspection import ListedTest
from sandbox.model import Match
from sandbox.output_text import show, visible
from sandbox.race_text import parse_races
from sandbox.record import parse_record, wanted_canaries
from sandbox.report_frame import parse_frame
from sandbox.stages.test import _said

PANIC = """panic: runtime error: index out of range [3] with length 3

goroutine 1 [running]:
snip.pick(...)
\tmain.go:9
snip.main()
\tmain.go:5 +0x1d
created by snip.start in goroutine 1
\tmain.go:2 +0x1

goroutine 7 [chan receive, 2 minutes]:
snip.wait(0xc000012345)
\tmain.go:20 +0x25
"""

RACE = """==================
WARNING: DATA RACE
Read at 0x00c00001c0a8 by goroutine 8:
  snip.main.func1()
      main.go:10 +0x44

Previous write at 0x00c00001c0a8 by goroutine 7:
  snip.main.func1()
      main.go:11 +0x50

Goroutine 8 (running) created at:
  snip.main()
      main.go:8 +0x7c
==================
"""


def test_a_panic_is_read_with_its_goroutines() -> None:
    """Message, states and frames come out."""

    crash = parse_crash(PANIC)

    assert crash.panic == "runtime error: index out of range [3] with length 3"
    assert [(one.number, one.stuck) for one in crash.goroutines] == [(1, False), (7, True)]
    assert [(frame.file, frame.line) for frame in crash.goroutines[0].frames] == [
        ("main.go", 9),
        ("main.go", 5),
    ]


def test_a_race_is_read_with_both_places() -> None:
    """Both accesses come out, without the place that made the goroutine."""

    (accesses,) = parse_races(RACE)

    assert [(one.kind, one.frames[0].line) for one in accesses] == [("read", 10), ("write", 11)]


def test_a_printed_race_headline_is_no_report() -> None:
    """A report has an end and accesses."""

    assert parse_races("WARNING: DATA RACE\n") == []


@given(st.text())
def test_readers_take_any_text(text: str) -> None:
    """No text makes a reader raise."""

    parse_crash(text)
    parse_races(text)
    parse_record(text, "n")
    parse_frame(text.encode(errors="replace"))
    rule_for(text)
    visible(text)


def test_a_record_ends_only_with_the_nonce() -> None:
    """A trailer without the nonce is no trailer."""

    text = "B 0\nF 0 P 12\nB 1\nZ tests 1 FS PPPPPP 00ff\n"

    assert (parse_record(text, "00ff").ending, parse_record(text, "00ff").exit_code) == ("tests", 1)
    assert parse_record(text, "00fe").ending == ""
    assert parse_record(text, "00fe").begun == {0, 1}


def test_rows_are_forgeable_and_the_last_line_is_not() -> None:
    """Where a last line knows the nonce, it alone says how tests ended."""

    text = "F 0 P 12\nZ tests 1 FSN FPPPPP 00ff\n"

    assert parse_record(text, "00ff").results == {0: "F", 1: "S"}
    assert parse_record(text, "").results == {0: "P"}


def test_canaries_follow_the_nonce() -> None:
    """At least one fails and at least one passes, whatever the nonce."""

    wanted = {wanted_canaries(f"{first:02x}00") for first in range(256)}

    assert all({"P", "F"} == set(one) for one in wanted)
    assert len(wanted) == 62
    assert parse_record("Z tests 0 P FPPPPP 00ff\n", "00ff").whole is True
    assert parse_record("Z tests 0 P PPPPPP 00ff\n", "00ff").whole is False


def test_output_shows_no_control_characters() -> None:
    """Escapes and direction marks are made visible."""

    assert visible("a\x1b[31m\u202eb\tc\n") == "a\u241b[31m\\u202eb\tc\n"


def test_long_output_keeps_both_ends() -> None:
    """The middle goes, and the report says so."""

    shown = show(b"a" * 100 + b"z" * 100, 200, 20)

    assert (shown.text[0], shown.text[-1], shown.truncated, shown.bytes_total) == (
        "a",
        "z",
        True,
        200,
    )


def test_ways_to_compare() -> None:
    """Each way forgives what it says and no more."""

    assert matches("a \nb\n\n", "a\nb", Match.TRIM)
    assert not matches("a\nb\n", "a\nb", Match.EXACT)
    assert matches("1   2\n3", "1 2 3", Match.TOKENS)
    assert matches("0.3000000001 x", "0.3 x", Match.FLOAT)
    assert not matches("0.4", "0.3", Match.FLOAT)
    assert not matches("1 2", "1", Match.FLOAT)


def test_a_difference_names_its_line() -> None:
    """The first differing line is told."""

    assert difference("a\nx", "a\nb") == "line 2: got 'x', want 'b'"
    assert difference("a", "a\nb") == "line 2 is missing: want 'b'"
    assert difference("a\nb", "a") == "1 line(s) too many"


def test_compiler_messages_have_words() -> None:
    """A rule word per family of errors."""

    assert rule_for("declared and not used: x") == "unused_variable"
    assert rule_for("undefined: foo") == "undefined"
    assert rule_for("something new") == "other"
    assert reworded("could not import a.b/c (open : no such file)").startswith(
        "package a.b/c is not there"
    )


def test_a_frame_that_is_cut_is_nothing() -> None:
    """Files are given whole or not at all."""

    whole = b'{"report": 1, "files": [{"name": "p", "bytes": 3}]}\nabc'

    assert parse_frame(whole) == (
        {"report": 1, "files": [{"name": "p", "bytes": 3}]},
        {"p": b"abc"},
    )
    assert parse_frame(whole[:-1]) == ({}, {})


def test_a_failed_test_that_left_no_words() -> None:
    """A program may swallow the line that says which test runs."""

    listed = ListedTest(
        name="TestAdd",
        file="a_test.go",
        line=7,
        path="snip",
        kind="test",
        external=False,
        task=True,
    )

    assert _said("nothing of ours", listed) == (7, "")
