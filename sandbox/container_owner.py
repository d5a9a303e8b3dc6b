"""Names the process that a container belongs to, so that another one can tell when nobody will remove it."""

from __future__ import annotations

import contextlib
from pathlib import Path


def owner(pid: int) -> str:
    """Names a process for good: its machine's boot, its PID namespace, its number and its start."""
    start = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    return f"{_machine()}/{pid}/{start}"


def is_dead(name: str) -> bool:
    """Tells whether the owner was a process of this very machine and namespace and is no more."""
    machine, _, process = name.rpartition("]/")
    if f"{machine}]" != _machine():
        return False
    try:
        return owner(int(process.partition("/")[0])) != name
    except OSError:
        return True


def own_namespaces() -> dict[str, str]:
    """Gives the namespaces of this process by name, to tell which ones of another differ."""
    found = {}
    for path in Path("/proc/self/ns").iterdir():
        with contextlib.suppress(OSError):
            found[path.name] = str(path.readlink())
    return found


def _machine() -> str:
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    return f"{boot}/{Path('/proc/self/ns/pid').readlink()}"
