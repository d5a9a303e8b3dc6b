"""The words in which overrides are told: snapshots, standings, overrides. Values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal, NamedTuple

Value = int | Literal["na"]

TICKET_REASONS = frozenset({"R7", "R8", "R9"})
"""Reasons that open a ticket even where every rating stays: rubric, task or feedback is faulty."""
WHOLE = ""
"""Stands where a criterion's id would, for an override of reasons alone."""
BIRTH = timedelta(seconds=1)
"""A state whose updated_at is this near to created_at is the annotation's first."""
GRACE = timedelta(hours=24)
"""For so long a deleted or converted annotation may still be overridden."""


class AnnotationKey(NamedTuple):
    """Who an annotation is within one installation: ids can come again after a reset."""

    id: int
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratings:
    """What an annotation says, read through the project's control names."""

    values: Mapping[str, Value] = field(default_factory=dict)
    review: str | None = None
    """agree, corrected or escalate."""
    reasons: tuple[str, ...] = ()
    notes: Mapping[str, str] = field(default_factory=dict)
    """Feedback per criterion; under `WHOLE` the sentence about the whole, where there is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewer:
    """A person whose changes of others' ratings are reviews, for a time or for good."""

    user: int
    since: datetime | None = None
    until: datetime | None = None

    def holds(self, at: datetime) -> bool:
        """Whether the role was held at that time."""
        return (self.since is None or self.since <= at) and (self.until is None or at < self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewPolicy:
    """What a project has settled about reviews."""

    reviewers: tuple[Reviewer, ...] = ()
    cutoff: datetime | None = None
    """States older than this are history: they set what overrides are measured from, no more."""
    min_difference: int = 1
    settle_s: float = 20.0
    stars_agree: bool = False
    """Whether a reviewer's save with equal ratings is an agreement without saying so."""

    def is_reviewer(self, user: int | None, at: datetime) -> bool:
        """Whether the user was a reviewer at that time."""
        return any(r.user == user and r.holds(at) for r in self.reviewers)

    def is_history(self, at: datetime) -> bool:
        """Whether a state of that time lies before the cut-off."""
        return self.cutoff is not None and at < self.cutoff

    def differs(self, old: Value, new: Value) -> bool:
        """Whether two values are far enough apart to count."""
        if isinstance(old, int) and isinstance(new, int):
            return abs(old - new) >= self.min_difference
        return old != new


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """One state of an annotation, as somebody told it or as we fetched it."""

    key: AnnotationKey
    task_id: int
    updated_at: datetime
    author: int | None
    updated_by: int | None
    digest: str
    """Hash of the content; two states of one time are equal only if it is."""
    ratings: Ratings = Ratings()
    cancelled: bool = False
    parent_prediction: int | None = None
    parent_annotation: int | None = None
    imported: bool = False
    draft: bool = False
    gone: bool = False
    """Label Studio answered 404; `updated_at` is when we saw that."""
    verified: bool = True
    """Fetched from Label Studio, not read in a delivery."""

    @property
    def is_birth(self) -> bool:
        """Whether this is the state in which the annotation was made."""
        return abs(self.updated_at - self.key.created_at) <= BIRTH

    @property
    def actor(self) -> int | None:
        """Who made this state. A failed save can write its name over a fresh annotation's."""
        if self.is_birth or self.updated_by is None:
            return self.author
        return self.updated_by


class Origin(StrEnum):
    """Where an annotation's first ratings came from."""

    HUMAN = "human"
    IMPORTED = "imported"
    MACHINE = "machine"
    PROPAGATED = "propagated"


class Status(StrEnum):
    """What became of an annotation."""

    LIVE = "live"
    SKIPPED = "skipped"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One criterion of one annotation: the annotator's own value, and the one shown now."""

    value: Value | None
    value_by: int | None
    base: Value | None
    base_known: bool = True
    base_claimed: bool = False
    """The base was read in a delivery and never fetched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotationState:
    """What is known of one annotation."""

    key: AnnotationKey
    author: int | None
    origin: Origin
    status: Status
    updated_at: datetime
    standings: Mapping[str, Standing] = field(default_factory=dict)
    ratings: Ratings = Ratings()
    targets: tuple[AnnotationKey, ...] = ()
    """Whose ratings this annotation reviews; none for a rater's."""
    ended_at: datetime | None = None


class OverrideStatus(StrEnum):
    """What became of an override."""

    OPEN = "open"
    WITHDRAWN = "withdrawn"
    ACCEPTED = "accepted"
    CONTESTED = "contested"
    VOIDED = "voided"
    DISPUTED = "disputed"

    @property
    def stands(self) -> bool:
        """Whether reviewer and annotator still differ."""
        return self in {OverrideStatus.OPEN, OverrideStatus.CONTESTED}


class Opinion(NamedTuple):
    """One value that a reviewer gave, in the order given."""

    at: datetime
    reviewer: int | None
    value: Value | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """A reviewer's value against an annotator's, for one criterion (`WHOLE`: reasons only)."""

    target: AnnotationKey
    criterion: str
    generation: int = 1
    annotator: int | None
    reviewer: int | None
    from_value: Value | None
    to_value: Value | None
    source: AnnotationKey
    """The annotation that holds the reviewer's value; the target itself for an edit."""
    status: OverrideStatus = OverrideStatus.OPEN
    reasons: tuple[str, ...] = ()
    note: str = ""
    flags: tuple[str, ...] = ()
    """base_claimed, claim_disagrees, stale_overwrite."""
    opened_at: datetime
    changed_at: datetime
    history: tuple[Opinion, ...] = ()

    @property
    def via(self) -> str:
        """How the reviewer said it: by editing, or in a second annotation."""
        return "edit" if self.source == self.target else "second"


OverrideKey = tuple[AnnotationKey, str]


class EffectKind(StrEnum):
    """What a state brings with it beside overrides."""

    UPHELD = "upheld"
    CORRECTED = "corrected"
    ESCALATED = "escalated"
    REJECTED = "rejected"
    DISAGREEMENT = "disagreement"
    SUGGESTION_OVERRIDDEN = "suggestion_overridden"
    PREVIOUS_UNKNOWN = "previous_unknown"
    CORRECTION = "correction"
    ADDED = "added"
    CLEARED = "cleared"
    FOREIGN_EDIT = "foreign_edit"
    AUTHOR_CHANGED = "author_changed"
    PROPAGATED = "propagated"
    CLAIM_MISMATCH = "claim_mismatch"


REVIEWS = frozenset(
    {EffectKind.UPHELD, EffectKind.CORRECTED, EffectKind.ESCALATED, EffectKind.REJECTED}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """Something to record: a review, or a notice for the console."""

    kind: EffectKind
    target: AnnotationKey
    at: datetime
    by: int | None = None
    criterion: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Everything known about one task's annotations and the overrides on them."""

    annotations: Mapping[AnnotationKey, AnnotationState] = field(default_factory=dict)
    overrides: Mapping[OverrideKey, Override] = field(default_factory=dict)
    known: frozenset[int] = frozenset()
    """Ids of all annotations of this task, those whose turn is still to come among them."""


class Step(NamedTuple):
    """The state after a snapshot, and what came with it."""

    state: State
    effects: tuple[Effect, ...] = ()
