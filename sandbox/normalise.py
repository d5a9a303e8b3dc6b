"""Turns what people paste into files the toolchain can read, with the way back to every original line. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sandbox.arranging import arrange, module_of
from sandbox.go_imports import STANDARD_ROOTS, missing_imports, named_imports
from sandbox.go_mod import read_go_mod
from sandbox.go_text import has_main, is_statement_list, package_name, without_line_directives
from sandbox.model import AuditInput, Change, Limits, Snippet, SnippetFile, SourceText
from sandbox.text_split import UNOPENED, Piece, is_markdown, split_answer

_NAME = re.compile(r"(?:[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}/){0,8}[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")
_REFUSED_ENDINGS = (
    ".s",
    ".S",
    ".c",
    ".cc",
    ".cpp",
    ".h",
    ".syso",
    ".a",
    ".o",
    ".so",
    ".swig",
    ".m",
    ".f",
)
_VERSION = re.compile(r"(?:go)?(\d+)\.(\d+)(?:\.\d+)?")
_MODULE_PATH = re.compile(r"[A-Za-z0-9][A-Za-z0-9_./-]{0,199}")
GO_MOD = "go.mod"
_BOM = "\ufeff"


class Rejected(ValueError):  # noqa: N818 - the field's word for an input that is no snippet
    """The input cannot be audited at all.

    Args:
        code: A short word, for example `not_go`.
        message: What was expected and what came, for people.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def normalise(given: AuditInput, limits: Limits, newest: tuple[int, int]) -> Snippet:
    """Gives the snippet, with every change that was needed.

    Args:
        given: The input as it came.
        limits: How many files and bytes are taken.
        newest: The newest language version that the toolchain compiles.

    Raises:
        Rejected: When the input is no Go, too large, badly named, or wants another Go.
    """
    if (given.code is None) == (given.files is None):
        raise Rejected("input", "exactly one of code and files must be given")
    changes: list[Change] = []
    sources, pieces = _pieces(given, limits, changes)
    module = _go_mod(pieces)
    said = read_go_mod(module.text if module else "")
    _check_count(len(pieces) + len(given.tests), limits)
    files = _files(pieces, changes)
    tests = _tests(given, limits, {file.name for file in files}, changes)
    _check_total(files, tests, limits)
    code = [file for file in files if not file.name.endswith("_test.go")]
    return Snippet(
        sources=sources,
        files=tuple(file for file in files if file.name not in {test.name for test in tests}),
        tests=tests,
        changes=tuple(changes),
        go=_language(given.go or said.go, newest),
        module=_usable(said.module if module else module_of([piece for _, piece in pieces])),
        go_mod=module,
        requires=said.requires,
        package=next((name for file in code or files if (name := package_name(file.text))), "main"),
        has_main=any(has_main(file.text) for file in files),
    )


def _pieces(
    given: AuditInput, limits: Limits, changes: list[Change]
) -> tuple[tuple[SourceText, ...], list[tuple[str, Piece]]]:
    if given.files is not None:
        sources = tuple(SourceText(name=name, text=text) for name, text in given.files.items())
        for source in sources:
            _check_name(source.name)
        go = [one for one in sources if one.name.endswith((".go", "go.mod"))]
        return sources, [
            (one.name, Piece(name=one.name, text=_clean(one.name, one.text, limits, changes)))
            for one in go
        ]
    text = _clean("", given.code or "", limits, changes)
    pieces = split_answer(text)
    if not pieces:
        raise Rejected("not_go", "no Go was found in the text")
    _check_count(len(pieces), limits)
    named = arrange(pieces, changes)
    whole = len(pieces) == 1 and pieces[0].text == text
    name = named[0].name if whole else ("answer.md" if is_markdown(text) else "answer.txt")
    if not whole:
        changes += _cut(text, pieces)
    return (SourceText(name=name, text=given.code or ""),), [
        (name, piece) for piece in _last_of_each(named, changes)
    ]


def _cut(text: str, pieces: list[Piece]) -> Iterator[Change]:
    yield Change(rule="split", message=f"{len(pieces)} file(s) were cut from the text")
    if not is_markdown(text) and not any(piece.archived for piece in pieces):
        ends = sum(piece.text.count("\n") + 1 for piece in pieces)
        if pieces[0].first_line > 1 or ends < text.count("\n") + 1:
            yield Change(rule="prose_cut", message="prose around the code was left out", line=1)
    for piece in pieces:
        if piece.tag == UNOPENED:
            message = "the fence above the code is missing"
            yield Change(rule="fence_repaired", message=message, line=piece.first_line)


def _last_of_each(pieces: list[Piece], changes: list[Change]) -> list[Piece]:
    kept: dict[str, Piece] = {}
    for piece in pieces:
        _check_name(piece.name)
        if piece.name in kept:
            message = f"{piece.name} is given again; the last one counts"
            changes.append(Change(rule="file_replaced", message=message, line=piece.first_line))
        kept[piece.name] = piece
    return [piece for piece in kept.values() if piece.name.endswith((".go", "go.mod"))]


def _clean(name: str, text: str, limits: Limits, changes: list[Change]) -> str:
    try:
        size = len(text.encode())
    except UnicodeEncodeError as exc:
        raise Rejected("encoding", f"{name or 'the text'} is not valid Unicode") from exc
    if size > limits.file_bytes:
        raise Rejected(
            "too_large", f"{name or 'the text'} has {size} bytes; {limits.file_bytes} are taken"
        )
    if "\0" in text:
        raise Rejected("encoding", f"{name or 'the text'} holds a NUL byte")
    if any(len(line.encode()) > limits.line_bytes for line in text.split("\n")):
        raise Rejected(
            "too_large", f"{name or 'the text'} has a line over {limits.line_bytes} bytes"
        )
    if "\r\n" in text:
        changes.append(Change(rule="line_ends", message="CRLF line ends were read as LF"))
    return text.replace("\r\n", "\n")


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name) or "/." in name:
        raise Rejected("file_name", f"the file name {name[:80]!r} is not taken")
    if name.endswith(_REFUSED_ENDINGS):
        raise Rejected("file_name", f"{name[:80]}: only Go sources are built")


