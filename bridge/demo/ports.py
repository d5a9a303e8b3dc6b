"""Loopback ports for the demo's servers."""

from __future__ import annotations

import socket

from bridge.errors import GavelError

HOST = "127.0.0.1"


class PortTakenError(GavelError):
    """Something else listens where we want to."""

    reason = "port_taken"


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def require_free(port: int, what: str, mend: str) -> int:
    """Gives the port back, or says clearly that it is taken.

    Raises:
        PortTakenError: with the port, what it was wanted for, and what to do.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as exc:
            raise PortTakenError(f"port {port}, wanted for {what}, is taken. {mend}") from exc
    return port
