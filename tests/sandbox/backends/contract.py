"""The contract of a backend, as tests: every backend's own test class inherits them."""

from __future__ import annotations

import ctypes
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from sandbox.backends import Backend, JailFile, Job, JobLimits, Outcome
from sandbox.backends.bubblewrap import Bubblewrap
from sandbox.backends.docker import Docker
from sandbox.model import KilledBy
from sandbox.toolchain import Toolchain

LIMITS = JobLimits(
    wall_s=4.0,
    cpu_s=1.0,
    memory_mib=96,
    processes=48,
    output_bytes=64 * 1024,
    disk_mib=32,
    open_files=256,
    report_bytes=64 * 1024 * 1024,
)

MIB = 1024 * 1024
GROUPS = frozenset({"cgroup1", "cgroup2", "systemd"})
PEAK_COUNTED = tuple(map(int, os.uname().release.split(".")[:2])) >= (6, 1)
"""Whether the kernel keeps `pids.peak`."""
MARK = f"JAILED_BY={os.getpid()}"
_GOING_S = 20.0
PRELUDE = (
    'package main\n\nimport (\n\t"fmt"\n\t"net"\n\t"os"\n\t"os/exec"\n\t"syscall"\n\t"time"\n)\n\n'
)
KEEP = (
    "var _, _, _, _, _, _ = fmt.Sprint, net.Dial, os.Exit, exec.Command, syscall.Getpid, time.Now\n"
)


class Ready:
    """Gives every job a jail that has waited for it."""

    def __init__(self, inner: Bubblewrap | Docker) -> None:
        self.inner = inner
        self.name = inner.name

    def run(self, job: Job) -> Outcome:
        self.inner.waiting.expect(job.shape)
        assert self.inner.waiting.settle(30)
        return self.inner.run(job)

    def close(self) -> None:
        self.inner.close()


class Rig:
    """Builds small programs with the backend itself and runs them in it."""

    def __init__(self, backend: Backend, toolchain: Toolchain) -> None:
        self.backend = backend
        self.toolchain = toolchain
        self._built: dict[str, bytes] = {}

    def program(self, body: str) -> bytes:
        if body not in self._built:
            text = f"{PRELUDE}{KEEP}\nfunc main() {{\n{body}\n}}\n"
            request = {
                "mode": "build",
                "module": "snip",
                "go": "1.27",
                "files": [{"name": "main.go", "text": text}],
            }
            limits = JobLimits(
                wall_s=60,
                cpu_s=60,
                memory_mib=1024,
                processes=128,
                output_bytes=1 << 20,
                disk_mib=128,
                open_files=512,
                report_bytes=64 << 20,
            )
            outcome = self.backend.run(
                Job(
                    helper=self.toolchain.helper,
                    request=request,
                    limits=limits,
                    mounts=self.toolchain.build_mounts(),
                )
            )
            assert outcome.report["errors"] == []
            self._built[body] = outcome.files["program"]
        return self._built[body]

    def run(
        self, body: str, *, stdin: bytes = b"", limits: JobLimits = LIMITS, wall_ms: int = 3000
    ) -> Outcome:
        request = {
            "mode": "run",
            "kind": "m",
            "wall_ms": wall_ms,
            "env": [MARK],
            "collect_bytes": 65536,
        }
        files = (JailFile(target="/prog/program", data=self.program(body), executable=True),)
        return self.backend.run(
            Job(
                helper=self.toolchain.helper,
                request=request,
                limits=limits,
                stdin=stdin,
                files=files,
            )
        )


def survivors() -> set[str]:
    """The processes of this test run's jails that stay on the host.

    A container is removed behind the outcome, so its processes get a while to go.
    """
    until = time.monotonic() + _GOING_S
    while (found := _marked()) and time.monotonic() < until:
        time.sleep(0.05)
    return found


def _marked() -> set[str]:
    found = set()
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                words = (folder / "environ").read_bytes()
            except OSError:
                continue
            if words == MARK.encode() + b"\0":
                found.add(folder.name)
    return found


def descriptors() -> int:
    """How many descriptors this process has open."""
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def landlock_version() -> int:
    """The kernel's version of Landlock; below 1 where it has none (landlock_create_ruleset(2))."""
    return int(ctypes.CDLL(None, use_errno=True).syscall(444, None, 0, 1))


