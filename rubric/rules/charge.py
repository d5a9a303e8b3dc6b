"""Charges each finding to one clause and links the related ones, so no defect is counted twice."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

from rubric.model import Clause, Detector, MachineMode, RatedFinding, Rubric
from sandbox.model import Finding

WILD = frozenset("*?[")
CAUSE_ORDER = ("compiler", "test", "case", "race", "deadlock", "leak")


def charge(findings: Iterable[Finding], rubric: Rubric) -> tuple[RatedFinding, ...]:
    """Gives the findings in a fixed order, each with its clause, criterion and linked clauses."""
    clauses = _by_tool(rubric)
    rated = [_charged(finding, clauses.get(finding.tool, ())) for finding in findings]
    return tuple(sorted(rated, key=_order))


def matches(finding: Finding, detector: Detector) -> bool:
    """True where the detector names the finding's tool and, if it names rules, one of them."""
    if not detector.tool or finding.tool != detector.tool:
        return False
    rules = detector.rules
    return not rules or finding.rule in rules or any(_fits(finding.rule, one) for one in rules)


def _fits(rule: str, wanted: str) -> bool:
    """True where a pattern names the rule; most are plain names, for which it need not be asked."""
    return not WILD.isdisjoint(wanted) and fnmatchcase(rule, wanted)


def _by_tool(rubric: Rubric) -> dict[str, list[Clause]]:
    """Gives the clauses that each tool may confirm, lowest cap first: a finding asks those alone."""
    found: dict[str, list[Clause]] = {}
    for clause in sorted(rubric.clauses, key=lambda one: one.cap):
        if clause.machine is MachineMode.NEVER:
            continue
        for tool in dict.fromkeys(detector.tool for detector in clause.detectors):
            found.setdefault(tool, []).append(clause)
    return found


def _charged(finding: Finding, clauses: Iterable[Clause]) -> RatedFinding:
    found = [clause for clause in clauses if _confirms(finding, clause)]
    facts = {name: getattr(finding, name) for name in Finding.model_fields}
    if not found:
        return RatedFinding(**facts)
    first, *others = found
    return RatedFinding(
        **facts,
        clause=first.id,
        criterion=first.criterion,
        linked_clauses=tuple(clause.id for clause in others),
    )


def _confirms(finding: Finding, clause: Clause) -> bool:
    return any(matches(finding, detector) for detector in clause.detectors)


def _order(finding: RatedFinding) -> tuple[int, int, str, int, int, str, str, str]:
    """Orders by the cause that explains most, then by place, then by name."""
    known = finding.tool in CAUSE_ORDER
    return (
        -int(finding.grade[1:]),
        CAUSE_ORDER.index(finding.tool) if known else len(CAUSE_ORDER),
        finding.file,
        finding.line,
        finding.column,
        finding.tool,
        finding.rule,
        finding.id + finding.model_dump_json(),
    )
