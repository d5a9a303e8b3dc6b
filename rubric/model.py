"""A rubric as people write it, and a report with ratings as the rest of the project reads it."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from sandbox.model import AuditReport, Finding, Frozen, Grade, Severity, StageName


class RatingStatus(StrEnum):
    """What the machine says about one criterion."""

    SUGGESTED = "suggested"
    ABSTAINED = "abstained"
    NOT_APPLICABLE = "not_applicable"
    HINT = "hint"


class MachineMode(StrEnum):
    """What a machine may do with a criterion or a clause; the weaker of the two holds."""

    SUGGEST = "suggest"
    HINT = "hint"
    ABSTAIN = "abstain"
    NEVER = "never"


class Detector(Frozen):
    """What confirms a clause: a tool with rules, verdicts, or an observed state."""

    tool: str = ""
    rules: tuple[str, ...] = ()
    """Rule IDs or shell patterns (`G40[1-7]`, `panic*`); none means every rule of the tool."""
    verdicts: tuple[str, ...] = ()
    observed: str = ""
    """`race`, `deadlock` or `leak`: confirmed when found."""
    functional: str = ""
    """`fail`: confirmed when the cases of the task or the prompt fail."""
    unless: tuple[str, ...] = ()
    """Dynamic checks that, when they found something, name the cause better than this detector."""


class Silence(StrEnum):
    """What it means for a criterion that nothing was found."""

    ABSTAIN = "abstain"
    """Nothing: too few of its clauses have a check."""
    SUGGEST = "suggest"
    """The ceiling, once `needs` ran and `proof` holds."""


class Clause(Frozen):
    """One citable sentence of the rubric."""

    id: str
    criterion: str
    title: str
    cap: int
    severity: Severity
    machine: MachineMode
    detectors: tuple[Detector, ...] = ()
    references: tuple[str, ...] = ()
    feedback: str = ""
    """A sentence with {loc}, {evidence} and {fix}; each must be filled or the sentence is not used."""
    fix: str = ""
    """What to do, when the tool names no mend of its own."""
    question: str = ""
    """For a human-only clause: what a person has to look at."""


class Criterion(Frozen):
    """One rated aspect with its anchored scale."""

    id: str
    name: str
    short: str = ""
    """A name of at most 24 characters for a card."""
    weight: int
    question: str
    machine: MachineMode
    ceiling: int | None = None
    na_allowed: bool = False
    na_when: str = ""
    """A dynamic check (`race`, ...) whose `not_applicable` makes the criterion N/A."""
    needs: tuple[StageName, ...] = ()
    """Stages that must have run before silence may mean anything."""
    proof: tuple[str, ...] = ()
    """Facts without which silence stays silent: `functional`, `race`, `deadlock`, `leak`."""
    silence: Silence = Silence.ABSTAIN
    anchors: dict[int, str] = Field(default_factory=dict)


class ReasonCode(Frozen):
    """Why a reviewer changed a rating."""

    code: str
    text: str
    short: str = ""


class Gate(Frozen):
    """A rule on the overall rating."""

    id: str
    text: str
    overall_cap: int
    clauses: tuple[str, ...] = ()
    severity: Severity | None = None
    """With `criterion`: any confirmed clause of that severity fires the gate."""
    criterion: str = ""
    at_most: int | None = None
    """With `criterion`: a rating at or under this value fires the gate."""


class Label(Frozen):
    """A kind of mark on the code, and the criteria whose findings wear it."""

    name: str
    background: str
    criteria: tuple[str, ...] = ()


class Rubric(Frozen):
    """A whole rubric. `version` is the hash of its content."""

    id: str
    title: str = ""
    version: str = ""
    scale: tuple[int, ...]
    criteria: tuple[Criterion, ...]
    clauses: tuple[Clause, ...]
    gates: tuple[Gate, ...] = ()
    reasons: tuple[ReasonCode, ...] = ()
    verdicts: tuple[str, ...] = ("accept", "minor changes", "major changes", "reject")
    labels: tuple[Label, ...] = ()


class RatedFinding(Finding):
    """A finding charged to the clause it breaks."""

    clause: str | None = None
    criterion: str | None = None
    linked_clauses: tuple[str, ...] = ()


class Rating(Frozen):
    """What the machine says about one criterion, or about the whole (`overall`)."""

    status: RatingStatus
    value: int | None = None
    grade: Grade = Grade.E0
    reason: str
    clauses: tuple[str, ...] = ()
    feedback: str = ""


class ChecklistItem(Frozen):
    """A question only a person can answer, ticked where evidence answers it."""

    clause: str
    criterion: str
    question: str
    answered: bool = False
    proof: str = ""


class FiredGate(Frozen):
    """A gate that held the overall rating down."""

    id: str
    text: str
    overall_cap: int


class RubricRef(Frozen):
    """Which rubric judged."""

    id: str
    version: str


class RatedReport(AuditReport):
    """Facts and judgement together: what `gavel audit --json` prints and everything else reads."""

    findings: tuple[RatedFinding, ...] = ()
    checklist: tuple[ChecklistItem, ...] = ()
    gates: tuple[FiredGate, ...] = ()
    ratings: dict[str, Rating] = Field(default_factory=dict)
    overall: Rating
    rubric: RubricRef
    calibration: str = "none"
