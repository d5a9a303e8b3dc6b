"""Control groups of one jail: made, joined, read and removed. Version 2 first, then version 1, else none."""

from __future__ import annotations

import contextlib
import itertools
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sandbox.backends import JobLimits

_MIB = 1024 * 1024
_ROOT = Path("/sys/fs/cgroup")
_counter = itertools.count()


class Group(Protocol):
    """The accounting of one jail, whatever the kernel offers."""

    @property
    def kind(self) -> str:
        """What the kernel offers: cgroup1 or cgroup2."""

    def join(self, pid: int) -> None:
        """Puts a process, and all it will start, under the group's limits."""

    def cpu_s(self) -> float | None:
        """Gives the processor time used so far by all processes."""

    def memory_peak(self) -> int | None:
        """Gives the highest memory use in bytes."""

    def oom_kills(self) -> int:
        """Gives how often the kernel killed for memory."""

    def pids_denied(self) -> int:
        """Gives how often a new process was refused."""

    def enforced(self) -> dict[str, object]:
        """Gives the limits as the kernel's own files state them."""

    def remove(self) -> None:
        """Removes the group; its processes must be gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version1:
    """Three hierarchies of version 1, a folder in each."""

    memory: Path
    pids: Path
    cpuacct: Path
    kind: str = "cgroup1"

    def join(self, pid: int) -> None:
        """See Group."""
        for folder in (self.memory, self.pids, self.cpuacct):
            (folder / "cgroup.procs").write_text(str(pid))

    def cpu_s(self) -> float | None:
        """See Group."""
        return _number(self.cpuacct / "cpuacct.usage") / 1e9

    def memory_peak(self) -> int | None:
        """See Group."""
        return _number(self.memory / "memory.max_usage_in_bytes")

    def oom_kills(self) -> int:
        """See Group."""
        return _entry(self.memory / "memory.oom_control", "oom_kill")

    def pids_denied(self) -> int:
        """See Group."""
        return _entry(self.pids / "pids.events", "max")

    def enforced(self) -> dict[str, object]:
        """See Group."""
        return {
            "memory": self.kind,
            "memory_bytes": _number(self.memory / "memory.limit_in_bytes"),
            "pids": self.kind,
            "pids_max": _number(self.pids / "pids.max"),
            "cpu": f"{self.kind} counter",
        }

    def remove(self) -> None:
        """See Group."""
        for folder in (self.memory, self.pids, self.cpuacct):
            _remove(folder)


@dataclass(frozen=True, slots=True, kw_only=True)
class Version2:
    """One folder of the unified hierarchy."""

    folder: Path
    kind: str = "cgroup2"

    def join(self, pid: int) -> None:
        """See Group."""
        (self.folder / "cgroup.procs").write_text(str(pid))

    def cpu_s(self) -> float | None:
        """See Group."""
        return _entry(self.folder / "cpu.stat", "usage_usec") / 1e6

    def memory_peak(self) -> int | None:
        """See Group."""
        with contextlib.suppress(OSError, ValueError):
            return _number(self.folder / "memory.peak")
        return None

    def oom_kills(self) -> int:
        """See Group."""
        return _entry(self.folder / "memory.events", "oom_kill")

    def pids_denied(self) -> int:
        """See Group."""
        return _entry(self.folder / "pids.events", "max")

    def enforced(self) -> dict[str, object]:
        """See Group."""
        return {
            "memory": self.kind,
            "memory_bytes": _number(self.folder / "memory.max"),
            "pids": self.kind,
            "pids_max": _number(self.folder / "pids.max"),
            "cpu": f"{self.kind} counter",
        }

    def remove(self) -> None:
        """See Group."""
        _remove(self.folder)


def make_group(
    limits: JobLimits, root: Path = _ROOT, own: Path = Path("/proc/self/cgroup")
) -> Group | None:
    """Gives a fresh group with the limits set, or None where the host lets us make none."""
    number = next(_counter)
    name = f"gavel-{os.getpid()}-{number}"
    if number == 0:
        _sweep(root, own)
    with contextlib.suppress(OSError, ValueError, KeyError):
        return _version2(limits, root, own, name)
    with contextlib.suppress(OSError, ValueError, KeyError):
        return _version1(limits, root, own, name)
    return None


def _version2(limits: JobLimits, root: Path, own: Path, name: str) -> Version2:
    parent = _own_folder(root, _own_paths(own)[""])
    if not {"memory", "pids"} <= set((parent / "cgroup.subtree_control").read_text().split()):
        raise ValueError("memory and pids are not delegated")
    folder = parent / name
    folder.mkdir()
    try:
        _set(folder / "memory.max", limits.memory_mib * _MIB)
        _set_if_there(folder / "memory.swap.max", 0)
        _set_if_there(folder / "memory.oom.group", 1)
        _set(folder / "pids.max", limits.processes)
    except OSError:
        _remove(folder)
        raise
    return Version2(folder=folder)


def _version1(limits: JobLimits, root: Path, own: Path, name: str) -> Version1:
    paths = _own_paths(own)
    made: list[Path] = []
    try:
        for controller in ("memory", "pids", "cpuacct"):
            folder = _own_folder(root / controller, paths[controller]) / name
            folder.mkdir()
            made.append(folder)
        memory, pids, cpuacct = made
        _set(memory / "memory.limit_in_bytes", limits.memory_mib * _MIB)
        _set_if_there(memory / "memory.memsw.limit_in_bytes", limits.memory_mib * _MIB)
        _set(pids / "pids.max", limits.processes)
    except OSError:
        for folder in made:
            _remove(folder)
        raise
    return Version1(memory=memory, pids=pids, cpuacct=cpuacct)


def _sweep(root: Path, own: Path) -> None:
    """Removes the empty groups of processes that were killed before they could do it."""
    with contextlib.suppress(OSError, ValueError):
        parents = {_own_folder(root / name, path) for name, path in _own_paths(own).items()}
        for folder in (found for parent in parents for found in parent.glob("gavel-*-*")):
            pid = folder.name.split("-")[1]
            if not Path(f"/proc/{pid}").exists():
                with contextlib.suppress(OSError):
                    folder.rmdir()


def _own_paths(own: Path) -> dict[str, str]:
    paths: dict[str, str] = {}
    for line in own.read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        for controller in controllers.split(","):
            paths[controller] = path
    return paths


def _own_folder(mount: Path, path: str) -> Path:
    # In a container the mount's root often already is our own group.
    folder = mount / path.lstrip("/")
    return folder if folder.is_dir() else mount


def _set(file: Path, value: int) -> None:
    file.write_text(str(value))


def _set_if_there(file: Path, value: int) -> None:
    with contextlib.suppress(OSError):
        if file.exists():
            file.write_text(str(value))


def _number(file: Path) -> int:
    return int(file.read_text())


def _entry(file: Path, key: str) -> int:
    with contextlib.suppress(OSError):
        for line in file.read_text().splitlines():
            name, _, value = line.partition(" ")
            if name == key:
                return int(value)
    return 0


def _remove(folder: Path, deadline_s: float = 1.0) -> None:
    # The last process of a jail leaves its group a moment after its parent saw it die.
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
