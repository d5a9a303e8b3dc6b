"""Flags feedback that its reader can't act on: it names no clause, no place, or no fix. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from rubric.model import Rubric

LINE_WORDS = ("line", "lines", "l", "zeile", "zeilen", "ligne", "lignes", "línea", "líneas", "riga")
"""What people write before a line number; the rubric's own sentences say `line`."""
FIX_WORDS = frozenset(
    {
        *("add", "avoid", "call", "change", "check", "close", "delete", "drop", "handle", "keep"),
        *("make", "move", "pass", "prefer", "put", "remove", "rename", "replace", "return", "run"),
        *("set", "split", "try", "use", "wrap", "write", "should", "must", "instead"),
    }
)
"""Words that ask for something; the first words of the rubric's own fixes count as well."""

_FILE = re.compile(r"[\w./-]+\.go\b(?::\d+)?|`[^`\s]+\(\)`|\b\w+\(\)")
_LINE = re.compile(rf"\b(?:{'|'.join(LINE_WORDS)})\.?\s*\d+", re.IGNORECASE)
_BRACES = re.compile(r"\{(?:loc|evidence|fix)\}")
_WORD = re.compile(r"[^\W\d_]+")
_CODE = re.compile(r"```|^[+-] ?\S", re.MULTILINE)


class Lack(StrEnum):
    """What a feedback is flagged for."""

    TEXT = "text"
    CLAUSE = "clause"
    PLACE = "place"
    FIX = "fix"
    BRACES = "braces"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackFault:
    """One thing that a feedback lacks, and what to write."""

    lack: Lack
    message: str


def feedback_faults(text: str, rubric: Rubric) -> tuple[FeedbackFault, ...]:
    """Gives what a feedback lacks, the machine's or a person's; nothing where it can be acted on.

    Words are compared, meaning is not: a text that passes may still be wrong. A verdict that has no
    line is placed by the function or file it is about.

    Args:
        text: one feedback, in any language; its fix is known by the first words of the rubric's own
            fixes, by a few English words, or by code.
        rubric: whose clauses may be named.
    """
    if not text.strip():
        return (
            _fault(Lack.TEXT, "it is empty; say which clause is broken, where, and what to do"),
        )
    found = []
    if not _names_clause(text, rubric):
        message = f"it names no clause of {rubric.id}; begin with one, such as {_example(rubric)}"
        found.append(_fault(Lack.CLAUSE, message))
    if not (_LINE.search(text) or _FILE.search(text)):
        message = "it names no place; add the line, such as `line 12` or `main.go:12`"
        found.append(_fault(Lack.PLACE, message))
    if not _names_fix(text, rubric):
        found.append(_fault(Lack.FIX, "it names no fix; add a sentence that says what to do"))
    braces = _BRACES.search(text)
    if braces:
        message = f"{braces.group()} was left unfilled; write what belongs there"
        found.append(_fault(Lack.BRACES, message))
    return tuple(found)


def _fault(lack: Lack, message: str) -> FeedbackFault:
    return FeedbackFault(lack=lack, message=message)


def _names_clause(text: str, rubric: Rubric) -> bool:
    return any(
        re.search(rf"(?<![\w-]){re.escape(clause.id)}(?![\w-])", text) for clause in rubric.clauses
    )


def _names_fix(text: str, rubric: Rubric) -> bool:
    if _CODE.search(text):
        return True
    words = {word.casefold() for word in _WORD.findall(text)}
    own = {word.casefold() for clause in rubric.clauses for word in _WORD.findall(clause.fix)[:1]}
    return bool(words & (FIX_WORDS | own))


def _example(rubric: Rubric) -> str:
    return rubric.clauses[0].id if rubric.clauses else "an ID of your own"
