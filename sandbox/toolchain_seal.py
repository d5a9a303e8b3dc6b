"""Notes what a prepared toolchain holds, and tells later what is no longer so."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from pathlib import Path

from sandbox.toolchain import Toolchain, tool_folder

_TOOLS = ("compile", "link", "vet")
_SUMS = "digests.json"


def seal(toolchain: Toolchain) -> Path:
    """Gives the file of digests of everything jails are given; written once, at the first call."""
    # An update may bring a new analyzer beside the same helper: each such pair has its own file.
    vet = f".{toolchain.vet.name}" if toolchain.vet else ""
    file = toolchain.own.with_name(f"{toolchain.own.name}{vet}.{_SUMS}")
    if not file.is_file():
        part = file.with_suffix(f".{os.getpid()}")
        part.write_text(json.dumps(_digests(toolchain), indent=1))
        part.chmod(0o444)
        part.rename(file)
    return file


def changes(toolchain: Toolchain) -> list[str]:
    """Gives what differs from the sealed state, one line each; empty when nothing does."""
    wanted: dict[str, str] = json.loads(seal(toolchain).read_text())
    found = _digests(toolchain)
    names = sorted(wanted.keys() | found.keys())
    differ = [_word(name, wanted, found) for name in names if wanted.get(name) != found.get(name)]
    open_ones = [
        str(path) for _, one in _folders(toolchain) for path in one.rglob("*") if _writable(path)
    ]
    return differ + [f"{path} can be written" for path in open_ones]


def _word(name: str, wanted: dict[str, str], found: dict[str, str]) -> str:
    if name not in found:
        return f"{name} is missing"
    return f"{name} was changed" if name in wanted else f"{name} was added"


def _digests(toolchain: Toolchain) -> dict[str, str]:
    """Named from where each part lies: several installations share one prepared toolchain."""
    return {name: _digest(path) for name, path in _files(toolchain)}


def _files(toolchain: Toolchain) -> Iterable[tuple[str, Path]]:
    for part, folder in _folders(toolchain):
        for path in folder.rglob("*"):
            if path.is_file():
                yield f"{part}/{path.relative_to(folder)}", path
    for name in _TOOLS:
        yield f"tool/{name}", tool_folder(toolchain.goroot) / name
    yield "zoneinfo.zip", toolchain.goroot / "lib" / "time" / "zoneinfo.zip"


def _folders(toolchain: Toolchain) -> list[tuple[str, Path]]:
    folders = [("library", toolchain.library), ("own", toolchain.own)]
    return [*folders, ("vet", toolchain.vet)] if toolchain.vet else folders


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _writable(path: Path) -> bool:
    return bool(path.lstat().st_mode & 0o022)
