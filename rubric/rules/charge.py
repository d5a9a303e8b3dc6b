"""Charges each finding to one clause and links the related ones, so no defect is counted twice."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

from rubric.model import Clause, Detector, MachineMode, RatedFinding, Rubric
from sandbox.model import Finding

CAUSE_ORDER = ("compiler", "test", "case", "race", "deadlock", "leak")


def charge(findings: Iterable[Finding], rubric: Rubric) -> tuple[RatedFinding, ...]:
    """Gives the findings in a fixed order, each with its clause, criterion and linked clauses."""
    rated = [_charged(finding, rubric) for finding in findings]
    return tuple(sorted(rated, key=_order))


def matches(finding: Finding, detector: Detector) -> bool:
    """True where the detector names the finding's tool and, if it names rules, one of them."""
    if not detector.tool or finding.tool != detector.tool:
        return False
    return not detector.rules or any(fnmatchcase(finding.rule, r) for r in detector.rules)


def _charged(finding: Finding, rubric: Rubric) -> RatedFinding:
    found = [clause for clause in rubric.clauses if _confirms(finding, clause)]
    found.sort(key=lambda clause: clause.cap)
    facts = finding.model_dump(include=set(Finding.model_fields))
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
    if clause.machine is MachineMode.NEVER:
        return False
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
