"""Figures of agreement equal those of published worked examples, or are not defined."""

from __future__ import annotations

from collections import Counter

import pytest

from rubric.agreement import ac2, ordinal_alpha, quadratic_kappa
from rubric.intervals import RESAMPLES, bootstrap, wilson

FIVE = (1, 2, 3, 4, 5)
OBSERVERS = (
    (1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None),
    (1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3),
    (None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None),
    (1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None),
)
"""Four observers, twelve units, five values: the example in Krippendorff (2011)."""
UNITS = Counter(tuple(v for v in unit if v is not None) for unit in zip(*OBSERVERS, strict=True))
ABSTRACTORS = {(1, 1): 13, (2, 2): 20, (2, 3): 7, (3, 2): 4, (3, 3): 56}
"""Two abstractors, 100 patients, three values: the example in Gwet (2014) and in his irrCAC."""


def test_alpha_of_krippendorffs_example() -> None:
    """0.815 with the ordinal difference, units with one rating and missing ratings included."""
    assert ordinal_alpha(UNITS) == pytest.approx(0.815, abs=5e-4)


def test_kappa_of_gwets_example() -> None:
    """0.892 with quadratic weights."""
    assert quadratic_kappa(ABSTRACTORS, (1, 2, 3)) == pytest.approx(0.892, abs=5e-4)


def test_ac2_of_gwets_example() -> None:
    """0.940 with quadratic weights."""
    assert ac2(ABSTRACTORS, (1, 2, 3)) == pytest.approx(0.940, abs=5e-4)


def test_ac2_with_missing_ratings() -> None:
    """0.914 on the four observers, where one unit has a single rating."""
    assert ac2(UNITS, FIVE) == pytest.approx(0.914, abs=5e-4)


def test_one_value_nearly_everywhere() -> None:
    """Alpha falls to zero where 94 of 100 pairs agree; AC2 does not."""
    pairs = {(5, 5): 94, (5, 4): 3, (4, 5): 3}

    assert ordinal_alpha(pairs) == pytest.approx(-0.026, abs=5e-4)
    assert ac2(pairs, FIVE) == pytest.approx(0.996, abs=5e-4)


def test_agreement_of_all_is_one() -> None:
    """Every figure has the same top."""
    pairs = {(1, 1): 3, (4, 4): 2}

    assert [ordinal_alpha(pairs), ac2(pairs, FIVE), quadratic_kappa(pairs, FIVE)] == [1, 1, 1]


def test_the_whole_scale_counts_for_kappa() -> None:
    """A value that nobody used still lies between its neighbours."""
    used = {(1, 1): 4, (4, 5): 3, (5, 5): 4, (1, 5): 1}
    moved = {(1, 1): 4, (2, 3): 3, (3, 3): 4, (1, 3): 1}

    assert quadratic_kappa(used, FIVE) != pytest.approx(quadratic_kappa(moved, FIVE))


def test_constant_ratings_have_no_alpha_and_no_kappa() -> None:
    """Chance alone explains them; nothing is divided by zero."""
    assert ordinal_alpha({(5, 5): 9}) is None
    assert quadratic_kappa({(5, 5): 9}, FIVE) is None


def test_nothing_paired_defines_nothing() -> None:
    """A unit with one rating says nothing of agreement."""
    assert ordinal_alpha({(5,): 9, (3,): 2}) is None
    assert ac2({(5,): 9}, FIVE) is None


def test_no_pairs_have_no_kappa() -> None:
    """Nothing was rated by both."""
    assert quadratic_kappa({}, FIVE) is None


@pytest.mark.parametrize(
    ("hits", "trials", "low", "high"),
    [(41, 46, 0.770, 0.953), (81, 263, 0.255, 0.366), (0, 0, 0, 1)],
)
def test_wilson(hits: int, trials: int, low: float, high: float) -> None:
    """81 of 263 is the example in Newcombe, Statistics in Medicine 17 (1998), 857-872."""
    assert wilson(hits, trials) == pytest.approx((low, high), abs=5e-4)


def share_of_threes(units: object) -> float | None:
    assert isinstance(units, Counter)
    return units[(3,)] / units.total()


def test_bootstrap_of_a_share_is_about_that_of_theory() -> None:
    """Half of 100: 1.96 standard errors are 0.098."""
    low, high = bootstrap([[(3,)], [(4,)]] * 50, share_of_threes, seed=1) or (0, 0)

    assert (low, high) == (pytest.approx(0.402, abs=0.02), pytest.approx(0.598, abs=0.02))


def test_bootstrap_repeats_with_its_seed() -> None:
    """A calibration written twice is the same file."""
    groups = [[(3,)], [(4,)], [(3,), (3,)]]

    first = bootstrap(groups, share_of_threes, seed=7)
    assert first == bootstrap(groups, share_of_threes, seed=7)


def test_bootstrap_draws_groups_not_ratings() -> None:
    """One task with many ratings is one draw."""
    groups = [[(3,)] * 10, [(4,)] * 10]

    assert bootstrap(groups, share_of_threes, seed=1) == (0, 1)


def test_bootstrap_without_enough_figures_has_no_interval() -> None:
    """An interval of the resamples that happen to have a figure would mislead."""
    calls = iter(range(RESAMPLES))

    assert bootstrap([[(3,)]], lambda _: None if next(calls) % 2 else 1.0, seed=1) is None
