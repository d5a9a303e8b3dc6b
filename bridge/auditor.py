"""Runs audits for the service: the sandbox with its toolchain, made ready once per process."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Protocol

from bridge.backend_choice import make_backend
from bridge.settings import Settings
from bridge.supplying import make_supplies
from sandbox.backends import Backend, SandboxFault
from sandbox.canary import tried
from sandbox.model import AuditInput, AuditReport, Limits
from sandbox.runner import audit
from sandbox.selftest import SelfCheck, selftest
from sandbox.supplies import Supplies
from sandbox.toolchain import Toolchain, prepare


class Auditor(Protocol):
    """Gives the facts about a snippet. Safe to call from several threads."""

    def audit(self, given: AuditInput, *, deep: bool = False) -> AuditReport:
        """One report, with the second pass if asked; a faulty snippet is a verdict, and a jail that fails is `internal_error`."""

    def selftest(self) -> list[SelfCheck]:
        """A line per hostile program that was tried; a sandbox on which one fails is not used."""

    def close(self) -> None:
        """Ends jails that wait for a snippet; can be called twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ready:
    toolchain: Toolchain
    supplies: Supplies
    backend: Backend


class SandboxAuditor:
    """Audits in real jails of the backend that the settings name; some wait for a job where `ready` says so."""

    def __init__(self, settings: Settings, limits: Limits | None = None, *, ready: int = 0) -> None:
        self._folder = settings.toolchain_dir or settings.data_dir
        self._sandbox = settings.sandbox
        self._weak = settings.weak_limits_allowed
        self._limits = limits or Limits()
        self._jails = ready
        self._ready: _Ready | None = None
        self._lock = threading.Lock()

    def audit(self, given: AuditInput, *, deep: bool = False) -> AuditReport:
        """See Auditor."""
        ready = self._prepared()
        return audit(
            given,
            limits=self._limits,
            backend=ready.backend,
            toolchain=ready.toolchain,
            supplies=ready.supplies,
            deep=deep,
        )

    def selftest(self) -> list[SelfCheck]:
        """See Auditor. With a database server (server mode) weak limits fail unless they are allowed."""
        try:
            ready = self._prepared()
        except SandboxFault as fault:
            return [SelfCheck(name="jail", ok=False, detail=str(fault))]
        return selftest(ready.backend, ready.toolchain, allow_weak_limits=self._weak)

    def close(self) -> None:
        """See Auditor."""
        if self._ready is not None:
            self._ready.backend.close()

    def _prepared(self) -> _Ready:
        """The toolchain is prepared by the first caller; the others wait for it."""
        with self._lock:
            if self._ready is None:
                backend = make_backend(
                    self._sandbox, allow_weak_limits=self._weak, ready=self._jails
                )
                toolchain = tried(backend, prepare(self._folder))
                supplies = make_supplies(self._sandbox, toolchain)
                self._ready = _Ready(toolchain=toolchain, supplies=supplies, backend=backend)
            return self._ready
