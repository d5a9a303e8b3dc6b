"""The control group of one jail, whatever kind the host has: version 2, a systemd scope, version 1, or none."""

from __future__ import annotations

import contextlib
import itertools
import os
from pathlib import Path
from typing import Protocol

from sandbox.backends import JobLimits
from sandbox.cgroup_files import own_folder, own_paths
from sandbox.cgroup_scope import Systemd, scoped_group
from sandbox.cgroup_v1 import version1_group
from sandbox.cgroup_v2 import OURSELVES, version2_group

_ROOT = Path("/sys/fs/cgroup")
_SYSTEMD = Systemd()
_REFUSALS = (OSError, ValueError, KeyError)
_counter = itertools.count()


class Group(Protocol):
    """The accounting of one jail, whatever the kernel offers."""

    @property
    def kind(self) -> str:
        """What holds the limits: cgroup2, systemd or cgroup1."""

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

    def pids_peak(self) -> int | None:
        """Gives the most processes and threads at one time, where the kernel counts that."""

    def enforced(self) -> dict[str, object]:
        """Gives the limits as the kernel's own files state them."""

    def remove(self) -> None:
        """Removes the group; its processes must be gone."""


def make_group(
    limits: JobLimits,
    root: Path = _ROOT,
    own: Path = Path("/proc/self/cgroup"),
    systemd: Systemd = _SYSTEMD,
) -> Group | None:
    """Gives a fresh group with the limits set, or None where the host lets us make none."""
    number = next(_counter)
    name = f"gavel-{os.getpid()}-{number}"
    if number == 0:
        _sweep(root, own)
    with contextlib.suppress(*_REFUSALS):
        return version2_group(limits, root, own, name)
    with contextlib.suppress(*_REFUSALS):
        return scoped_group(limits, systemd, name)
    with contextlib.suppress(*_REFUSALS):
        return version1_group(limits, root, own, name)
    return None


def _sweep(root: Path, own: Path) -> None:
    """Removes the empty groups of processes that were killed before they could do it."""
    with contextlib.suppress(OSError, ValueError):
        parents = {own_folder(root / name, path) for name, path in own_paths(own).items()}
        parents |= {folder.parent for folder in parents if folder.name == OURSELVES}
        for folder in (found for parent in parents for found in parent.glob("gavel-*-*")):
            pid = folder.name.split("-")[1]
            if not Path(f"/proc/{pid}").exists():
                with contextlib.suppress(OSError):
                    folder.rmdir()
