"""Finds the examples of a prompt: what calls give, what runs print, and which stayed unread. Pure, total, bounded."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sandbox.prompt_blocks import labelled_examples, shell_examples
from sandbox.prompt_calls import calls_in
from sandbox.prompt_model import CallCase, Examples, Rules, Run, Step, Unread
from sandbox.prompt_prose import prose_examples
from sandbox.prompt_scripts import code_examples, doctests
from sandbox.prompt_tables import table_examples

_MOST_CHARACTERS = 64 * 1024
_MOST_LINE = 600
_MOST = 50
_FENCE = re.compile(r"\s*(```+|~~~+)\s*([\w+-]*)")
_PLAIN = {
    ord("\uff1a"): ":",
    0x201C: '"',
    0x201D: '"',
    0x2018: "'",
    0x2019: "'",
    0x2013: "-",
    0xA0: " ",
}
_OTHER = frozenset({"json", "yaml", "sql", "html", "xml", "toml", "ini", "csv", "mermaid", "diff"})
_ANY_ORDER = re.compile(
    r"\b(?:in )?any order\b|\border (?:of [\w ]{1,40} )?(?:does not|doesn't|is not|isn't|need not) (?:matter|important|guaranteed)|regardless of order",
    re.IGNORECASE,
)
_WITHIN = re.compile(
    r"(?:within|tolerance(?: of)?|error (?:of|less than|within)|epsilon(?: of)?|precision of|up to)\s+`?(?P<number>1e-\d{1,2}|10\^?-\d{1,2}|0\.0*1)\b",
    re.IGNORECASE,
)
_PLACES = re.compile(
    r"(?P<places>\d|two|three|four|six) decimal (?:places|digits|points)", re.IGNORECASE
)
_COUNTS = {"two": 2, "three": 3, "four": 4, "six": 6}
_ASKED = re.compile(
    r"func\s+(?:\([^)]*\)\s*)?(?P<go>[^\W\d]\w*)\s*(?:\[[^\]]*\])?\("
    r"|def\s+(?P<python>[^\W\d]\w*)\("
    r"|(?:function|method)\s+(?:called |named |signature )?`?(?P<said>[^\W\d]\w*)\s*(?:`|\()"
    r"|(?:called|named)\s+`?(?P<named>[^\W\d]\w*)`?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    lines: tuple[str, ...]
    tag: str = ""
    code: bool = False


def read_examples(prompt: str) -> Examples:
    """Gives every example of a prompt once, at most fifty, and those that could not be read."""
    text = prompt[:_MOST_CHARACTERS].translate(_PLAIN).replace("\r\n", "\n")
    lines = [line[:_MOST_LINE] for line in text.split("\n")]
    calls: dict[tuple[Step, ...], CallCase] = {}
    runs: dict[tuple[object, ...], Run] = {}
    unread: dict[str, Unread] = {}
    for one in _all(text, lines):
        if len(calls) + len(runs) >= _MOST:
            unread.setdefault("", Unread(text="more examples", why=f"only {_MOST} are taken"))
            break
        match one:
            case CallCase():
                calls.setdefault(one.steps, one)
            case Run():
                runs.setdefault((one.case.args, one.case.stdin, one.case.expected), one)
            case Unread() if one.why:
                unread.setdefault(one.text, one)
    return Examples(
        calls=tuple(calls.values()),
        runs=tuple(_named(number, run) for number, run in enumerate(runs.values(), start=1)),
        unread=tuple(unread.values())[:_MOST],
        names=tuple(dict.fromkeys(_names(text))),
        rules=_rules(text),
    )


def _named(number: int, run: Run) -> Run:
    return replace(run, case=run.case.model_copy(update={"name": f"prompt {number}"}))


def _names(text: str) -> Iterator[str]:
    for match in _ASKED.finditer(text):
        yield next(name for name in match.groups() if name)


def _rules(text: str) -> Rules:
    tolerance = Rules().tolerance
    if within := _WITHIN.search(text):
        tolerance = float(re.sub(r"^10\^?", "1e", within.group("number")))
    elif places := _PLACES.search(text):
        word = places.group("places").lower()
        tolerance = 0.5 * 10.0 ** -(_COUNTS.get(word) or int(word))
    return Rules(any_order=bool(_ANY_ORDER.search(text)), tolerance=tolerance)


def _all(text: str, lines: Sequence[str]) -> Iterator[CallCase | Run | Unread]:
    yield from labelled_examples(text, lines)
    yield from table_examples(lines)
    for part in _parts(lines):
        if part.tag in _OTHER:
            continue
        yield from shell_examples(part.lines)
        if part.code:
            yield from code_examples(part.lines)
        else:
            yield from doctests(part.lines)
            for line in part.lines:
                if not line.lstrip().startswith((">>>", "|")):
                    yield from calls_in(line)
                    yield from prose_examples(line)


def _parts(lines: Sequence[str]) -> Iterator[_Part]:
    """Gives the prompt as prose and fenced code, in order."""
    start, opening = 0, ""
    tag = ""
    for number, line in enumerate(lines):
        fence = _FENCE.match(line)
        if fence is None or (opening and not line.strip().startswith(opening)):
            continue
        yield _Part(lines=tuple(lines[start:number]), tag=tag, code=bool(opening))
        tag = "" if opening else fence.group(2).lower()
        opening = "" if opening else fence.group(1)
        start = number + 1
    yield _Part(lines=tuple(lines[start:]), tag=tag, code=bool(opening))
