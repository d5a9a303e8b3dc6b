"""Reads what the recorder inside a program wrote: which tests ran, how they ended, what leaked. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

CANARIES = 6
_ENDINGS = {"main": 0, "calls": 0, "entries": 0, "crowds": 0, "timed": 1, "profiled": 1}
_ENDINGS |= {"growth": 0, "trials": 0, "fuzzed": 0}
"""How a run may end, and how many words it then says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One program's record. Only what stands in its last line was written by code that knows the nonce.

    The rows before it tell how far a program got that never reached its end; a program can forge them.
    """

    started_main: bool = False
    begun: frozenset[int] = frozenset()
    results: dict[int, str]
    """How each test ended: from the last line where there is one, else from the rows."""
    leak: str | None = None
    """The leak profile; null when none was written."""
    ending: str = ""
    """What ended: `tests`, or one of `_ENDINGS`; empty unless the last line knew the nonce."""
    told: str = ""
    """What the last line says besides: results of what was measured."""
    exit_code: int | None = None
    """What the tests' end said about itself."""
    whole: bool = True
    """Whether the canary tests ended as the nonce wanted them to."""


def parse_record(text: str, nonce: str) -> Record:
    """Gives the record; lines that make no sense are passed over."""
    lines = text.split("\n")
    begun, results, leak, main = set[int](), dict[int, str](), None, False
    for line in lines:
        match line.split(" "):
            case ["M"]:
                main = True
            case ["B", number] if _is_number(number):
                begun.add(int(number))
            case ["F", number, status, _] if _is_number(number):
                results.setdefault(int(number), status)
            case ["L", *_]:
                leak = _unquoted(line[2:])
    last = next((line for line in reversed(lines) if line), "")
    row = Record(started_main=main, begun=frozenset(begun), results=results, leak=leak)
    return _ended(row, last.split(" "), nonce)


def _ended(row: Record, words: list[str], nonce: str) -> Record:
    match words:
        case ["Z", what, *told, known] if (
            what in _ENDINGS and len(told) == _ENDINGS[what] and known == nonce != ""
        ):
            return replace(row, ending=what, told="".join(told))
        case ["Z", "tests", code, states, seen, known] if known == nonce != "":
            return replace(
                row,
                ending="tests",
                exit_code=int(code) if _is_number(code) else None,
                whole=seen == wanted_canaries(nonce),
                results={i: state for i, state in enumerate(states) if state != "N"},
            )
    return row


def wanted_canaries(nonce: str) -> str:
    """Gives how the canary tests have to end; the recorder takes the same bits of the nonce."""
    bits = 1 + int(nonce[:2], 16) % 62
    return "".join("F" if bits >> i & 1 else "P" for i in range(CANARIES))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 8


def _unquoted(text: str) -> str | None:
    # Go's quoting of text that is printable or \n, \t, \" is JSON's too.
    if not text.startswith('"'):
        return None
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, str) else None
