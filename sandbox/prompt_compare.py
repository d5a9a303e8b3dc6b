"""Compares what a call gave with what the prompt says, outside the jail. Pure.

Results come as rows of kind, type and content; what is expected is a written value without a type.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from sandbox.prompt_model import Rules
from sandbox.prompt_values import Kind, Value

Row = list[Any]


class Incomparable(Exception):  # noqa: N818 - a result that says neither yes nor no is no error
    """The result and the written value are of kinds that cannot be held against each other."""


def gives(results: Sequence[Row], want: Value, rules: Rules) -> bool:
    """Tells whether the results of a call are what is written; rows that make no sense are not.

    Raises:
        Incomparable: When nothing can be said.
    """
    try:
        return _gives(results, want, rules)
    except (
        IndexError,
        KeyError,
        TypeError,
        ValueError,
        AttributeError,
        OverflowError,
        RecursionError,
    ):
        # The program under test writes the rows; one that spoils them has not given the answer.
        return False


def _gives(results: Sequence[Row], want: Value, rules: Rules) -> bool:
    if any(row[0] == "large" for row in results):
        raise Incomparable("the result is too large to be compared")
    failed = [row for row in results if row[0] == "error"]
    if want.kind is Kind.ERROR or _sentinel(want):
        if not failed and not any(_may_fail(row) for row in results):
            raise Incomparable("the function gives no error back")
        return any(_result(row, want, rules) for row in failed)
    if want.kind is Kind.TUPLE and len(want.items) == len(results) and len(results) != 1:
        return all(_result(row, one, rules) for row, one in zip(results, want.items, strict=True))
    if len(results) == 1:
        return same(results[0], want, rules)
    if want.kind is Kind.TEXT and results:
        return bool(" ".join(map(printed, results)) == want.text)
    if not results:
        return want.kind is Kind.NIL
    # `f(x) -> 3` of a function that gives (int, error): no error is part of it.
    return not failed and same(results[0], want, rules)


def _result(row: Row, want: Value, rules: Rules) -> bool:
    if want.kind is Kind.ERROR or _sentinel(want):
        said = want.text.lower() if want.kind is Kind.ERROR else ""
        return bool(row[0] == "error" and said in row[1].lower())
    return same(row, want, rules)


def _sentinel(want: Value) -> bool:
    return want.kind is Kind.NAME and want.text.rsplit(".", 1)[-1].startswith(("Err", "EOF"))


def _may_fail(row: Row) -> bool:
    # A nil error comes as a nil without a type.
    return bool(row[0] == "nil" and row[1] == "")


def same(row: Row, want: Value, rules: Rules) -> bool:
    """Tells whether one result is what is written."""
    if row[0] in {"said", "error"}:
        named = want.kind in {Kind.NAME, Kind.TEXT}
        if row[0] == "error" or named or row[1] == want.text:
            words = named or want.kind is Kind.STR
            return words and bool(row[1] == want.text.rsplit(".", 1)[-1])
        return same(row[2], want, rules)
    return _COMPARE[want.kind](row, want, rules)


def _number(row: Row, want: Value, rules: Rules) -> bool:
    if row[0] == "int" and want.kind is Kind.INT:
        return int(row[2]) == int(
            want.text, 0 if want.text.lower().lstrip("-").startswith(("0x", "0b")) else 10
        )
    if row[0] not in {"int", "float"}:
        return False
    got, wanted = float(row[2]), float(want.text)
    return math.isclose(got, wanted, rel_tol=rules.tolerance, abs_tol=rules.tolerance) or _rounds(
        got, want.text
    )


def _rounds(got: float, text: str) -> bool:
    """A number that is written with four digits or more behind the point is as exact as that."""
    digits = text.partition(".")[2]
    plain = digits.isdigit() and len(digits) >= 4
    return plain and math.isfinite(got) and round(got, len(digits)) == float(text)


def _text(row: Row, want: Value, _rules: Rules) -> bool:
    match row[0]:
        case "str":
            return bool(row[2] == want.text)
        case "int":
            return (
                len(want.text) == 1
                and row[1] in {"int32", "uint8"}
                and int(row[2]) == ord(want.text)
            )
        case "list" if row[1] in {"uint8", "int32"}:
            codes = [int(one[2]) for one in row[2] if one[0] == "int"]
            wanted = (
                list(want.text.encode()) if row[1] == "uint8" else [ord(sign) for sign in want.text]
            )
            return codes == wanted
    return False


def _flag(row: Row, want: Value, _rules: Rules) -> bool:
    return bool(row[0] == "bool" and row[2] == (want.text == "true"))


def _nothing(row: Row, _want: Value, _rules: Rules) -> bool:
    return row[0] == "nil" or (row[0] in {"list", "map"} and not row[2])


def _list(row: Row, want: Value, rules: Rules) -> bool:
    got = _elements(row)
    if got is None:
        return False
    if len(got) != len(want.items):
        return False
    if rules.any_order or row[0] == "map":
        return _any_order(got, list(want.items), rules)
    return all(same(one, item, rules) for one, item in zip(got, want.items, strict=True))


def _elements(row: Row) -> list[Row] | None:
    match row[0]:
        case "list":
            return list(row[2])
        case "nil":
            return []
        case "map":
            return [pair[0] for pair in row[2] if _member(pair[1])]
        case "struct":
            return _nodes(row) or [field[1] for field in row[2]]
    return None


def _member(row: Row) -> bool:
    return bool(row[0] == "struct" or (row[0] == "bool" and row[2] is True))


def _nodes(row: Row) -> list[Row] | None:
    """Gives the values of a linked list, or of a tree level by level as prompts write it."""
    links = [name for name, one in row[2] if _is_link(one, row[1])]
    values = [name for name, _ in row[2] if name not in links]
    if not links or len(values) != 1 or len(links) > 2:
        return None
    found: list[Row] = []
    level: list[Row] = [row]
    while level and len(found) < 10_000:
        node = level.pop(0)
        if node[0] != "struct":
            found.append(["nil", ""])
            continue
        fields = dict(node[2])
        found.append(fields[values[0]])
        below = [fields[name] for name in links]
        level += below if len(links) == 2 else [one for one in below if one[0] == "struct"]
    while found and found[-1][0] == "nil":
        found.pop()
    return found


def _is_link(row: Row, name: str) -> bool:
    return [row[0], row[1]] in (["struct", name], ["nil", f"*{name}"])


def _any_order(got: list[Row], want: list[Value], rules: Rules) -> bool:
    left = list(got)
    for item in want:
        at = next((i for i, one in enumerate(left) if same(one, item, rules)), None)
        if at is None:
            return False
        left.pop(at)
    return not left


def _map(row: Row, want: Value, rules: Rules) -> bool:
    if row[0] == "struct":
        return _fields(row, want, rules)
    if not want.items and row[0] in {"map", "list", "nil"}:
        return row[0] == "nil" or not row[2]
    if row[0] != "map" or len(row[2]) != len(want.items):
        return False
    pairs = list(zip(want.keys, want.items, strict=True))
    return all(
        any(_key(k, key, rules) and same(v, value, rules) for k, v in row[2])
        for key, value in pairs
    )


def _key(row: Row, want: Value, rules: Rules) -> bool:
    if want.kind is Kind.NAME and row[0] == "str":
        return bool(row[2] == want.text)
    return same(row, want, rules)


def _fields(row: Row, want: Value, rules: Rules) -> bool:
    if row[0] != "struct":
        return False
    if not want.keys:
        got = [one for _, one in row[2]]
        return len(got) == len(want.items) and all(
            same(one, item, rules) for one, item in zip(got, want.items, strict=True)
        )
    fields = {_plain(name): one for name, one in row[2]}
    wanted = {_plain(key.text): item for key, item in zip(want.keys, want.items, strict=True)}
    return all(name in fields and same(fields[name], item, rules) for name, item in wanted.items())


def _plain(name: str) -> str:
    return name.replace("_", "").lower()


def _named(row: Row, want: Value, _rules: Rules) -> bool:
    if row[0] == "str":
        return bool(row[2] == want.text)
    raise Incomparable(f"what {want.text[:40]} is worth is not known outside the jail")


def _printed(row: Row, want: Value, _rules: Rules) -> bool:
    return printed(row) == want.text or (row[0] == "str" and row[2].strip() == want.text)


def printed(row: Row) -> str:
    """Gives a result as Go prints it."""
    match row[0]:
        case "said" | "error":
            return str(row[1])
        case "nil":
            return {"slice": "[]", "map": "map[]"}.get(row[1], "<nil>")
        case "list" | "map" | "struct":
            return _printed_parts(row)
        case "bool":
            return "true" if row[2] else "false"
    return str(row[2])


def _printed_parts(row: Row) -> str:
    match row[0]:
        case "list":
            return f"[{' '.join(map(printed, row[2]))}]"
        case "map":
            pairs = sorted(f"{printed(key)}:{printed(value)}" for key, value in row[2])
            return f"map[{' '.join(pairs)}]"
    return f"{{{' '.join(printed(one) for _, one in row[2])}}}"


def _unknown(_row: Row, _want: Value, _rules: Rules) -> bool:
    raise Incomparable("the result is written as an expression")


_COMPARE: dict[Kind, Callable[[Row, Value, Rules], bool]] = {
    Kind.INT: _number,
    Kind.FLOAT: _number,
    Kind.STR: _text,
    Kind.CHAR: _text,
    Kind.BOOL: _flag,
    Kind.NIL: _nothing,
    Kind.LIST: _list,
    Kind.TUPLE: _list,
    Kind.MAP: _map,
    Kind.STRUCT: _fields,
    Kind.NAME: _named,
    Kind.ERROR: _unknown,
    Kind.PANIC: _unknown,
    Kind.TEXT: _printed,
    Kind.GO: _unknown,
}
