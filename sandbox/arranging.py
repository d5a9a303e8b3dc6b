"""Puts the blocks of one answer together: corrected versions, several programs, packages in folders. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from sandbox.go_declarations import declared, without
from sandbox.go_imports import STANDARD_ROOTS, import_lines
from sandbox.go_text import has_main, is_statement_list, is_test_text, package_name
from sandbox.model import Change
from sandbox.text_split import Piece, name_pieces

_PER_PROGRAM = {"main", "init", "_"}
_WORD = re.compile(r"[a-z][a-z0-9_]*")


def arrange(pieces: Sequence[Piece], changes: list[Change]) -> list[Piece]:
    """Gives the blocks as files of one module, each with a name and the package it belongs to.

    Of what is declared twice the last counts, as a correction. Blocks with a main of their own are programs
    of their own, each in a folder with what they share. Other packages go into folders of their names.
    """
    go = [piece for piece in pieces if not piece.name.endswith(".mod")]
    rest = [piece for piece in pieces if piece.name.endswith(".mod")]
    if len(go) > 1 and not any(piece.archived for piece in go):
        root = _root(go)
        go = [
            replace(one, package=package_name(one.text) or root)
            for one in _without_excerpts(go, changes)
        ]
        go = _without_superseded(go, changes)
        return name_pieces(
            [*_in_folders(name_pieces(list(_programs(go, root, changes))), root), *rest]
        )
    return name_pieces([*go, *rest])


def _root(pieces: Sequence[Piece]) -> str:
    """Gives the package of the module's own folder: main where there is one, else the first."""
    names = [name.removesuffix("_test") for one in pieces if (name := package_name(one.text))]
    return "main" if "main" in names or not names else names[0]


def _without_excerpts(pieces: Sequence[Piece], changes: list[Change]) -> Iterator[Piece]:
    """Leaves out statements that only repeat or show: beside a whole program, or after others."""
    complete = any(package_name(one.text) and has_main(one.text) for one in pieces)
    for piece in pieces:
        if package_name(piece.text) is None and is_statement_list(piece.text):
            if complete:
                message = "statements beside a whole program are an excerpt; they were left out"
                changes.append(Change(rule="excerpt", message=message, line=piece.first_line))
                continue
            complete = True
        yield piece


def _without_superseded(pieces: Sequence[Piece], changes: list[Change]) -> list[Piece]:
    kept: list[Piece] = []
    later: dict[str, set[str]] = {}
    for piece in reversed(pieces):
        names = set(declared(piece.text))
        again = later.setdefault(piece.package, set())
        twice = names & again - _PER_PROGRAM
        again |= names
        if not twice:
            kept.append(piece)
        elif names <= twice or (has_main(piece.text) and _has_later_main(kept, piece)):
            message = "an earlier version; the later one counts"
            changes.append(Change(rule="superseded", message=message, line=piece.first_line))
        else:
            message = f"declared again later, where it counts: {', '.join(sorted(twice)[:5])}"
            changes.append(
                Change(rule="declaration_replaced", message=message, line=piece.first_line)
            )
            kept.append(replace(piece, text=without(piece.text, twice), altered=True))
    return kept[::-1]


def _has_later_main(later: Sequence[Piece], piece: Piece) -> bool:
    return any(has_main(one.text) and one.package == piece.package for one in later)


def _programs(pieces: Sequence[Piece], root: str, changes: list[Change]) -> Iterator[Piece]:
    """Gives the first program as it is, and each further one in a folder with what it shares."""
    mains = [one for one in pieces if one.package == root and _runs(one)]
    shared = [
        one
        for one in pieces
        if one.package == root and not _runs(one) and not is_test_text(one.text)
    ]
    yield from (one for one in pieces if one not in mains[1:])
    for number, one in enumerate(mains[1:], start=2):
        folder = f"program{number}"
        message = f"func main again: a program of its own, in the folder {folder}"
        changes.append(Change(rule="program", message=message, line=one.first_line))
        for part in name_pieces([replace(one, name=""), *shared]):
            yield replace(part, name=f"{folder}/{part.name.rsplit('/', 1)[-1]}")


def _runs(piece: Piece) -> bool:
    bare = package_name(piece.text) is None
    return has_main(piece.text) or (bare and is_statement_list(piece.text))


def _in_folders(pieces: Sequence[Piece], root: str) -> Iterator[Piece]:
    for piece in pieces:
        home = piece.package.removesuffix("_test")
        bare = "/" not in piece.name and home != root and _WORD.fullmatch(home)
        yield replace(piece, name=f"{home}/{piece.name}") if bare else piece


def module_of(pieces: Sequence[Piece]) -> str | None:
    """Gives the module path that imports of the answer's own folders take for granted; null without one."""
    folders = {one.name.rpartition("/")[0] for one in pieces} - {""}
    paths = [
        path
        for one in pieces
        for path in import_lines(one.text)
        if path.split("/")[0] not in STANDARD_ROOTS
    ]
    found = {
        path.removesuffix(f"/{folder}")
        for path in paths
        for folder in folders
        if path.endswith(f"/{folder}")
    }
    return found.pop() if len(found) == 1 else None
