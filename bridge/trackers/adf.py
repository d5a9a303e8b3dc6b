"""Atlassian Document Format (REST v3): text nodes can't become markup, but may not be empty."""

from __future__ import annotations

from typing import Any, assert_never

from bridge.trackers.document import (
    Block,
    Bullets,
    Code,
    Document,
    Heading,
    Link,
    Paragraph,
    Quote,
    TableBlock,
)

Node = dict[str, Any]


def render_adf(document: Document) -> Node:
    """Gives a document as an ADF root node."""
    return {"version": 1, "type": "doc", "content": [_block(block) for block in document]}


def _block(block: Block) -> Node:  # noqa: PLR0911 - one return per kind of block
    match block:
        case Heading(text):
            return {"type": "heading", "attrs": {"level": 3}, "content": _words(text)}
        case Paragraph(text):
            return _paragraph(text)
        case Quote(text):
            return {"type": "blockquote", "content": [_paragraph(text)]}
        case Bullets(items):
            return {"type": "bulletList", "content": [_item(item) for item in items or ("",)]}
        case TableBlock(header, rows):
            return {"type": "table", "content": [_row("tableHeader", header), *_rows(rows)]}
        case Code(text, language):
            attrs = {"language": language or "text"}
            return {"type": "codeBlock", "attrs": attrs, "content": _words(text)}
        case Link(title, url):
            return {"type": "paragraph", "content": [*_words(f"{title}: "), *_linked(url)]}
        case _:
            assert_never(block)


def _words(text: str) -> list[Node]:
    clean = text.replace("\x00", "\ufffd")
    return [{"type": "text", "text": clean}] if clean else []


def _linked(url: str) -> list[Node]:
    mark = {"type": "link", "attrs": {"href": url}}
    return [{"type": "text", "text": url, "marks": [mark]}] if url else []


def _paragraph(text: str) -> Node:
    content: list[Node] = []
    for number, line in enumerate(text.split("\n")):
        if number:
            content.append({"type": "hardBreak"})
        content.extend(_words(line))
    return {"type": "paragraph", "content": content}


def _item(text: str) -> Node:
    return {"type": "listItem", "content": [_paragraph(text)]}


def _rows(rows: tuple[tuple[str, ...], ...]) -> list[Node]:
    return [_row("tableCell", row) for row in rows]


def _row(kind: str, cells: tuple[str, ...]) -> Node:
    content = [{"type": kind, "attrs": {}, "content": [_paragraph(cell)]} for cell in cells]
    return {"type": "tableRow", "content": content}
