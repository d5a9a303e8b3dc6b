"""The second pass's processor time: one purse for everything that it runs."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.backends import Outcome


@dataclass(slots=True, kw_only=True)
class Budget:
    """Spent by what jails used; where nobody counted, by the clock."""

    cpu_s: float
    open_to: float = 1.0
    """The part of the whole that may be used so far; what one part of the pass leaves, the next may use."""
    used_s: float = 0.0

    @property
    def left_s(self) -> float:
        """What may still be used."""
        return max(0.0, self.cpu_s * self.open_to - self.used_s)

    def spend(self, outcome: Outcome) -> Outcome:
        """Charges a job, and gives its outcome back."""
        self.used_s += outcome.wall_s if outcome.cpu_s is None else outcome.cpu_s
        return outcome

    def milliseconds(self, parts: int, most: int) -> int:
        """Gives how long one of several programs may run, each on one processor."""
        return min(most, int(self.left_s * 1000 / max(1, parts)))
