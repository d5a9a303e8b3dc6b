"""A share with its interval; pure."""

from __future__ import annotations

from dataclasses import dataclass

from rubric.intervals import wilson


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """So many of so many."""

    hits: int
    of: int

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % bounds; all is possible where nothing was seen."""
        return wilson(self.hits, self.of)

    def as_json(self) -> dict[str, object]:
        """The count with its bounds, rounded to a hundredth of a percent."""
        bounds = [round(bound, 4) for bound in self.interval]
        return {"hits": self.hits, "of": self.of, "interval": bounds}

    def __str__(self) -> str:
        if self.of == 0:
            return "-"
        low, high = self.interval
        return f"{self.hits}/{self.of} {self.hits / self.of:.0%} ({low:.0%}-{high:.0%})"
