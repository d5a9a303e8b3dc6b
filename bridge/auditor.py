"""Runs audits for the service: the sandbox with its toolchain, made ready once per process."""

from __future__ import annotations

import threading
from typing import Any, Protocol

from bridge.settings import Settings
from sandbox.model import AuditInput, AuditReport


class Auditor(Protocol):
    """Gives the facts about a snippet. Safe to call from several threads."""

    def audit(self, given: AuditInput) -> AuditReport:
        """One report; a faulty snippet is a verdict, a broken sandbox an exception."""


class SandboxAuditor:
    """Audits in real jails on this machine."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._ready: Any = None
        self._lock = threading.Lock()

    def audit(self, given: AuditInput) -> AuditReport:
        """See Auditor."""
        raise NotImplementedError
