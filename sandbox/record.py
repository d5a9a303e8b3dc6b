"""Reads what the recorder inside a program wrote: which tests ran, how they ended, what leaked. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One program's record. `ending` is empty unless the last line knew the nonce."""

    started_main: bool = False
    begun: frozenset[int] = frozenset()
    results: dict[int, str]
    leak: str | None = None
    """The leak profile; null when none was written."""
    ending: str = ""


def parse_record(text: str, nonce: str) -> Record:
    """Gives the record; lines that make no sense are passed over."""
    lines = text.split("\n")
    begun, results, leak, main = set[int](), dict[int, str](), None, False
    for line in lines:
        match line.split(" "):
            case ["M"]:
                main = True
            case ["B", number] if number.isdigit():
                begun.add(int(number))
            case ["F", number, status, _] if number.isdigit():
                results.setdefault(int(number), status)
            case ["L", *_]:
                leak = _unquoted(line[2:])
    last = next((line for line in reversed(lines) if line), "")
    ending = (
        last[2 : -len(nonce) - 1]
        if nonce and last.startswith("Z ") and last.endswith(f" {nonce}")
        else ""
    )
    return Record(
        started_main=main, begun=frozenset(begun), results=results, leak=leak, ending=ending
    )


def _unquoted(text: str) -> str | None:
    # Go's quoting of text that is printable or \n, \t, \" is JSON's too.
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, str) else None
