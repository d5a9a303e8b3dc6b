"""What another rubric or calibration would have said about reports that were rated before."""

from __future__ import annotations

from dataclasses import dataclass

from rubric.confirm import Calibration
from rubric.model import RatedReport, Rating, Rubric
from rubric.suggest import rate

OVERALL = "overall"


@dataclass(frozen=True, slots=True, kw_only=True)
class RatingChange:
    """A suggestion that would be another; None where the criterion is not in that rubric."""

    criterion: str
    before: Rating | None
    after: Rating | None


def changes(
    past: RatedReport, rubric: Rubric, calibration: Calibration | None = None
) -> tuple[RatingChange, ...]:
    """Gives the suggestions of a past report that would differ in status, value or clauses.

    Words alone are no change: people rate by values and clauses.
    """
    now = rate(past, rubric, calibration)
    before = {**past.ratings, OVERALL: past.overall}
    after = {**now.ratings, OVERALL: now.overall}
    names = [*past.ratings, *(name for name in now.ratings if name not in past.ratings), OVERALL]
    return tuple(
        RatingChange(criterion=name, before=before.get(name), after=after.get(name))
        for name in names
        if _said(before.get(name)) != _said(after.get(name))
    )


def worded(change: RatingChange) -> str:
    """Gives one line: the criterion, what was said, what would be said and why."""
    reason = f" ({change.after.reason})" if change.after is not None else ""
    return f"{change.criterion}: {_shown(change.before)} -> {_shown(change.after)}{reason}"


def _said(rating: Rating | None) -> object:
    return rating and (rating.status, rating.value, rating.clauses)


def _shown(rating: Rating | None) -> str:
    if rating is None:
        return "no such criterion"
    if rating.value is not None:
        return str(rating.value)
    return rating.status.value.replace("_", " ")
