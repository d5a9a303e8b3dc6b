"""Reads a profile as Go's runtime writes it: protocol buffers in gzip. Pure.

The program that was profiled wrote the bytes, so they may be anything: every size, depth and count
has a limit, and what breaks one is a `BadProfileError`.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

UNPACKED_BYTES = 1024 * 1024
FRAMES = 128
_GZIP = 16 + zlib.MAX_WBITS
_MOST_FIELDS = 150_000
_MOST_SAMPLES = 10_000
_MOST_VALUE = 1 << 53
_NAME_BYTES = 4096
# Field numbers of the format; a location lists the innermost of inlined calls first.
_MESSAGES = (1, 2, 4, 5)
_STRING = 6
_LINE = 4
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5


class BadProfileError(ValueError):
    """The bytes are no profile, or a larger one than anybody needs."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One call."""

    function: str
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Sample:
    """A stack, the innermost call first, with a value of each kind."""

    frames: tuple[Frame, ...]
    values: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RawProfile:
    """What a profile holds."""

    kinds: tuple[tuple[str, str], ...]
    """Name and unit of each kind of value."""
    samples: tuple[Sample, ...]

    def column(self, name: str) -> int:
        """Gives the place of a kind in the samples' values."""
        for number, (kind, _) in enumerate(self.kinds):
            if kind == name:
                return number
        raise BadProfileError(f"there is no {name} in it")


def read_profile(data: bytes) -> RawProfile:
    """Gives the profile.

    Raises:
        BadProfileError: When it is not whole, or over a limit.
    """
    return _Reader(_unpacked(data)).profile()


def _unpacked(data: bytes) -> bytes:
    unpack = zlib.decompressobj(_GZIP)
    try:
        plain = unpack.decompress(data, UNPACKED_BYTES + 1)
    except zlib.error as exc:
        raise BadProfileError(f"it is not gzip: {exc}") from exc
    if len(plain) > UNPACKED_BYTES:
        raise BadProfileError(f"it unpacks to over {UNPACKED_BYTES} bytes")
    if not unpack.eof:
        raise BadProfileError("it is cut off")
    return plain


class _Reader:
    """Reads one message and counts its fields, so that no message takes long."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._fields = 0
        self._strings: list[str] = []
        self._kinds: list[tuple[int, int]] = []
        self._samples: list[tuple[list[int], list[int]]] = []
        self._locations: dict[int, list[tuple[int, int]]] = {}
        self._functions: dict[int, tuple[int, int]] = {}

    def profile(self) -> RawProfile:
        read = dict(zip(_MESSAGES, self._messages(), strict=True))
        for number, start, end in self._parts(0, len(self._data)):
            if end < 0:
                continue
            if number in read:
                read[number](start, end)
            elif number == _STRING:
                name = self._data[start : min(end, start + _NAME_BYTES)]
                self._strings.append(name.decode(errors="replace"))
        frames = {number: self._frames(lines) for number, lines in self._locations.items()}
        return RawProfile(
            kinds=tuple((self._text(name), self._text(unit)) for name, unit in self._kinds),
            samples=tuple(self._joined(*pair, frames) for pair in self._samples),
        )

    def _messages(self) -> tuple[Callable[[int, int], None], ...]:
        return self._kind, self._sample, self._location, self._function

    def _kind(self, start: int, end: int) -> None:
        found = dict(self._numbers(start, end))
        self._kinds.append((found.get(1, 0), found.get(2, 0)))

    def _sample(self, start: int, end: int) -> None:
        places: list[int] = []
        values: list[int] = []
        for number, value in self._numbers(start, end):
            (places if number == 1 else values).append(value)
        if len(places) > FRAMES:
            # The innermost say what was done; the outermost are the testing package's.
            del places[FRAMES:]
        self._samples.append((places, values))
        if len(self._samples) > _MOST_SAMPLES:
            raise BadProfileError(f"it has over {_MOST_SAMPLES} samples")

    def _location(self, start: int, end: int) -> None:
        number, lines = 0, []
        for field, first, last in self._parts(start, end):
            if field == 1:
                number = first
            elif field == _LINE:
                found = dict(self._numbers(first, last))
                lines.append((found.get(1, 0), found.get(2, 0)))
        self._locations[number] = lines[:FRAMES]

    def _function(self, start: int, end: int) -> None:
        found = dict(self._numbers(start, end, 1, 2, 4))
        self._functions[found.get(1, 0)] = (found.get(2, 0), found.get(4, 0))

    def _frames(self, lines: list[tuple[int, int]]) -> tuple[Frame, ...]:
        frames = []
        for function, line in lines:
            if function not in self._functions:
                raise BadProfileError(f"there is no function {function}")
            name, file = self._functions[function]
            frames.append(Frame(self._text(name), self._text(file), line))
        return tuple(frames)

    def _joined(
        self, places: list[int], values: list[int], frames: dict[int, tuple[Frame, ...]]
    ) -> Sample:
        if len(values) != len(self._kinds):
            raise BadProfileError("a sample has not one value of each kind")
        stack: list[Frame] = []
        for place in places:
            if place not in frames:
                raise BadProfileError(f"there is no location {place}")
            stack += frames[place][: FRAMES - len(stack)]
        return Sample(tuple(stack), tuple(values))

    def _text(self, number: int) -> str:
        if number >= len(self._strings):
            raise BadProfileError(f"there is no string {number}")
        return self._strings[number]

    def _numbers(self, start: int, end: int, *wanted: int) -> Iterator[tuple[int, int]]:
        """Gives the numbers of some fields, the first two by default, those in packed lists too."""
        for field, first, last in self._parts(start, end):
            if field not in (wanted or (1, 2)):
                continue
            if last < 0:
                yield field, _small(first)
                continue
            at = first
            while at < last:
                value, at = self._varint(at, last)
                yield field, _small(value)

    def _parts(self, start: int, end: int) -> Iterator[tuple[int, int, int]]:
        """Gives the fields of a message: a number with -1, or where a part starts and ends."""
        while start < end:
            key, start = self._varint(start, end)
            wire = key & 7
            if wire == _VARINT:
                value, start = self._varint(start, end)
                yield key >> 3, value, -1
                continue
            size, start = self._size(wire, start, end)
            if start + size > end:
                raise BadProfileError("a part is longer than the whole")
            if wire == _BYTES:
                yield key >> 3, start, start + size
            start += size

    def _size(self, wire: int, start: int, end: int) -> tuple[int, int]:
        if wire == _BYTES:
            return self._varint(start, end)
        if wire in (_FIXED64, _FIXED32):
            return (8 if wire == _FIXED64 else 4), start
        raise BadProfileError(f"there is no wire type {wire}")

    def _varint(self, start: int, end: int) -> tuple[int, int]:
        self._fields += 1
        if self._fields > _MOST_FIELDS:
            raise BadProfileError(f"it has over {_MOST_FIELDS} numbers")
        value = 0
        for step in range(10):
            if start + step >= end:
                raise BadProfileError("a number is cut off")
            byte = self._data[start + step]
            value |= (byte & 0x7F) << 7 * step
            if byte < 0x80:
                return value, start + step + 1
        raise BadProfileError("a number has no end")


def _small(value: int) -> int:
    if value > _MOST_VALUE:
        raise BadProfileError("a number is too large, or negative")
    return value
