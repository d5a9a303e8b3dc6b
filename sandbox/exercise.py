"""Decides what can be called where tests are missing: the prompt's examples, else the entry points. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sandbox.inspection import Exercise, Inspection, Placed
from sandbox.model import AuditInput, Case
from sandbox.prompt_examples import read_examples
from sandbox.prompt_model import CallCase, Examples, Run, Unread

_TOGETHER = re.compile(
    r"concurren|goroutine|thread[- ]?safe|\brace\b|parallel|\bmutex\b|simultaneous", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is asked of the reading of the sources."""

    examples: Examples
    calls: tuple[CallCase, ...]
    """Every example that may be a call, those of whole runs behind the others."""
    entries: bool
    together: bool

    def wire(self) -> dict[str, Any]:
        """Gives the plan as the helper reads it; what is expected stays here."""
        return {
            "calls": [one.wire() for one in self.calls],
            "asked": list(self.examples.names),
            "entries": self.entries,
            "together": self.together,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What the answer makes of the plan."""

    examples: Examples
    cases: tuple[Case, ...]
    """The prompt's cases for the whole program."""
    calls: dict[int, tuple[CallCase, Placed]]
    """The prompt's calls by their number in the generated code."""
    unread: tuple[Unread, ...]
    entries: bool
    """Whether entry points are called, since nothing else decides."""


def plan_for(given: AuditInput) -> Plan:
    """Gives what the prompt and the task's own checks leave to be called."""
    examples = read_examples(given.prompt)
    own = [one.call for one in examples.runs if one.call is not None]
    return Plan(
        examples=examples,
        calls=(*examples.calls, *own),
        entries=not given.tests and not given.cases,
        together=bool(_TOGETHER.search(given.prompt)),
    )


def settle(plan: Plan, seen: Inspection) -> Settled:
    """Gives each example its one reading: a call where the answer has the function, else a run of the program."""
    placed = (seen.exercise or Exercise()).calls
    calls: dict[int, tuple[CallCase, Placed]] = {}
    unread = list(plan.examples.unread)
    for number, case in enumerate(plan.examples.calls):
        at = placed[number] if number < len(placed) else None
        if at is not None and not at.why:
            calls[number] = (case, at)
        else:
            unread.append(Unread(text=case.text, why=at.why if at else "the code is not sound"))
    cases: list[Case] = []
    for number, run in _numbered(plan):
        at = placed[number] if 0 <= number < len(placed) else None
        callable_ = at is not None and not at.why
        if _is_program(run, seen, callable_=callable_):
            cases.append(run.case)
        elif at is not None and callable_ and run.call is not None:
            calls[number] = (run.call, at)
        else:
            why = at.why if at else "the answer reads no input"
            unread.append(Unread(text=run.text, why=why or "the answer reads no input"))
    return Settled(
        examples=plan.examples,
        cases=tuple(cases),
        calls=calls,
        unread=tuple(unread),
        entries=plan.entries and not cases and not calls and _has_entries(seen),
    )


def _numbered(plan: Plan) -> Iterator[tuple[int, Run]]:
    """Gives the runs with the number of their call; -1 where they are no call."""
    number = len(plan.examples.calls)
    for run in plan.examples.runs:
        yield (number if run.call is not None else -1), run
        number += run.call is not None


def _is_program(run: Run, seen: Inspection, *, callable_: bool) -> bool:
    if not seen.main:
        return False
    if run.asked:
        # A function with a demonstration around it reads no standard input.
        return bool(run.case.args) or seen.reads_input or not callable_
    return seen.reads_stdin and not callable_


def _has_entries(seen: Inspection) -> bool:
    return seen.exercise is not None and bool(seen.exercise.entries)
