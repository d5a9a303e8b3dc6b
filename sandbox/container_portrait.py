"""Turns what the helper saw of its own container into the words of a report. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.container_stream import Spoken

_SECCOMP_FILTER = 2
_AS_THEY_ARE = ("core_bytes", "open_files", "file_bytes", "cpu_rlimit_s")
_SEEN_INSIDE = ("tmp_bytes", "work_bytes", "root_read_only")


def container_enforced(spoken: Spoken, host: Mapping[str, str]) -> dict[str, object]:
    """Gives what holds in the container, all of it read inside from the kernel.

    Args:
        spoken: What came out of the container; empty where it never got as far as the helper.
        host: The namespaces of this process, to tell which ones differ.
    """
    limits, jail = spoken.limits, spoken.jail
    if not limits:
        return {}
    memory, pids = limits.get("memory", "none"), limits.get("pids", "none")
    theirs = limits.get("namespaces") or {}
    return {
        "memory": memory,
        "memory_bytes": limits.get("memory_max"),
        "pids": pids,
        "pids_max": limits.get("pids_max"),
        "cpu": f"{memory} counter" if "cpu_ns" in spoken.counters else "rlimit",
        **{name: limits.get(name) for name in _AS_THEY_ARE},
        **{name: jail.get(name) for name in _SEEN_INSIDE},
        "namespaces": [name for name, link in theirs.items() if host.get(name) != link],
        "seccomp": "filter" if jail.get("seccomp") == _SECCOMP_FILTER else "none",
        "no_new_privs": jail.get("no_new_privs") == 1,
        "capabilities": jail.get("capabilities"),
        "network": jail.get("interfaces"),
        "landlock": jail.get("landlock", "none"),
    }
