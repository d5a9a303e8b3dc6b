"""Writes the seccomp allow-list as a profile that container engines read. Pure."""

from __future__ import annotations

import errno
import json
from functools import cache
from typing import Any

from sandbox.seccomp_calls import ALLOWED
from sandbox.seccomp_filter import (
    IOCTLS,
    NETLINK,
    NEW_NAMESPACES,
    PERSONALITIES,
    PLAIN_FAMILIES,
    PRCTLS,
    ROUTE,
    SET_DUMPABLE,
)

_ARCHITECTURES = ("SCMP_ARCH_X86_64", "SCMP_ARCH_AARCH64")
_SET_SECCOMP = 22
_EQUAL, _MASKED = "SCMP_CMP_EQ", "SCMP_CMP_MASKED_EQ"


@cache
def profile_for_engines() -> str:
    """Gives the profile as JSON, the same for every machine: an engine passes over unknown names.

    What the list lacks is answered with EPERM; the engine's runtime answers newer calls with ENOSYS,
    and ends a process that uses a foreign architecture.
    """
    calls: list[dict[str, Any]] = [
        _allow(sorted(ALLOWED)),
        _allow(["clone"], _argument(0, NEW_NAMESPACES, _MASKED)),
        {"names": ["clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": errno.ENOSYS},
    ]
    sockets = ["socket", "socketpair"]
    calls += [_allow(sockets, _argument(0, family)) for family in PLAIN_FAMILIES]
    calls.append(_allow(sockets, _argument(0, NETLINK), _argument(2, ROUTE)))
    calls += [_allow(["ioctl"], _argument(1, request)) for request in IOCTLS]
    # The helper puts the stricter filter of our own on what it starts; that one allows no other.
    calls += [_allow(["prctl"], _argument(0, option)) for option in (*PRCTLS, _SET_SECCOMP)]
    calls.append(_allow(["prctl"], _argument(0, SET_DUMPABLE), _argument(1, 0)))
    calls.append(_allow(["prlimit64"], _argument(0, 0)))
    calls += [_allow(["personality"], _argument(0, value)) for value in PERSONALITIES]
    profile = {
        "defaultAction": "SCMP_ACT_ERRNO",
        "archMap": [{"architecture": name, "subArchitectures": []} for name in _ARCHITECTURES],
        "syscalls": calls,
    }
    return json.dumps(profile)


def _allow(names: list[str], *arguments: dict[str, Any]) -> dict[str, Any]:
    return {"names": names, "action": "SCMP_ACT_ALLOW", "args": list(arguments)}


def _argument(index: int, value: int, compare: str = _EQUAL) -> dict[str, Any]:
    # A masked comparison holds where the bits of `value` are all unset.
    return {"index": index, "value": value, "valueTwo": 0, "op": compare}
