"""Reads and limits processes of a jail from outside, by /proc and prlimit only."""

from __future__ import annotations

import contextlib
import os
import resource
from pathlib import Path

from sandbox.backends import JobLimits

_PAGE = os.sysconf("SC_PAGE_SIZE")
_TICK = os.sysconf("SC_CLK_TCK")
_MIB = 1024 * 1024
_SPARE = 32
_NAMESPACES = ("user", "pid", "net", "ipc", "uts", "mnt", "cgroup")


def set_rlimits(pid: int, limits: JobLimits, *, counted: bool) -> None:
    """Puts the per-process limits on a process that has not started its program yet.

    No address-space limit: the race detector maps terabytes that it never touches. Where a control
    group counts processes it is to be the one that refuses, since only it tells that it did. Where
    none does, the hard limit leaves room for the helper, which shares the count with its program:
    it raises its own soft limit, and a program that starts all it may can't end its helper.
    """
    # A little over the folder's size, so that a full disk is met as one.
    size = (limits.disk_mib + 1) * _MIB
    most = limits.processes + _SPARE
    for kind, soft, hard in (
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_NOFILE, limits.open_files, limits.open_files),
        (resource.RLIMIT_FSIZE, size, size),
        (resource.RLIMIT_CPU, int(limits.cpu_s) + 2, int(limits.cpu_s) + 2),
        (resource.RLIMIT_NPROC, most if counted else limits.processes, most),
    ):
        resource.prlimit(pid, kind, (soft, hard))


def read_rlimits(pid: int) -> dict[str, object]:
    """Gives the limits as the kernel states them for the process."""
    return {
        "core_bytes": resource.prlimit(pid, resource.RLIMIT_CORE)[0],
        "open_files": resource.prlimit(pid, resource.RLIMIT_NOFILE)[0],
        "file_bytes": resource.prlimit(pid, resource.RLIMIT_FSIZE)[0],
        "cpu_rlimit_s": resource.prlimit(pid, resource.RLIMIT_CPU)[0],
        "processes_rlimit": resource.prlimit(pid, resource.RLIMIT_NPROC)[0],
    }


def separate_namespaces(pid: int) -> list[str]:
    """Gives the namespaces in which the process differs from this one."""
    found = []
    for name in _NAMESPACES:
        with contextlib.suppress(OSError):
            if (
                Path(f"/proc/{pid}/ns/{name}").readlink()
                != Path(f"/proc/self/ns/{name}").readlink()
            ):
                found.append(name)
    return found


def descendants(pid: int) -> list[int]:
    """Gives the process and everything below it; orphans stay below the jail's first process."""
    found = [pid]
    for one in found:
        with contextlib.suppress(OSError):
            for task in Path(f"/proc/{one}/task").iterdir():
                found += [int(child) for child in (task / "children").read_text().split()]
    return found


def tree_usage(pid: int) -> tuple[float, int, int]:
    """Gives the processor seconds, resident bytes and threads of a process tree, for hosts without groups."""
    cpu, resident, threads = 0.0, 0, 0
    for one in descendants(pid):
        with contextlib.suppress(OSError, ValueError, IndexError):
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
            # Own and waited-for children's user and system ticks: fields 14 to 17 of proc(5).
            cpu += sum(int(field) for field in fields[11:15]) / _TICK
            threads += int(fields[17])
            resident += int(fields[21]) * _PAGE
    return cpu, resident, threads
