"""What one execution of a built program amounts to, from the supervisor's and the helper's counters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sandbox.accounting import resources
from sandbox.backends import Outcome
from sandbox.crash_text import Crash, Frame, Goroutine, parse_crash
from sandbox.model import KilledBy, StageName, StageResult, StageStatus
from sandbox.places import Locator, Place
from sandbox.record import Record, parse_record
from sandbox.workbench import Workbench

_ASLEEP = b"fatal error: all goroutines are asleep - deadlock!"
_FATAL = b"fatal error: "


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """One execution. `crash` comes from a channel that printing does not reach."""

    outcome: Outcome
    exit_code: int
    signal: str
    killed_by: KilledBy | None
    crash: Crash
    record: Record
    races: tuple[str, ...]

    @property
    def stdout(self) -> str:
        """What it printed, decoded."""
        return self.outcome.stdout.data.decode("utf-8", errors="replace")

    @property
    def crashed(self) -> bool:
        """Whether the runtime or a signal stopped it."""
        return self.killed_by is None and (
            bool(self.crash.goroutines or self.crash.panic) or bool(self.signal)
        )

    @property
    def deadlocked(self) -> bool:
        """Whether the runtime found every goroutine asleep, or a time-out found them all stuck."""
        stuck = [one for one in self.crash.goroutines if one.frames]
        if not stuck or self.record.ending or self.crash.panic:
            return False
        asleep = (
            self.exit_code == 2 and _ASLEEP in self.outcome.stderr.data and self.killed_by is None
        )
        return asleep or (
            self.killed_by is KilledBy.WALL and all(one.stuck for one in stuck if _is_user(one))
        )

    @property
    def fatal(self) -> str:
        """What the runtime said when it gave up without a panic."""
        _, found, rest = self.outcome.stderr.data.rpartition(_FATAL)
        return (
            rest.split(b"\n")[0].decode(errors="replace") if found and not self.crash.panic else ""
        )


def _is_user(goroutine: Goroutine) -> bool:
    # Goroutine 0 is the scheduler's, listed by a SIGQUIT dump.
    return goroutine.number != 0


def ran(outcome: Outcome) -> Ran:
    """Gives the execution that an outcome describes."""
    report: dict[str, Any] = outcome.report if isinstance(outcome.report, dict) else {}
    killed_by = outcome.killed_by
    if killed_by is None and report.get("disk_full"):
        killed_by = KilledBy.DISK
    if killed_by is None and report.get("timed_out"):
        killed_by = KilledBy.WALL
    exit_code = int(report.get("exit_code", outcome.exit_code))
    if killed_by is None and report.get("signal") == "SIGSYS":
        killed_by = KilledBy.SECCOMP
    if killed_by is None and outcome.pids_denied and exit_code:
        killed_by = KilledBy.PIDS
    return Ran(
        outcome=outcome,
        exit_code=exit_code,
        signal=str(report.get("signal", "")),
        killed_by=killed_by,
        crash=parse_crash(str(report.get("crash", ""))),
        record=parse_record(str(report.get("record", "")), str(report.get("nonce", ""))),
        races=tuple(str(one) for one in report.get("races", ())),
    )


def stage_result(
    bench: Workbench, stage: StageName, one: Ran, *, ok: bool, message: str = ""
) -> StageResult:
    """Gives the execution as a report shows it."""
    report: dict[str, Any] = one.outcome.report if isinstance(one.outcome.report, dict) else {}
    return StageResult(
        stage=stage,
        status=StageStatus.OK if ok else StageStatus.FAILED,
        exit_code=one.exit_code,
        signal=one.signal or None,
        killed_by=one.killed_by,
        wall_s=round(one.outcome.wall_s, 3),
        cpu_s=None if one.outcome.cpu_s is None else round(one.outcome.cpu_s, 3),
        max_rss_bytes=report.get("max_rss") or one.outcome.memory_peak_bytes,
        stdout=bench.output(one.outcome.stdout.data, one.outcome.stdout.total),
        stderr=bench.output(one.outcome.stderr.data, one.outcome.stderr.total),
        message=message,
        resources=resources(one.outcome),
    )


def own_place(locator: Locator, frames: tuple[Frame, ...]) -> Place | None:
    """Gives the innermost frame that stands in the snippet, its answer before its tests."""
    owned = [frame for frame in frames if locator.owns(frame.file)]
    best = next(
        (frame for frame in owned if locator.is_answer(frame.file)), owned[0] if owned else None
    )
    return None if best is None else Place(file=best.file, line=best.line)


def first_place(locator: Locator) -> Place:
    """Gives where main stands, or the first line, for facts that have no better place."""
    for file in locator.snippet.files:
        for number, line in enumerate(file.text.split("\n"), start=1):
            if "func main()" in line:
                return Place(file=file.name, line=number)
    return Place(file=locator.snippet.files[0].name, line=1)
