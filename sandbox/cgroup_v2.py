"""A jail's control group in version 2 of the kernel's interface, below a group that was delegated to us."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path

from sandbox.backends import JobLimits
from sandbox.cgroup_files import (
    MIB,
    entry,
    number,
    number_if_there,
    own_folder,
    own_paths,
    put,
    put_if_there,
    remove,
)

CONTROLLERS = frozenset({"memory", "pids"})
OURSELVES = "gavel-self"
"""The leaf in which a delegated service sits, beside its jails."""
_MARKS = ("user.delegate", "trusted.delegate")
_TRIES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Version2:
    """See sandbox.jail_cgroup.Group."""

    folder: Path
    kind: str = "cgroup2"

    def join(self, pid: int) -> None:
        """See Group."""
        put(self.folder / "cgroup.procs", pid)

    def cpu_s(self) -> float | None:
        """See Group."""
        return entry(self.folder / "cpu.stat", "usage_usec") / 1e6

    def memory_peak(self) -> int | None:
        """See Group."""
        return number_if_there(self.folder / "memory.peak")

    def oom_kills(self) -> int:
        """See Group."""
        return entry(self.folder / "memory.events", "oom_kill")

    def pids_denied(self) -> int:
        """See Group."""
        return entry(self.folder / "pids.events", "max")

    def pids_peak(self) -> int | None:
        """See Group."""
        return number_if_there(self.folder / "pids.peak")

    def enforced(self) -> dict[str, object]:
        """See Group."""
        return {
            "memory": self.kind,
            "memory_bytes": number(self.folder / "memory.max"),
            "pids": self.kind,
            "pids_max": number(self.folder / "pids.max"),
            "cpu": f"{self.kind} counter",
        }

    def remove(self) -> None:
        """See Group."""
        remove(self.folder)


def version2_group(limits: JobLimits, root: Path, own: Path, name: str) -> Version2:
    """Gives a group where we may make some; raises OSError, KeyError or ValueError where we may not."""
    return Version2(folder=make_folder(limits, _parent(root, own), name))


def make_folder(limits: JobLimits, parent: Path, name: str) -> Path:
    """Gives a new group with its limits set."""
    folder = parent / name
    folder.mkdir()
    try:
        put(folder / "memory.max", limits.memory_mib * MIB)
        put_if_there(folder / "memory.swap.max", 0)
        put_if_there(folder / "memory.oom.group", 1)
        put(folder / "pids.max", limits.processes)
    except OSError:
        remove(folder)
        raise
    return folder


def hand_down(folder: Path) -> None:
    """Lets the groups below a group have limits; no process may be in it."""
    if not words(folder / "cgroup.subtree_control") >= CONTROLLERS:
        wanted = " ".join(f"+{name}" for name in sorted(CONTROLLERS))
        put(folder / "cgroup.subtree_control", wanted)


def words(file: Path) -> set[str]:
    """Gives the words of a file."""
    return set(file.read_text().split())


def _parent(root: Path, own: Path) -> Path:
    """Gives the group below which jails get theirs: ours, or the one above where we sit in a leaf."""
    ours = own_folder(root, own_paths(own)[""])
    if words(ours / "cgroup.subtree_control") >= CONTROLLERS:
        return ours
    if ours != root and _is_delegated(ours.parent):
        hand_down(ours.parent)
        return ours.parent
    if not _is_delegated(ours) or not words(ours / "cgroup.controllers") >= CONTROLLERS:
        raise ValueError("memory and pids are not delegated")
    _step_aside(ours)
    return ours


def _is_delegated(folder: Path) -> bool:
    """Tells whether systemd marked a group as somebody's own (`Delegate=yes`).

    Root may write everywhere, but the tree is systemd's where it says nothing.
    """
    for mark in _MARKS:
        with contextlib.suppress(OSError):
            if os.getxattr(folder, mark) == b"1":
                return True
    return False


def _step_aside(ours: Path) -> None:
    """Moves what is in our group into a leaf, since one with processes can't hand its controllers down."""
    leaf = ours / OURSELVES
    leaf.mkdir(exist_ok=True)
    for last in range(_TRIES):
        for pid in (ours / "cgroup.procs").read_text().split():
            with contextlib.suppress(ProcessLookupError):
                put(leaf / "cgroup.procs", pid)
        try:
            hand_down(ours)
        except OSError:
            # Somebody was started meanwhile.
            if last == _TRIES - 1:
                raise
        else:
            return