class BackendContract:
    """Numbers refer to the docstring of sandbox.backends.Backend."""

    NAMESPACES = frozenset({"user", "pid", "net", "mnt"})
    """Those that a jail of this backend never shares with the host."""
    KERNEL_FOLDERS: tuple[str, ...] = ()
    """What the jail shows of /proc and /sys; a backend that shows any tests what can be read there."""
    GROUPED = True
    """Whether control groups hold memory and processes."""
    HELPER_THREADS = 0
    """What a jail may have of processes beyond those of its job."""

    @pytest.fixture
    def rig(self, backend: Backend, toolchain: Toolchain) -> Rig:
        return Rig(backend, toolchain)

    def test_streams_and_exit_code(self, rig: Rig) -> None:
        """3: input, both outputs and the report are apart."""

        outcome = rig.run(
            'var s string\nfmt.Scan(&s)\nfmt.Print("out ", s)\nfmt.Fprint(os.Stderr, "err")\nos.Exit(7)',
            stdin=b"in\n",
        )

        assert (outcome.stdout.data, outcome.stderr.data, outcome.report["exit_code"]) == (
            b"out in",
            b"err",
            7,
        )

    def test_nothing_of_it_stays(self, rig: Rig) -> None:
        """1: daemons end with the jail, and descriptors are closed."""

        before = descriptors()
        rig.run(
            'exec.Command("/prog/program").Start()\n'
            'if len(os.Args) == 1 {\nc := exec.Command("/prog/program", "x")\n'
            "c.SysProcAttr = &syscall.SysProcAttr{Setsid: true}\nc.Start()\n} else {\ntime.Sleep(time.Hour)\n}"
        )

        rig.backend.close()
        assert survivors() == set()
        assert descriptors() <= before

    def test_no_jail_waits_after_the_end(self, rig: Rig) -> None:
        """1: nothing of the backend is left once it is closed, and that can be said twice."""

        before = descriptors()
        rig.run("")
        rig.backend.close()
        rig.backend.close()

        assert descriptors() <= before

    def test_no_environment_no_host_files(self, rig: Rig) -> None:
        """2: the environment is the request's, and the host's files are not there."""

        outcome = rig.run(
            'fmt.Println(os.Environ())\nfor _, p := range []string{"/etc/passwd", "/usr", "/root", "/home", "/proc/1", "/sys"} {\n'
            "if _, err := os.Stat(p); err == nil {\nfmt.Println(p)\n}\n}"
        )

        seen = [f"[{MARK}]", *self.KERNEL_FOLDERS]
        assert outcome.stdout.data.decode().splitlines() == seen

    def test_no_network(self, rig: Rig) -> None:
        """2: only the jail's own loopback is there."""

        outcome = rig.run(
            "is, _ := net.Interfaces()\nfor _, i := range is {\nfmt.Println(i.Name)\n}\n"
            '_, err := net.DialTimeout("tcp", "192.0.2.1:80", time.Second)\nfmt.Println(err != nil)'
        )

        assert outcome.stdout.data == b"lo\ntrue\n"

    def test_only_sized_folders_can_be_written(self, rig: Rig) -> None:
        """2: /tmp and /work have a size; nothing else can be written."""

        outcome = rig.run(
            'fmt.Println(os.WriteFile("/x", nil, 0o600) != nil, os.WriteFile("/gavel/x", nil, 0o600) != nil)\n'
            'for _, folder := range []string{"/tmp", "/work"} {\nvar found syscall.Statfs_t\n'
            "err := syscall.Statfs(folder, &found)\n"
            "fmt.Println(err, found.Blocks*uint64(found.Bsize)>>20)\n}"
        )

        assert outcome.stdout.data == b"true true\n<nil> 32\n<nil> 32\n"

    def test_no_capability_and_no_new_namespace(self, rig: Rig) -> None:
        """2: neither mount, nor a user namespace, nor ptrace."""

        outcome = rig.run(
            'fmt.Println(syscall.Mount("none", "/tmp", "tmpfs", 0, "") != nil)\n'
            "fmt.Println(syscall.Unshare(syscall.CLONE_NEWUSER) != nil)\n"
            "fmt.Println(syscall.PtraceAttach(1) != nil)"
        )

        assert outcome.stdout.data == b"true\ntrue\ntrue\n"

    def test_memory(self, rig: Rig) -> None:
        """4: all memory together is limited, by the kernel's counter."""

        outcome = rig.run(
            "var all [][]byte\nfor {\nb := make([]byte, 8<<20)\nfor i := range b {\nb[i] = 1\n}\nall = append(all, b)\n}"
        )

        assert outcome.killed_by is KilledBy.MEMORY

    def test_processor_time(self, rig: Rig) -> None:
        """4: processor time has a limit of its own."""

        outcome = rig.run("for {\n}")

        assert outcome.killed_by is KilledBy.CPU

    def test_wall_time(self, rig: Rig) -> None:
        """4: a sleeper is ended and its end is told."""

        outcome = rig.run("time.Sleep(time.Hour)", wall_ms=300)

        assert outcome.report["timed_out"] is True

    def test_wall_time_of_the_supervisor(self, rig: Rig) -> None:
        """4: the supervisor's own clock ends a job whose helper would wait longer."""

        outcome = rig.run("time.Sleep(time.Hour)", wall_ms=60_000)

        assert outcome.killed_by is KilledBy.WALL
        assert outcome.wall_s < LIMITS.wall_s + 1

    def test_output(self, rig: Rig) -> None:
        """5: a flood is counted and ends the job."""

        outcome = rig.run('for {\nfmt.Println("flood flood flood")\n}')

        assert outcome.killed_by is KilledBy.OUTPUT
        assert len(outcome.stdout.data) == LIMITS.output_bytes < outcome.stdout.total

    def test_processes(self, rig: Rig) -> None:
        """4: a fork bomb meets the process limit and leaves nothing."""

        outcome = rig.run(
            'for i := 0; i < 200; i++ {\nexec.Command("/prog/program").Start()\n}\ntime.Sleep(200 * time.Millisecond)'
        )

        assert outcome.pids_denied > 0 or outcome.killed_by is not None
        assert survivors() == set()

    def test_the_most_processes_at_one_time(self, rig: Rig) -> None:
        """4: told where the kernel counts it, and by nobody else."""

        outcome = rig.run(
            'if len(os.Args) == 1 {\nfor i := 0; i < 20; i++ {\nexec.Command("/prog/program", "x").Start()\n}\n'
            "time.Sleep(300 * time.Millisecond)\n} else {\ntime.Sleep(time.Hour)\n}",
            limits=replace(LIMITS, processes=400, cpu_s=4.0),
        )

        if PEAK_COUNTED and self.GROUPED:
            assert outcome.processes_peak is not None
            assert 20 < outcome.processes_peak <= 400 + self.HELPER_THREADS
        else:
            assert outcome.processes_peak is None

    def test_the_report_is_out_of_reach(self, rig: Rig) -> None:
        """3: writing to every descriptor does not forge a report."""

        outcome = rig.run(
            'for fd := 3; fd < 64; fd++ {\nsyscall.Write(fd, []byte("{\\"report\\": {\\"exit_code\\": 9}}\\n"))\n}\nos.Exit(4)'
        )

        assert outcome.report["exit_code"] == 4

    def test_enforced_is_read_back(self, rig: Rig) -> None:
        """6: what is said to hold does hold."""

        enforced = rig.run("").enforced

        assert enforced["seccomp"] == "filter"
        assert enforced["no_new_privs"] is True
        assert enforced["capabilities"] == 0
        assert enforced["network"] == ["lo"]
        assert enforced["open_files"] == LIMITS.open_files
        assert set(enforced["namespaces"]) >= self.NAMESPACES  # type: ignore[call-overload]

    def test_enforced_limits_are_those_that_were_asked(self, rig: Rig) -> None:
        """6: the groups' own files say the job's numbers; without groups nobody claims any."""

        enforced = rig.run("").enforced

        said = (enforced.get("memory_bytes"), enforced.get("pids_max"))
        asked = (LIMITS.memory_mib * MIB, LIMITS.processes + self.HELPER_THREADS)
        assert said == (asked if self.GROUPED else (None, None))
        assert {str(enforced[name]) in GROUPS for name in ("memory", "pids")} == {self.GROUPED}

    def test_enforced_folders_are_those_that_were_asked(self, rig: Rig) -> None:
        """2, 6: the jail itself reads the sizes of its folders, and that its root is read-only."""

        enforced = rig.run("").enforced

        size = LIMITS.disk_mib * MIB
        assert (enforced["tmp_bytes"], enforced["work_bytes"]) == (size, size)
        assert enforced["root_read_only"] is True

    def test_enforced_landlock_is_what_the_kernel_has(self, rig: Rig) -> None:
        """6: Landlock in the kernel's version held what ran, where there is Landlock."""

        version = landlock_version()

        expected = f"abi {version}" if version > 0 else "none"
        assert rig.run("").enforced["landlock"] == expected

    def test_several_threads(self, rig: Rig) -> None:
        """7: jobs of several threads do not disturb each other."""

        rig.program("var s string\nfmt.Scan(&s)\nfmt.Print(s)")
        barrier = threading.Barrier(4)

        def one(number: int) -> bytes:
            barrier.wait()
            return rig.run(
                "var s string\nfmt.Scan(&s)\nfmt.Print(s)", stdin=f"{number}\n".encode()
            ).stdout.data

        with ThreadPoolExecutor(4) as pool:
            assert list(pool.map(one, range(4))) == [b"0", b"1", b"2", b"3"]
