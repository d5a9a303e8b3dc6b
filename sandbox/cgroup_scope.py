"""A jail's control group below a systemd scope of our own, for services that got no group delegated.

One scope is asked for per process (`systemd-run --scope -p Delegate=yes`) around a program that only
waits for its input to end; jails get groups below it. With this process the input ends, then the
program, then the scope. Where systemd does not run nothing is started.
"""

from __future__ import annotations

import os
import select
import shutil
import subprocess
import threading
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from sandbox.backends import JobLimits
from sandbox.cgroup_files import own_folder, own_paths, put, remove
from sandbox.cgroup_v2 import Version2, hand_down, make_folder

_CALL_S = 10.0
_MANAGER = (
    "org.freedesktop.systemd1",
    "/org/freedesktop/systemd1",
    "org.freedesktop.systemd1.Manager",
)
_LOCK = threading.Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Systemd:
    """Where systemd shows that it runs, and what belongs to it."""

    running: Path = Path("/run/systemd/system")
    """A folder that is there while systemd is the machine's first process; see sd_booted(3)."""
    programs: str = "/usr/bin:/bin"
    root: Path = Path("/sys/fs/cgroup")
    processes: Path = Path("/proc")
    user: int = field(default_factory=os.geteuid)

    def command(self, program: str, *words: str) -> list[str]:
        """Gives a command to the manager that is ours: root's is the system's."""
        found = shutil.which(program, path=self.programs)
        if found is None:
            raise FileNotFoundError(program)
        return [found, *([] if self.user == 0 else ["--user"]), *words]

    @property
    def environment(self) -> dict[str, str]:
        """What its programs need to find the manager, and nothing of ours."""
        return {"PATH": self.programs, "XDG_RUNTIME_DIR": f"/run/user/{self.user}"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scoped(Version2):
    """See sandbox.jail_cgroup.Group."""

    systemd: Systemd
    unit: str
    kind: str = "systemd"

    def join(self, pid: int) -> None:
        """See Group. The kernel lets nobody but systemd move a process out of a login session."""
        try:
            Version2.join(self, pid)
        except PermissionError:
            self._ask(pid)

    def _ask(self, pid: int) -> None:
        words = ("AttachProcessesToUnit", "ssau", self.unit, f"/{self.folder.name}", "1", str(pid))
        try:
            subprocess.run(
                self.systemd.command("busctl", "call", *_MANAGER, *words),
                env=self.systemd.environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_CALL_S,
                check=True,
            )
        except subprocess.SubprocessError as exc:
            raise PermissionError(f"systemd moves no process into {self.unit}: {exc}") from exc


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scope:
    holder: subprocess.Popen[bytes]
    folder: Path

    def close(self) -> None:
        for pipe in (self.holder.stdin, self.holder.stdout):
            if pipe is not None:
                pipe.close()
        try:
            self.holder.wait(_CALL_S)
        except subprocess.TimeoutExpired:
            self.holder.kill()
            self.holder.wait()


def scoped_group(limits: JobLimits, systemd: Systemd, name: str) -> Scoped:
    """Gives a group below our scope; raises OSError or ValueError where there can be none."""
    with _LOCK:
        scope = _open(systemd)
        if scope is not None and scope.holder.poll() is not None:
            # Somebody stopped it.
            scope.close()
            _open.cache_clear()
            scope = _open(systemd)
    if scope is None:
        raise ValueError("there is no scope of systemd's")
    return _group(limits, systemd, scope, name)


def _group(limits: JobLimits, systemd: Systemd, scope: _Scope, name: str) -> Scoped:
    folder = make_folder(limits, scope.folder, name)
    return Scoped(folder=folder, systemd=systemd, unit=scope.folder.name)


@lru_cache(maxsize=4)
def _open(systemd: Systemd) -> _Scope | None:
    """Gives a scope in which limits can be set and which takes processes; a refusal is asked for once."""
    if not systemd.running.is_dir() or not (systemd.root / "cgroup.controllers").is_file():
        return None
    try:
        holder = _hold(systemd)
    except OSError:
        return None
    try:
        paths = own_paths(systemd.processes / str(holder.pid) / "cgroup")
        scope = _Scope(holder=holder, folder=own_folder(systemd.root, paths[""]))
        _clear(scope)
        _try(systemd, scope)
    except (OSError, ValueError, KeyError):
        _Scope(holder=holder, folder=systemd.root).close()
        return None
    return scope


def _hold(systemd: Systemd) -> subprocess.Popen[bytes]:
    """Starts the program that keeps the scope; it is in there once it has said something."""
    options = ["--scope", "--quiet", "--collect", "--no-ask-password"]
    options += [f"--unit=gavel-{os.getpid()}", "--property=Delegate=yes"]
    holder = subprocess.Popen(
        systemd.command("systemd-run", *options, "--", "cat"),
        env=systemd.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        # Nothing is kept back: closing a pipe whose other end has gone is then no error.
        bufsize=0,
        cwd="/",
    )
    try:
        _hear(holder)
    except OSError:
        _Scope(holder=holder, folder=systemd.root).close()
        raise
    return holder


def _hear(holder: subprocess.Popen[bytes]) -> None:
    if holder.stdin is None or holder.stdout is None:
        raise BrokenPipeError("the scope's program has no pipes")
    holder.stdin.write(b"\n")
    ready, _, _ = select.select([holder.stdout], [], [], _CALL_S)
    if not ready or not holder.stdout.read(1):
        raise TimeoutError("systemd-run made no scope")


def _clear(scope: _Scope) -> None:
    """Moves the waiting program into a leaf, since a group with processes hands no controllers down."""
    if not scope.folder.name.endswith(".scope"):
        raise ValueError(f"{scope.folder} is no scope")
    leaf = scope.folder / "holder"
    leaf.mkdir()
    put(leaf / "cgroup.procs", scope.holder.pid)
    hand_down(scope.folder)


def _try(systemd: Systemd, scope: _Scope) -> None:
    """Moves a process of this one's own group into the scope, as every jail will be."""
    limits = JobLimits(
        wall_s=1, cpu_s=1, memory_mib=16, processes=4,
        output_bytes=0, disk_mib=1, open_files=256, report_bytes=0,
    )  # fmt: skip
    group = _group(limits, systemd, scope, "trial")
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as child:
        try:
            group.join(child.pid)
        finally:
            if child.stdin is not None:
                child.stdin.close()
    remove(group.folder)
