"""Stage: read the sources. Lists tests, finds syntax errors and formatting; nothing of the snippet runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sandbox.backends import SandboxFault
from sandbox.inspection import Inspection
from sandbox.workbench import Workbench


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspected:
    """The inspection with its cost; null when a limit ended it."""

    report: Inspection | None
    wall_s: float
    cpu_s: float | None


def inspect(bench: Workbench, **wanted: Any) -> Inspected:
    """Gives what the helper read, and what it made for the calls that are wanted."""
    outcome = bench.ask("inspect", **wanted)
    report: Any = outcome.report
    if report is None:
        return Inspected(report=None, wall_s=outcome.wall_s, cpu_s=outcome.cpu_s)
    try:
        parsed = Inspection.model_validate(report)
    except ValueError as exc:
        raise SandboxFault(
            "helper_report", f"the inspection is not readable: {exc}", retry=False
        ) from exc
    return Inspected(report=parsed, wall_s=outcome.wall_s, cpu_s=outcome.cpu_s)
