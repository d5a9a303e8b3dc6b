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


def _bubblewrap(ready: int = 0) -> Backend:
    return Bubblewrap(ready=ready)


def _docker(ready: int = 0) -> Backend:
    from sandbox.backends.docker import Docker
    from tests.docker_engine import docker_host

    return Docker(host=docker_host(), ready=ready)


BACKENDS: dict[str, Callable[..., Backend]] = {"bubblewrap": _bubblewrap, "docker": _docker}
"""Name -> how it is made, with jails that wait or none; one that cannot run here skips with its reason."""
MARKS = {"bubblewrap": pytest.mark.needs_bwrap, "docker": pytest.mark.docker}


EACH = [pytest.param(name, marks=MARKS[name]) for name in sorted(BACKENDS)]


@pytest.fixture(scope="module", params=EACH)
def backend(request: pytest.FixtureRequest) -> Iterator[Backend]:
    made = BACKENDS[request.param]()
    yield made
    made.close()


@pytest.fixture(scope="session")
def host(toolchain: Toolchain) -> Iterator[Canaries]:
    with canaries(toolchain) as found:
        yield found
