"""A growth is told only where a power fits well."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.growth_fit import fit

SIZES = (16, 64, 256, 1024, 4096)


@given(st.floats(0.3, 4), st.floats(0.5, 1e6))
def test_a_power_is_found_again(power: float, factor: float) -> None:
    """Costs that are a power of the size give that power, for sure."""
    found = fit([(size, factor * size**power) for size in SIZES])

    assert found is not None
    assert found.exponent == pytest.approx(power)
    assert found.sure


@pytest.mark.parametrize(
    ("power", "order"),
    [
        (0, "constant"),
        (1, "linear"),
        (1.15, "linear"),
        (1.5, "n^1.5"),
        (2, "quadratic"),
        (3, "cubic"),
    ],
)
def test_a_power_has_a_word(power: float, order: str) -> None:
    """What lies near a whole power has its name."""
    found = fit([(size, 3 * size**power) for size in SIZES])

    assert found is not None
    assert found.order == order


def test_what_costs_the_same_is_constant() -> None:
    """Nothing at all, at every size, is a fact too."""
    found = fit([(size, 0) for size in SIZES])

    assert found is not None
    assert (found.order, found.sure) == ("constant", True)


def test_a_start_that_costs_more_is_left_out() -> None:
    """What every call costs hides growth at small sizes only."""
    found = fit([(size, 8000 + size**2) for size in SIZES])

    assert found is not None
    assert found.sure is False
    found = fit([(size, 300 + size**2) for size in SIZES])
    assert found is not None
    assert (found.sure, found.order) == (True, "quadratic")


def test_one_wild_point_makes_it_unsure() -> None:
    """A clock that was disturbed once proves nothing."""
    found = fit([(16, 16), (64, 64), (256, 25_600), (1024, 1024), (4096, 4096)])

    assert found is not None
    assert not found.sure


@pytest.mark.parametrize(
    "points", [[], [(16, 1.0), (64, 4.0), (256, 16.0)], [(16, 0), (64, 1), (256, 2), (1024, 3)]]
)
def test_too_little_is_nothing(points: list[tuple[int, float]]) -> None:
    """Fewer than four sizes, or costs of which some are zero, give no line."""
    assert fit(points) is None
