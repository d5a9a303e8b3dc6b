"""The code's HTML holds exactly the text, and each mark points at exactly its statement."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from bridge.labelstudio.code_html import (
    CodePage,
    _point,
    code_html,
    code_page,
    mark,
    place_of,
    text_mark,
)
from sandbox.model import SourceText

pieces = st.sampled_from(
    [
        "package main", "func f() {", "}", "\t", "  ", "\n", "\n\n", "\r\n", "\r", "🙂", "<b>&amp;",
        '"a\\n"', "`raw", "`", "// note", "/*", "*/", "'", "\u202e", "e\u0301", "x := 1 < 2",
    ]
)  # fmt: skip
texts = st.lists(pieces | st.text(max_size=5), max_size=25).map("".join)


def page_of(*texts: str, names: tuple[str, ...] = ("main.go", "b.go")) -> CodePage:
    return code_page([SourceText(name=n, text=t) for n, t in zip(names, texts, strict=False)])


def source_lines(text: str) -> list[str]:
    lines = text.split("\n")
    if len(lines) > 1 and not lines[-1]:
        lines.pop()
    return [(line.removesuffix("\r")).replace("\0", "\ufffd") for line in lines]


def marked(root: Any, span: dict[str, Any]) -> str:
    """What the browser selects: text from one node and offset to another, in UTF-16 units."""
    nodes = root.xpath("//text()")
    first, last = (root.xpath("/html/body" + span[key])[0] for key in ("start", "end"))
    places = [(n.getparent(), n.is_tail) for n in nodes]
    begin = places.index((first.getparent(), first.is_tail))
    end = places.index((last.getparent(), last.is_tail))
    units = ["".join(nodes[begin : end + 1]).encode("utf-16-le"), str(last).encode("utf-16-le")]
    stop = len(units[0]) - len(units[1]) + 2 * span["endOffset"]
    return units[0][2 * span["startOffset"] : stop].decode("utf-16-le")


def parsed(page: CodePage) -> Any:
    return html.document_fromstring(f"<html><body>{code_html(page)}</body></html>")


@settings(deadline=None)
@given(texts)
def test_lines_are_the_source_lines(text: str) -> None:
    """Line n of the page is line n of the text, whatever stands in it."""
    assert source_lines(text) == [line.text for line in page_of(text).lines]


@settings(deadline=None)
@given(texts, texts)
def test_every_mark_is_its_statement(first: str, second: str) -> None:
    """Offsets, paths and text agree, over two files."""
    page = page_of(first, second)
    whole = "".join(line.text for line in page.lines)

    for line in page.lines:
        span: Any = mark(page, line)
        assert (span is None) == (not line.text.strip())
        if span is not None:
            offsets = span["globalOffsets"]
            assert span["text"] == line.text.strip()
            assert whole[offsets["start"] : offsets["end"]] == span["text"]
            assert place_of(span["start"]) == (line.file, line.number)


@settings(deadline=None)
@given(st.text("ab\t 🙂<>&\"'`\n/{}", max_size=60), st.text("package🙂\n\t<", max_size=20))
def test_paths_lead_to_the_statement(first: str, second: str) -> None:
    """Followed in the parsed HTML, a mark's paths and offsets give its text."""
    page = page_of(first, second)
    root = parsed(page)

    for line in page.lines:
        span: Any = mark(page, line)
        if span is not None:
            assert marked(root, span) == span["text"]


@settings(deadline=None)
@given(texts)
def test_same_text_same_html(text: str) -> None:
    """Stored paths need HTML that never changes."""
    assert code_html(page_of(text)) == code_html(page_of(text))


@settings(deadline=None)
@given(texts)
def test_nothing_of_the_text_becomes_markup(text: str) -> None:
    """The page has only the elements that we write."""
    assert {"html", "body", "div", "button", "span"} >= {
        element.tag for element in parsed(page_of(text)).iter()
    }


@settings(deadline=None)
@given(texts, st.integers(-1, 40))
def test_plain_marks_cut_out_the_statement(text: str, number: int) -> None:
    """Offsets of the plain page count code points of the text as it is."""
    span: Any = text_mark(text, number)

    if span is not None:
        assert text[span["start"] : span["end"]] == span["text"]
        assert span["text"] == text.split("\n")[number - 1].strip()


def test_blank_lines_have_no_mark() -> None:
    """There is nothing to mark on an empty line."""
    assert text_mark("a\n\t\n", 2) is None
    assert text_mark("a\n", 9) is None


def test_several_files_wear_their_names() -> None:
    """Names are attributes, so they are no part of the text; one file needs none."""
    two, one = code_html(page_of("a", "b")), code_html(page_of("a"))

    assert ('data-name="b.go"' in two, "data-name" in one) == (True, False)


def test_markdown_answer_colours_its_go_only() -> None:
    """Prose stays plain, fenced Go is coloured, and the line numbers are those of the answer."""
    text = "Use package x:\n```go\npackage main\n```\nand ```ok``` `func`\n~~~sh\nfunc\n~~~\n"

    lines = page_of(text, names=("",)).lines

    assert [(line.number, line.pieces[0]) for line in lines if line.text.startswith("package")] == [
        (3, ("pg-kn", "package"))
    ]
    assert {css for line in lines if line.number != 3 for css, _ in line.pieces} == {""}


def test_fence_inside_go_is_go() -> None:
    """A raw string with a fence does not make a Go file an answer."""
    page = page_of("package main\nvar s = `\n```\n`\n", names=("",))

    assert page.lines[0].pieces[0] == ("pg-kn", "package")


def test_hidden_direction_marks_are_shown() -> None:
    """A text that is read in another order than it runs is flagged."""
    assert 'data-hidden="1"' in code_html(page_of("// \u202e nom"))


def test_unknown_places_have_no_line() -> None:
    """A path that is not ours gives nothing, and so does a line that isn't there."""
    assert place_of("/p[1]/text()[1]") is None
    assert page_of("a").at(0, 9) is None


def test_a_place_outside_of_its_line_is_our_fault() -> None:
    """A mark is never bent to fit."""
    with pytest.raises(ValueError, match="outside of line 1"):
        _point(page_of("ab").lines[0], 9, closing=True)
