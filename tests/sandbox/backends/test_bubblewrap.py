"""The bubblewrap backend keeps the contract, with control groups and without."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from sandbox.backends import Backend, Job, SandboxFault
from sandbox.backends.bubblewrap import Bubblewrap
from tests.sandbox.backends.contract import LIMITS, BackendContract

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
