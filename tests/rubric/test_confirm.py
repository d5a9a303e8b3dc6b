"""Track records speak by Wilson's lower bound."""

from __future__ import annotations

import pytest

from rubric.confirm import TrackRecord


@pytest.mark.parametrize(
    ("upheld", "reviewed", "bound"), [(0, 0, 0.0), (41, 46, 0.77), (1, 1, 0.21)]
)
def test_lower_bound(upheld: int, reviewed: int, bound: float) -> None:
    """Figures from a table of Wilson intervals."""
    assert TrackRecord(upheld=upheld, reviewed=reviewed).lower_bound() == pytest.approx(
        bound, abs=0.005
    )
