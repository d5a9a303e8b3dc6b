"""Cuts an answer into files: Markdown fences, txtar archives, `// file:` comments. Pure."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from sandbox.go_looks import is_whole_file, looks_like_go, without_prose
from sandbox.go_text import blanked, has_main, is_test_text, package_lines

_FENCE = re.compile(r"^\ufeff?[ ]{0,12}(`{3,}|~{3,})([^\n`]*)$")
_GO_TAGS = {"go", "golang"}
_ARCHIVE_TAGS = {"", "txtar", "text", "txt"}
UNOPENED = "unopened"
"""Tag of a block whose opening fence is missing."""
_LABEL_SIGNS = 200
_MODULE = re.compile(r"\s{0,99}module[ \t]+\S+[ \t]*(?:\n|\Z)")
_FILE_NAME = re.compile(r"([A-Za-z0-9_][\w./-]*\.(?:go|mod))\b")
_TXTAR = re.compile(r"^-- (\S[^\n]*?) --[ \t]*$", re.MULTILINE)
_FILE_COMMENT = re.compile(
    r"^//[ \t]*(?:file(?:name)?:[ \t]*)?([A-Za-z0-9_][\w./-]*\.(?:go|mod))[ \t]*$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A run of lines of the source text; `name` is empty when nothing names it."""

    text: str
    first_line: int = 1
    name: str = ""
    tag: str = ""
    package: str = ""
    """Package it belongs to; empty where nothing says so."""
    archived: bool = False
    """Whether it is a file of an archive, which names all of its files itself."""
    altered: bool = False
    """Whether something was taken out of its text."""


def is_markdown(text: str) -> bool:
    """Tells whether the text has fences."""
    return any(_FENCE.match(line) for line in text.split("\n"))


def split_answer(text: str) -> list[Piece]:
    """Gives the Go files (and go.mod) in a text, in its order; none when there is no Go."""
    if is_markdown(text):
        pieces = _unopened(text) or go_blocks(text)
        return [part for piece in pieces for part in _parts(piece)]
    if _is_archive(text):
        return [piece for piece in split_txtar(text) if piece.text.strip()]
    start, end = without_prose(text)
    part = "\n".join(text.split("\n")[start:end])
    if not looks_like_go(part):
        return []
    return split_piece(Piece(text=part, first_line=start + 1))


def _parts(piece: Piece) -> list[Piece]:
    if not _is_archive(piece.text):
        return split_piece(piece)
    return [
        replace(part, first_line=piece.first_line + part.first_line - 1)
        for part in split_txtar(piece.text)
        if part.text.strip()
    ]


def _is_archive(text: str) -> bool:
    """Tells whether markers name Go files; one inside a string of a Go file is none."""
    if not any(match.group(1).endswith((".go", ".mod")) for match in _TXTAR.finditer(text)):
        return False
    return not is_whole_file(text) or bool(_TXTAR.search(blanked(text)))


def _unopened(text: str) -> list[Piece]:
    """Gives the blocks of a text that begins with Go: fences in its comments, or one that only closes."""
    lines = text.split("\n")
    first = next(n for n, line in enumerate(lines) if _FENCE.match(line))
    head = "\n".join(lines[:first])
    if not is_whole_file(head):
        return []
    if blanked(f"{head}\nx").endswith(" "):
        return [Piece(text=text)]
    closes = _FENCE.match(lines[first])
    after = first + (1 if closes and not closes.group(2).strip() else 0)
    rest = go_blocks("\n".join(lines[after:]))
    return [
        Piece(text=head, tag=UNOPENED),
        *(replace(one, first_line=one.first_line + after) for one in rest),
    ]


