"""Intervals of 95 % around figures: Wilson's for shares, the percentile bootstrap for the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from math import sqrt
from random import Random

Unit = tuple[int, ...]
"""The ratings of one unit, one for each observer that rated it."""
Figure = Callable[[Mapping[Unit, int]], float | None]

Z_95 = 1.959964
RESAMPLES = 1000
UNDEFINED_AT_MOST = 0.05
"""With more resamples than this share without a figure, the rest would not stand for all of them."""


def wilson(hits: int, trials: int) -> tuple[float, float]:
    """Gives the lower and upper bound of the share hits / trials; (0, 1) without a trial.

    E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", Journal of
    the American Statistical Association 22 (1927), 209-212.
    """
    if trials == 0:
        return 0.0, 1.0
    share = hits / trials
    spread = Z_95 * sqrt(share * (1 - share) / trials + Z_95**2 / (4 * trials * trials))
    middle, whole = share + Z_95**2 / (2 * trials), 1 + Z_95**2 / trials
    return (middle - spread) / whole, (middle + spread) / whole


def bootstrap(
    groups: Sequence[Sequence[Unit]], figure: Figure, *, seed: int
) -> tuple[float, float] | None:
    """Gives the 2.5 % and 97.5 % points of a figure over resampled groups; None where not defined.

    Groups (tasks) are drawn, not single ratings, since ratings of one task depend on each other.

    Args:
        groups: the units of each task.
        figure: what is measured, of units and how often each came.
        seed: the same seed gives the same interval.
    """
    draw = Random(seed)  # noqa: S311 - statistics, no secret
    found = []
    for _ in range(RESAMPLES):
        drawn: Counter[Unit] = Counter()
        for group in draw.choices(groups, k=len(groups)):
            drawn.update(group)
        value = figure(drawn)
        if value is not None:
            found.append(value)
    if len(found) < RESAMPLES * (1 - UNDEFINED_AT_MOST):
        return None
    found.sort()
    last = len(found) - 1
    return found[round(0.025 * last)], found[round(0.975 * last)]
