"""Tells Go from prose and from other languages, and cuts prose off that stands around it. Pure and total."""

from __future__ import annotations

import re

from sandbox.go_text import blanked, top_lines

_PACKAGE_LINE = re.compile(r"^[ \t]*package[ \t]+\w+[ \t]*(?:;|$)", re.MULTILINE)
_FIRST_WORD = re.compile(r"\s*(\w+)")
_GO_SIGNS = re.compile(
    r"""^[ \t]*(?:import[ \t]*\(|import[ \t]+(?:[\w.]+[ \t]+)?$
      |func[ \t]*(?:\([^)\n]{0,200}\)[ \t]*)?\w+[ \t]*[\[(][^\n]*[{},(][ \t]*$
      |type[ \t]+\w+(?:\[[^\]\n]{0,200}\])?[ \t]+=?[ \t]*(?:struct|interface|func|map|chan|[\w*\[(])
      |(?:var|const)[ \t]+(?:\(|\w+\b[^\n]*=|\w+[ \t]+[\w*\[]))""",
    re.MULTILINE | re.VERBOSE,
)
_STATEMENT_SIGNS = re.compile(
    r":=|\b[a-z]\w*\.[A-Z]\w*\(|^[ \t]*(?:for|if|switch|defer|go)\b[^\n]*\{[ \t]{0,9}$",
    re.MULTILINE,
)
# Signs that no Go has outside strings and comments.
_FOREIGN = re.compile(r"[$@?#\\]|=>|->|::|\bfunction\b[ \t]*\w*[ \t]*\(|\bmodule\.exports\b")
# How lines outside every bracket begin in other languages; inside, they could be fields.
_FOREIGN_LINE = re.compile(
    r"""(?:def|class|module|namespace|object|trait|impl|use|using|enum|interface|struct|message|service|let|val|fun
          |fn|pub|program|local|extends|export|public|private|protected|static|extern|void|int|char|float|double
          |unsigned|(?i:from))[ \t]+[\w&*{(]
      |(?i:select[ \t]+[\w*]|insert[ \t]+into|create[ \t]+table|update[ \t]+\w+[ \t]+set|run[ \t])
      |(?:end|begin|done|fi|then)[ \t]*[;.]?$
      |(?:if|for|while|else|elif|try|with|except)\b[^\n{]*:$
      |(?:all|build|clean|install|test|run)[ \t]*:$
      |<\w|---[ \t]|\+\+\+[ \t]|syntax[ \t]*=""",
    re.VERBOSE,
)
_FOREIGN_IMPORT = re.compile(
    r"^[ \t]*import[ \t]+(?:'|[\w.*{][^\n\"]*$|[\w*{][^\n]*\bfrom\b)", re.MULTILINE
)
_PROSE = re.compile(
    r"(?<![A-Za-z'])(?:[A-Za-z']+[ ]){4}[A-Za-z']|^[A-Z][\w' ,]*[.:!?]$|^[-*>#][ ]|^\d+\.[ ]"
)
_DECLARES = re.compile(
    r"^(?:func[ \t]*(?:\([^)\n]{0,200}\)[ \t]*)?\w+[ \t]*[\[(][^\n]*[{,(][ \t]*$|type[ \t]+\w+[^\n]*\{[ \t]*$)"
)


def looks_like_go(text: str) -> bool:
    """Tells whether a text could be Go; prose and other languages are not."""
    code = blanked(text)
    if is_whole_file(text):
        return bool(_GO_SIGNS.search(code)) or not _is_foreign(text, code)
    if _is_foreign(text, code):
        return False
    if _GO_SIGNS.search(code):
        return True
    prose = any(_PROSE.search(line) for line in top_lines(code))
    return bool(_STATEMENT_SIGNS.search(code)) and not prose


def is_whole_file(text: str) -> bool:
    """Tells whether the first thing in the text, but for comments, is a package clause."""
    code = blanked(text.removeprefix("\ufeff"))
    first = _FIRST_WORD.match(code)
    clause = _PACKAGE_LINE.search(code)
    return bool(first and clause and first.start(1) == clause.start() + _indent(clause.group()))


def without_prose(text: str) -> tuple[int, int]:
    """Gives the first line and the line after the last that can be Go (0-based), prose around it left off.

    Only whole paragraphs before the first declaration and after the last bracket are prose; what stands
    between is the author's.
    """
    lines = text.split("\n")
    start = _first_line(lines)
    end = _last_line(blanked("\n".join(lines[start:])).split("\n")) + start
    return start, end


def _first_line(lines: list[str]) -> int:
    if is_whole_file("\n".join(lines)):
        return 0
    clause = next((n for n, line in enumerate(lines) if _PACKAGE_LINE.match(line)), None)
    if clause is None:
        clause = next((n for n, line in enumerate(lines) if _DECLARES.match(line)), 0)
    start = clause
    while start > 0 and lines[start - 1].startswith(("//", "import ", "package ")):
        start -= 1
    return start if any(_PROSE.search(line) for line in lines[:start]) else 0


def _last_line(code: list[str]) -> int:
    closed = next((n for n in range(len(code), 0, -1) if code[n - 1][:1] in {"}", ")"}), 0)
    after = code[closed:]
    if not closed or not any(_PROSE.search(line) for line in after):
        return len(code)
    return len(code) if any(_GO_SIGNS.match(line) for line in after) else closed


def _is_foreign(text: str, code: str) -> bool:
    if _FOREIGN.search(code) or any(map(_FOREIGN_LINE.match, top_lines(code))):
        return True
    # Quotes are blank in the code, so these are looked for in the text, and count where code stands.
    return any(
        code[match.start() : match.end()].strip().startswith("import")
        for match in _FOREIGN_IMPORT.finditer(text)
    )


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
