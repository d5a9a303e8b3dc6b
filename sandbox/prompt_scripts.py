"""Reads examples that stand in code: doctest sessions, and lines of Go that make a value and call its methods. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from sandbox.prompt_calls import arguments, calls_in, expectation
from sandbox.prompt_model import Argument, CallCase, Step, Unread
from sandbox.prompt_values import Kind, Value, closing, parse_value

_DOCTEST = re.compile(r"\s*(?:>>>|In \[\d+\]:|>(?=\s*[\w.]+\())\s*(?P<code>.*)$")
_LET = re.compile(
    r"\s*(?:var\s+)?(?P<names>[^\W\d]\w*(?:\s*,\s*[^\W\d]\w*)*)\s*:?=(?!=)\s*(?P<rest>.+)$"
)
_STATEMENT = re.compile(
    r"(?:(?P<on>[^\W\d]\w*)\.)?(?P<name>[^\W\d]\w*)(?P<type>\[[\w, ]+\])?(?=\()"
)
_PRINTED = re.compile(
    r"\s*(?:fmt\.Print(?:ln)?|print|println)\((?P<inner>.*)\)\s*(?P<said>(?://|#).*)?;?$"
)
_SAID_BELOW = re.compile(
    r"\s*(?://|#)\s*(?:output|returns?|result|prints?|expected|=>|->|→):?\s*\S", re.IGNORECASE
)
_COMMENT = re.compile(r"\s*(?://|#|$)")
_OPENS = re.compile(
    r"\s*(?:(?:func|type|if|for|switch|select|go|defer|package|import|class|def)\b|\})"
)
_PACKAGES = frozenset(
    {"fmt", "strings", "sort", "errors", "time", "os", "math", "bytes", "strconv", "log", "sync"}
)


def code_examples(lines: Sequence[str]) -> Iterator[CallCase | Unread]:
    """Gives the examples in a block of code."""
    plain = _without_prompts(_joined(lines))
    if session := _session(plain):
        yield session
        return
    known: dict[str, Argument] = {}
    for line in plain:
        if not _remember(line, known):
            yield from calls_in(line, known, code=True)


def doctests(lines: Sequence[str]) -> Iterator[CallCase | Unread]:
    """Gives the examples of `>>>` lines that stand in prose."""
    run: list[str] = []
    for line in [*lines, ""]:
        if _DOCTEST.match(line) or (run and line.strip()):
            run.append(line)
        elif run:
            yield from code_examples(run)
            run = []


def _joined(lines: Sequence[str]) -> list[str]:
    """Gives the lines with a result that stands below its call put behind it."""
    joined: list[str] = []
    for line in lines:
        called = bool(joined) and joined[-1].rstrip(" ;").endswith(")")
        if called and _SAID_BELOW.match(line) and "//" not in joined[-1]:
            joined[-1] += f" {line.strip()}"
        else:
            joined.append(line)
    return joined


def _without_prompts(lines: Sequence[str]) -> list[str]:
    """Gives doctest lines as `call // result`, and other lines as they are."""
    if not any(_DOCTEST.match(line) for line in lines):
        return list(lines)
    plain: list[str] = []
    for line in lines:
        asked = _DOCTEST.match(line)
        if asked:
            plain.append(asked.group("code"))
        elif line.strip() and plain and "//" not in plain[-1]:
            plain[-1] += f" // {line.strip()}"
    return plain


def _remember(line: str, known: dict[str, Argument]) -> bool:
    match = _LET.match(line)
    if match is None:
        return False
    raw = match.group("rest").split(" //")[0].strip()
    value = parse_value(raw)
    if value is not None:
        known[match.group("names")] = Argument(value=value, raw=raw)
    return value is not None


def _session(lines: Sequence[str]) -> CallCase | Unread | None:
    """Gives the block as one case where a value is made and its methods are called."""
    made: set[str] = set()
    uses = False
    steps: list[Step] = []
    known: dict[str, Argument] = {}
    strange = ""
    for line in lines:
        if _COMMENT.match(line) or _remember(line, known):
            continue
        step = None if _OPENS.match(line) else _step(line, known, made)
        if step is None:
            strange = strange or line.strip()
            continue
        made.update(step.let)
        known.update({name: _variable(name) for name in step.let})
        uses = uses or step.on in made
        steps.append(step)
    if not uses or not any(step.want for step in steps):
        return None
    text = "; ".join(line.strip() for line in lines if not _COMMENT.match(line))[:200]
    if strange:
        return Unread(text=text, why=f"it is more than calls in a row: {strange[:60]}")
    return CallCase(text=text, steps=tuple(steps))


def _variable(name: str) -> Argument:
    return Argument(value=Value(kind=Kind.NAME, text=name), raw=name)


def _step(line: str, known: Mapping[str, Argument], made: set[str]) -> Step | None:
    let: tuple[str, ...] = ()
    if match := _LET.match(line):
        let = tuple(name.strip() for name in match.group("names").split(","))
        line = match.group("rest")
    printed = _PRINTED.match(line)
    bare = printed is not None
    if printed:
        line = f"{printed.group('inner')} {printed.group('said') or ''}"
    line = line.strip().removeprefix("assert ").removeprefix("_ = ")
    call = _STATEMENT.match(line)
    end = closing(line, call.end()) if call else None
    if call is None or end is None:
        return None
    on = call.group("on") or ""
    args = arguments(line[call.end() + 1 : end], known)
    if args is None or (on and on not in made and on in _PACKAGES):
        return None
    name = call.group("name")
    rest = line[end + 1 :].strip(" ;")
    if not rest:
        return Step(name=name, args=args, let=let, on=on if on in made else "")
    found = list(calls_in(f"{name}({line[call.end() + 1 : end]}) {rest}", known, code=True))
    first = found[0] if found else None
    want = first.steps[0].want if isinstance(first, CallCase) else None
    # A comment that says no result is a remark.
    if want is None and not rest.startswith(("//", "#")):
        return None
    if want is None and bare:
        said = expectation(rest.lstrip("/# "), bare=True)
        want = said[0] if said else None
    return Step(name=name, args=args, let=let, on=on if on in made else "", want=want)
