"""Reads examples that name no function: `Input: ... Output: ...`, samples of standard input, shell sessions. Pure."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sandbox.model import Case
from sandbox.prompt_calls import arguments, expectation
from sandbox.prompt_model import Argument, CallCase, Run, Step, Unread
from sandbox.prompt_values import Kind, Value, parse_value

_LABEL = re.compile(
    r"\s*(?:[-*+>#]+\s+|\d+[.)]\s+)?(?:\*\*|__|`|<b>|<strong>)?\s*(?P<what>(?:(?:sample|example|test|expected|program|console)\s+)*"
    r"(?:input|output|stdin|stdout|result|returns?|explanation|note|constraints?|examples?|follow-up|hint))s?"
    r"\s*(?:\([^)]*\)\s*)?(?:\#?\d+)?\s*(?:\*\*|__|`|</b>|</strong>)?\s*(?P<colon>:?)\s*(?:\*\*|</b>|</strong>)?\s*(?P<rest>.*)$",
    re.IGNORECASE,
)
_BOTH = re.compile(
    r"[\s,;|.]*(?:->|=>|→)?\s*[*_`]*\b(?:expected\s+)?(?:output|result|returns?)[*_`]*\s*:[*_`]*\s*",
    re.IGNORECASE,
)
_FENCE = re.compile(r"\s*(?:```|~~~)")
_PROSE = re.compile(
    r"\b(?:the|an?|contains?|lines?|integers?|print|given|each|should|consists?|your|you|separated|string of|will|must)\b",
    re.IGNORECASE,
)
_STDIN = re.compile(
    r"\bstdin\b|standard input|reads? (?:\w+ ){0,6}(?:from|in) (?:the )?(?:input|console|terminal|user)|command[- ]line (?:program|tool|arg|app)",
    re.IGNORECASE,
)
_SHELL = re.compile(r"\s*\$\s+(?P<command>.*)$")
_RUNS = re.compile(r"(?:go run\s+(?:\S+\.go\s*)+|go run \.|\./[\w.-]+)(?P<args>.*)$")
_ECHO = re.compile(r"(?:echo(?P<flags>(?:\s+-\w+)*)|printf)\s+(?P<text>.*?)\s*\|\s*(?P<then>.*)$")
_PLACEHOLDER = re.compile(r"\.\.\.|…|<[a-z_ ]+>")
_ENDERS = ("explanation", "note", "constraint", "example", "follow", "hint")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Labelled:
    what: str
    text: str
    fenced: bool


def labelled_examples(prompt: str, lines: Sequence[str]) -> Iterator[Run | Unread]:
    """Gives the pairs of input and output, and outputs that stand alone."""
    stdin = bool(_STDIN.search(prompt))
    given: _Labelled | None = None
    for part in _labelled(lines):
        word = part.what.split()[-1]
        if word in {"input", "stdin"}:
            given = part
        elif given is not None:
            yield from _pair(given, part, asked=stdin or "stdin" in given.what or _sampled(given))
            given = None
        elif _alone(part):
            yield _run(f"output: {part.text}", "", part.text, asked=True)


def _sampled(part: _Labelled) -> bool:
    return part.what.startswith("sample")


def _alone(part: _Labelled) -> bool:
    words = part.what.split()
    promised = len(words) > 1 and words[0] in {"expected", "program", "sample", "console"}
    return promised and part.fenced and not _PLACEHOLDER.search(part.text)


def _labelled(lines: Sequence[str]) -> Iterator[_Labelled]:
    index = 0
    while index < len(lines):
        match = _label(lines[index])
        index += 1
        if match is None:
            continue
        what, rest = " ".join(match.group("what").lower().split()), match.group("rest")
        if both := _BOTH.search(rest) if what.endswith("input") else None:
            yield _Labelled(what=what, text=rest[: both.start()].strip(), fenced=False)
            yield _Labelled(what="output", text=rest[both.end() :].strip(), fenced=False)
            continue
        index, text, fenced = _content(lines, index, rest)
        if not what.startswith(_ENDERS) and text:
            yield _Labelled(what=what, text=text, fenced=fenced)


def _label(line: str) -> re.Match[str] | None:
    match = _LABEL.match(line)
    if match is None or (match.group("rest") and not match.group("colon")):
        return None
    return match


def _content(lines: Sequence[str], index: int, rest: str) -> tuple[int, str, bool]:
    """Gives what belongs to a label: the rest of its line, a fenced block, or the lines below it."""
    start = index
    while not rest and index < len(lines) and not lines[index].strip() and index - start < 2:
        index += 1
    if not rest and index < len(lines) and _FENCE.match(lines[index]):
        end = next((i for i in range(index + 1, len(lines)) if _FENCE.match(lines[i])), len(lines))
        return end + 1, "\n".join(lines[index + 1 : end]), True
    body = [rest] if rest else []
    while index < len(lines) and lines[index].strip() and not _label(lines[index]):
        if _FENCE.match(lines[index]):
            break
        body.append(lines[index].strip())
        index += 1
    return index, "\n".join(body), False


def _pair(given: _Labelled, wanted: _Labelled, *, asked: bool) -> Iterator[Run | Unread]:
    described = not given.fenced and len(_PROSE.findall(given.text)) >= 2
    if described and not wanted.fenced and as_call("", given.text, wanted.text) is None:
        return
    text = f"input: {given.text[:120]} output: {wanted.text[:120]}"
    if _PLACEHOLDER.search(re.sub(r'"[^"]*"', "", wanted.text)):
        yield Unread(text=text, why="parts of the output are left out")
        return
    yield _run(text, _bare(given.text), _bare(wanted.text), asked=asked)


def _bare(text: str) -> str:
    return (
        text[1:-1]
        if len(text) > 1 and text[0] == text[-1] == "`" and "`" not in text[1:-1]
        else text
    )


def _run(text: str, stdin: str, expected: str, *, asked: bool) -> Run:
    ended = stdin if not stdin or stdin.endswith("\n") else f"{stdin}\n"
    return Run(
        text=" ".join(text.split()),
        case=Case(name="", stdin=ended, expected=expected),
        asked=asked,
        call=as_call(text, stdin, expected),
    )


def as_call(text: str, given: str, wanted: str) -> CallCase | None:
    """Gives input and output as a call of a function without a name; null when they are no values."""
    lines = [line.strip().rstrip(",") for line in given.strip().split("\n") if line.strip()]
    if session := _session(text, lines, wanted):
        return session
    args = arguments(", ".join(lines))
    found = expectation(wanted.strip().split("\n")[0] if "\n\n" in wanted else wanted.strip())
    if args is None or found is None or (found[1].strip(" .`*") and not _explains(found[1])):
        return None
    step = Step(name="", args=args, want=found[0])
    return CallCase(text=" ".join(text.split())[:200], steps=(step,))


def _explains(rest: str) -> bool:
    return (
        rest.lstrip(" `*,.;")
        .lower()
        .startswith(("(", "because", "since", "as ", "//", "#", "explan"))
    )


def _session(text: str, lines: list[str], wanted: str) -> CallCase | None:
    """Reads a row of method names, a row of their arguments and a row of their results."""
    if len(lines) != 2:
        return None
    names, rows, results = (parse_value(one) for one in (*lines, wanted.strip()))
    if names is None or rows is None or results is None:
        return None
    whole = len(names.items) == len(rows.items) == len(results.items) > 1
    if not whole or any(one.kind is not Kind.STR for one in names.items):
        return None
    triples = list(zip(names.items, rows.items, results.items, strict=True))
    steps = [_step(number, *triple) for number, triple in enumerate(triples)]
    return CallCase(text=" ".join(text.split())[:200], steps=tuple(steps))


def _step(number: int, name: Value, row: Value, result: Value) -> Step:
    args = tuple(Argument(value=one, raw="") for one in row.items)
    want = None if result.kind is Kind.NIL else result
    if number == 0:
        return Step(name=name.text, args=args, let=("obj",))
    return Step(name=name.text, args=args, on="obj", want=want)


def shell_examples(lines: Sequence[str]) -> Iterator[Run | Unread]:
    """Gives the runs of a shell session: `$ go run . 2 3` and what it prints."""
    index = 0
    while index < len(lines):
        match = _SHELL.match(lines[index])
        index += 1
        if match is None:
            continue
        output = []
        while (
            index < len(lines) and not _SHELL.match(lines[index]) and not _FENCE.match(lines[index])
        ):
            output.append(lines[index])
            index += 1
        found = _command(match.group("command"), "\n".join(output).strip("\n"))
        if found is not None:
            yield found


def _command(command: str, output: str) -> Run | Unread | None:
    echo = _ECHO.match(command)
    runs = _RUNS.match(echo.group("then") if echo else command)
    if runs is None or not output.strip():
        return None
    try:
        args = tuple(shlex.split(runs.group("args")))
        said = " ".join(shlex.split(echo.group("text"))) if echo else ""
    except ValueError:
        return Unread(text=command[:200], why="the command's quoting is not closed")
    if {"<", ">", "|", "&&", ";", "2>&1"} & set(args) or _PLACEHOLDER.search(output):
        return Unread(text=command[:200], why="the command needs a shell, or its output is cut")
    if echo and ("-e" in (echo.group("flags") or "") or command.startswith("printf")):
        said = said.replace("\\n", "\n")
    stdin = f"{said}\n" if echo and not command.startswith("printf") else said
    case = Case(name="", args=args, stdin=stdin, expected=output)
    return Run(text=f"$ {command}"[:200], case=case, asked=True)
