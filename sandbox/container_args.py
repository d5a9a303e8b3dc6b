"""Writes the settings of one hardened container. Pure: nothing here talks to an engine."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

from sandbox.backends import PROGRAM_BYTES, Shape

HELPER = "/gavel/helper"
LABEL = "gavel.jail"
LABEL_OWNER = "gavel.owner"
LABEL_DEADLINE = "gavel.deadline"

_MIB = 1024 * 1024
_USER = 1000
_LOG_BYTES = 8 * _MIB
_SHM_BYTES = 65536
_SPARE_INODES = 64
_HELPER_THREADS = 12
_FEW_INODES = 256
_LATE_S = 1800.0
"""Well over the time a container may wait for a job and then work."""

# Bound to nothing: what an engine shows of its host, and what no program of a snippet needs. The
# helper reads its own counters below /sys/fs/cgroup, so that part stays, as the kernel's own view.
_MASKED = (
    "/etc",
    "/proc/acpi",
    "/proc/asound",
    "/proc/bus",
    "/proc/cmdline",
    "/proc/config.gz",
    "/proc/diskstats",
    "/proc/driver",
    "/proc/fs",
    "/proc/interrupts",
    "/proc/irq",
    "/proc/kallsyms",
    "/proc/kcore",
    "/proc/key-users",
    "/proc/keys",
    "/proc/kmsg",
    "/proc/kpagecount",
    "/proc/kpageflags",
    "/proc/latency_stats",
    "/proc/modules",
    "/proc/mtrr",
    "/proc/partitions",
    "/proc/sched_debug",
    "/proc/schedstat",
    "/proc/scsi",
    "/proc/swaps",
    "/proc/sysrq-trigger",
    "/proc/sysvipc",
    "/proc/timer_list",
    "/proc/timer_stats",
    "/proc/vmallocinfo",
    "/sys/block",
    "/sys/bus",
    "/sys/class",
    "/sys/dev",
    "/sys/devices",
    "/sys/firmware",
    "/sys/fs/bpf",
    "/sys/fs/ext4",
    "/sys/fs/fuse",
    "/sys/fs/pstore",
    "/sys/fs/xfs",
    "/sys/hypervisor",
    "/sys/kernel",
    "/sys/module",
    "/sys/power",
)
_READ_ONLY = ("/proc/sys",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What holds for every container of one backend."""

    processors: float
    machine: str
    """The engine's machine, for example `x86_64`."""
    runtime: str
    seccomp: str
    """A profile as the engine reads it, JSON; the engine's own where empty."""
    owner: str


def container_config(shape: Shape, image: str, terms: Terms, now: float) -> dict[str, Any]:
    """Gives the whole body of the engine's create call.

    Args:
        shape: What the container is for; fixed files are left out, since it has a /proc of its own.
        image: Name of an image made for the shape's mounts.
        terms: What the backend was set up with.
        now: Seconds since the epoch, for the label that says when the container is rubbish.
    """
    return {
        "Image": image,
        "Entrypoint": [HELPER],
        "Cmd": ["stream"],
        "User": f"{_USER}:{_USER}",
        "Hostname": "sbx",
        "WorkingDir": "/work",
        "Env": [],
        "AttachStdin": True,
        "AttachStdout": True,
        "AttachStderr": True,
        "OpenStdin": True,
        "StdinOnce": True,
        "Tty": False,
        "NetworkDisabled": True,
        "Labels": {
            LABEL: "1",
            LABEL_OWNER: terms.owner,
            LABEL_DEADLINE: str(int(now + _LATE_S)),
        },
        "HostConfig": _host_config(shape, terms),
    }


def _host_config(shape: Shape, terms: Terms) -> dict[str, Any]:
    limits = shape.limits
    memory = limits.memory_mib * _MIB
    security = ["no-new-privileges:true"]
    if terms.seccomp:
        security.append(f"seccomp={terms.seccomp}")
    config: dict[str, Any] = {
        "NetworkMode": "none",
        "ReadonlyRootfs": True,
        "Privileged": False,
        "Init": False,
        "CapDrop": ["ALL"],
        "SecurityOpt": security,
        "Memory": memory,
        "MemorySwap": memory,
        "NanoCpus": int(terms.processors * 1e9),
        "PidsLimit": limits.processes + _HELPER_THREADS,
        "OomScoreAdj": 500,
        "IpcMode": "private",
        "CgroupnsMode": "private",
        "ShmSize": _SHM_BYTES,
        "Tmpfs": _tmpfs(shape),
        "Ulimits": _ulimits(shape),
        "LogConfig": {"Type": "none", "Config": {}},
        "MaskedPaths": list(_MASKED),
        "ReadonlyPaths": list(_READ_ONLY),
        "RestartPolicy": {"Name": "no"},
    }
    if terms.runtime:
        config["Runtime"] = terms.runtime
    return config


def _ulimits(shape: Shape) -> list[dict[str, Any]]:
    # No limit on processes here: the kernel would count it over all containers of one user.
    limits = shape.limits
    values = {
        "core": 0,
        "nofile": limits.open_files,
        "fsize": limits.disk_mib * _MIB,
        "cpu": int(limits.cpu_s) + 2,
        "msgqueue": 0,
    }
    return [{"Name": name, "Soft": value, "Hard": value} for name, value in values.items()]


def _tmpfs(shape: Shape) -> dict[str, str]:
    temporary = "/tmp"  # noqa: S108 - a path inside the jail
    disk = shape.limits.disk_mib * _MIB
    # The helper sees an inode too many and says so; the kernel's own limit lies a little above.
    inodes = shape.limits.inodes + _SPARE_INODES
    return {
        temporary: _options(disk, inodes),
        "/work": _options(disk, inodes),
        "/log": _options(_LOG_BYTES, _FEW_INODES),
        "/prog": _options(PROGRAM_BYTES + _SHM_BYTES, _FEW_INODES),
    }


def _options(size: int, inodes: int) -> str:
    page = os.sysconf("SC_PAGE_SIZE")
    rounded = -(-size // page) * page
    return (
        f"rw,exec,nosuid,nodev,size={rounded},nr_inodes={inodes},mode=0755,uid={_USER},gid={_USER}"
    )
