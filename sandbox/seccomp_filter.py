"""Assembles a small seccomp filter: system calls that no snippet needs are refused.

A deny-list, so that Go releases keep working; the strict allow-list is a file of its own later.
"""

from __future__ import annotations

import struct
from functools import cache

_LD, _JEQ, _JGE, _JSET, _RET, _AND = 0x20, 0x15, 0x35, 0x45, 0x06, 0x54
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_EPERM, _ENOSYS, _EAFNOSUPPORT = 1, 38, 97
_X32 = 0x40000000
_NEW_NAMESPACES = 0x7E020000
_FAMILIES = (1, 2, 10, 16)  # unix, inet, inet6, netlink: what the net package opens
_TERMINAL_IOCTLS = (0x5412, 0x541C)  # TIOCSTI, TIOCLINUX
_NUMBER, _ARCH, _ARG0, _ARG1 = 0, 4, 16, 24

# name: (x86_64, aarch64); None where the machine has no such call.
_DENIED: dict[str, tuple[int | None, int | None]] = {
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "process_madvise": (440, 440),
    "kcmp": (312, 272),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "userfaultfd": (323, 282),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "unshare": (272, 97),
    "setns": (308, 268),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "mount_setattr": (442, 442),
    "mknodat": (259, 33),
    "mknod": (133, None),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "quotactl": (179, 60),
    "swapon": (167, 224),
    "reboot": (169, 142),
    "kexec_load": (246, 104),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "acct": (163, 89),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "adjtimex": (159, 171),
    "clock_adjtime": (305, 266),
    "syslog": (103, 116),
    "memfd_secret": (447, 447),
    "modify_ldt": (154, None),
    "seccomp": (317, 277),
    "fanotify_init": (300, 262),
    "pidfd_getfd": (438, 438),
}
_CLONE, _CLONE3, _SOCKET, _SOCKETPAIR, _IOCTL = (
    (56, 220),
    (435, 435),
    (41, 198),
    (53, 199),
    (16, 29),
)
_MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}


@cache
def program_for(machine: str) -> bytes | None:
    """Gives the filter for a machine, ready for the kernel; None for a machine that is not known."""
    if machine not in _MACHINES:
        return None
    column, arch = _MACHINES[machine]
    code = [_op(_LD, _ARCH), _op(_JEQ, arch, 1, 0), _op(_RET, _KILL), _op(_LD, _NUMBER)]
    if machine == "x86_64":
        code += [_op(_JGE, _X32, 0, 1), _op(_RET, _KILL)]
    for numbers in _DENIED.values():
        number = numbers[column]
        if number is not None:
            code += _refuse(number, _EPERM)
    code += _refuse(_CLONE3[column], _ENOSYS)
    code += _on_call(
        _CLONE[column],
        [_op(_LD, _ARG0), _op(_JSET, _NEW_NAMESPACES, 0, 1), _op(_RET, _ERRNO | _EPERM)],
    )
    for number in (_SOCKET[column], _SOCKETPAIR[column]):
        code += _on_call(number, _families())
    code += _on_call(_IOCTL[column], _ioctls())
    return b"".join([*code, _op(_RET, _ALLOW)])


def _op(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("<HBBI", code, if_true, if_false, value)


def _refuse(number: int, errno: int) -> list[bytes]:
    return [_op(_JEQ, number, 0, 1), _op(_RET, _ERRNO | errno)]


def _on_call(number: int, body: list[bytes]) -> list[bytes]:
    # Past the body the accumulator may hold an argument, so a matching call always returns.
    return [_op(_JEQ, number, 0, len(body) + 1), *body, _op(_RET, _ALLOW)]


def _families() -> list[bytes]:
    jumps = [_op(_JEQ, family, len(_FAMILIES) - i, 0) for i, family in enumerate(_FAMILIES)]
    return [_op(_LD, _ARG0), *jumps, _op(_RET, _ERRNO | _EAFNOSUPPORT)]


def _ioctls() -> list[bytes]:
    body = [_op(_LD, _ARG1)]
    for request in _TERMINAL_IOCTLS:
        body += _refuse(request, _EPERM)
    return body
