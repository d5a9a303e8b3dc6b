"""Makes a captured stream fit to be shown: decoded, cut, and without terminal escapes. Pure."""

from __future__ import annotations

import re
import unicodedata

from sandbox.model import Output

_KEPT = {"\n", "\t"}
# Control and format characters, surrogates, and the two that end a line or a paragraph.
_OBEYED = {"Cc", "Cf", "Cs", "Zl", "Zp"}
# The race runtime misses /proc, which a jail does not have, and a profile is asked for a rate of its
# own; the lines say nothing about the snippet.
_NOISE = re.compile(
    rb"^(?:==\d+==WARNING: reading executable name failed[^\n]*"
    rb"|runtime: cannot set cpu profile rate until previous profile has finished\.)\n",
    re.MULTILINE,
)


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
    if unicodedata.category(char) in _OBEYED:
        return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
    return char
