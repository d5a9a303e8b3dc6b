"""Reads values as people write them in prompts: Go, Python, JSON and what Go prints. Pure and total."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

_DEPTH = 24
_SPACE = re.compile(r"\s*")
_NUMBER = re.compile(
    r"[-+]?(?:0[xX][0-9a-fA-F_]+|0[bB][01_]+|(?:\d[\d_]*(?:\.\d+)?|\.\d+)(?:[eE][-+]?\d+)?)(?![\w.]*\w)"
)
_NAME = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_GO_TYPE = re.compile(
    r"&?(?:(?:\[(?:\d+|\.\.\.)?\]|\*|map\[[^\]\s{}()]{1,80}\])+(?:interface\{\}|struct\{\}|[A-Za-z_][\w.]*)|[A-Za-z_][\w.]*)(?=[{(])"
)
_STRING = re.compile(r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|`[^`]*`', re.DOTALL)
_ESCAPE = re.compile(r"\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{3}|.)", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}
_WORDS = {
    "nil": "nil", "None": "nil", "null": "nil", "NULL": "nil",
    "true": "true", "True": "true", "TRUE": "true", "false": "false", "False": "false", "FALSE": "false",
}  # fmt: skip
_CONVERSIONS = frozenset(
    [
        "int",
        "int8",
        "int16",
        "int32",
        "int64",
        "uint",
        "uint8",
        "uint16",
        "uint32",
        "uint64",
        "uintptr",
        "float32",
        "float64",
        "byte",
        "rune",
        "string",
        "bool",
        "error",
        "time.Duration",
        "[]byte",
        "[]rune",
        "float",
        "str",
        "set",
        "list",
        "tuple",
        "frozenset",
    ]
)
_ERRORS = frozenset({"errors.New", "fmt.Errorf"})


class Kind(StrEnum):
    """What a written value is, before any type is known."""

    INT = "int"
    FLOAT = "float"
    STR = "str"
    CHAR = "char"
    BOOL = "bool"
    NIL = "nil"
    LIST = "list"
    MAP = "map"
    TUPLE = "tuple"
    STRUCT = "struct"
    NAME = "name"
    ERROR = "error"
    PANIC = "panic"
    TEXT = "text"
    """Words without quotes, as a program prints them."""
    GO = "go"
    """A Go expression that only the type checker can read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One written value. `keys` belongs to maps and to structs with named fields."""

    kind: Kind
    text: str = ""
    items: tuple[Value, ...] = ()
    keys: tuple[Value, ...] = ()

    def wire(self) -> dict[str, Any]:
        """Gives the value as the helper reads it."""
        return {
            "k": self.kind.value,
            "t": self.text,
            "i": [one.wire() for one in self.items],
            "n": [one.wire() for one in self.keys],
        }


def parse_value(text: str) -> Value | None:
    """Gives the value that the whole text writes; null when it is none."""
    found = parse_prefix(text)
    return found[0] if found is not None and not found[1].strip() else None


def parse_prefix(text: str) -> tuple[Value, str] | None:
    """Gives the value at the start of a text and what follows it."""
    reader = _Reader(text)
    value = reader.value(0)
    return None if value is None else (value, text[reader.at :])


def split_top(text: str, sign: str = ",") -> list[str]:
    """Gives the parts of a text between signs that stand outside brackets and strings."""
    parts, start, depth, at = [], 0, 0, 0
    while at < len(text):
        string = _STRING.match(text, at) if text[at] in "\"'`" else None
        if string:
            at = string.end()
            continue
        depth += (text[at] in "([{") - (text[at] in ")]}")
        if text.startswith(sign, at) and depth <= 0:
            parts.append(text[start:at])
            start = at + len(sign)
            at = start
            continue
        at += 1
    parts.append(text[start:])
    return [part.strip() for part in parts]


def closing(text: str, opening: int) -> int | None:
    """Gives where the bracket that opens at a place is closed."""
    depth, at = 0, opening
    while at < len(text):
        string = _STRING.match(text, at) if text[at] in "\"'`" else None
        if string:
            at = string.end()
            continue
        depth += (text[at] in "([{") - (text[at] in ")]}")
        if depth == 0:
            return at
        at += 1
    return None


class _Reader:
    """Walks one text; every method gives null where the text is no value."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def value(self, depth: int) -> Value | None:
        self.skip()
        if depth > _DEPTH or self.at >= len(self.text):
            return None
        sign = self.text[self.at]
        if sign in "\"'`":
            return self.string()
        if go_type := _GO_TYPE.match(self.text, self.at):
            return self.typed(go_type, depth)
        if sign in "[{(&" or self.text.startswith("map[", self.at):
            return self.composed(sign, depth)
        if number := self.take(_NUMBER):
            return _number(number)
        name = self.take(_NAME)
        return _named(name) if name else None

    def composed(self, sign: str, depth: int) -> Value | None:
        if sign == "&":
            self.at += 1
            return self.value(depth + 1)
        if sign == "m":
            self.at += 4
            return self.entries("]", depth)
        return self.bracketed(sign, depth)

    def skip(self) -> None:
        space = _SPACE.match(self.text, self.at)
        self.at = space.end() if space else self.at

    def take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.text, self.at)
        if match is None:
            return ""
        self.at = match.end()
        return match.group()

    def string(self) -> Value | None:
        quoted = self.take(_STRING)
        if not quoted:
            return None
        inner = quoted[1:-1] if quoted[0] == "`" else _ESCAPE.sub(_unescaped, quoted[1:-1])
        kind = Kind.CHAR if quoted[0] == "'" and len(inner) == 1 else Kind.STR
        return Value(kind=kind, text=inner)

    def typed(self, match: re.Match[str], depth: int) -> Value | None:
        """Reads `T{...}` and `T(...)`."""
        name, self.at = match.group().lstrip("&"), match.end()
        if self.text[self.at] == "(":
            inner = self.bracketed("(", depth)
            return None if inner is None else _converted(name, inner)
        body = self.bracketed("{", depth)
        if body is None or name.startswith(("[", "map[", "*")):
            return _as_list(body) if body is not None and name.startswith("[") else body
        return Value(kind=Kind.STRUCT, text=name, items=body.items, keys=body.keys)

    def bracketed(self, sign: str, depth: int) -> Value | None:
        self.at += 1
        end = {"[": "]", "{": "}", "(": ")"}[sign]
        found = self.entries(end, depth)
        if found is None or found.keys:
            return found if sign == "{" else None
        if sign == "(" and len(found.items) == 1 and self.text[self.at - 2] != ",":
            return found.items[0]
        if sign == "{" and not found.items:
            return found
        return Value(kind=Kind.TUPLE if sign == "(" else Kind.LIST, items=found.items)

    def entries(self, end: str, depth: int) -> Value | None:
        """Reads elements or pairs up to the end; commas between them may be missing, as in `[1 2]`."""
        keys: list[Value] = []
        items: list[Value] = []
        while True:
            self.skip()
            if self.text.startswith(end, self.at):
                self.at += 1
                break
            item = self.value(depth + 1)
            if item is None:
                return None
            if self.passes(":"):
                keys.append(item)
                item = self.value(depth + 1)
                if item is None:
                    return None
            items.append(item)
            self.passes(",")
        if keys and len(keys) != len(items):
            return None
        return Value(kind=Kind.MAP, items=tuple(items), keys=tuple(keys))

    def passes(self, sign: str) -> bool:
        self.skip()
        if not self.text.startswith(sign, self.at):
            return False
        self.at += 1
        return True


