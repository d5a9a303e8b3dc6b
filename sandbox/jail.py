"""One bubblewrap jail: started, given one job, removed. The only place that starts bwrap."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import select
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sandbox.backends import Job, Outcome, SandboxFault, Shape
from sandbox.jail_args import Channels, jail_command, jail_options
from sandbox.jail_cgroup import Group
from sandbox.jail_procs import read_rlimits, separate_namespaces, set_rlimits
from sandbox.jail_watch import Stream, Watch
from sandbox.job_message import pack_job
from sandbox.model import KilledBy
from sandbox.report_frame import parse_frame
from sandbox.seccomp_filter import program_for

_START_S = 10.0
_EXIT_S = 10.0
_GO_CRASH = 2
_PIPE_BYTES = 1 << 20
# Not readable: the owner of a jail is its program, and no program needs its own text.
_EXECUTABLE_MODE = 0o111
_SEALS = fcntl.F_SEAL_SEAL | fcntl.F_SEAL_WRITE | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK


@dataclass(slots=True)
class _Descriptors:
    """Everything opened for one jail; closed again whatever happens."""

    open: set[int] = field(default_factory=set)

    def pipe(self) -> tuple[int, int]:
        read, write = os.pipe()
        self.open |= {read, write}
        # A whole program fits; users who may not have that much get the usual size.
        with contextlib.suppress(OSError):
            fcntl.fcntl(write, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        return read, write

    def memory(self, data: bytes) -> int:
        number = os.memfd_create("gavel", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        self.open.add(number)
        view = memoryview(data)
        while view:
            view = view[os.write(number, view) :]
        os.lseek(number, 0, os.SEEK_SET)
        fcntl.fcntl(number, fcntl.F_ADD_SEALS, _SEALS)
        return number

    def close(self, *numbers: int) -> None:
        for number in numbers or tuple(self.open):
            self.open.discard(number)
            os.close(number)


@dataclass(slots=True)
class BubblewrapJail:
    """A jail from its start to its end; `start` first, then `work` at most once, `discard` always."""

    shape: Shape
    group: Group | None
    _descriptors: _Descriptors = field(default_factory=_Descriptors)
    _process: subprocess.Popen[bytes] | None = None
    _pid: int = 0
    _pipes: dict[str, int] = field(default_factory=dict)
    _enforced: dict[str, object] = field(default_factory=dict)

    def start(self, executable: Path) -> None:
        """Brings the helper to where it waits for a job.

        Raises:
            SandboxFault: When bubblewrap can't make the jail.
        """
        pipes = {name: self._descriptors.pipe() for name in ("info", "block", "job", *_STREAMS)}
        self._process = self._launch(executable, pipes)
        ours = {"block": 1, "job": 1}
        self._descriptors.close(*(ends[1 - ours.get(name, 0)] for name, ends in pipes.items()))
        self._pipes = {name: ends[ours.get(name, 0)] for name, ends in pipes.items()}
        self._pid = self._first_process(self._process)
        self._enforced = self._limit()
        os.write(self._pipes["block"], b"x")

    @property
    def alive(self) -> bool:
        """See StartedJail."""
        return self._process is not None and self._process.poll() is None

    def work(self, job: Job) -> Outcome:
        """Gives the outcome of the one job."""
        limits, process = job.limits, self._process
        if process is None:
            raise SandboxFault("jail_start", "the jail was not started", retry=False)
        caps = (limits.output_bytes, limits.output_bytes, limits.report_bytes)
        streams = (Stream(self._pipes[name], cap) for name, cap in zip(_STREAMS, caps, strict=True))
        watch = Watch(
            pid=self._pid,
            limits=limits,
            group=self.group,
            streams=tuple(streams),
            into=self._pipes["job"],
            unsent=memoryview(pack_job(job, executable_mode=_EXECUTABLE_MODE)),
        )
        watch.until_silent()
        try:
            process.wait(_EXIT_S)
        except subprocess.TimeoutExpired as exc:
            detail = "the jail did not end after its last process"
            raise SandboxFault("jail_stuck", detail, retry=True) from exc
        return self._outcome(watch, process.returncode)

    def discard(self) -> None:
        """See StartedJail."""
        if self._process is not None and self.alive:
            self._process.kill()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(_EXIT_S)
        self._descriptors.close()
        if self.group is not None:
            self.group.remove()

    def _launch(
        self, executable: Path, pipes: dict[str, tuple[int, int]]
    ) -> subprocess.Popen[bytes]:
        memory = self._descriptors.memory
        seccomp = program_for(os.uname().machine)
        channels = Channels(
            info=pipes["info"][1],
            block=pipes["block"][0],
            job=pipes["job"][0],
            report=pipes["report"][1],
            seccomp=None if seccomp is None else memory(seccomp),
            fixed=tuple(memory(file.data) for file in self.shape.fixed),
        )
        # Options go by descriptor and the environment is empty: both would show in the jail's /proc/1.
        args = memory("\0".join([*jail_options(self.shape, channels), ""]).encode())
        return subprocess.Popen(
            [str(executable), "--args", str(args), *jail_command(channels)],
            stdin=subprocess.DEVNULL,
            stdout=pipes["stdout"][1],
            stderr=pipes["stderr"][1],
            env={},
            cwd="/",
            pass_fds=(args, *channels.inherited),
        )

    def _first_process(self, process: subprocess.Popen[bytes]) -> int:
        told = b""
        while b"}" not in told:
            ready, _, _ = select.select([self._pipes["info"]], [], [], _START_S)
            data = os.read(self._pipes["info"], 4096) if ready else b""
            if not data:
                process.kill()
                said = os.read(self._pipes["stderr"], 4096) if ready else b"timed out"
                detail = said.decode(errors="replace").strip()
                raise SandboxFault(
                    "jail_start", f"bubblewrap did not make the jail: {detail}", retry=True
                )
            told += data
        return int(json.loads(told)["child-pid"])

    def _limit(self) -> dict[str, object]:
        set_rlimits(self._pid, self.shape.limits, counted=self.group is not None)
        applied: dict[str, object] = {
            "memory": "rss polling",
            "pids": "rlimit",
            "cpu": "process times",
        }
        if self.group is not None:
            self.group.join(self._pid)
            applied = self.group.enforced()
        namespaces = separate_namespaces(self._pid)
        return {**applied, **read_rlimits(self._pid), "namespaces": namespaces}

    def _outcome(self, watch: Watch, exit_code: int) -> Outcome:
        out, err, report = watch.streams
        killed_by, peak, denied = watch.killed_by, watch.memory_peak or None, 0
        if self.group is not None:
            killed_by = KilledBy.MEMORY if self.group.oom_kills() else killed_by
            peak, denied = self.group.memory_peak(), self.group.pids_denied()
        frame: dict[str, Any] = {}
        files: dict[str, bytes] = {}
        if watch.killed_by is None:
            frame, files = parse_frame(bytes(report.kept))
        if not frame and killed_by is None and denied:
            killed_by = KilledBy.PIDS
        if not frame and killed_by is None:
            said = bytes(err.kept[-600:]).decode(errors="replace").strip()
            # Go programs end with 2 when their own runtime gives up.
            reason = "helper_crashed" if exit_code == _GO_CRASH else "helper_lost"
            raise SandboxFault(reason, f"no report came (exit {exit_code}): {said}", retry=True)
        return Outcome(
            report=frame.get("report"),
            files=files,
            stdout=out.captured(),
            stderr=err.captured(),
            exit_code=exit_code,
            killed_by=killed_by,
            wall_s=watch.wall_s,
            cpu_s=watch.cpu_s,
            memory_peak_bytes=peak,
            pids_denied=denied,
            processes_peak=None if self.group is None else self.group.pids_peak(),
            enforced={**self._enforced, **_portrait(frame)},
        )


_STREAMS = ("stdout", "stderr", "report")


def _portrait(frame: dict[str, Any]) -> dict[str, object]:
    """Turns what the helper saw of its own jail into words."""
    seen = frame.get("jail")
    if not isinstance(seen, dict):
        return {}
    return {
        "seccomp": "filter" if seen.get("seccomp") == 2 else "none",
        "no_new_privs": seen.get("no_new_privs") == 1,
        "capabilities": seen.get("capabilities"),
        "network": seen.get("interfaces"),
        "landlock": seen.get("landlock"),
        **{name: seen.get(name) for name in ("tmp_bytes", "work_bytes", "root_read_only")},
    }
