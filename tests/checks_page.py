"""`python -m tests.checks_page` writes docs/reference/checks.md from the tables that it is about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from itertools import groupby
from pathlib import Path

from bridge.resources import shipped_rubric
from rubric.load import load_rubric
from rubric.model import Clause, MachineMode
from sandbox.static_rules import Rule, rule_table

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "checks.md"
FAMILIES = {
    "gavel": "[our own checks](own-checks.md), which are `E1` where they only indicate",
    "vet": "[vet's suite](https://pkg.go.dev/cmd/vet) and further passes of golang.org/x/tools",
    "staticcheck": "[staticcheck's](https://staticcheck.dev/docs/checks/) SA checks",
    "simple": "its S checks",
    "stylecheck": "its ST checks",
    "unused": "its U check",
    "modernize": "[modernize](https://pkg.go.dev/golang.org/x/tools/go/analysis/passes/modernize)",
    "gosec": "[gosec](https://github.com/securego/gosec#available-rules); the weakness number is its own",
}
HEAD = """# Checks of the static analysis
Every rule that is acted upon, with what it weighs; `sandbox/static_rules.toml` is the table behind this page, and `python -m tests.checks_page` writes the page again.

- Grade `E2`: the types prove it, so a clause that it confirms pre-fills its criterion.
- Grade `E1`: a pattern indicates it, so it is shown as a hint and pre-fills nothing until reviews have shown that the clause is usually right.
- A finding of a rule without a clause is shown and charged to no criterion.
- Of rules that mean the same defect at the same place only one is kept, the one that tells most.
- What is said about the task's own tests is left out, and comments that ask a tool to be silent are not listened to.
- Each family has a planted defect; one that doesn't see its own when the analyzer is built is named under `not_checked`.
"""


def page() -> str:
    """Gives the page's text."""
    rules = rule_table().rules.values()
    parts = [HEAD]
    for tool, title in FAMILIES.items():
        own = [one for one in rules if one.tool == tool]
        parts.append(
            f"\n## {tool}\nFrom {title}.\n\n| Rules | Defect | Severity | Grade | CWE | Clause |\n"
            "|---|---|---|---|---|---|\n"
        )
        parts += rows([one for one in own if not one.off])
        parts += [
            f"\nOff ({why}): {names(group)}.\n"
            for why, group in groupby((one for one in own if one.off), lambda one: one.off)
        ]
    return "".join(parts)


def rows(rules: list[Rule]) -> Iterator[str]:
    clauses = load_rubric(
        shipped_rubric().read_text(encoding="utf-8"), name="go-review.yaml"
    ).clauses
    for key, group in groupby(
        rules, lambda one: (one.what, one.severity, one.grade, one.cwe, clause(one, clauses))
    ):
        what, severity, grade, cwe, charged = key
        yield f"| {names(group)} | {what} | {severity} | {grade} | {cwe or ''} | {charged} |\n"


def names(rules: Iterable[Rule]) -> str:
    return ", ".join(f"`{one.name}`" for one in rules)


def clause(rule: Rule, clauses: tuple[Clause, ...]) -> str:
    """The clause that a finding of the rule confirms, as the rubric's detectors say."""
    return next(
        (
            one.id
            for one in clauses
            if one.machine is not MachineMode.NEVER
            for detector in one.detectors
            if detector.tool == rule.tool
            and (not detector.rules or any(fnmatchcase(rule.name, name) for name in detector.rules))
        ),
        "",
    )


if __name__ == "__main__":
    PAGE.write_text(page())
