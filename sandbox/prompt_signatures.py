"""Reads the functions, methods and types that a prompt asks for by name, and finds them in the answer. Pure and total."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sandbox.constraint import Constraint
from sandbox.prompt_demands import Answer, demand, prose

_SIGNATURE = re.compile(
    r"\bfunc\s+(?:\((?P<receiver>[^()\n]*)\)\s*)?(?P<name>[A-Za-z_]\w*)\s*(?P<types>\[[^\]\n]*\])?\s*\((?P<params>(?:[^()\n]|\([^()\n]*\))*)\)[ \t]*"
    r"(?P<results>\((?:[^()\n]|\([^()\n]*\))*\)|(?:[\w.*\[\]]|\{\}|map\[)+(?<!\.))?"
)
_FUNCTION = re.compile(
    r"\b(?:function|method|func)s?\s+(?:(?:called|named)\s+)?`(?P<quoted>[A-Za-z_]\w*)(?:\([^`]*)?`|\b(?:function|method)\s+(?:called|named)\s+[\"']?(?P<named>[A-Za-z_]\w*)",
    re.IGNORECASE,
)
_TYPE = re.compile(
    r"\b(?:type|struct|interface)\s+(?:called\s+|named\s+)?`(?P<quoted>[A-Za-z_]\w*)`|`(?P<before>[A-Z]\w*)`\s+(?:type|struct|interface)\b|\b(?:type|struct|interface) (?:called|named) (?P<named>[A-Z]\w*)"
    r"|\btype\s+(?P<declared>[A-Z]\w*)(?:\[[^\]\n]*\])?\s+(?:struct|interface|func|map|int|string|\[\])",
)


def signatures(text: str, answer: Answer) -> Iterator[Constraint]:
    """Gives the functions that the prompt writes as Go; names of parameters are free."""
    for match in _SIGNATURE.finditer(text):
        name = match.group("name")
        if name in {"main", "init"} or re.match(r"(?:Test|Benchmark|Example|Fuzz)(?![a-z])", name):
            continue
        wanted = _shape(match.group("params"), match.group("results") or "")
        receiver = (match.group("receiver") or "").split()
        key = f"{receiver[-1].lstrip('*').split('[')[0]}.{name}" if receiver else name
        declared = next((one for one in answer.functions if one.name == key), None)
        whole = " ".join(match.group().split())
        if not answer.sound:
            yield demand("signature", whole, met=None, match=match, why="the types are not known")
        elif declared is None:
            yield demand("signature", whole, met=False, match=match, why=f"there is no {key}")
        else:
            met = True if match.group("types") else shape_of(declared.text) == wanted
            why = "" if met else f"it is {declared.text}"[:160]
            yield demand("signature", whole, met=met, match=match, why=why)


def shape_of(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Gives the types of parameters and results of a type as the checker writes it."""
    match = _SIGNATURE.match("func f" + re.sub(r"^func(?:\[[^\]]*\])?", "", text))
    return _shape(match.group("params"), match.group("results") or "") if match else ((), ())


def _shape(params: str, results: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return _types(params), _types(results.removeprefix("(").removesuffix(")"))


def _types(listed: str) -> tuple[str, ...]:
    """Gives the types of a list of parameters; `a, b int` says one type for two."""
    parts = [part.split(None, 1) for part in _commas(listed)]
    named = any(
        len(part) == 2 and not part[0].startswith(("chan", "<-", "func", "map[", "[", "*"))
        for part in parts
    )
    types: list[str] = []
    following = ""
    for part in reversed(parts):
        if named and len(part) == 2:
            following = part[1]
        elif not named:
            following = " ".join(part)
        types.append(re.sub(r"\s+", "", following).replace("interface{}", "any"))
    return tuple(reversed(types))


def _commas(text: str) -> list[str]:
    parts, depth, current = [], 0, ""
    for sign in text:
        depth += (sign in "([{") - (sign in ")]}")
        if sign == "," and depth <= 0:
            parts.append(current)
            current = ""
        else:
            current += sign
    return [part.strip() for part in [*parts, current] if part.strip()]


def named_functions(text: str, answer: Answer) -> Iterator[Constraint]:
    """Gives the functions and methods that the prompt asks for by name."""
    for match in _FUNCTION.finditer(prose(text)):
        name = match.group("quoted") or match.group("named")
        have = any(
            one.name.rsplit(".", 1)[-1] == name for one in answer.functions if one.text != "type"
        )
        if name in {"main", "init", "that", "which", "and"}:
            continue
        yield demand(
            "function",
            name,
            met=have if answer.sound else None,
            match=match,
            why="" if answer.sound else "the types are not known",
        )


def named_types(text: str, answer: Answer) -> Iterator[Constraint]:
    """Gives the types that the prompt asks for by name."""
    for match in _TYPE.finditer(text):
        name = next(group for group in match.groups() if group)
        have = any(one.name == name and one.text == "type" for one in answer.functions)
        yield demand(
            "type",
            name,
            met=have if answer.sound else None,
            match=match,
            why="" if answer.sound else "the types are not known",
        )
