"""Gives the sandbox backend of a name. A backend's own libraries are loaded only when it is chosen."""

from __future__ import annotations

from bridge.settings import SandboxSettings
from sandbox.backends import Backend


def make_backend(settings: SandboxSettings, *, allow_weak_limits: bool, ready: int = 0) -> Backend:
    """Gives the chosen backend; there is no fallback to another one.

    Args:
        settings: Names it and says how to reach it.
        allow_weak_limits: Whether it may run snippets where the host can't apply every limit. A
            service decides by its mode (`Settings.weak_limits_allowed`), never by the field here.
        ready: How many jails of a kind may wait for their job; whoever asks for some closes the backend.
    """
    if settings.backend == "docker":
        from sandbox.backends.docker import Docker  # noqa: PLC0415 - a heavy library

        return Docker(
            host=settings.docker_host,
            runtime=settings.runtime,
            image=settings.image,
            allow_weak_limits=allow_weak_limits,
            ready=ready,
        )
    from sandbox.backends.bubblewrap import Bubblewrap  # noqa: PLC0415

    return Bubblewrap(allow_weak_limits=allow_weak_limits, ready=ready)
