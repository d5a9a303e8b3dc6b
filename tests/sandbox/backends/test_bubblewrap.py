"""The bubblewrap backend keeps the contract, with control groups and without."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.backends import Backend, Job, SandboxFault
from sandbox.backends.bubblewrap import Bubblewrap
from sandbox.toolchain import Toolchain
from tests.sandbox.backends.contract import LIMITS, BackendContract, Ready, Rig

pytestmark = [
    pytest.mark.needs_bwrap,
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="bubblewrap needs Linux"),
]


class TestBubblewrap(BackendContract):
    @pytest.fixture
    def backend(self) -> Backend:
        return Bubblewrap()


class TestBubblewrapWithoutGroups(BackendContract):
    """Where no control group can be made, rlimits and polling stand in."""

    GROUPED = False

    @pytest.fixture
    def backend(self) -> Backend:
        return Bubblewrap(groups=lambda _: None)


class TestBubblewrapReady(BackendContract):
    """Jails that were started before their job."""

    @pytest.fixture
    def backend(self) -> Iterator[Backend]:
        made = Bubblewrap(ready=1)
        yield Ready(made)
        made.close()


def test_a_killed_jail_that_waited_costs_nothing(toolchain: Toolchain) -> None:
    """A jail that died while it waited is found out, and the job gets another."""

    backend = Bubblewrap(ready=1)
    rig = Rig(backend, toolchain)
    rig.run("")
    assert backend.waiting.settle(5)
    for _, jail in next(iter(backend.waiting._ready.values())):
        os.kill(jail._pid, signal.SIGKILL)
        jail._process.wait(5)

    outcome = rig.run("")

    backend.close()
    assert outcome.report["exit_code"] == 0


def test_a_broken_bubblewrap_is_a_fault_of_ours() -> None:
    """8: a jail that cannot start is a SandboxFault."""

    job = Job(helper=Path("/bin/true"), request={}, limits=LIMITS)

    with pytest.raises(SandboxFault) as caught:
        Bubblewrap(executable=Path("/bin/false")).run(job)

    assert (caught.value.reason, caught.value.retry) == ("jail_start", True)


def test_a_missing_helper_is_a_fault_of_ours() -> None:
    """8: so is a helper that is not there."""

    job = Job(helper=Path("/nowhere/helper"), request={}, limits=LIMITS)

    with pytest.raises(SandboxFault):
        Bubblewrap().run(job)
