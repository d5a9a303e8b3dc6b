"""Reads a folder in the layout of GOPROXY. Paths come from hostile code, so each is checked before a file is looked for."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sandbox.go_versions import Version, version

_PATH = re.compile(r"[A-Za-z0-9_~-][\w.~-]{0,99}(?:/[A-Za-z0-9_~-][\w.~+-]{0,99}){0,15}", re.ASCII)
_VERSION = re.compile(r"v\d[\w.+-]{0,199}", re.ASCII)
_ENDINGS = (".info", ".mod", ".zip")
_LIST_BYTES = 1 << 20
_ZIP_BYTES = 64 << 20
_ZIP_FILES = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleProxy:
    """Modules in a folder: `<module>/@v/` with `list`, `<version>.info`, `.mod` and `.zip`."""

    folder: Path

    def versions(self, module: str) -> tuple[str, ...]:
        """Gives the versions of a module, oldest first; none for a module that is not there."""
        folder = self._of(module)
        if folder is None:
            return ()
        named = {
            path.name.removesuffix(path.suffix)
            for path in folder.iterdir()
            if path.suffix in _ENDINGS
        }
        names = {_unescaped(one) for one in named} | set(_listed(folder / "list"))
        ordered = [(order, one) for one in names if (order := version(one)) and one[0] == "v"]
        return tuple(one for _, one in sorted(ordered))

    def newest(self, module: str) -> str | None:
        """Gives the version that the go command would choose: the newest, a release before a pre-release."""
        known = self.versions(module)
        released = [one for one in known if _order(one).final]
        return max(released or known, key=_order, default=None)

    def module_of(self, package: str) -> str | None:
        """Gives the module that may hold a package: the longest path above it that is there."""
        parts = package.split("/")
        paths = ("/".join(parts[:count]) for count in range(len(parts), 0, -1))
        return next((path for path in paths if self.versions(path)), None)

    def holds(self, module: str, wanted: str, package: str) -> bool | None:
        """Tells whether a version of a module has Go files of a package; null where its zip is not there or unsound."""
        folder = self._of(module)
        if folder is None or not _VERSION.fullmatch(wanted):
            return None
        inside = package.removeprefix(module).strip("/")
        start = f"{module}@{wanted}/" + (f"{inside}/" if inside else "")
        names = _names(folder / f"{_escaped(wanted)}.zip")
        return None if names is None else any(_is_in(name, start) for name in names)

    def _of(self, module: str) -> Path | None:
        if not _PATH.fullmatch(module):
            return None
        folder = self.folder / _escaped(module) / "@v"
        return folder if folder.is_dir() else None


def _order(text: str) -> Version:
    found = version(text)
    assert found is not None  # noqa: S101 - `versions` gives nothing else
    return found


def _is_in(name: str, start: str) -> bool:
    rest = name.removeprefix(start)
    return rest != name and "/" not in rest and rest.endswith(".go")


def _names(path: Path) -> list[str] | None:
    """Gives the names in a zip; its content is not touched."""
    try:
        if path.stat().st_size > _ZIP_BYTES:
            return None
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError):
        return None
    return names if len(names) <= _ZIP_FILES else None


def _listed(path: Path) -> Iterator[str]:
    try:
        with path.open("rb") as file:
            text = file.read(_LIST_BYTES).decode(errors="replace")
    except OSError:
        return
    yield from (line.split()[0] for line in text.splitlines() if line.strip())


def _escaped(path: str) -> str:
    """Gives a path as the layout writes it, where case may not count: `A` as `!a`."""
    return re.sub(r"[A-Z]", lambda match: f"!{match.group().lower()}", path)


def _unescaped(path: str) -> str:
    return re.sub(r"!([a-z])", lambda match: match.group(1).upper(), path)
