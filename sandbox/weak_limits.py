"""Tells which limits a host only approximates. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.backends import SandboxFault

_STRONG = ("cgroup1", "cgroup2", "systemd", "docker", "container")


_ENGINE = {"memory": "MemoryLimit", "pids": "PidsLimit"}


def refuse_weak_engine(told: Mapping[str, object]) -> None:
    """Raises SandboxFault where a container engine's own word is that it can't hold a limit.

    Args:
        told: What the engine says about itself (`docker info`).
    """
    weak = [name for name, key in _ENGINE.items() if told.get(key) is not True]
    if weak:
        detail = (
            f"the Docker engine has no control groups for {' and '.join(weak)}; "
            "give its host some, or set allow_weak_limits"
        )
        raise SandboxFault("weak_limits", detail, retry=False)


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
