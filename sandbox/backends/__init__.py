"""What a sandbox has to do: the contract every backend keeps, and the values that cross it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from sandbox.model import KilledBy


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
    """Bytes that stand read-only under `target` and nowhere on the host's disks."""

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
class Job:
    """One thing to do in a fresh jail: the helper is the jail's first process and gets the request."""

    helper: Path
    request: dict[str, Any]
    limits: JobLimits
    stdin: bytes = b""
    mounts: tuple[Mount, ...] = ()
    files: tuple[JailFile, ...] = ()


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

    1. Every call makes a jail of its own and leaves nothing of it behind, whatever happened inside:
       no process, mount, control group, file or descriptor.
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
