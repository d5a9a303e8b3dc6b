"""Jira's wiki markup (REST v2), from which no text breaks out."""

from __future__ import annotations

import re
from typing import assert_never

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

_SPECIAL = re.compile(r"[\\{}\[\]|*_+^~?!#\-]")
_CLOSERS = re.compile(r"\{(code|noformat)", re.IGNORECASE)
_ZERO_WIDTH = "\u200b"
LANGUAGES = frozenset({"go", "diff", "sql", "json", "bash"})


def render_wiki(document: Document) -> str:
    """Gives a document in wiki markup."""
    return "\n\n".join(_block(block) for block in document)


def escape(text: str) -> str:
    """Plain text as wiki markup shows it. A backslash goes as an entity: two of them break a line."""
    escaped = _SPECIAL.sub(_entity, text)
    escaped = escaped.replace("://", f":{_ZERO_WIDTH}//")
    return re.sub(r"^([ \t]*(?:h[1-6]|bq))\.", rf"\1{_ZERO_WIDTH}.", escaped, flags=re.MULTILINE)


def _entity(found: re.Match[str]) -> str:
    return "&#92;" if found.group() == "\\" else "\\" + found.group()


def _block(block: Block) -> str:  # noqa: PLR0911 - one return per kind of block
    match block:
        case Heading(text):
            return f"h3. {_line(text)}"
        case Paragraph(text):
            return escape(text)
        case Quote(text):
            return "{quote}\n" + escape(text) + "\n{quote}"
        case Bullets(items):
            return "\n".join(f"* {_line(item)}" for item in items)
        case TableBlock(header, rows):
            head = "||" + "||".join(_cell(c) for c in header) + "||"
            return "\n".join([head, *("|" + "|".join(_cell(c) for c in row) + "|" for row in rows)])
        case Code(text, language):
            return _code(text, language)
        case Link(title, url):
            return f"{_line(title)}: [{_address(url)}]"
        case _:
            assert_never(block)


def _code(text: str, language: str) -> str:
    """A snippet that holds {code} gets a zero-width space after the brace; the page says so."""
    safe = _CLOSERS.sub(lambda m: "{" + _ZERO_WIDTH + m.group(1), text)
    opening = f"{{code:{language}}}" if language in LANGUAGES else "{noformat}"
    closing = "{code}" if language in LANGUAGES else "{noformat}"
    return f"{opening}\n{safe}\n{closing}"


def _line(text: str) -> str:
    return escape(" ".join(text.split()))


def _cell(text: str) -> str:
    return _line(text) or " "


def _address(url: str) -> str:
    """An address can't close its own bracket."""
    return "".join(c if c not in "[]{}|\\ \n\r\t" else f"%{ord(c):02X}" for c in url)
