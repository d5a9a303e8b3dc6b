"""Assembles the seccomp filter, an allow-list, and reads the assembled files that are shipped.

`python -m sandbox.seccomp_filter` writes the files anew; a test compares them with what is assembled.
"""

from __future__ import annotations

import struct
from functools import cache
from pathlib import Path

from sandbox.seccomp_calls import ALLOWED, CONDITIONAL, FIRST_UNKNOWN

FOLDER = Path(__file__).with_name("seccomp")
MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
"""Column of the tables, and the kernel's word for the architecture."""

_LD, _JEQ, _JGT, _JGE, _JSET, _RET = 0x20, 0x15, 0x25, 0x35, 0x45, 0x06
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_EPERM, _ENOTTY, _ENOSYS, _EAFNOSUPPORT = 1, 25, 38, 97
_NUMBER, _ARCH, _ARGUMENTS = 0, 4, (16, 24, 32)

_X32 = 0x40000000
NEW_NAMESPACES = 0x7E020000
PLAIN_FAMILIES, NETLINK, ROUTE = (1, 2, 10), 16, 0  # unix, inet, inet6; what package net opens
IOCTLS = (
    0x5401,
    0x5413,
    0x541B,
    0x5421,
    0x5450,
    0x5451,
)  # sizes and flags; TIOCSTI is not among them
PRCTLS = (1, 2, 3, 15, 16, 21, 38, 39, 0x53564D41)
SET_DUMPABLE = 4
PERSONALITIES = (0, 0xFFFFFFFF, 0x40000)  # the race detector turns address randomisation off


def assemble(machine: str) -> bytes:
    """Gives the filter for a machine, ready for the kernel.

    A foreign architecture and x32 numbers end the process. A call that is not allowed gets EPERM, so
    that Go falls back; one that is newer than the list gets ENOSYS.
    """
    column, arch = MACHINES[machine]
    code = [_op(_LD, _ARCH), _op(_JEQ, arch, 1, 0), _op(_RET, _KILL), _op(_LD, _NUMBER)]
    if machine == "x86_64":
        code += [_op(_JGE, _X32, 0, 1), _op(_RET, _KILL)]
    for name, body in _conditions().items():
        code += _on_call(CONDITIONAL[name][column], body)
    for first, last in _ranges(column):
        # Ranges come in order, so a number below one lies in the gap before it.
        code += [_op(_JGE, first, 1, 0), _op(_RET, _ERRNO | _EPERM)]
        code += [_op(_JGT, last, 1, 0), _op(_RET, _ALLOW)]
    code += [_op(_JGE, FIRST_UNKNOWN, 1, 0), _op(_RET, _ERRNO | _EPERM)]
    return b"".join([*code, _op(_RET, _ERRNO | _ENOSYS)])


@cache
def program_for(machine: str) -> bytes | None:
    """Gives the shipped filter for a machine; None for a machine that is not known."""
    if machine not in MACHINES:
        return None
    return (FOLDER / f"{machine}.bpf").read_bytes()


def _conditions() -> dict[str, list[bytes]]:
    """What is asked about the arguments of a call; falling off the end of a body allows it."""
    families = _if_equal(0, PLAIN_FAMILIES)
    # Netlink's other protocols reach parts of the kernel that no snippet needs.
    routes = [
        *[_op(_JEQ, NETLINK, 1, 0), _op(_RET, _ERRNO | _EAFNOSUPPORT)],
        *_only(2, (ROUTE,), _EAFNOSUPPORT),
    ]
    dumpable = [_op(_JEQ, SET_DUMPABLE, 1, 0), _op(_RET, _ERRNO | _EPERM), *_only(1, (0,), _EPERM)]
    refused_flags = [_load(0), _op(_JSET, NEW_NAMESPACES, 0, 1), _op(_RET, _ERRNO | _EPERM)]
    return {
        "clone": refused_flags,
        "clone3": [_op(_RET, _ERRNO | _ENOSYS)],
        "socket": families + routes,
        "socketpair": families + routes,
        "ioctl": _only(1, IOCTLS, _ENOTTY),
        "prctl": _if_equal(0, PRCTLS) + dumpable,
        "prlimit64": _only(0, (0,), _EPERM),
        "personality": _only(0, PERSONALITIES, _EPERM),
    }


def _ranges(column: int) -> list[tuple[int, int]]:
    known = (one[column] for one in ALLOWED.values())
    ranges: list[tuple[int, int]] = []
    for number in sorted(one for one in known if one is not None):
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1] = (ranges[-1][0], number)
        else:
            ranges.append((number, number))
    return ranges


def _op(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("<HBBI", code, if_true, if_false, value)


def _load(argument: int) -> bytes:
    return _op(_LD, _ARGUMENTS[argument])


def _on_call(number: int, body: list[bytes]) -> list[bytes]:
    return [_op(_JEQ, number, 0, len(body) + 1), *body, _op(_RET, _ALLOW)]


def _if_equal(argument: int, values: tuple[int, ...]) -> list[bytes]:
    """Allows the values and goes on with the argument loaded."""
    tests = [part for value in values for part in (_op(_JEQ, value, 0, 1), _op(_RET, _ALLOW))]
    return [_load(argument), *tests]


def _only(argument: int, values: tuple[int, ...], errno: int) -> list[bytes]:
    return [*_if_equal(argument, values), _op(_RET, _ERRNO | errno)]


def main() -> None:
    """Writes the filters of all machines."""
    FOLDER.mkdir(exist_ok=True)
    for machine in MACHINES:
        (FOLDER / f"{machine}.bpf").write_bytes(assemble(machine))


if __name__ == "__main__":
    main()
