"""A ticket's text as neutral blocks; each tracker's renderer writes them in its own markup.

Text inside blocks is plain: it may hold anything a snippet can hold, and no renderer may let it
become markup.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import assert_never


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of a section."""

    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Plain text; line breaks are kept."""

    text: str


@dataclass(frozen=True, slots=True)
class Quote:
    """What a person wrote."""

    text: str


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list of plain lines."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TableBlock:
    """A table with a header row."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Code:
    """Text whose every character counts."""

    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """An address with its title."""

    title: str
    url: str


Block = Heading | Paragraph | Quote | Bullets | TableBlock | Code | Link
Document = tuple[Block, ...]


def render_text(document: Document) -> str:
    """Gives a document for people at a terminal, in the spirit of Markdown."""
    return "\n\n".join(_text(block) for block in document) + "\n"


def _text(block: Block) -> str:  # noqa: PLR0911 - one return per kind of block
    match block:
        case Heading(text):
            return f"## {text}"
        case Paragraph(text):
            return text
        case Quote(text):
            return _prefixed(text, "> ")
        case Bullets(items):
            return "\n".join(f"- {item}" for item in items)
        case TableBlock(header, rows):
            return _columns((header, *rows))
        case Code(text, _):
            return _prefixed(text, "    ")
        case Link(title, url):
            return f"{title}: {url}"
        case _:
            assert_never(block)


def _prefixed(text: str, prefix: str) -> str:
    return "\n".join(prefix + line for line in text.splitlines())


def _columns(rows: tuple[tuple[str, ...], ...]) -> str:
    flat = [tuple(" ".join(cell.split()) for cell in row) for row in rows]
    widths = [max(len(cell) for cell in column) for column in zip(*flat, strict=True)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in flat
    ]
    return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:]])


def cut(document: Document, limit: int, render: Callable[[Document], str], note: str) -> Document:
    """The document without its last blocks, so that its rendering fits in `limit` characters."""
    kept = document
    while kept and len(render(kept)) > limit:
        kept = kept[:-2] if kept[-1] == Paragraph(note) else kept[:-1]
        kept = (*kept, Paragraph(note))
        if len(kept) == 1:
            return kept
    return kept
