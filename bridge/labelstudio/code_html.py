"""The code as Label Studio shows it, and marks on it: HTML lines, xpaths and offsets. Pure.

Label Studio stores marks as xpaths into this HTML, so the HTML of a given text must never change:
it holds the text alone, and everything that may change later reaches the lines by CSS.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from pygments.lexers import get_lexer_by_name
from pygments.token import STANDARD_TYPES, _TokenType

from sandbox.model import SourceText

CLASS_PREFIX = "pg-"
NUL_SHOWN = "\ufffd"
BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_FENCE = re.compile(r"^\s{0,3}(`{3,}|~{3,})\s*([\w+-]*)")
_PACKAGE = re.compile(r"^package\s+\w")
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_GO_FENCES = ("go", "golang")

Piece = tuple[str, str]
"""A CSS class (empty for none) and the text that wears it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of one source, cut into pieces of one colour, without its line end."""

    file: int
    number: int
    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        """The line as the browser holds it."""
        return "".join(text for _, text in self.pieces)


@dataclass(frozen=True, slots=True, kw_only=True)
class CodePage:
    """Every line of a task's sources, ready to be shown and marked."""

    names: tuple[str, ...]
    lines: tuple[Line, ...]

    def at(self, file: int, number: int) -> Line | None:
        """Gives a line by the index of its file and its number."""
        return next((x for x in self.lines if x.file == file and x.number == number), None)


def code_page(sources: Sequence[SourceText]) -> CodePage:
    """Gives the lines of the sources with their colours; the same text gives the same lines."""
    lines = (
        Line(file=index, number=number, pieces=tuple(pieces))
        for index, source in enumerate(sources)
        for number, pieces in enumerate(_coloured(source), start=1)
    )
    return CodePage(names=tuple(source.name for source in sources), lines=tuple(lines))


def code_html(page: CodePage) -> str:
    """Gives the HTML of the task variable `code_html`: one `div` a line, escaped."""
    several = len(page.names) > 1
    files = []
    for index, name in enumerate(page.names):
        lines = "".join(_line_html(line) for line in page.lines if line.file == index)
        title = f' data-name="{escape(name)}"' if several else ""
        files.append(f'<div class="file"{title}>{lines}</div>')
    return f'<div class="gocode">{"".join(files)}</div>'


def line_id(file: int, number: int) -> str:
    """Gives the element id of a line, for CSS and for jumps."""
    return f"L{file + 1}-{number}"


def statement(line: Line) -> tuple[int, int]:
    """Gives where the line's statement begins and ends, as indexes into its text."""
    text = line.text
    return len(text) - len(text.lstrip()), len(text.rstrip())


def mark(page: CodePage, line: Line) -> dict[str, object] | None:
    """Gives the span value of a line's statement in the HTML; None for a blank line.

    Offsets within a text node count UTF-16 units, as the browser does; Label Studio's
    `globalOffsets` count code points over the text alone.
    """
    begin, end = statement(line)
    if begin >= end:
        return None
    start_path, start = _point(line, begin, closing=False)
    end_path, stop = _point(line, end, closing=True)
    before = sum(len(x.text) for x in page.lines[: page.lines.index(line)])
    return {
        "start": start_path,
        "startOffset": start,
        "end": end_path,
        "endOffset": stop,
        "globalOffsets": {
            "start": before + begin,
            "end": before + end,
        },
        "text": line.text[begin:end],
    }


def text_mark(text: str, number: int) -> dict[str, object] | None:
    """Gives the span value of a line's statement in a plain `Text`; None for a blank line."""
    lines = text.split("\n")
    if not 1 <= number <= len(lines):
        return None
    line = lines[number - 1]
    begin, end = len(line) - len(line.lstrip()), len(line.rstrip())
    if begin >= end:
        return None
    before = sum(len(x) + 1 for x in lines[: number - 1])
    return {
        "start": before + begin,
        "end": before + end,
        "text": line[begin:end],
    }


_PLACE = re.compile(r"^/div\[1\]/div\[(\d+)\]/div\[(\d+)\]/")