def _files(pieces: list[tuple[str, Piece]], changes: list[Change]) -> list[SnippetFile]:
    files = [
        _file(source, piece, changes) for source, piece in pieces if piece.name.endswith(".go")
    ]
    if not files:
        raise Rejected("not_go", "there is no Go file")
    return files


def _go_mod(pieces: list[tuple[str, Piece]]) -> SnippetFile | None:
    """Gives the first go.mod."""
    found = ((source, one) for source, one in pieces if one.name.rsplit("/", 1)[-1] == "go.mod")
    source, piece = next(found, ("", None))
    if piece is None:
        return None
    return SnippetFile(name=GO_MOD, text=piece.text, source=source, first_line=piece.first_line)


def _file(source: str, piece: Piece, changes: list[Change]) -> SnippetFile:
    text, shift = piece.text, 0
    if text.startswith(_BOM):
        text, shift = text[1:], -len(_BOM.encode())
        changes.append(
            Change(rule="bom", message="a byte order mark was dropped", line=piece.first_line)
        )
    harmless = without_line_directives(text)
    if harmless != text:
        changes.append(Change(rule="line_directive", message="//line comments are not obeyed"))
    prefix, body = _mend(harmless, piece, changes)
    return SnippetFile(
        name=piece.name,
        text=prefix + body,
        source=source,
        first_line=piece.first_line,
        column_shift=shift + len(prefix.encode()),
        altered=piece.altered,
    )


def _mend(text: str, piece: Piece, changes: list[Change]) -> tuple[str, str]:
    """Gives what has to stand in front of a fragment's first line, and the fragment."""
    if package_name(text) is not None:
        return "", text
    package = piece.package or "main"
    message = f"`package {package}` was added"
    changes.append(Change(rule="package_added", message=message, line=piece.first_line))
    statements = is_statement_list(text)
    missing = missing_imports(text)
    imports = [("", path) for path in missing]
    if statements:
        imports = [*dict.fromkeys([*named_imports(text), *imports])]
        text = _without_imports(text).rstrip("\n") + "\n}\n"
        message = "statements were put into func main"
        changes.append(Change(rule="main_added", message=message, line=piece.first_line))
    if missing:
        message = f"imports were added: {', '.join(missing)}"
        changes.append(Change(rule="imports_added", message=message, line=piece.first_line))
    prefix = f"package {package}; " + "".join(map(_import, imports))
    return prefix + ("func main() { " if statements else ""), text


def _import(one: tuple[str, str]) -> str:
    name, path = one
    return f'import {name} "{path}"; ' if name else f'import "{path}"; '


def _without_imports(text: str) -> str:
    blank = re.compile(
        r'^[ \t]*import[ \t]+(?:\([^)]{0,4000}\)|(?:[\w.]+[ \t]+)?"[^"\n]*")', re.MULTILINE
    )
    return blank.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)


def _tests(
    given: AuditInput, limits: Limits, taken: set[str], changes: list[Change]
) -> tuple[SnippetFile, ...]:
    tests = []
    for name, text in given.tests.items():
        file_name = name if name.endswith("_test.go") else f"{name.removesuffix('.go')}_test.go"
        _check_name(file_name)
        if file_name in taken:
            message = f"the task's {file_name} stands in for the answer's own"
            changes.append(Change(rule="test_replaced", message=message))
        cleaned = without_line_directives(_clean(name, text, limits, [])).removeprefix(_BOM)
        tests.append(SnippetFile(name=file_name, text=cleaned, source=name))
    return tuple(tests)


def _check_count(files: int, limits: Limits) -> None:
    if files > limits.files:
        raise Rejected("too_large", f"{files} files; {limits.files} are taken")


def _check_total(files: list[SnippetFile], tests: tuple[SnippetFile, ...], limits: Limits) -> None:
    names = {file.name for file in (*files, *tests)}
    for name in names:
        folder = next((one for one in names if name.startswith(f"{one}/")), None)
        if folder is not None:
            raise Rejected("file_name", f"{folder!r} is a file and a folder")
    total = sum(len(file.text.encode()) for file in (*files, *tests))
    if total > limits.total_bytes:
        raise Rejected("too_large", f"{total} bytes in all; {limits.total_bytes} are taken")


def _language(wanted: str | None, newest: tuple[int, int]) -> str:
    if not wanted:
        return f"{newest[0]}.{newest[1]}"
    match = _VERSION.fullmatch(wanted.strip())
    if not match or int(match.group(1)) != 1 or int(match.group(2)) < 1:
        raise Rejected("go_version", f"Go {wanted[:40]!r} is not known")
    version = (int(match.group(1)), int(match.group(2)))
    if version > newest:
        raise Rejected(
            "go_version", f"Go {wanted[:40]} is newer than the toolchain's {newest[0]}.{newest[1]}"
        )
    return f"{version[0]}.{version[1]}"


def _usable(path: str | None) -> str:
    """Gives a module path that can't be taken for anything else in a tool's arguments and files."""
    if not path or not _MODULE_PATH.fullmatch(path) or ".." in path:
        return "snip"
    # A path that begins like a standard package's would shadow it.
    return "snip" if path.split("/")[0] in STANDARD_ROOTS else path
