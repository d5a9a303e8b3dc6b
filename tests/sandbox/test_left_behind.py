"""A supervisor that is killed in the middle leaves nothing that the next one does not clear."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.backends.bubblewrap import Bubblewrap
from sandbox.model import AuditInput
from sandbox.runner import audit
from sandbox.toolchain import Toolchain

pytestmark = [pytest.mark.needs_bwrap, pytest.mark.slow]
ROOT = Path(__file__).parents[2]

SLEEPER = """
import sys
from pathlib import Path
from sandbox.backends.bubblewrap import Bubblewrap
from sandbox.model import AuditInput
from sandbox.runner import audit
from sandbox.toolchain import prepare
code = 'package main\\n\\nimport "time"\\n\\nfunc main() {\\n\\ttime.Sleep(time.Hour)\\n}\\n'
audit(AuditInput(code=code), backend=Bubblewrap(), toolchain=prepare(Path(sys.argv[1])))
"""


def until(condition: Callable[[], bool], seconds: float = 20.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return False


def children(pid: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            found += [int(child), *children(int(child))]
    return found


def running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_killed_supervisor_takes_its_jail_along(toolchain: Toolchain) -> None:
    """SIGKILL on the supervisor ends the jail; the next audit removes the control groups."""

    data = toolchain.own.parents[1]
    worker = subprocess.Popen([sys.executable, "-c", SLEEPER, str(data)], cwd=ROOT)
    # The supervisor, bwrap, the helper and the program: three below the first.
    assert until(lambda: len(children(worker.pid)) >= 3)
    jailed = children(worker.pid)

    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()

    assert until(lambda: not any(running(pid) for pid in jailed))
    code = [
        sys.executable,
        "-c",
        SLEEPER.replace("time.Sleep(time.Hour)", "_ = time.Hour"),
        str(data),
    ]
    subprocess.run(code, cwd=ROOT, check=True)
    assert not list(Path("/sys/fs/cgroup").rglob(f"gavel-{worker.pid}-*"))


def test_many_audits_leave_nothing(toolchain: Toolchain, bubblewrap: Bubblewrap) -> None:
    """Descriptors and control groups are as before."""

    def used() -> tuple[int, int]:
        groups = len(list(Path("/sys/fs/cgroup").rglob(f"gavel-{os.getpid()}-*")))
        return sum(1 for _ in Path("/proc/self/fd").iterdir()), groups

    code = 'package main\n\nimport "os"\n\nfunc main() {\n\tgo func() {}()\n\tos.Stdout.WriteString("x")\n}\n'
    before = used()

    for _ in range(5):
        audit(AuditInput(code=code), backend=bubblewrap, toolchain=toolchain)

    assert used() == before
