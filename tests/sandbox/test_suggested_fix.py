"""A tool's edits become a diff of the text that was given, or nothing."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sandbox.model import Snippet, SnippetFile, SourceText
from sandbox.suggested_fix import Edit, suggested_fix

ANSWER = "Look:\n\n```go\npackage main\n\nfunc main() {\n\tx := 5\n\tprintln(x)\n}\n```\n"
CUT = "package main\n\nfunc main() {\n\tx := 5\n\tprintln(x)\n}\n"


def snippet(source: str, text: str, **changes: int) -> Snippet:
    file = SnippetFile.model_validate(
        {"name": "main.go", "text": text, "source": "answer.md", **changes}
    )
    return Snippet(sources=(SourceText(name="answer.md", text=source),), files=(file,))


def diff(one: Snippet, *edits: Edit) -> str | None:
    fix = suggested_fix(one, one.files[0], edits)
    return fix and fix.diff


def replaced(text: str, old: str, new: str) -> Edit:
    start = text.index(old)
    return Edit(start=start, end=start + len(old), text=new)


def test_lines_are_those_of_the_answer() -> None:
    """A reviewer applies it to what he was given."""

    assert diff(snippet(ANSWER, CUT, first_line=4), replaced(CUT, "5", "6")) == (
        "--- a/answer.md\n+++ b/answer.md\n@@ -5,5 +5,5 @@\n \n func main() {\n-\tx := 5\n+\tx := 6\n"
        " \tprintln(x)\n }"
    )


def test_what_was_put_in_front_is_not_shown() -> None:
    """A package clause of ours stands on the first line, and no diff names it."""
    text = "package main; func main() { x := 5; println(x) }\n"
    one = snippet("func main() { x := 5; println(x) }\n", text, column_shift=14)

    assert (diff(one, replaced(text, "5", "6")) or "").splitlines()[3:5] == [
        "-func main() { x := 5; println(x) }",
        "+func main() { x := 6; println(x) }",
    ]


def test_an_edit_of_what_we_added_is_no_fix() -> None:
    """The author can't change what is not in his text."""
    text = "package main; func main() {}\n"
    one = snippet("func main() {}\n", text, column_shift=14)

    assert diff(one, replaced(text, "main;", "x;")) is None


def test_an_edit_of_lines_that_were_changed_is_no_fix() -> None:
    """Where the original reads differently, no diff of it can be right."""
    one = snippet(ANSWER.replace("x := 5", "x:=5"), CUT, first_line=4)

    assert diff(one, replaced(CUT, "5", "6")) is None


def test_edits_that_overlap_are_no_fix() -> None:
    """Such a mend has no one meaning."""
    one = snippet(ANSWER, CUT, first_line=4)

    assert diff(one, replaced(CUT, "x := 5", "y"), replaced(CUT, ":= 5", "z")) is None


LINES = st.lists(st.sampled_from(["a", "b", "é", "}", "", "\tx"]), min_size=1, max_size=12)


@given(LINES, LINES, st.data())
def test_the_diff_of_any_edit_leads_to_the_edited_text(
    before: list[str], other: list[str], data: st.DataObject
) -> None:
    """Its numbers and lines fit the text that was given."""
    text = "\n".join(before) + "\n"
    size = len(text.encode()) - 1
    start = data.draw(st.integers(0, size))
    end = data.draw(st.integers(start, size))
    raw = text.encode()
    if any(0x80 <= byte < 0xC0 for byte in (raw[start], raw[end])):
        return
    edit = Edit(start=start, end=end, text="\n".join(other))
    wanted = raw[:start] + edit.text.encode() + raw[end:]
    got = diff(snippet(text, text), edit)
    if wanted == raw:
        assert not got
        return

    assert got is not None
    assert applied(text, got) == wanted.decode()


def applied(text: str, patch: str) -> str:
    """Applies hunks as `patch` would, by their own numbers."""
    lines, out, at = text.split("\n"), [], 0
    for line in patch.split("\n")[2:]:
        if line.startswith("@@"):
            start = int(line.split()[1].split(",")[0][1:]) - 1
            start += line.split()[1].endswith(",0")
            out += lines[at:start]
            at = start
        elif line.startswith("+"):
            out.append(line[1:])
        else:
            assert lines[at] == line[1:]
            at += 1
            out += [line[1:]] * line.startswith(" ")
    return "\n".join(out + lines[at:])
