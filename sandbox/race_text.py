"""Reads the race detector's log. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice

from sandbox.crash_text import Frame

_HEAD = "WARNING: DATA RACE\n"
_END = "\n====="
_REPORTS = 64
_ACCESSES = 2
"""A report of the detector has as many; a log that a program wrote may have any number."""
_ACCESS = re.compile(
    r"^((?:Previous )?(?:atomic )?(?:read|write)) (?:of size \d+ )?at 0x[0-9a-f]+ by ([^:\n]+):\n",
    re.IGNORECASE | re.MULTILINE,
)
_FRAME = re.compile(r"^  (\S.*)\n      ([^\s:][^\n]*?):(\d+) \+0x[0-9a-f]+$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """One of the two accesses of a race."""

    kind: str
    by: str
    frames: tuple[Frame, ...]


def parse_races(log: str) -> list[tuple[Access, ...]]:
    """Gives the accesses of every report in a log."""
    parts = (part.partition(_END) for part in log.split(_HEAD)[1 : _REPORTS + 1])
    return [_accesses(text + "\n") for text, ended, _ in parts if ended]


def _accesses(text: str) -> tuple[Access, ...]:
    found = []
    for match in islice(_ACCESS.finditer(text), _ACCESSES):
        end = text.find("\n\n", match.end())
        body = text[match.end() : end if end >= 0 else len(text)] + "\n"
        frames = tuple(
            Frame(function=one[0], file=one[1], line=int(one[2])) for one in _FRAME.findall(body)
        )
        kind = match.group(1).lower().removeprefix("previous ")
        found.append(Access(kind=kind, by=match.group(2), frames=frames))
    return tuple(found)