def go_blocks(text: str) -> list[Piece]:
    """Gives the fenced blocks that hold Go: labelled ones, else unlabelled ones that look like it."""
    blocks = _blocks(text.split("\n"))
    modules = [block for block in blocks if block.name.endswith(".mod")]
    labelled = [block for block in blocks if block.tag in _GO_TAGS and block not in modules]
    if not labelled:
        others = [block for block in blocks if block not in modules]
        labelled = [
            block
            for block in others
            if (not block.tag and looks_like_go(block.text))
            or (block.tag in _ARCHIVE_TAGS and _is_archive(block.text))
        ]
    chosen = [*labelled, *modules] if labelled else []
    return sorted(chosen, key=lambda block: block.first_line)


def _blocks(lines: list[str]) -> list[Piece]:
    blocks: list[Piece] = []
    index = 0
    while index < len(lines):
        opening = _FENCE.match(lines[index])
        index += 1
        if not opening:
            continue
        start = index
        while index < len(lines) and not _closes(lines[index], opening.group(1)):
            index += 1
        blocks.append(_block(lines, start, index, opening.group(2).strip()))
        index += 1
    return blocks


def _closes(line: str, fence: str) -> bool:
    stripped = line.strip()
    return stripped.startswith(fence) and not stripped.strip(fence[0])


def _block(lines: list[str], start: int, end: int, label: str) -> Piece:
    tag = re.split(r"[\s:{,]", label.lower(), maxsplit=1)[0]
    named = _FILE_NAME.search(label[:_LABEL_SIGNS])
    if named is None:
        above = next(
            (line for line in reversed(lines[max(0, start - 3) : start - 1]) if line.strip()), ""
        )
        named = _FILE_NAME.search(above) if len(above) <= 80 else None
    name = named.group(1) if named else ""
    text = "\n".join(lines[start:end])
    is_module = tag not in _GO_TAGS or not looks_like_go(text)
    if is_module and (tag in {"go.mod", "gomod", "mod"} or _MODULE.match(text)):
        name = "go.mod"
    elif name.endswith(".mod"):
        name = "go.mod" if is_module and not tag else ""
    return Piece(text=text, first_line=start + 1, name=name, tag=tag)


def split_txtar(text: str) -> list[Piece]:
    """Gives the files of a txtar archive; text before the first marker is a file without a name."""
    pieces: list[Piece] = []
    lines = text.split("\n")
    name, start = "", 0
    for number, line in enumerate([*lines, "-- end --"]):
        marker = _TXTAR.match(line)
        if marker:
            body = "\n".join(lines[start:number])
            if name or looks_like_go(body):
                pieces.append(Piece(text=body, first_line=start + 1, name=name, archived=True))
            name, start = marker.group(1).strip(), number + 1
    return pieces


def split_piece(piece: Piece) -> list[Piece]:
    """Gives one piece per package clause or `// file:` comment, in case several files stand in one block."""
    lines = piece.text.split("\n")
    clauses = package_lines(piece.text)
    starts = [0, *(_comment_above(lines, line) for line in clauses[1:])]
    parts = []
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        body = lines[start:end]
        name = piece.name if len(starts) == 1 else ""
        heading = next((line for line in body if line.strip()), "")
        if named := _FILE_COMMENT.match(heading.strip()):
            name = named.group(1)
        parts.append(
            replace(piece, text="\n".join(body), first_line=piece.first_line + start, name=name)
        )
    return parts


def _comment_above(lines: list[str], clause: int) -> int:
    start = clause
    while start > 0 and lines[start - 1].startswith("//"):
        start -= 1
    return start


def name_pieces(pieces: list[Piece]) -> list[Piece]:
    """Gives every piece a name: its own, else main.go, main_test.go, f2.go and so on."""
    taken = {piece.name for piece in pieces if piece.name}
    free = {ending: _free_names(ending) for ending in (".go", "_test.go")}
    named = []
    for piece in pieces:
        name = piece.name
        if not name:
            test = is_test_text(piece.text) and not has_main(piece.text)
            name = next(one for one in free["_test.go" if test else ".go"] if one not in taken)
            taken.add(name)
        named.append(replace(piece, name=name))
    return named


def _free_names(ending: str) -> Iterator[str]:
    yield f"main{ending}"
    yield from (f"f{number}{ending}" for number in itertools.count(2))
