"""Reads what `gavel audit PATH` names: a Go file, a folder, an archive or a Markdown answer. Bounded while reading."""

from __future__ import annotations

import sys
import zipfile
import zlib
from pathlib import Path

from bridge.errors import ConfigError
from sandbox.model import Limits

_SKIPPED = {"vendor", "testdata", "node_modules"}
_TAKEN = (".go", "go.mod")


def read_input(path: str, limits: Limits) -> tuple[str | None, dict[str, str] | None]:
    """Gives the text or the files at a path; `-` is standard input.

    Raises:
        ConfigError: When nothing can be read there.
    """
    if path == "-":
        return _decoded("standard input", sys.stdin.buffer.read(limits.total_bytes + 1)), None
    where = Path(path)
    if where.is_dir():
        return None, _folder(where, limits)
    if where.suffix == ".zip":
        return None, _archive(where, limits)
    text = read_text(where, limits)
    return (None, {where.name: text}) if where.suffix == ".go" else (text, None)


def read_text(path: Path, limits: Limits) -> str:
    """Gives the text of one file."""
    try:
        with path.open("rb") as file:
            return _decoded(str(path), file.read(limits.total_bytes + 1))
    except OSError as exc:
        raise ConfigError(f"{path} cannot be read: {exc.strerror}", reason="no_input") from exc


def _decoded(name: str, data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as exc:
        raise ConfigError(f"{name} is not UTF-8 text", reason="no_input") from exc


def _folder(root: Path, limits: Limits) -> dict[str, str]:
    files: dict[str, str] = {}
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root)
        hidden = any(part in _SKIPPED or part.startswith(".") for part in name.parts)
        if hidden or path.is_symlink() or not path.is_file() or not path.name.endswith(_TAKEN):
            continue
        files[name.as_posix()] = read_text(path, limits)
        if len(files) > limits.files:
            break
    return files


def _archive(path: Path, limits: Limits) -> dict[str, str]:
    files: dict[str, str] = {}
    try:
        with zipfile.ZipFile(path) as archive:
            for entry in archive.infolist():
                if entry.is_dir() or not entry.filename.endswith(_TAKEN):
                    continue
                with archive.open(entry) as file:
                    # Names stay as they are: normalisation refuses the bad ones.
                    text = _decoded(entry.filename, file.read(limits.total_bytes + 1))
                if entry.filename in files or len(files) > limits.files:
                    raise ConfigError(f"{path}: too many or repeated names", reason="no_input")
                files[entry.filename] = text
    except (OSError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error) as exc:
        raise ConfigError(f"{path} is not a readable zip: {exc}", reason="no_input") from exc
    return files
