"""Runs child processes as one: all up, or all down; nothing of them survives."""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from bridge.errors import GavelError
from bridge.settings import Settings

GRACE_S = 25.0
"""From SIGTERM to SIGKILL: a worker whose database went away does not stop on SIGTERM (seen)."""
_POLL_S = 0.1
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True)


class StopRequestedError(Exception):
    """SIGINT or SIGTERM arrived."""


class ChildEndedError(GavelError):
    """A process that should run on has ended."""

    reason = "child_ended"


@dataclass(slots=True)
class Supervisor:
    """Starts processes in sessions of their own and stops them in reverse order."""

    children: list[tuple[str, subprocess.Popen[bytes]]] = field(default_factory=list)

    def start(
        self,
        name: str,
        command: Sequence[str],
        *,
        environment: Mapping[str, str],
        log: Path | None = None,
        cwd: Path | None = None,
    ) -> subprocess.Popen[bytes]:
        """Starts a process; its output goes to `log`, or to ours."""
        with contextlib.ExitStack() as stack:
            output = stack.enter_context(log.open("ab")) if log else None
            child = subprocess.Popen(
                list(command),
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT if output else None,
                cwd=cwd,
                start_new_session=True,
                preexec_fn=_die_with_parent,  # noqa: PLW1509 - this process has one thread
            )
        self.children.append((name, child))
        return child

    def check(self) -> None:
        """Raises ChildEndedError if a child has ended."""
        for name, child in self.children:
            if child.poll() is not None:
                raise ChildEndedError(
                    f"the process `{name}` ended by itself (status {child.returncode}); its output "
                    "or log says why."
                )

    def wait(self) -> None:
        """Runs until a stop is asked for or a child ends."""
        while True:
            self.check()
            time.sleep(_POLL_S)

    def stop(self) -> None:
        """Asks every child to end, last started first, and kills what is left after the grace time."""
        for _, child in reversed(self.children):
            _signal(child, signal.SIGTERM)
        end = time.monotonic() + GRACE_S
        for _, child in reversed(self.children):
            try:
                child.wait(max(0.1, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                _signal(child, signal.SIGKILL)
                child.wait(10)
            _signal(child, signal.SIGKILL)
        self.children.clear()


@contextlib.contextmanager
def stop_signals() -> Iterator[None]:
    """Turns SIGINT and SIGTERM into StopRequestedError inside the block; a second one is ignored."""
    previous = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def ask(number: int, frame: FrameType | None) -> None:
        del number, frame
        for wanted in previous:
            signal.signal(wanted, signal.SIG_IGN)
        raise StopRequestedError

    for number in previous:
        signal.signal(number, ask)
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def web_command(settings: Settings) -> list[str]:
    """Gunicorn with our application; threads answer while others wait for the database."""
    return [
        sys.executable, "-m", "gunicorn", "bridge.wsgi:app",
        "--bind", f"{settings.host}:{settings.port}",
        "--workers", "2", "--threads", "8", "--worker-class", "gthread",
        "--graceful-timeout", "10", "--timeout", "60",
        "--log-level", "warning", "--no-control-socket",
    ]  # fmt: skip


def worker_command() -> list[str]:
    """The worker, by this interpreter."""
    return [sys.executable, "-m", "bridge", "worker"]


def child_environment(url: str, data_dir: Path, *, embedded: bool) -> dict[str, str]:
    """Our environment with the database's address and a fresh folder for shared metrics."""
    metrics = data_dir / "metrics"
    shutil.rmtree(metrics, ignore_errors=True)
    metrics.mkdir(parents=True)
    return {
        **os.environ,
        "DATABASE_URL": url,
        "GAVEL_EMBEDDED": "true" if embedded else "false",
        "PROMETHEUS_MULTIPROC_DIR": str(metrics),
    }


def _die_with_parent() -> None:
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _signal(child: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """Signals the child's whole process group."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, number)