def place_of(xpath: str) -> tuple[int, int] | None:
    """Gives the file index and line number that a stored xpath points to."""
    found = _PLACE.match(xpath)
    return (int(found[1]) - 1, int(found[2])) if found else None


def _coloured(source: SourceText) -> list[list[Piece]]:
    lines: list[list[Piece]] = [[]]
    for css, text in _tokens(source):
        first, *rest = text.split("\n")
        lines[-1].append((css, first))
        lines.extend([(css, part)] for part in rest)
    if len(lines) > 1 and not any(text for _, text in lines[-1]):
        lines.pop()
    return [_shown(line) for line in lines]


def _shown(line: list[Piece]) -> list[Piece]:
    """Drops a line end's carriage return, joins neighbours of one class, and shows NUL."""
    joined: list[Piece] = []
    for css, raw in line:
        text = raw.replace("\0", NUL_SHOWN)
        if text and joined and joined[-1][0] == css:
            joined[-1] = (css, joined[-1][1] + text)
        elif text:
            joined.append((css, text))
    if joined and joined[-1][1].endswith("\r"):
        css, text = joined.pop()
        if text != "\r":
            joined.append((css, text[:-1]))
    return joined


def _tokens(source: SourceText) -> Iterator[Piece]:
    for is_go, text in _segments(source):
        if not is_go:
            yield "", text
            continue
        lexer = get_lexer_by_name("go", stripnl=False, ensurenl=False)
        for _, kind, value in lexer.get_tokens_unprocessed(text):
            yield _css(kind), value


def _segments(source: SourceText) -> Iterator[tuple[bool, str]]:
    """Cuts a Markdown answer into prose and Go; other sources are Go as a whole."""
    if not _is_markdown(source):
        yield True, source.text
        return
    fence = ""
    go = False
    held: list[str] = []
    for line in _LINE.findall(source.text):
        found = _FENCE.match(line)
        opens = found is not None and not fence
        closes = found is not None and bool(fence) and found[1].startswith(fence)
        if found is None or not (opens or closes):
            held.append(line)
            continue
        yield go, "".join(held)
        yield False, line
        held = []
        fence, go = (found[1], found[2].lower() in _GO_FENCES) if opens else ("", False)
    yield go, "".join(held)


def _is_markdown(source: SourceText) -> bool:
    """True where a fence comes before any package clause: a raw string may hold fences too."""
    if source.name.endswith(".go"):
        return False
    for line in source.text.split("\n"):
        if _PACKAGE.match(line):
            return False
        if _FENCE.match(line):
            return True
    return False


def _css(kind: _TokenType) -> str:
    """Gives the short class of a token; white space wears none, which halves the elements."""
    short = STANDARD_TYPES.get(kind, "")
    return CLASS_PREFIX + short if short and short not in _PLAIN else ""


_PLAIN = frozenset({"p", "n", "nx", "o", "w"})
"""Classes that no style colours."""


def _line_html(line: Line) -> str:
    where = line_id(line.file, line.number)
    inner = "".join(_piece_html(css, text) for css, text in line.pieces)
    jump = f'<button type="button" class="j" id="j{where[1:]}" tabindex="-1"></button>'
    return f'<div class="l" id="{where}">{jump}{inner}</div>'


def _piece_html(css: str, text: str) -> str:
    inner = escape(text).replace("\r", "&#13;")
    hidden = ' data-hidden="1"' if not BIDI.isdisjoint(text) else ""
    return f'<span class="{css or CLASS_PREFIX + "x"}"{hidden}>{inner}</span>'


def _point(line: Line, index: int, *, closing: bool) -> tuple[str, int]:
    """Gives the text node and offset of a place in a line; every piece is one span."""
    passed = 0
    for number, (_, text) in enumerate(line.pieces, start=1):
        inside = index - passed
        if inside < len(text) or (closing and inside == len(text)):
            path = f"/div[1]/div[{line.file + 1}]/div[{line.number}]/span[{number}]/text()[1]"
            return path, _units(text[:inside])
        passed += len(text)
    raise ValueError(f"index {index} is outside of line {line.number}")


def _units(text: str) -> int:
    return len(text) + sum(ord(character) > 0xFFFF for character in text)
