"""What a sandbox has to do: the contract every backend keeps, and the values that cross it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

from sandbox.model import KilledBy

JAIL_LIBRARY = "/std"
"""Where a jail that builds finds the archives of the standard library."""
JAIL_RECORDER = "/rec"
"""Where it finds those that every generated program is linked with."""
PROGRAM_BYTES = 128 * 1024 * 1024
"""The largest program that is built or run."""


class SandboxFault(Exception):  # noqa: N818 - the field's word: a fault of the machine, not of the snippet
    """The sandbox itself could not do its work; never the snippet's fault.

    Args:
        reason: A short word, also the metric; `helper_crashed` where the helper itself gave up.
        detail: What was expected and what came, for people.
        retry: Whether the same job may succeed when it is tried again.
    """

    def __init__(self, reason: str, detail: str, *, retry: bool) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.retry = retry


@dataclass(frozen=True, slots=True, kw_only=True)
class Mount:
    """A file or folder of the host, visible read-only under `target`."""

    source: Path
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JailFile:
    """Bytes that stand under `target` and nowhere on the host's disks."""

    target: str
    data: bytes
    executable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class JobLimits:
    """What one jail may use, all of its processes together."""

    wall_s: float
    cpu_s: float
    memory_mib: int
    processes: int
    output_bytes: int
    disk_mib: int
    open_files: int
    """Per process, at least 256: the recorder's own channels have numbers up to 199."""
    report_bytes: int
    inodes: int = 50_000
    """Files and folders in each folder that can be written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What a jail is made of before anybody knows its job; jails of one shape can stand in for each other."""

    helper: Path
    limits: JobLimits
    """Those that the kernel holds; what the supervisor's clock and counters hold is zero here."""
    mounts: tuple[Mount, ...] = ()
    fixed: tuple[JailFile, ...] = ()

    @property
    def builds(self) -> bool:
        """Whether it holds the standard library, so that nothing of a snippet runs in it."""
        return any(mount.target == JAIL_LIBRARY for mount in self.mounts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One thing to do in a fresh jail: the helper is the jail's first process and gets the request."""

    helper: Path
    request: dict[str, Any]
    limits: JobLimits
    stdin: bytes = b""
    mounts: tuple[Mount, ...] = ()
    files: tuple[JailFile, ...] = ()
    """Sent in with the request, below `/prog`."""
    fixed: tuple[JailFile, ...] = ()
    """There from the start, read-only; the same for every job of a kind."""

    @property
    def shape(self) -> Shape:
        """The jail it needs."""
        held = replace(self.limits, wall_s=0.0, output_bytes=0, report_bytes=0)
        return Shape(helper=self.helper, limits=held, mounts=self.mounts, fixed=self.fixed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Captured:
    """One stream: what was kept, and how much there was."""

    data: bytes = b""
    total: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a job ended. `report` is null when a limit ended the helper before it could write one."""

    report: Any
    files: dict[str, bytes]
    stdout: Captured
    stderr: Captured
    exit_code: int
    killed_by: KilledBy | None
    wall_s: float
    cpu_s: float | None
    memory_peak_bytes: int | None
    pids_denied: int
    processes_peak: int | None = None
    """Most processes and threads at one time; null where nothing counts them."""
    enforced: dict[str, object] = field(default_factory=dict)
    job: Job | None = None
    """What was asked for; filled in by who asked."""


class Backend(Protocol):
    """Runs one job in one fresh jail.

    1. Every call has a jail of its own, used for nothing else before or after, and leaves nothing of it
       behind, whatever happened inside: no process, mount, control group, file or descriptor. What an
       engine keeps of an ended jail may go a moment later. A jail may have been started before anybody
       asked; `close` ends those that nobody came for.
    2. The jail sees the helper, the mounts, the files, an empty `/work` and `/tmp` of limited size, a
       `/log` of its own and a minimal `/dev`. No network but its own loopback, no host file, no
       environment, no capability, no way to a new user namespace.
    3. The helper is process 1. Its request, its report, and the streams of what it runs are separate
       channels; the job's own output never reaches the report.
    4. Limits count for all processes together, by the supervisor's own clock and counters. `killed_by`
       says which one ended the job; exit codes and text never decide it. A kernel that killed for
       memory counts as `memory` even when the first process went on.
    5. Output over the limit is counted, not kept, and ends the job as `output`.
    6. `enforced` holds what was read back from the kernel, never what was asked for. A limit that could
       not be applied reads `none`.
    7. Calls from several threads at the same time are independent.
    8. Anything that goes wrong with the sandbox itself raises `SandboxFault`, a helper that ends without
       a report and without a limit's doing among it; a bad job never does.
    """

    @property
    def name(self) -> str:
        """The backend's word in reports, for example `bubblewrap`."""
        ...

    def run(self, job: Job) -> Outcome:
        """Gives the outcome of the job; raises SandboxFault when the jail could not be made."""
        ...

    def close(self) -> None:
        """Ends jails that wait for a job. Can be called twice; a job after it has a jail all the same."""
        ...
