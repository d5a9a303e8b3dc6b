"""How far ratings agree beyond chance, on an ordered scale. Pure figures; None means not defined.

Units come counted: a unit is the ratings that one thing got, and a rating that is missing is not in it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from rubric.intervals import Unit


def ordinal_alpha(units: Mapping[Unit, int]) -> float | None:
    """Gives Krippendorff's alpha with the ordinal difference; None where fewer than two values occur.

    K. Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011): coincidences of the values
    within units, against those of all values that can be paired.
    """
    coincidences: defaultdict[tuple[int, int], float] = defaultdict(float)
    for unit, times in units.items():
        for first, one in enumerate(unit):
            for second, other in enumerate(unit):
                if first != second:
                    coincidences[one, other] += times / (len(unit) - 1)
    totals: defaultdict[int, float] = defaultdict(float)
    for (one, _), number in coincidences.items():
        totals[one] += number
    if len(totals) < 2:
        return None
    apart = _ordinal_differences(totals)
    seen = sum(number * apart[pair] for pair, number in coincidences.items())
    expected = sum(totals[a] * totals[b] * apart[a, b] for a in totals for b in totals)
    return 1 - (sum(totals.values()) - 1) * seen / expected


def ac2(units: Mapping[Unit, int], scale: Sequence[int]) -> float | None:
    """Gives Gwet's AC2 with quadratic weights; None where no unit has two ratings.

    K. L. Gwet, "Handbook of Inter-Rater Reliability", 4th edition (2014), chapter 4. It stays
    meaningful where nearly all ratings are equal, which drives kappa and alpha to zero.
    """
    paired = {unit: times for unit, times in units.items() if len(unit) > 1}
    if not paired:
        return None
    agreed = sum(times * _agreement(unit, scale) for unit, times in paired.items())
    observed = agreed / sum(paired.values())
    shares = [
        sum(times * unit.count(value) / len(unit) for unit, times in units.items())
        / sum(units.values())
        for value in scale
    ]
    size = len(scale)
    weights = sum(quadratic_weight(a, b, scale) for a in scale for b in scale)
    by_chance = weights / (size * (size - 1)) * sum(share * (1 - share) for share in shares)
    return (observed - by_chance) / (1 - by_chance)


def quadratic_kappa(pairs: Mapping[Unit, int], scale: Sequence[int]) -> float | None:
    """Gives Cohen's kappa of two raters with quadratic weights; None where chance alone explains all.

    J. Cohen, "Weighted kappa", Psychological Bulletin 70 (1968), 213-220. The whole scale counts,
    whether or not each of its values occurs.
    """
    total = sum(pairs.values())
    first: Counter[int] = Counter()
    second: Counter[int] = Counter()
    for (one, other), times in pairs.items():
        first[one] += times
        second[other] += times
    seen = sum(n * (1 - quadratic_weight(a, b, scale)) for (a, b), n in pairs.items())
    expected = sum(
        first[a] * second[b] * (1 - quadratic_weight(a, b, scale)) for a in first for b in second
    )
    return 1 - total * seen / expected if expected else None


def quadratic_weight(one: int, other: int, scale: Sequence[int]) -> float:
    """Gives 1 for equal values down to 0 for the two ends of the scale."""
    return 1 - ((one - other) / (scale[-1] - scale[0])) ** 2


def _agreement(unit: Unit, scale: Sequence[int]) -> float:
    """Gives the mean weight of all pairs of one unit's ratings."""
    together = sum(quadratic_weight(a, b, scale) for a in unit for b in unit) - len(unit)
    return together / (len(unit) * (len(unit) - 1))


def _ordinal_differences(totals: Mapping[int, float]) -> dict[tuple[int, int], float]:
    """Gives squared differences that count how many ratings lie between two values."""
    ranks, below = {}, 0.0
    for value in sorted(totals):
        ranks[value] = below + totals[value] / 2
        below += totals[value]
    return {(a, b): (ranks[a] - ranks[b]) ** 2 for a in totals for b in totals}
