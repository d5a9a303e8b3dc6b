"""Wilson's interval for a share; pure."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from rubric.confirm import Z_95


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """So many of so many."""

    hits: int
    of: int

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % bounds; all is possible where nothing was seen."""
        if self.of == 0:
            return 0.0, 1.0
        share = self.hits / self.of
        middle = share + Z_95**2 / (2 * self.of)
        spread = Z_95 * sqrt(share * (1 - share) / self.of + Z_95**2 / (4 * self.of**2))
        under = 1 + Z_95**2 / self.of
        return max(0.0, (middle - spread) / under), min(1.0, (middle + spread) / under)

    def as_json(self) -> dict[str, object]:
        """The count with its bounds, rounded to a hundredth of a percent."""
        bounds = [round(bound, 4) for bound in self.interval]
        return {"hits": self.hits, "of": self.of, "interval": bounds}

    def __str__(self) -> str:
        if self.of == 0:
            return "-"
        low, high = self.interval
        return f"{self.hits}/{self.of} {self.hits / self.of:.0%} ({low:.0%}-{high:.0%})"
