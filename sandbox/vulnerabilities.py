"""Looks modules up in a folder of advisories, in the layout of the Go vulnerability database (version 1).

Only versions are compared: whether the code reaches what is vulnerable, nobody asks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from pydantic import BaseModel, TypeAdapter

from sandbox.backends import SandboxFault
from sandbox.dependency import Vulnerability
from sandbox.go_versions import Version, release, version

STANDARD_LIBRARY = "stdlib"
"""What the database calls the standard library; its versions are those of Go."""
_INDEX_BYTES = 64 << 20
_ENTRY_BYTES = 4 << 20
_ID = re.compile(r"[A-Z]{2,10}-\d{4}-\d{1,10}", re.ASCII)
_SUMMARY_LETTERS = 300
_BEGINNING = Version((0, 0, 0), final=False, before=())


@dataclass(frozen=True, kw_only=True)
class VulnerabilityDatabase:
    """A folder with `index/modules.json` and `ID/<id>.json`, read as far as it is asked."""

    folder: Path

    @cached_property
    def _modules(self) -> dict[str, tuple[str, ...]]:
        return {
            one.path: tuple(entry.id for entry in one.vulns)
            for one in _INDEX.validate_json(
                _text(self.folder / "index" / "modules.json", _INDEX_BYTES)
            )
        }

    @property
    def modified(self) -> str:
        """When the database was changed, in its own words; empty where it doesn't say so."""
        try:
            data = _text(self.folder / "index" / "db.json", _ENTRY_BYTES)
            return _Database.model_validate_json(data).modified
        except (OSError, ValueError):
            return ""

    def check(self) -> None:
        """Reads the index.

        Raises:
            SandboxFault: When the folder is no such database.
        """
        try:
            _ = self._modules
        except (OSError, ValueError) as exc:
            said = f"{self.folder} is no vulnerability database with index/modules.json: {exc}"
            raise SandboxFault("vulnerability_db", said, retry=False) from exc

    def of(self, module: str, at: str) -> tuple[Vulnerability, ...]:
        """Gives the advisories whose ranges hold a version of a module; none where the version is no version."""
        order = version(at)
        if order is None:
            return ()
        found = (self._advisory(one, module, order) for one in self._modules.get(module, ()))
        return tuple(one for one in found if one is not None)

    def of_release(self, go: str) -> tuple[Vulnerability, ...]:
        """Gives the advisories about the standard library of a Go release, for example `go1.27.3`."""
        return self.of(STANDARD_LIBRARY, release(go))

    def _advisory(self, name: str, module: str, at: Version) -> Vulnerability | None:
        if not _ID.fullmatch(name):
            return None
        try:
            entry = _Entry.model_validate_json(
                _text(self.folder / "ID" / f"{name}.json", _ENTRY_BYTES)
            )
        except (OSError, ValueError):
            # Silence about it would read as "not affected".
            return Vulnerability(id=name, summary="the advisory could not be read")
        hit = [one for one in entry.ranges(module) if _holds(one, at)]
        if not hit or entry.withdrawn:
            return None
        return Vulnerability(
            id=name,
            aliases=entry.aliases,
            summary=(entry.summary or entry.details)[:_SUMMARY_LETTERS],
            fixed=_fixed(hit, at),
        )


class _Database(BaseModel):
    modified: str = ""


class _Named(BaseModel):
    id: str


class _Listed(BaseModel):
    path: str
    vulns: tuple[_Named, ...] = ()


_INDEX = TypeAdapter(tuple[_Listed, ...])


class _Event(BaseModel):
    introduced: str = ""
    fixed: str = ""


class _Range(BaseModel):
    type: str
    events: tuple[_Event, ...] = ()


class _Package(BaseModel):
    name: str


class _Affected(BaseModel):
    package: _Package
    ranges: tuple[_Range, ...] = ()


class _Entry(BaseModel):
    """What is read of an OSV entry."""

    aliases: tuple[str, ...] = ()
    summary: str = ""
    details: str = ""
    withdrawn: str = ""
    affected: tuple[_Affected, ...] = ()

    def ranges(self, module: str) -> list[list[_Edge]]:
        return [
            sorted(_edges(one))
            for affected in self.affected
            if affected.package.name == module
            for one in affected.ranges
            if one.type == "SEMVER"
        ]


class _Edge(NamedTuple):
    """Where a range begins or ends, in the order of versions."""

    at: Version
    begins: bool
    text: str


def _edges(given: _Range) -> Iterator[_Edge]:
    for event in given.events:
        for begins, text in ((True, event.introduced), (False, event.fixed)):
            # A lone 0 stands before every version, pre-releases of v0.0.0 among them.
            if order := _BEGINNING if text == "0" else version(text):
                yield _Edge(order, begins, text)


def _holds(edges: list[_Edge], at: Version) -> bool:
    passed = [edge for edge in edges if edge.at <= at]
    return bool(passed) and passed[-1].begins


def _fixed(ranges: list[list[_Edge]], at: Version) -> str | None:
    later = [edge for edges in ranges for edge in edges if not edge.begins and edge.at > at]
    return min(later).text if later else None


def _text(path: Path, most: int) -> bytes:
    with path.open("rb") as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise ValueError(f"{path} has over {most} bytes")
    return data
