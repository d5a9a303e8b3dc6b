"""Writes profiles as Go's runtime does, so that tests can give readers right ones and wrong ones."""

from __future__ import annotations

import gzip
from collections.abc import Sequence

Call = tuple[str, str, int]


def varint(value: int) -> bytes:
    out = bytearray()
    while True:
        out.append(value & 0x7F | (0x80 if value > 0x7F else 0))
        value >>= 7
        if not value:
            return bytes(out)


def number(field: int, value: int) -> bytes:
    return varint(field << 3) + varint(value)


def part(field: int, data: bytes) -> bytes:
    return varint(field << 3 | 2) + varint(len(data)) + data


def packed(field: int, values: Sequence[int]) -> bytes:
    return part(field, b"".join(map(varint, values)))


def plain_profile(
    kinds: Sequence[tuple[str, str]], samples: Sequence[tuple[Sequence[Call], Sequence[int]]]
) -> bytes:
    """Gives the message; a stack has its innermost call first."""
    strings = [""]
    calls: list[Call] = []

    def text(value: str) -> int:
        if value not in strings:
            strings.append(value)
        return strings.index(value)

    def place(call: Call) -> int:
        if call not in calls:
            calls.append(call)
        return calls.index(call) + 1

    out = b"".join(part(1, number(1, text(a)) + number(2, text(b))) for a, b in kinds)
    for stack, values in samples:
        out += part(2, packed(1, [place(call) for call in stack]) + packed(2, values))
    for at, (name, file, line) in enumerate(calls, start=1):
        out += part(4, number(1, at) + part(4, number(1, at) + number(2, line)))
        out += part(5, number(1, at) + number(2, text(name)) + number(4, text(file)))
    return out + b"".join(part(6, value.encode()) for value in strings)


def profile(
    kinds: Sequence[tuple[str, str]], samples: Sequence[tuple[Sequence[Call], Sequence[int]]]
) -> bytes:
    return gzip.compress(plain_profile(kinds, samples))
