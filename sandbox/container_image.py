"""Packs a job's helper and mounts into the root file system of a container image.

`python -m sandbox.container_image TOOLCHAIN FOLDER` lays out the file system of the runner image.
"""

from __future__ import annotations

import hashlib
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from sandbox.backends import Mount
from sandbox.container_args import HELPER
from sandbox.toolchain import prepare

REPOSITORY = "gavel-jail"
_FOLDERS = ("work", "tmp", "log", "prog")


def image_tag(helper: Path, mounts: tuple[Mount, ...]) -> str:
    """Gives the tag of the image that holds exactly what a job may see."""
    digest = hashlib.sha256()
    for path, target in _contents(helper, mounts):
        info = path.stat()
        digest.update(f"{target}\0{info.st_size}\0{info.st_mtime_ns}\0".encode())
    return digest.hexdigest()[:24]


def pack_image(helper: Path, mounts: tuple[Mount, ...], into: IO[bytes]) -> None:
    """Writes the tar of that image: nothing but the helper, the mounts and empty folders."""
    made: set[str] = set()
    with tarfile.open(fileobj=into, mode="w") as tar:
        for name in _FOLDERS:
            _folder(tar, name, made)
        for path, target in _contents(helper, mounts):
            name = target.lstrip("/")
            for parent in reversed(Path(name).parents[:-1]):
                _folder(tar, str(parent), made)
            entry = tarfile.TarInfo(name)
            entry.size = path.stat().st_size
            entry.mode = 0o555 if path.stat().st_mode & 0o100 else 0o444
            with path.open("rb") as file:
                tar.addfile(entry, file)


def holds_helper(packed: IO[bytes], helper: Path) -> bool:
    """Tells whether the only file of an archive is the helper, byte for byte."""
    with tarfile.open(fileobj=packed) as tar:
        for entry in tar:
            content = tar.extractfile(entry)
            if content is not None:
                return content.read() == helper.read_bytes()
    return False


def _contents(helper: Path, mounts: tuple[Mount, ...]) -> Iterator[tuple[Path, str]]:
    yield helper, HELPER
    for mount in mounts:
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


def main() -> None:
    """Writes what a jail that runs programs sees, for the Dockerfile's target `runner`."""
    data, into = (Path(word) for word in sys.argv[1:3])
    toolchain = prepare(data)
    mounts = toolchain.run_mounts(race=not toolchain.race_missing)
    with tempfile.TemporaryFile() as packed:
        pack_image(toolchain.helper, mounts, packed)
        packed.seek(0)
        with tarfile.open(fileobj=packed) as tar:
            tar.extractall(into, filter="data")


if __name__ == "__main__":
    main()
