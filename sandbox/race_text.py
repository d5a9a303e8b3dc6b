"""Reads the race detector's log. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sandbox.crash_text import Frame

_REPORT = re.compile(r"^WARNING: DATA RACE\n(.*?)^=+$", re.MULTILINE | re.DOTALL)
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
    return [_accesses(match.group(1)) for match in _REPORT.finditer(log)]


def _accesses(text: str) -> tuple[Access, ...]:
    found = []
    for match in _ACCESS.finditer(text):
        end = text.find("\n\n", match.end())
        body = text[match.end() : end if end >= 0 else len(text)] + "\n"
        frames = tuple(
            Frame(function=one[0], file=one[1], line=int(one[2])) for one in _FRAME.findall(body)
        )
        kind = match.group(1).lower().removeprefix("previous ")
        found.append(Access(kind=kind, by=match.group(2), frames=frames))
    return tuple(found)
