"""Reads Go source just closely enough to split and mend it. Pure and total; the compiler has the last word."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

_TOKENS = re.compile(
    r"""//[^\n]*|/\*.*?(?:\*/|\Z)|`[^`]*(?:`|\Z)|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?""",
    re.DOTALL,
)
_LINE_DIRECTIVE = re.compile(r"^(//|/\*)line(?=[ \t])")
_DECLARATION = re.compile(r"(?:package|import|func|type|var|const)\b|[)}\]]")
_PACKAGE = re.compile(r"^[ \t]*package[ \t]+(\w+)", re.MULTILINE)
_MAIN = re.compile(r"^[ \t]*(?:[^\n]*;[ \t]*)?func[ \t]+main[ \t]*\(\s*\)", re.MULTILINE)
_TEST = re.compile(
    r"\bfunc[ \t]+(?:Test|Benchmark|Fuzz)\w*[ \t]*\([ \t]*\w+[ \t]+\*testing\.[TBF][ \t]*\)"
)
_EXAMPLE = re.compile(r"\bfunc[ \t]+Example\w*[ \t]*\([ \t]*\)")


# Splitting and mending ask for the same text several times.
@functools.lru_cache(maxsize=4)
def blanked(text: str) -> str:
    """Gives the text with strings and comments as spaces, every line and column kept."""
    return _TOKENS.sub(lambda match: "\n".join(map(_spaces, match.group().split("\n"))), text)


def _spaces(line: str) -> str:
    return " " * len(line)


def without_line_directives(text: str) -> str:
    """Gives the text with `//line` comments made harmless, at the same length."""

    def harmless(match: re.Match[str]) -> str:
        return _LINE_DIRECTIVE.sub(r"\1Line", match.group())

    return _TOKENS.sub(harmless, text)


def package_name(text: str) -> str | None:
    """Gives the name in the package clause."""
    match = _PACKAGE.search(blanked(text))
    return match.group(1) if match else None


def has_main(text: str) -> bool:
    """Tells whether the text declares func main."""
    return bool(_MAIN.search(blanked(text)))


def is_test_text(text: str) -> bool:
    """Tells whether the text is a test file by what it declares."""
    code = blanked(text)
    name = package_name(text) or ""
    return name.endswith("_test") or bool(_TEST.search(code) or _EXAMPLE.search(code))


def is_statement_list(text: str) -> bool:
    """Tells whether top-level lines are statements rather than declarations."""
    code = blanked(text)
    others = [line for line in top_lines(code) if not _DECLARATION.match(line)]
    declares = any(
        re.match(r"func[ \t]+(\([^)]{0,200}\)[ \t]*)?\w+[ \t]*[\[(]", line)
        for line in top_lines(code)
    )
    return bool(others) and not declares


def top_lines(code: str) -> Iterator[str]:
    """Gives the lines of blanked code that start outside every bracket."""
    depth = 0
    for line in code.split("\n"):
        stripped = line.strip()
        if stripped and depth == 0:
            yield stripped
        for sign in stripped:
            depth += (sign in "([{") - (sign in ")]}")
        depth = max(depth, 0)


def package_lines(text: str) -> list[int]:
    """Gives the 0-based lines on which package clauses stand."""
    found, line, at = [], 0, 0
    code = blanked(text)
    for match in _PACKAGE.finditer(code):
        line += code.count("\n", at, match.start())
        at = match.start()
        found.append(line)
    return found
