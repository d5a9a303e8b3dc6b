"""The table of what is done with each rule: whole, and one finding for one defect."""

from __future__ import annotations

import json
import re
import subprocess
from typing import Any

import pytest

from sandbox.facts import Facts
from sandbox.model import Finding, FindingEvidence, Grade, Severity, StageName
from sandbox.static_rules import Rule, rule_table, without_twins
from sandbox.toolchain import Toolchain
from sandbox.toolchain_build import ANALYZER


def found(tool: str, rule: str, **changes: Any) -> Finding:
    values: dict[str, Any] = {
        "id": f"{tool}{rule}",
        "tool": tool,
        "rule": rule,
        "severity": Severity.MINOR,
        "grade": Grade.E1,
        "file": "main.go",
        "line": 3,
        "message": "",
        "evidence": FindingEvidence(stage=StageName.STATIC),
    }
    return Finding(**(values | changes))


def test_the_table_names_what_the_analyzer_may_say(toolchain: Toolchain) -> None:
    """A rule that is neither acted upon nor switched off would vanish without a word."""
    if toolchain.vet is None:
        pytest.skip(toolchain.vet_missing)
    done = subprocess.run(
        [toolchain.vet / ANALYZER, "rules"], capture_output=True, text=True, check=True, timeout=60
    )

    said = {(tool, name) for tool, names in json.loads(done.stdout).items() for name in names}

    assert said == set(rule_table().rules)


def test_a_rule_says_what_is_wrong_or_why_it_is_off() -> None:
    """Nothing is left out in silence."""

    assert [one for one in rule_table().rules.values() if bool(one.what) == bool(one.off)] == []


def test_nothing_of_gosec_counts_as_proven() -> None:
    """Its rules are patterns, and its taint takes a program's own arguments for an attacker's."""

    acted = [one for one in rule_table().rules.values() if one.tool == "gosec" and not one.off]

    assert {one.grade for one in acted} == {Grade.E1}


def test_a_style_is_a_nit() -> None:
    """Taste never weighs as much as a defect."""
    style = {"simple", "modernize", "unused"}

    assert {
        (one.severity, one.grade)
        for one in rule_table().rules.values()
        if one.tool in style and not one.off and one.name != "stringsbuilder"
    } == {(Severity.NIT, Grade.E1)}


def test_of_twins_at_one_line_the_best_is_kept() -> None:
    """A defect that two tools see is one defect."""
    best, other = found("vet", "printf"), found("staticcheck", "SA5009")

    assert without_twins([other, best]) == [best]


@pytest.mark.parametrize(
    "changes", [{"line": 4}, {"file": "other.go"}, {"tool": "staticcheck", "rule": "SA4006"}]
)
def test_others_are_kept(changes: dict[str, Any]) -> None:
    """Another line, another file or another defect is another finding."""
    two = [found("vet", "printf"), found(**({"tool": "staticcheck", "rule": "SA5009"} | changes))]

    assert without_twins(two) == two


def test_some_twins_stand_apart() -> None:
    """A path is joined on one line and opened on the next."""
    join, opened, far = (
        found("gavel", "pathjoin"),
        found("gosec", "G703", line=5),
        found("gosec", "G703", line=7),
    )

    assert without_twins([join, opened, far]) == [join, far]


def test_two_findings_of_one_rule_are_two() -> None:
    """Two wrong verbs in one call are two findings."""
    two = [found("vet", "printf", column=2), found("vet", "printf", column=9)]

    assert without_twins(two) == two


@pytest.mark.parametrize(
    ("text", "line", "counts"),
    [("a token", "0o666", True), ("a token", "0o600", False), ("a dice", "0o666", False)],
)
def test_a_rule_may_want_to_see_more(text: str, line: str, counts: bool) -> None:  # noqa: FBT001
    """Where a pattern is right only beside another, both have to be there."""
    rule = Rule(
        tool="gosec",
        name="G404",
        severity=Severity.MINOR,
        file=re.compile("token"),
        line=re.compile("0o6[67]"),
    )

    assert (rule.counts_in(text) and rule.counts_on(line)) is counts


def test_a_full_report_keeps_the_worst() -> None:
    """Many nits at the top of a text don't hide a defect at its end."""
    nits = [
        found("simple", "S1002", id=str(line), line=line, severity=Severity.NIT)
        for line in range(9)
    ]
    worst = found("vet", "nilness", line=99, severity=Severity.MAJOR)
    facts = Facts(findings=[*nits, worst])

    kept = facts.sorted_findings(3)

    assert [one.line for one in kept] == [0, 1, 99]
