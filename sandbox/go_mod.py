"""Reads a go.mod as far as an audit needs it. Pure and total; lines that are not understood are passed over."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sandbox.dependency import Requirement

_BLOCK = re.compile(r"(\w+)[ \t]*\($")
_VERB = re.compile(r"(module|go|toolchain|require|replace|exclude|retract)[ \t]+(\S.*)")
_REQUIRED = re.compile(r'"?([\w.~/!+-]+)"?[ \t]+(v\d\S*)')
_REPLACED = re.compile(r"(\S+)(?:[ \t]+v\S+)?[ \t]+=>[ \t]+(\S+(?:[ \t]+v\S+)?)")


@dataclass(frozen=True, slots=True, kw_only=True)
class GoMod:
    """The parts of a go.mod that decide something."""

    module: str = ""
    go: str = ""
    requires: tuple[Requirement, ...] = ()


def read_go_mod(text: str) -> GoMod:
    """Gives what a go.mod says; `toolchain` lines say nothing here."""
    lines = list(_statements(text))
    replaced = {
        match.group(1).strip('"'): match.group(2)
        for _, verb, rest in lines
        if verb == "replace" and (match := _REPLACED.match(rest))
    }
    first = {verb: rest.split()[0].strip('"`') for _, verb, rest in reversed(lines)}
    requires = [
        Requirement(
            module=match.group(1),
            version=match.group(2),
            line=number,
            replaced_by=replaced.get(match.group(1), ""),
        )
        for number, verb, rest in lines
        if verb == "require" and (match := _REQUIRED.match(rest))
    ]
    return GoMod(module=first.get("module", ""), go=first.get("go", ""), requires=tuple(requires))


def _statements(text: str) -> Iterator[tuple[int, str, str]]:
    """Gives line number, verb and the rest of each statement, also of those in blocks."""
    block = ""
    for number, line in enumerate(text.split("\n"), start=1):
        bare = line.partition("//")[0].strip()
        if block and bare.startswith(")"):
            block = ""
        elif block and bare:
            yield number, block, bare
        elif opened := _BLOCK.match(bare):
            block = opened.group(1)
        elif match := _VERB.match(bare):
            yield number, match.group(1), match.group(2)
