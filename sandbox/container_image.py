"""Packs a job's helper and mounts into the root file system of a container image."""

from __future__ import annotations

import hashlib
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from sandbox.backends import Job
from sandbox.container_args import HELPER

REPOSITORY = "gavel-jail"
_FOLDERS = ("work", "tmp", "log", "prog")


def image_tag(job: Job) -> str:
    """Gives the tag of the image that holds exactly what the job may see."""
    digest = hashlib.sha256()
    for path, target in _contents(job):
        info = path.stat()
        digest.update(f"{target}\0{info.st_size}\0{info.st_mtime_ns}\0".encode())
    return digest.hexdigest()[:24]


def pack_image(job: Job, into: IO[bytes]) -> None:
    """Writes the tar of that image: nothing but the helper, the mounts and empty folders."""
    made: set[str] = set()
    with tarfile.open(fileobj=into, mode="w") as tar:
        for name in _FOLDERS:
            _folder(tar, name, made)
        for path, target in _contents(job):
            name = target.lstrip("/")
            for parent in reversed(Path(name).parents[:-1]):
                _folder(tar, str(parent), made)
            entry = tarfile.TarInfo(name)
            entry.size = path.stat().st_size
            entry.mode = 0o555 if path.stat().st_mode & 0o100 else 0o444
            with path.open("rb") as file:
                tar.addfile(entry, file)


def _contents(job: Job) -> Iterator[tuple[Path, str]]:
    yield job.helper, HELPER
    for mount in job.mounts:
        if mount.source.is_dir():
            for path in sorted(mount.source.rglob("*")):
                if path.is_file():
                    yield path, f"{mount.target}/{path.relative_to(mount.source)}"
        else:
            yield mount.source, mount.target


def _folder(tar: tarfile.TarFile, name: str, made: set[str]) -> None:
    if name in made:
        return
    made.add(name)
    entry = tarfile.TarInfo(name)
    entry.type = tarfile.DIRTYPE
    entry.mode = 0o755
    tar.addfile(entry)
