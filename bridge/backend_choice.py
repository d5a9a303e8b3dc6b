"""Gives the sandbox backend of a name. A backend's own libraries are loaded only when it is chosen."""

from __future__ import annotations

from bridge.settings import SandboxSettings
from sandbox.backends import Backend


def make_backend(settings: SandboxSettings, *, ready: int = 0) -> Backend:
    """Gives the chosen backend; there is no fallback to another one.

    Args:
        settings: Which backend, and how it is reached.
        ready: How many jails of a kind may wait for their job; whoever asks for some closes the backend.
    """
    if settings.backend == "docker":
        from sandbox.backends.docker import Docker  # noqa: PLC0415 - a heavy library

        return Docker(
            host=settings.docker_host,
            runtime=settings.runtime,
            image=settings.image,
            ready=ready,
        )
    from sandbox.backends.bubblewrap import Bubblewrap  # noqa: PLC0415

    return Bubblewrap(ready=ready)
