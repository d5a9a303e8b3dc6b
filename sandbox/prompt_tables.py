"""Reads examples in Markdown tables: a row is a call, its columns are arguments and the result. Pure and total."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from sandbox.model import Case
from sandbox.prompt_calls import arguments, calls_in, expectation
from sandbox.prompt_model import Argument, CallCase, Run, Step, Unread

_RULE = re.compile(r"\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$")
_CELL = re.compile(r"(?<!\\)\|")
_OUT = re.compile(
    r"(?:expected|wanted?|desired)?\s*(?:output|result|return(?:s|ed|ing)?|value|answer|expected|stdout)s?(?:\s+value)?",
    re.IGNORECASE,
)
_CALL = re.compile(r"(?:function\s+)?(?:call|expression|example|invocation)s?", re.IGNORECASE)
_IN = re.compile(
    r"(?:sample\s+|example\s+)?(?:inputs?|args?|arguments?|stdin|parameters?)", re.IGNORECASE
)
_IGNORED = re.compile(
    r"(?:explanation|notes?|description|why|reason|comment|test|case|name|scenario|\#|no\.?)s?(?:\s+(?:case|name|#|no))?",
    re.IGNORECASE,
)


def table_examples(lines: Sequence[str]) -> Iterator[CallCase | Run | Unread]:
    """Gives the rows of every table that has a column of results."""
    for index in range(1, len(lines)):
        if not _RULE.match(lines[index]) or "|" not in lines[index - 1]:
            continue
        header = _cells(lines[index - 1])
        out = next((at for at, cell in enumerate(header) if _OUT.fullmatch(cell)), None)
        if out is None or len(header) < 2:
            continue
        for line in lines[index + 1 :]:
            if "|" not in line:
                break
            cells = _cells(line)
            if len(cells) == len(header):
                yield from _row(header, cells, out)


def _cells(line: str) -> list[str]:
    stripped = line.strip().removeprefix("|")
    stripped = (
        stripped[:-1] if stripped.endswith("|") and not stripped.endswith("\\|") else stripped
    )
    return [cell.strip().replace("\\|", "|").strip("*").strip() for cell in _CELL.split(stripped)]


def _row(header: list[str], cells: list[str], out: int) -> Iterator[CallCase | Run | Unread]:
    text = " | ".join(cells)[:200]
    call = next((at for at, name in enumerate(header) if _CALL.fullmatch(name)), None)
    if call is not None or re.match(r"`?[\w.]+\(", cells[0]):
        joined = f"{cells[call or 0].strip('`')} -> {cells[out].strip('`')}"
        found = list(calls_in(joined, code=True))
        yield from found or [Unread(text=text, why="the row is no call with a result")]
        return
    columns = [at for at in range(len(header)) if at != out and not _IGNORED.fullmatch(header[at])]
    wanted = expectation(cells[out].strip("`"), bare=False)
    args = _arguments(header, cells, columns)
    step = Step(name="", args=args or (), want=wanted[0] if wanted else None)
    case = CallCase(text=text, steps=(step,)) if args is not None and wanted else None
    if len(columns) == 1 and _IN.fullmatch(header[columns[0]]):
        stdin = cells[columns[0]].strip("`").replace("<br>", "\n")
        expected = cells[out].strip("`").replace("<br>", "\n")
        program = Case(name="", stdin=f"{stdin}\n", expected=expected)
        yield Run(text=text, case=program, asked=False, call=case)
    else:
        yield case or Unread(text=text, why="a cell of the row is not a value that can be read")


def _arguments(
    header: list[str], cells: list[str], columns: list[int]
) -> tuple[Argument, ...] | None:
    found: list[Argument] = []
    for at in columns:
        args = arguments(cells[at].strip("`"))
        if args is None:
            return None
        named = len(args) == 1 and not args[0].name and not _IN.fullmatch(header[at])
        name = header[at].strip("`") if named else ""
        found += [Argument(value=one.value, raw=one.raw, name=name or one.name) for one in args]
    return tuple(found)
