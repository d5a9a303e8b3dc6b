"""The backends that hostile programs meet, and the canaries around them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from sandbox.backends import Backend
from sandbox.backends.bubblewrap import Bubblewrap
from sandbox.toolchain import Toolchain
from tests.hostile.canaries import Canaries, canaries
from tests.sandbox.conftest import toolchain

__all__ = ["toolchain"]

BACKENDS: dict[str, Callable[[], Backend]] = {"bubblewrap": Bubblewrap}
"""Name -> how it is made; one that cannot run here skips with its reason."""


@pytest.fixture(scope="session", params=sorted(BACKENDS))
def backend(request: pytest.FixtureRequest) -> Backend:
    return BACKENDS[request.param]()


@pytest.fixture(scope="session")
def host(toolchain: Toolchain) -> Iterator[Canaries]:
    with canaries(toolchain) as found:
        yield found
