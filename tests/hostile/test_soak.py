"""Many random audits in a row leave nothing behind."""

from __future__ import annotations

import pytest

from sandbox.backends import Backend
from sandbox.toolchain import Toolchain
from tests.soak import soak

pytestmark = [pytest.mark.hostile, pytest.mark.needs_bwrap, pytest.mark.timeout(400)]
AUDITS = 60


def test_sixty_audits_leave_nothing(backend: Backend, toolchain: Toolchain) -> None:
    """Processes, mounts, control groups, temporary files and descriptors are as before."""

    soaked = soak(backend, toolchain, AUDITS, seed=20261)

    assert soaked.after == soaked.before
    assert soaked.disturbed == ()
    assert soaked.clean, soaked.verdicts
