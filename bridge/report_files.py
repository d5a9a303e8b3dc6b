"""Reads what commands are given in files: reports as JSON, a folder or JSON lines, and paragraphs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from bridge.errors import GavelError

Model = TypeVar("Model", bound=BaseModel)


class ReportFileError(GavelError):
    """A file that holds no report; the message names the file, its line and what to do."""

    reason = "report_file"


def read_reports(path: Path, model: type[Model]) -> Iterator[tuple[str, Model]]:
    """Gives (name, report) in a fixed order.

    Args:
        path: a `.json` file, a folder of `.json` files, or a file of JSON lines.
        model: what each must be, for example `RatedReport`.

    Raises:
        ReportFileError: where a text is not such a report.
    """
    if path.is_dir():
        for one in sorted(path.glob("*.json")):
            yield one.name, read_report(one, model)
    elif path.suffix == ".json":
        yield path.name, read_report(path, model)
    else:
        yield from read_lines(path, model)


def read_report(path: Path, model: type[Model]) -> Model:
    """Gives the one report of a file.

    Raises:
        ReportFileError: where the text is not such a report.
    """
    return _parsed(_text(path), model, str(path))


def read_lines(path: Path, model: type[Model]) -> Iterator[tuple[str, Model]]:
    """Gives (place, value) for each line that is not empty; the place is `file:line`.

    Raises:
        ReportFileError: at the first line that is no such value.
    """
    for number, line in enumerate(_text(path).split("\n"), start=1):
        if line.strip():
            yield f"{path.name}:{number}", _parsed(line, model, f"{path}:{number}")


def read_paragraphs(name: str) -> Iterator[tuple[str, str]]:
    """Gives (place, paragraph) of a text file, or of standard input for `-`; the place is `name:line`.

    Raises:
        ReportFileError: where it is no text.
    """
    text = sys.stdin.read() if name == "-" else _text(Path(name))
    lines: list[str] = []
    for number, line in enumerate([*text.split("\n"), ""], start=1):
        if line.strip():
            lines.append(line)
        elif lines:
            yield f"{name}:{number - len(lines)}", "\n".join(lines)
            lines = []


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        raise ReportFileError(f"{path}: cannot be read: {exc}; name a file of UTF-8 text") from exc


def _parsed(text: str, model: type[Model], place: str) -> Model:
    try:
        return model.model_validate(json.loads(text))
    except ValueError as exc:
        raise ReportFileError(f"{place}: {_fault(exc)}") from exc


def _fault(exc: ValueError) -> str:
    if not isinstance(exc, ValidationError):
        return f"not JSON: {exc}; give what `gavel audit --json` or `gavel audit --batch` wrote"
    first = exc.errors(include_url=False)[0]
    where = ".".join(str(part) for part in first["loc"]) or "value"
    more = f", and {exc.error_count() - 1} more fault(s)" if exc.error_count() > 1 else ""
    return f"{where}: {first['msg']}{more}; mend it and run the command again"
