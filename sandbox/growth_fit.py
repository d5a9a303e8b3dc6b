"""Fits how a cost grows with the size of an input: a straight line through logarithms. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

FEWEST = 4
LEAST_R2 = 0.98
WIDEST = 0.3
_NEAR = 0.25
_NAMES = ("constant", "linear", "quadratic", "cubic")

Point = tuple[int, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """The slope, how well it fits, and how far it moves when any one point is left out."""

    exponent: float
    r2: float
    spread: float

    @property
    def sure(self) -> bool:
        """Whether it may be told."""
        return self.r2 > LEAST_R2 and self.spread < WIDEST

    @property
    def order(self) -> str:
        """A word for it, or the power itself between the words."""
        near = round(self.exponent)
        if abs(self.exponent - near) <= _NEAR and 0 <= near < len(_NAMES):
            return _NAMES[near]
        return f"n^{self.exponent:.1f}"


def fit(points: Sequence[Point]) -> Fit | None:
    """Gives the fit of costs over sizes; None where there are too few, or some cost nothing."""
    whole = _fit(points)
    if whole is not None and not whole.sure and len(points) > FEWEST:
        # What a call costs at any size hides the growth of small ones.
        return _fit(sorted(points)[1:]) or whole
    return whole


def _fit(points: Sequence[Point]) -> Fit | None:
    if len(points) < FEWEST or any(size < 1 for size, _ in points):
        return None
    if len({cost for _, cost in points}) == 1:
        return Fit(exponent=0.0, r2=1.0, spread=0.0)
    if any(cost <= 0 for _, cost in points):
        return None
    logs = [(math.log(size), math.log(cost)) for size, cost in points]
    slopes = [_line(logs[:out] + logs[out + 1 :])[0] for out in range(len(logs))]
    slope, r2 = _line(logs)
    return Fit(exponent=slope, r2=r2, spread=max(slopes) - min(slopes))


def _line(logs: Sequence[tuple[float, float]]) -> tuple[float, float]:
    count = len(logs)
    middle_x, middle_y = sum(x for x, _ in logs) / count, sum(y for _, y in logs) / count
    xx = sum((x - middle_x) ** 2 for x, _ in logs)
    yy = sum((y - middle_y) ** 2 for _, y in logs)
    xy = sum((x - middle_x) * (y - middle_y) for x, y in logs)
    if not xx:
        return 0.0, 0.0
    return xy / xx, xy * xy / (xx * yy) if yy else 1.0
