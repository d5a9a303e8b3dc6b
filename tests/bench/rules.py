"""A hundred clauses applied to a report: charged findings, ratings, gates, overall and feedback."""

from __future__ import annotations

import time
from itertools import cycle

from rubric.model import Clause, Rubric
from rubric.suggest import rate
from sandbox.model import AuditReport
from tests.bench.measure import percentile, shown
from tests.rubric.reports import make_finding, make_report, shipped

CLAUSES, ROUNDS, WANTED_S = 100, 300, 0.005


def run() -> None:
    rubric = hundred_clauses()
    for findings in (0, 5, 20, 60):
        report = report_with(findings, rubric)
        taken = []
        for _ in range(ROUNDS):
            started = time.perf_counter()
            rate(report, rubric)
            taken.append(time.perf_counter() - started)
        held = "yes" if percentile(taken, 0.5) < WANTED_S else "no"
        print(
            f"  {CLAUSES} clauses, {findings:2} findings: {shown(taken)}; "
            f"wanted: p50 under {WANTED_S * 1000:.0f} ms: {held}"
        )


def hundred_clauses() -> Rubric:
    """The shipped rubric, filled up with copies of its own clauses under other names."""
    clauses = list(shipped().clauses)
    machines: cycle[Clause] = cycle(clause for clause in clauses if clause.detectors)
    while len(clauses) < CLAUSES:
        copied = next(machines)
        clauses.append(copied.model_copy(update={"id": f"{copied.id}-{len(clauses)}"}))
    return shipped().model_copy(update={"clauses": tuple(clauses)})


def report_with(findings: int, rubric: Rubric) -> AuditReport:
    """Findings that its clauses look for, one after another."""
    detectors = [d for clause in rubric.clauses for d in clause.detectors if d.tool]
    chosen = zip(range(findings), cycle(detectors), strict=False)
    return make_report(
        findings=tuple(
            make_finding(
                id=f"f{n}",
                tool=detector.tool,
                rule=detector.rules[0] if detector.rules else "any",
                line=n + 1,
            )
            for n, detector in chosen
        )
    )
