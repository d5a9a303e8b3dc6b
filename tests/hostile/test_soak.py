"""Many random audits in a row leave nothing behind."""

from __future__ import annotations

from functools import partial

import pytest

from sandbox.toolchain import Toolchain
from tests.hostile.conftest import BACKENDS, EACH
from tests.soak import READY, soak

pytestmark = [pytest.mark.hostile, pytest.mark.needs_bwrap, pytest.mark.timeout(400)]
AUDITS = 60


@pytest.mark.parametrize("name", EACH)
def test_sixty_audits_leave_nothing(name: str, toolchain: Toolchain) -> None:
    """Processes, mounts, control groups, temporary files and descriptors are as before."""

    soaked = soak(partial(BACKENDS[name], ready=READY), toolchain, AUDITS, seed=20261)

    assert soaked.after == soaked.before
    assert soaked.disturbed == ()
    assert soaked.clean, soaked.verdicts