def _number(text: str) -> Value:
    digits = text.replace("_", "").removeprefix("+")
    whole = re.fullmatch(r"-?(?:0[xXbB][0-9a-fA-F]+|\d+)", digits)
    return Value(kind=Kind.INT if whole else Kind.FLOAT, text=digits)


def _named(name: str) -> Value:
    word = _WORDS.get(name)
    if word is None:
        return Value(kind=Kind.NAME, text=name)
    return Value(kind=Kind.NIL) if word == "nil" else Value(kind=Kind.BOOL, text=word)


def _converted(name: str, inner: Value) -> Value | None:
    if name in _ERRORS:
        return Value(kind=Kind.ERROR, text=inner.text if inner.kind is Kind.STR else "")
    if name == "set" and inner.kind is Kind.MAP:
        return _as_list(inner)
    return inner if name in _CONVERSIONS else None


def _as_list(body: Value) -> Value:
    # `[]int{0: 1, 2}` has keys; nobody writes it in a prompt.
    return Value(kind=Kind.LIST, items=body.items)


def _unescaped(match: re.Match[str]) -> str:
    word = match.group(1)
    if len(word) == 1:
        return _ESCAPES.get(word, word)
    code = int(word, 8) if word[0] in "01234567" else int(word[1:], 16)
    return chr(code) if code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else "\ufffd"
