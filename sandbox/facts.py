"""What an audit has learnt so far, and the report it makes of it. The verdict's order lives here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sandbox.constraint import Constraint
from sandbox.dependency import Dependency
from sandbox.measurements import Benchmark, Growth, Profile
from sandbox.model import (
    Decided,
    Finding,
    KilledBy,
    NotChecked,
    Observed,
    Severity,
    StageName,
    StageResult,
    StageStatus,
    TestsSummary,
    Verdict,
)
from sandbox.static_rules import without_twins

_ORDER = list(Verdict)
_HURTS = list(Severity)
KILLED_VERDICT = {
    KilledBy.WALL: Verdict.TIME_LIMIT,
    KilledBy.CPU: Verdict.TIME_LIMIT,
    KilledBy.MEMORY: Verdict.MEMORY_LIMIT,
    KilledBy.OUTPUT: Verdict.OUTPUT_LIMIT,
    KilledBy.PIDS: Verdict.RESOURCE_LIMIT,
    KilledBy.DISK: Verdict.RESOURCE_LIMIT,
    KilledBy.SECCOMP: Verdict.BLOCKED,
    KilledBy.OPERATOR: Verdict.INTERNAL_ERROR,
}
_ONE_FINDING_ENOUGH = frozenset({"race", "deadlock", "leak"})


@dataclass(slots=True)
class Facts:
    """Grows while the stages run; only the runner writes to it."""

    verdicts: list[Verdict] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)
    stages: dict[StageName, StageResult] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    tests: tuple[TestsSummary, ...] = ()
    functional: str | None = None
    functional_decided: Decided | None = None
    race: Observed = field(default_factory=Observed)
    deadlock: Observed = field(default_factory=Observed)
    leak: Observed = field(default_factory=Observed)
    benchmarks: tuple[Benchmark, ...] = ()
    profiles: tuple[Profile, ...] = ()
    growth: tuple[Growth, ...] = ()
    dependencies: tuple[Dependency, ...] = ()
    not_checked: list[NotChecked] = field(default_factory=list)
    constraints: tuple[Constraint, ...] = ()

    def add(self, result: StageResult, *findings: Finding) -> None:
        """Notes what a stage did and found."""
        self.stages[result.stage] = result
        self.findings += findings

    def skip(self, stage: StageName, why: str, status: StageStatus = StageStatus.SKIPPED) -> None:
        """Notes that a stage did not run, and why."""
        self.stages[stage] = StageResult(stage=stage, status=status, message=why)
        self.not_checked.append(NotChecked(what=stage.value, why=why))

    def decide(self, outcomes: Sequence[tuple[bool, Decided]]) -> None:
        """Notes whether the code does what was asked, and where that was reached.

        One failure outside the jail makes a failure that nobody can forge; a pass is as good as the
        weakest of what it rests on.
        """
        if not outcomes:
            return
        passed = all(ok for ok, _ in outcomes)
        where = [one for ok, one in outcomes if ok is passed]
        outside = all if passed else any
        self.functional = "pass" if passed else "fail"
        self.functional_decided = (
            Decided.OUTSIDE
            if outside(one is Decided.OUTSIDE for one in where)
            else Decided.COOPERATIVE
        )

    def verdict(self) -> Verdict:
        """Gives the gravest thing that happened."""
        return min(self.verdicts, key=_ORDER.index, default=Verdict.ACCEPTED)

    def all_flags(self) -> tuple[str, ...]:
        """Gives every other thing that is true, and whether nothing decided the function."""
        main = self.verdict()
        flags = [
            one.value for one in dict.fromkeys(self.verdicts) if one not in {main, Verdict.ACCEPTED}
        ]
        if main is Verdict.ACCEPTED and self.functional is None:
            flags.append("unverified")
        return tuple(dict.fromkeys([*flags, *self.flags]))

    def sorted_findings(self, limit: int) -> tuple[Finding, ...]:
        """Gives the worst findings once each, by place; a defect that several stages saw is told once."""
        seen: dict[object, Finding] = {}
        for finding in self.findings:
            key = (
                finding.tool
                if finding.tool not in _ONE_FINDING_ENOUGH
                else (finding.tool, finding.file, finding.line)
            )
            seen.setdefault(
                (key, finding.id) if finding.tool not in _ONE_FINDING_ENOUGH else key, finding
            )
        ordered = without_twins(sorted(seen.values(), key=_place))
        worst = sorted(ordered, key=lambda one: _HURTS.index(one.severity))[:limit]
        return tuple(sorted(worst, key=_place))


def _place(finding: Finding) -> tuple[str, int, int, str, str]:
    return finding.file, finding.line, finding.column, finding.tool, finding.rule
