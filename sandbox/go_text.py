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
_GO_SIGNS = re.compile(
    r"""^[ \t]*(?:package[ \t]+\w+[ \t]*(?:;|$)
      |import\s*[("`_.\w]
      |func[ \t]*(?:\([^)\n]{0,200}\)[ \t]*)?\w+[ \t]*[\[(]
      |type\s+\w+(?:\[[^\]\n]{0,200}\])?\s+=?\s*(?:struct|interface|func|map|chan|[\w*\[(])
      |(?:var|const)\s+(?:\(|\w+\b.*=|\w+\s+[\w*\[]))""",
    re.MULTILINE | re.VERBOSE,
)
_STATEMENT_SIGNS = re.compile(
    r":=|\b[a-z]\w*\.[A-Z]\w*\(|^[ \t]*(?:for|if|switch|defer|go)\b[^\n]*\{[ \t]{0,9}$",
    re.MULTILINE,
)
_OTHER_LANGUAGE = re.compile(
    r"""^[ \t]*(?:def\s+\w+\(|class\s+\w+|\#include\b|using\s+namespace|public\s+(?:static|class)|fn\s+\w+
      |function\s+\w+\(|(?:let|const)\s+\w+\s*=|<\?php|<!DOCTYPE|<html|SELECT\s)""",
    re.MULTILINE | re.VERBOSE,
)
_DECLARATION = re.compile(r"(?:package|import|func|type|var|const)\b|[)}\]]")
_PACKAGE = re.compile(r"^[ \t]*package[ \t]+(\w+)", re.MULTILINE)
_MAIN = re.compile(r"^[ \t]*(?:[^\n]*;[ \t]*)?func[ \t]+main[ \t]*\(\s*\)", re.MULTILINE)
_TEST = re.compile(r"\bfunc[ \t]+(?:Test|Benchmark|Fuzz|Example)\w*[ \t]*\(")


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


def looks_like_go(text: str) -> bool:
    """Tells whether a text could be Go; prose and other languages are not."""
    code = blanked(text)
    if _OTHER_LANGUAGE.search(code) and not _PACKAGE.search(code) and "func " not in code:
        return False
    return bool(_GO_SIGNS.search(code) or _STATEMENT_SIGNS.search(code))


def package_name(text: str) -> str | None:
    """Gives the name in the package clause."""
    match = _PACKAGE.search(blanked(text))
    return match.group(1) if match else None


def has_main(text: str) -> bool:
    """Tells whether the text declares func main."""
    return bool(_MAIN.search(blanked(text)))


def is_test_text(text: str) -> bool:
    """Tells whether the text is a test file by what it declares and imports."""
    name = package_name(text) or ""
    return name.endswith("_test") or (bool(_TEST.search(blanked(text))) and '"testing"' in text)


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
    code = blanked(text)
    return [code.count("\n", 0, match.start()) for match in _PACKAGE.finditer(code)]
