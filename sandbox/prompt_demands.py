"""What a prompt's demands are held against, and how one is written down. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sandbox.constraint import Constraint, ConstraintState
from sandbox.inspection import Function
from sandbox.output_text import visible

_FENCED = re.compile(
    r"^[ ]{0,3}(```+|~~~+)[^\n]*\n.*?(?:^[ ]{0,3}\1[ \t]*$|\Z)", re.MULTILINE | re.DOTALL
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What there is to hold a prompt against."""

    package: str
    imports: tuple[str, ...]
    """Of the answer's own files, tests left out."""
    functions: tuple[Function, ...]
    module: str
    text: str
    """The answer's code without strings and comments."""
    go: str = ""
    """The language version that was asked for."""
    sound: bool = True
    """Whether the types are known; without them nothing is said about declarations."""


def demand(
    kind: str, wanted: str, *, met: bool | None, match: re.Match[str], why: str = ""
) -> Constraint:
    """Gives a constraint with the line that says it; `met` is null where nothing can be said."""
    state = (
        ConstraintState.UNKNOWN
        if met is None
        else ConstraintState.MET
        if met
        else ConstraintState.MISSED
    )
    return Constraint(
        kind=kind,
        wanted=visible(wanted[:200]),
        state=state,
        quote=visible(_quote(match)),
        why=visible(why),
    )


def _quote(match: re.Match[str]) -> str:
    """Gives the line that a match stands on, cut around it."""
    text = match.string
    start = text.rfind("\n", 0, match.start()) + 1
    end = text.find("\n", match.end())
    line = text[max(start, match.start() - 60) : end if end >= 0 else len(text)]
    return " ".join(line.split())[:160]


def prose(text: str) -> str:
    """Gives the prompt with its code blocks as blanks; a demand is said, not shown."""
    return _FENCED.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)
