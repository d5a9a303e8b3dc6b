"""What a job might use and what it used, as a part of the report. Data only."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Allowance(_Part):
    """What one job might use, all of its processes together."""

    wall_s: float
    """Of a program that waits; one that still computes gets up to three times as long."""
    cpu_s: float
    memory_bytes: int
    processes: int
    """Threads count as processes."""
    output_bytes: int
    """Per stream."""
    disk_bytes: int
    """In each folder that can be written, as are the inodes."""
    inodes: int
    open_files: int
    """Per process."""


class Resources(_Part):
    """What one job used, by the supervisor's counters, and what held it; null means "not known"."""

    memory_peak_bytes: int | None = None
    """Of all processes together, with the files they hold in memory."""
    processes_peak: int | None = None
    """Most processes and threads at one time, the helper's among them; null where nobody counts."""
    processes_refused: int = 0
    """How often a further one was refused."""
    allowed: Allowance | None = None
    enforced: dict[str, object] = Field(default_factory=dict)
    """What the kernel said of this very job; see `enforced` of the report."""
