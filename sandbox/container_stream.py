"""Takes apart what comes out of a container: the engine's frames, and the helper's frames within. Pure."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from sandbox.backends import Captured

_HEAD = struct.Struct(">BxxxI")
_FRAME = struct.Struct(">BI")
_ENGINE_STDOUT = 1
_JAIL_BYTES = 65536


class Channel(IntEnum):
    """Where the bytes of one of the helper's frames belong."""

    STDOUT = 1
    STDERR = 2
    REPORT = 3
    JAIL = 4
    END = 5


class BadStream(Exception):  # noqa: N818 - named for what came, as the other values here
    """The bytes are not what our helper or an engine writes."""


@dataclass(slots=True)
class Kept:
    """One stream that is counted whole and kept up to a limit."""

    limit: int
    data: bytearray = field(default_factory=bytearray)
    total: int = 0

    def take(self, data: bytes) -> None:
        """Counts, and keeps what there is room for."""
        self.total += len(data)
        room = self.limit - len(self.data)
        if room > 0:
            self.data += data[:room]

    @property
    def full(self) -> bool:
        """Whether more came than may."""
        return self.total > self.limit

    def captured(self) -> Captured:
        """Gives what was kept and how much there was."""
        return Captured(data=bytes(self.data), total=self.total)


@dataclass(slots=True)
class Frames:
    """Cuts a byte stream into frames with a head; keeps only the frame that is not whole yet."""

    head: struct.Struct
    rest: bytearray = field(default_factory=bytearray)
    left: int = 0
    channel: int = 0

    def feed(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """Gives pieces of frames as they come; `left` is zero after the last piece of a frame."""
        self.rest += data
        while True:
            if self.left:
                piece = bytes(self.rest[: self.left])
                if not piece:
                    return
                del self.rest[: len(piece)]
                self.left -= len(piece)
                yield self.channel, piece
            elif len(self.rest) < self.head.size:
                return
            else:
                self.channel, self.left = self.head.unpack(self.rest[: self.head.size])
                del self.rest[: self.head.size]
                if not self.left:
                    yield self.channel, b""


@dataclass(slots=True, kw_only=True)
class Spoken:
    """Everything that one container said."""

    stdout: Kept
    stderr: Kept
    report: Kept
    ended: bool = False
    """The helper said that its report is whole."""
    jail: dict[str, Any] = field(default_factory=dict)
    limits: dict[str, Any] = field(default_factory=dict)
    counters: dict[str, int] = field(default_factory=dict)
    before: dict[str, int] = field(default_factory=dict)
    """The counters when the container was ready for its job."""
    _engine: Frames = field(default_factory=lambda: Frames(_HEAD))
    _helper: Frames = field(default_factory=lambda: Frames(_FRAME))
    _note: bytearray = field(default_factory=bytearray)

    def feed(self, data: bytes) -> None:
        """Takes bytes as the engine sends them.

        Raises:
            BadStream: When they make no sense.
        """
        for stream, piece in self._engine.feed(data):
            if stream == _ENGINE_STDOUT:
                self._helpers(piece)
            else:
                self.stderr.take(piece)

    @property
    def full(self) -> bool:
        """Whether any stream went over its limit."""
        return self.stdout.full or self.stderr.full or self.report.full

    @property
    def cpu_ns(self) -> int | None:
        """Processor time of the job in nanoseconds, as far as it was told."""
        used = self.counters.get("cpu_ns")
        return None if used is None else used - self.before.get("cpu_ns", 0)

    def _helpers(self, data: bytes) -> None:
        for channel, piece in self._helper.feed(data):
            match channel:
                case Channel.STDOUT:
                    self.stdout.take(piece)
                case Channel.STDERR:
                    self.stderr.take(piece)
                case Channel.REPORT:
                    self.report.take(piece)
                case Channel.JAIL:
                    self._seen(piece)
                case Channel.END:
                    self.ended = True
                case _:
                    raise BadStream(f"no channel {channel}")

    def _seen(self, piece: bytes) -> None:
        self._note += piece
        if len(self._note) > _JAIL_BYTES:
            raise BadStream("the jail's own words are too long")
        if self._helper.left:
            return
        try:
            note = json.loads(bytes(self._note))
            self.jail = note.get("jail", self.jail)
            self.limits = note.get("limits", self.limits)
            self.counters = note.get("counters", self.counters)
            self.before = self.before or self.counters
        except (ValueError, AttributeError) as exc:
            raise BadStream(f"the jail's own words are no JSON: {exc}") from exc
        finally:
            self._note.clear()
