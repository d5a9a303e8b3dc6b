"""The shipped seccomp filters are what the generator makes, and decide as they should."""

from __future__ import annotations

import struct

import pytest

from sandbox.seccomp_calls import ALLOWED, CONDITIONAL
from sandbox.seccomp_filter import MACHINES, assemble, program_for

ALLOW, KILL, ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
EPERM, ENOTTY, ENOSYS, EAFNOSUPPORT = 1, 25, 38, 97


def decide(machine: str, number: int, *args: int, arch: int | None = None) -> int:
    """Runs the filter as the kernel does; arguments have 64 bits."""
    data = struct.pack("<IIQ", number, arch or MACHINES[machine][1], 0)
    data += struct.pack("<6Q", *(*args, *[0] * (6 - len(args))))
    code = list(struct.iter_unpack("<HBBI", program_for(machine) or b""))
    at = value = 0
    while True:
        kind, if_true, if_false, operand = code[at]
        at += 1
        if kind == 0x06:
            return int(operand)
        if kind == 0x20:
            value = struct.unpack_from("<I", data, operand)[0]
            continue
        holds = {
            0x15: value == operand,
            0x25: value > operand,
            0x35: value >= operand,
            0x45: bool(value & operand),
        }[kind]
        at += if_true if holds else if_false


def call(machine: str, name: str) -> int:
    number = {**ALLOWED, **CONDITIONAL}[name][MACHINES[machine][0]]
    assert number is not None
    return number


@pytest.mark.parametrize("machine", sorted(MACHINES))
def test_the_files_are_what_is_generated(machine: str) -> None:
    """`python -m sandbox.seccomp_filter` would change nothing."""

    assert program_for(machine) == assemble(machine)
    assert len(assemble(machine)) // 8 <= 4096


@pytest.mark.parametrize("machine", sorted(MACHINES))
def test_it_is_an_allow_list(machine: str) -> None:
    """Every number is allowed exactly if it is listed."""

    column = MACHINES[machine][0]
    listed = {one[column] for one in ALLOWED.values()}
    asked = {one[column] for one in CONDITIONAL.values()}

    for number in range(451):
        if number not in asked:
            wanted = ALLOW if number in listed else ERRNO | EPERM
            assert decide(machine, number) == wanted, number
    assert decide(machine, 451) == decide(machine, 4000) == ERRNO | ENOSYS


@pytest.mark.parametrize("machine", sorted(MACHINES))
@pytest.mark.parametrize(
    ("name", "args", "wanted"),
    [
        ("clone", (0x50F00,), ALLOW),
        ("clone", (0x10000000,), ERRNO | EPERM),
        ("clone3", (), ERRNO | ENOSYS),
        ("socket", (2, 1, 0), ALLOW),
        ("socket", (16, 3, 0), ALLOW),
        ("socket", (16, 3, 9), ERRNO | EAFNOSUPPORT),
        ("socket", (40, 1, 0), ERRNO | EAFNOSUPPORT),
        ("socketpair", (1, 1, 0), ALLOW),
        ("ioctl", (0, 0x5401), ALLOW),
        ("ioctl", (0, 0x5412), ERRNO | ENOTTY),
        ("ioctl", (0, 1 << 32 | 0x5412), ERRNO | ENOTTY),
        ("prctl", (15,), ALLOW),
        ("prctl", (4, 0), ALLOW),
        ("prctl", (4, 1), ERRNO | EPERM),
        ("prctl", (22, 2), ERRNO | EPERM),
        ("prlimit64", (0,), ALLOW),
        ("prlimit64", (1,), ERRNO | EPERM),
        ("personality", (0x40000,), ALLOW),
        ("personality", (0x20000,), ERRNO | EPERM),
    ],
)
def test_arguments(machine: str, name: str, args: tuple[int, ...], wanted: int) -> None:
    """Calls that are allowed for some arguments only."""

    assert decide(machine, call(machine, name), *args) == wanted


def test_foreign_numbers_end_the_process() -> None:
    """A 32-bit gate and x32 are no way around the numbers."""

    assert decide("x86_64", 20, arch=0x40000003) == KILL
    assert decide("x86_64", 0x40000000 | 101) == KILL
    assert decide("x86_64", 521) == ERRNO | ENOSYS


def test_an_unknown_machine_has_none() -> None:
    """A machine without numbers gets no filter, and `enforced` says so."""

    assert program_for("riscv64") is None
