"""Reads what the Go runtime writes when it stops a program: goroutines, their states and frames. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

_HEAD = re.compile(r"^goroutine (\d+)(?: gp=\S+ m=\S+(?: mp=\S+)?)? \[([^\]\n]*)\]:$", re.MULTILINE)
_FRAME = re.compile(
    r"^(?!created by)(\S.*)\n\t([^\s:][^\n]*?):(\d+)(?: \+0x[0-9a-f]+)?$", re.MULTILINE
)
_CREATED = re.compile(r"^created by (\S+)", re.MULTILINE)
_PANIC = re.compile(r"^panic: (.*(?:\n\t.*)*)", re.MULTILINE)
_STUCK = ("chan receive", "chan send", "select", "sync.", "semacquire")


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One call: its function and where it stands."""

    function: str
    file: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Goroutine:
    """One goroutine as the runtime prints it."""

    number: int
    state: str
    frames: tuple[Frame, ...]
    creator: str = ""
    """The function that started it; empty for the first one."""

    @property
    def stuck(self) -> bool:
        """Whether only another goroutine could wake it."""
        return self.state.startswith(_STUCK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Crash:
    """A whole report of the runtime."""

    panic: str
    goroutines: tuple[Goroutine, ...]


def parse_crash(text: str) -> Crash:
    """Gives what the text holds; nothing it does not understand is an error."""
    heads = list(_HEAD.finditer(text))
    ends = [*(head.start() for head in heads[1:]), len(text)][: len(heads)]
    goroutines = tuple(
        Goroutine(
            number=int(head.group(1)),
            state=head.group(2),
            frames=_frames(text[head.end() : end]),
            creator=_creator(text[head.end() : end]),
        )
        for head, end in zip(heads, ends, strict=True)
    )
    before = text[: heads[0].start()] if heads else text
    panic = _PANIC.search(before)
    return Crash(
        panic=panic.group(1).replace("\n\t", "\n").strip() if panic else "", goroutines=goroutines
    )


def _creator(text: str) -> str:
    match = _CREATED.search(text)
    return match.group(1) if match else ""


def _frames(text: str) -> tuple[Frame, ...]:
    return tuple(
        Frame(function=match.group(1), file=match.group(2), line=int(match.group(3)))
        for match in _FRAME.finditer(text)
    )
