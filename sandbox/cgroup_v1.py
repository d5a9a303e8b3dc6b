"""A jail's control group in version 1 of the kernel's interface: a folder in each of three hierarchies."""

from __future__ import annotations

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Version1:
    """See sandbox.jail_cgroup.Group."""

    memory: Path
    pids: Path
    cpuacct: Path
    kind: str = "cgroup1"

    def join(self, pid: int) -> None:
        """See Group."""
        for folder in (self.memory, self.pids, self.cpuacct):
            put(folder / "cgroup.procs", pid)

    def cpu_s(self) -> float | None:
        """See Group."""
        return number(self.cpuacct / "cpuacct.usage") / 1e9

    def memory_peak(self) -> int | None:
        """See Group."""
        return number(self.memory / "memory.max_usage_in_bytes")

    def oom_kills(self) -> int:
        """See Group."""
        return entry(self.memory / "memory.oom_control", "oom_kill")

    def pids_denied(self) -> int:
        """See Group."""
        return entry(self.pids / "pids.events", "max")

    def pids_peak(self) -> int | None:
        """See Group."""
        return number_if_there(self.pids / "pids.peak")

    def enforced(self) -> dict[str, object]:
        """See Group."""
        return {
            "memory": self.kind,
            "memory_bytes": number(self.memory / "memory.limit_in_bytes"),
            "pids": self.kind,
            "pids_max": number(self.pids / "pids.max"),
            "cpu": f"{self.kind} counter",
        }

    def remove(self) -> None:
        """See Group."""
        for folder in (self.memory, self.pids, self.cpuacct):
            remove(folder)


def version1_group(limits: JobLimits, root: Path, own: Path, name: str) -> Version1:
    """Gives a group beside those of our own; raises OSError or KeyError where there can be none."""
    paths = own_paths(own)
    made: list[Path] = []
    try:
        for controller in ("memory", "pids", "cpuacct"):
            folder = own_folder(root / controller, paths[controller]) / name
            folder.mkdir()
            made.append(folder)
        memory, pids, cpuacct = made
        put(memory / "memory.limit_in_bytes", limits.memory_mib * MIB)
        put_if_there(memory / "memory.memsw.limit_in_bytes", limits.memory_mib * MIB)
        put(pids / "pids.max", limits.processes)
    except OSError:
        for folder in made:
            remove(folder)
        raise
    return Version1(memory=memory, pids=pids, cpuacct=cpuacct)
