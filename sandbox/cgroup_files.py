"""Reads and writes the small files that control groups consist of, on either version of the kernel's interface."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

MIB = 1024 * 1024


def own_paths(own: Path) -> dict[str, str]:
    """Gives controller -> path of a process's group; the unified hierarchy has no name."""
    paths: dict[str, str] = {}
    for line in own.read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        for controller in controllers.split(","):
            paths[controller] = path
    return paths


def own_folder(mount: Path, path: str) -> Path:
    """Gives the folder of a group; in a container the mount's root often already is our own."""
    folder = mount / path.lstrip("/")
    return folder if folder.is_dir() else mount


def put(file: Path, value: object) -> None:
    """Writes a value."""
    file.write_text(str(value))


def put_if_there(file: Path, value: object) -> None:
    """Writes a value where the kernel has such a file and takes it."""
    with contextlib.suppress(OSError):
        if file.exists():
            put(file, value)


def number(file: Path) -> int:
    """Gives the one number of a file."""
    return int(file.read_text())


def number_if_there(file: Path) -> int | None:
    """Gives the one number of a file that older kernels lack."""
    with contextlib.suppress(OSError, ValueError):
        return number(file)
    return None


def entry(file: Path, key: str) -> int:
    """Gives a counter out of a file of several; zero where there is none."""
    with contextlib.suppress(OSError):
        for line in file.read_text().splitlines():
            name, _, value = line.partition(" ")
            if name == key:
                return int(value)
    return 0


def remove(folder: Path, deadline_s: float = 1.0) -> None:
    """Removes a group; the last process of a jail leaves it a moment after its parent saw it die."""
    until = time.monotonic() + deadline_s
    while True:
        try:
            folder.rmdir()
        except FileNotFoundError:
            return
        except OSError:
            if time.monotonic() > until:
                return
            time.sleep(0.002)
        else:
            return
