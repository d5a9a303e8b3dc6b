"""Makes a captured stream fit to be shown: decoded, cut, and without terminal escapes. Pure."""

from __future__ import annotations

import re

from sandbox.model import Output

_KEPT = {"\n", "\t"}
# The race runtime misses /proc, which a jail does not have; the line says nothing about the snippet.
_NOISE = re.compile(rb"^==\d+==WARNING: reading executable name failed[^\n]*\n", re.MULTILINE)


def show(data: bytes, total: int, limit: int) -> Output:
    """Gives at most `limit` bytes of a stream, the first half and the last when it is longer."""
    dropped = total > len(data)
    cut = data = _NOISE.sub(b"", data)
    if len(data) > limit:
        half = limit // 2
        cut = data[:half] + b"\n[...]\n" + data[-half:]
    text = cut.decode("utf-8", errors="replace").replace("\r\n", "\n")
    return Output(text=visible(text), bytes_total=total, truncated=dropped or len(data) > limit)


def visible(text: str) -> str:
    """Gives the text with control characters and direction marks as visible signs."""
    return "".join(_sign(char) for char in text)


def _sign(char: str) -> str:
    code = ord(char)
    if char in _KEPT or 0x20 <= code < 0x7F:
        return char
    if code < 0x20:
        return chr(0x2400 + code)
    if 0x7F <= code < 0xA0 or 0x202A <= code <= 0x202E or 0x2066 <= code <= 0x2069:
        return f"\\u{code:04x}"
    return char
