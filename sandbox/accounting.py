"""What one job was allowed and what it used, as a report tells it. Pure."""

from __future__ import annotations

from sandbox.backends import Job, Outcome
from sandbox.resources import Allowance, Resources

_MIB = 1024 * 1024


def resources(outcome: Outcome) -> Resources:
    """Gives the supervisor's account of a job; what nobody counted is null."""
    return Resources(
        memory_peak_bytes=outcome.memory_peak_bytes,
        processes_peak=outcome.processes_peak,
        processes_refused=outcome.pids_denied,
        allowed=None if outcome.job is None else _allowance(outcome.job),
        enforced=outcome.enforced,
    )


def _allowance(job: Job) -> Allowance:
    limits = job.limits
    # A program has a clock of its own, which ends before that of its jail.
    program_ms = job.request.get("wall_ms")
    return Allowance(
        wall_s=limits.wall_s if program_ms is None else program_ms / 1000,
        cpu_s=limits.cpu_s,
        memory_bytes=limits.memory_mib * _MIB,
        processes=limits.processes,
        output_bytes=limits.output_bytes,
        disk_bytes=limits.disk_mib * _MIB,
        inodes=limits.inodes,
        open_files=limits.open_files,
    )
