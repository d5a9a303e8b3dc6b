"""Tells which limits a host only approximates. Pure."""

from __future__ import annotations

from collections.abc import Mapping

_STRONG = ("cgroup1", "cgroup2", "systemd", "docker", "container")


def weak_limits(enforced: Mapping[str, object]) -> tuple[str, ...]:
    """Gives the limits that no control group holds, and a filter that is not there.

    A service that audits strangers' code refuses to work with any of them unless it was told otherwise.

    Args:
        enforced: What a jail reported as applied; see Outcome.enforced.
    """
    weak = [
        name for name in ("memory", "pids") if not str(enforced.get(name, "")).startswith(_STRONG)
    ]
    if enforced.get("seccomp") != "filter":
        weak.append("seccomp")
    if enforced.get("no_new_privs") is not True:
        weak.append("no_new_privs")
    if enforced.get("capabilities") != 0:
        weak.append("capabilities")
    return tuple(weak)
