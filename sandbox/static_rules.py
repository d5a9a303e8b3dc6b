"""What is done with each rule of the analyzer, as static_rules.toml says. Values only."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sandbox.model import Finding, Grade, Severity

_TABLE = Path(__file__).with_name("static_rules.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule: how much it hurts, how sure it is, and where it counts."""

    tool: str
    name: str
    what: str = ""
    severity: Severity = Severity.NIT
    grade: Grade = Grade.E2
    cwe: int | None = None
    file: re.Pattern[str] | None = None
    line: re.Pattern[str] | None = None
    off: str = ""
    """Why the rule is not acted upon; empty where it is."""

    def counts_in(self, text: str) -> bool:
        """Tells whether a file shows what the rule wants to see beside its finding."""
        return self.file is None or bool(self.file.search(text))

    def counts_on(self, line: str) -> bool:
        """Tells whether a line shows what the rule wants to see on it."""
        return self.line is None or bool(self.line.search(line))


@dataclass(frozen=True, slots=True, kw_only=True)
class Twin:
    """A rule's place among those that mean the same defect; the lowest rank tells most."""

    kind: int
    rank: int
    near: int
    """How many lines apart they may stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTable:
    """Every rule by its tool and name, and the names that mean the same defect."""

    rules: Mapping[tuple[str, str], Rule]
    twins: Mapping[tuple[str, str], Twin]


@cache
def rule_table() -> RuleTable:
    """Gives the table that ships with us."""
    given = tomllib.loads(_TABLE.read_text(encoding="utf-8"))
    rules = {
        (group["tool"], name): _rule(name, group)
        for group in given["group"]
        for name in group["rules"]
    }
    twins = {
        (tool, name): Twin(kind=kind, rank=rank, near=int(group.get("near", 0)))
        for kind, group in enumerate(given["twins"])
        for rank, (tool, _, name) in enumerate(one.partition("/") for one in group["rules"])
    }
    return RuleTable(rules=rules, twins=twins)


def _rule(name: str, group: Mapping[str, str]) -> Rule:
    cwe = group.get("cwe")
    return Rule(
        tool=group["tool"],
        name=name,
        what=group.get("what", ""),
        severity=Severity(group["severity"]) if "off" not in group else Severity.NIT,
        grade=Grade(group.get("grade", Grade.E2)),
        cwe=int(cwe) if cwe else None,
        file=re.compile(group["file"]) if "file" in group else None,
        line=re.compile(group["line"]) if "line" in group else None,
        off=group.get("off", ""),
    )


def without_twins(findings: Iterable[Finding]) -> list[Finding]:
    """Gives the findings in their order, of one defect only the one that tells most."""
    given = [(one, rule_table().twins.get((one.tool, one.rule))) for one in findings]
    ranked = [(one, twin) for one, twin in given if twin is not None]
    return [
        one
        for one, twin in given
        if twin is None or not any(_says_it_better(*other, one, twin) for other in ranked)
    ]


def _says_it_better(other: Finding, its: Twin, one: Finding, twin: Twin) -> bool:
    return (
        (its.kind, other.file) == (twin.kind, one.file)
        and its.rank < twin.rank
        and abs(other.line - one.line) <= twin.near
    )
