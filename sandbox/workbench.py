"""Gives stages their jails: turns a question to the helper into a job, and tries once more after a fault."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from sandbox.backends import (
    PROGRAM_BYTES,
    Backend,
    Captured,
    JailFile,
    Job,
    JobLimits,
    Outcome,
    SandboxFault,
)
from sandbox.model import Limits, Output, Snippet, SnippetFile
from sandbox.output_text import show
from sandbox.places import Locator
from sandbox.toolchain import Toolchain

_MIB = 1024 * 1024
_RECORD_BYTES = 1 * _MIB
_SUPERVISOR_GRACE_S = 3.0
# A program that is still computing when its wall time is up gets more, up to this; a waiting one does not.
_BUSY_FACTOR = 3.0
PROGRAM = "/prog/program"
_ENVIRONMENT = (
    "HOME=/tmp",
    "TMPDIR=/tmp",
    "PATH=/usr/bin",
    "LANG=C.UTF-8",
    "ZONEINFO=/zoneinfo.zip",
    "GOTRACEBACK=all",
    "GOMAXPROCS=2",
)
# Without the zero the race runtime would sleep a second at every exit.
_RACE_OPTIONS = "GORACE=exitcode=66 halt_on_error=0 atexit_sleep_ms=0 log_path=/log/race"
# The race runtime reads its options from this file, which stands in where a jail has no /proc.
_RACE_ENVIRONMENT = JailFile(target="/proc/self/environ", data=_RACE_OPTIONS.encode() + b"\0")


_NO_ANSWER = Outcome(
    report=None,
    files={},
    stdout=Captured(),
    stderr=Captured(),
    exit_code=2,
    killed_by=None,
    wall_s=0.0,
    cpu_s=None,
    memory_peak_bytes=None,
    pids_denied=0,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Workbench:
    """What the stages of one audit share. Reading it never changes it, but for `enforced` and `dropped`."""

    snippet: Snippet
    limits: Limits
    backend: Backend
    toolchain: Toolchain
    enforced: dict[str, object] = field(default_factory=dict)
    dropped: set[str] = field(default_factory=set)
    """Files that are left out of the build: own tests whose names the task's tests use as well."""

    @property
    def locator(self) -> Locator:
        """The way back to the original lines."""
        return Locator(self.snippet)

    def sources(self) -> list[dict[str, object]]:
        """Gives the files as the helper reads them."""
        own = [
            _source(file.name, file.text, _unformatted(file), test=False)
            for file in self.snippet.files
        ]
        given = [_source(file.name, file.text, 0, test=True) for file in self.snippet.tests]
        return [one for one in own + given if one["name"] not in self.dropped]

    def ask(self, mode: str, *, race: bool = False, **request: Any) -> Outcome:
        """Asks the helper something about the sources; nothing of the snippet runs."""
        wanted = {
            "mode": mode,
            "module": self.snippet.module,
            "go": self.snippet.go,
            "race": race,
            "inodes": self.limits.inodes,
            **request,
        }
        job = Job(
            helper=self.toolchain.helper,
            request={"files": self.sources(), **wanted},
            limits=self._build_limits(),
            mounts=self.toolchain.mounts(mode, race=race),
        )
        try:
            return self._run("build", job)
        except SandboxFault as fault:
            if fault.reason != "helper_crashed":
                raise
            # Twice the same: the sources, not the machine, are more than the reader can take.
            return _NO_ANSWER

    def execute(
        self,
        program: bytes,
        kind: str,
        *,
        args: tuple[str, ...] = (),
        stdin: str = "",
        race: bool = False,
        wall_s: float | None = None,
        patience: float = _BUSY_FACTOR,
        bring: tuple[str, ...] = (),
    ) -> Outcome:
        """Runs a program that was built; what it leaves under the names in `bring` comes with the report.

        `m` is main, `t` tests, `c` calls, `e` entry points, `k` crowds, `b` benchmarks, `p` profiles;
        of the second pass `f` functions called by chance, `n` fuzz functions, `g` growth.
        """
        wall_s = wall_s or self.limits.run_wall_s
        request = {
            "mode": "run",
            "kind": kind,
            "args": list(args),
            "env": [*_ENVIRONMENT, *((_RACE_OPTIONS,) if race else ())],
            "wall_ms": int(wall_s * 1000),
            "hard_ms": int(wall_s * patience * 1000),
            "collect_bytes": _RECORD_BYTES,
            "inodes": self.limits.inodes,
            "bring": list(bring),
            "bring_bytes": self.limits.profile_bytes,
        }
        job = Job(
            helper=self.toolchain.helper,
            request=request,
            limits=self._run_limits(wall_s * _BUSY_FACTOR + _SUPERVISOR_GRACE_S),
            stdin=stdin.encode(errors="replace"),
            mounts=self.toolchain.run_mounts(race=race),
            files=(JailFile(target=PROGRAM, data=program, executable=True),),
            fixed=(_RACE_ENVIRONMENT,) if race else (),
        )
        return self._run("race" if race else "run", job)

    def output(self, data: bytes, total: int) -> Output:
        """Gives a stream as a report shows it."""
        return show(data, total, self.limits.report_output_bytes)

    def _run(self, what: str, job: Job) -> Outcome:
        try:
            outcome = self.backend.run(job)
        except SandboxFault as fault:
            if not fault.retry:
                raise
            outcome = self.backend.run(job)
        self.enforced.setdefault(what, outcome.enforced)
        return replace(outcome, job=job)

    def _build_limits(self) -> JobLimits:
        limits = self.limits
        return JobLimits(
            wall_s=limits.build_wall_s,
            cpu_s=limits.build_cpu_s,
            memory_mib=limits.build_memory_mib,
            processes=limits.build_processes,
            output_bytes=limits.output_bytes,
            disk_mib=limits.disk_mib,
            open_files=limits.open_files,
            report_bytes=PROGRAM_BYTES,
            inodes=limits.inodes,
        )

    def _run_limits(self, wall_s: float) -> JobLimits:
        limits = self.limits
        return JobLimits(
            wall_s=wall_s,
            cpu_s=limits.run_cpu_s,
            memory_mib=limits.run_memory_mib,
            processes=limits.run_processes,
            output_bytes=limits.output_bytes,
            disk_mib=limits.disk_mib,
            open_files=limits.open_files,
            report_bytes=16 * _RECORD_BYTES,
            inodes=limits.inodes,
        )


def _unformatted(file: SnippetFile) -> int:
    """How much of the file gofmt does not look at: what we put in front, or all of what we changed."""
    return len(file.text.encode()) if file.altered else max(0, file.column_shift)


def _source(name: str, text: str, skip: int, *, test: bool) -> dict[str, object]:
    return {"name": name, "text": text, "skip": skip, "test": test}
