"""What a prompt's examples amount to: calls with their results, runs with their output, and what stayed unread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sandbox.model import Case
from sandbox.prompt_values import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument:
    """One argument as it was written, and the value it is."""

    value: Value
    raw: str
    name: str = ""

    def wire(self) -> dict[str, Any]:
        """Gives the argument as the helper reads it."""
        return {"value": self.value.wire(), "raw": self.raw, "name": self.name}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One call: of a function, of a method of a variable, or of a constructor."""

    name: str
    """Empty where the example names no function, as in `Input: ... Output: ...`."""
    args: tuple[Argument, ...] = ()
    let: tuple[str, ...] = ()
    """Variables that keep the results."""
    on: str = ""
    """The variable whose method is called."""
    want: Value | None = None

    def wire(self) -> dict[str, Any]:
        """Gives the step as the helper reads it; what is expected stays here."""
        return {
            "name": self.name,
            "on": self.on,
            "let": list(self.let),
            "args": [one.wire() for one in self.args],
            "wants": self.want is not None,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class CallCase:
    """One example of the prompt as calls in a row; most have one."""

    text: str
    """The example as the prompt writes it."""
    steps: tuple[Step, ...]

    def wire(self) -> dict[str, Any]:
        """Gives the case as the helper reads it."""
        return {"steps": [one.wire() for one in self.steps]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One example of a whole program; it may also be read as a call."""

    text: str
    case: Case
    asked: bool
    """Whether the prompt says that the input is standard input or the command line."""
    call: CallCase | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """An example that could not be used, and why."""

    text: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How results are compared, as far as the prompt says."""

    any_order: bool = False
    tolerance: float = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Examples:
    """Everything a prompt shows."""

    calls: tuple[CallCase, ...] = ()
    runs: tuple[Run, ...] = ()
    unread: tuple[Unread, ...] = ()
    names: tuple[str, ...] = ()
    """Functions that the prompt asks for, the likeliest first."""
    rules: Rules = Rules()
