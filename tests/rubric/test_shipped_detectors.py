"""What the analysis proves is charged to a clause of the shipped rubric, or it is known why not."""

from __future__ import annotations

import pytest

from rubric.rules.charge import charge
from sandbox.model import Grade
from sandbox.static_rules import rule_table
from tests.rubric.reports import make_finding, shipped

UNCHARGED = {
    "vet/atomicalign": "32-bit machines only",
    "staticcheck/SA1027": "32-bit machines only",
    "staticcheck/SA1012": "nil for a context: odd, but it works",
    "staticcheck/SA1015": "tickers are collected since Go 1.23",
    "staticcheck/SA3000": "the harness does it since Go 1.15",
    "staticcheck/SA3001": "it spoils a benchmark, and those change no rating",
    "staticcheck/SA4001": "without any effect",
    "staticcheck/SA4013": "without any effect",
    "staticcheck/SA4019": "without any effect",
    "staticcheck/SA4031": "a needless check",
    "staticcheck/SA4032": "a needless check",
    "staticcheck/SA5004": "it costs processor time, of which no clause speaks",
    "staticcheck/SA5005": "finalizers, of which no clause speaks",
}


def clause_of(tool: str, rule: str) -> str | None:
    return charge((make_finding(tool=tool, rule=rule),), shipped())[0].clause


def test_what_is_proven_is_charged() -> None:
    """A proven finding that no clause takes would show on the page and lower nothing."""
    proven = [
        key for key, rule in rule_table().rules.items() if rule.grade is Grade.E2 and not rule.off
    ]

    left = {f"{tool}/{rule}" for tool, rule in proven if clause_of(tool, rule) is None}

    assert left == {*UNCHARGED}


@pytest.mark.parametrize(
    ("tool", "rule", "clause"),
    [
        ("vet", "scannererr", "EH-1"),
        ("vet", "sqlrowserr", "EH-1"),
        ("staticcheck", "SA2003", "CC-7"),
        ("staticcheck", "SA4005", "CR-11"),
        ("staticcheck", "SA4010", "RD-6"),
        ("staticcheck", "SA1023", "MR-4"),
    ],
)
def test_the_clause_says_what_the_rule_finds(tool: str, rule: str, clause: str) -> None:
    """A scan that ends early without a word is a dropped error, whichever tool notices it."""
    assert clause_of(tool, rule) == clause
