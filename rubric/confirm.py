"""What a rule needs to know about a confirmed clause, and the track record of clauses. Values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rubric.intervals import wilson
from rubric.model import Clause
from sandbox.model import Finding, Grade

REVIEWED_ENOUGH = 30
PRECISION_WANTED = 0.70


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """A clause that evidence confirms; without findings it was a verdict or an observed state."""

    clause: Clause
    grade: Grade
    findings: tuple[Finding, ...] = ()
    prefills: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackRecord:
    """How often reviewers upheld findings of one clause."""

    upheld: int
    reviewed: int

    def lower_bound(self) -> float:
        """Wilson's lower 95 % bound of the precision; 0 where nothing was reviewed."""
        return wilson(self.upheld, self.reviewed)[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """Track records by clause, from a versioned file that a project freezes."""

    version: str
    records: Mapping[str, TrackRecord] = field(default_factory=dict)

    def proven(self, clause: str) -> bool:
        """True where enough reviews show that the clause is usually right."""
        record = self.records.get(clause)
        return (
            record is not None
            and record.reviewed >= REVIEWED_ENOUGH
            and record.lower_bound() > PRECISION_WANTED
        )

    def disproven(self, clause: str) -> bool:
        """True where enough reviews leave it open whether the clause is usually right."""
        record = self.records.get(clause)
        return (
            record is not None
            and record.reviewed >= REVIEWED_ENOUGH
            and record.lower_bound() <= PRECISION_WANTED
        )

    def worded(self, clause: str) -> str:
        """Gives the track record of a clause and what is wanted of one, for people."""
        record = self.records.get(clause, TrackRecord(upheld=0, reviewed=0))
        return (
            f"{record.upheld} of {record.reviewed} upheld, lower bound {record.lower_bound():.2f}; "
            f"wanted {REVIEWED_ENOUGH} reviewed and a bound over {PRECISION_WANTED:.2f}"
        )


UNCALIBRATED = Calibration(version="none")
