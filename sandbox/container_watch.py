"""Watches one running container over its attached stream, and ends it when a limit is reached."""

from __future__ import annotations

import selectors
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from sandbox.backends import JobLimits, SandboxFault
from sandbox.container_stream import BadStream, Spoken
from sandbox.model import KilledBy

_CHUNK = 1 << 16
_POLL_S = 0.02
_START_S = 20.0
_LAST_WORDS_S = 10.0


@dataclass(slots=True, kw_only=True)
class ContainerWatch:
    """The supervisor's view of one container: its own clock, the counters of the container's group."""

    link: socket.socket
    limits: JobLimits
    spoken: Spoken
    kill: Callable[[], None]
    unsent: memoryview
    started: float = field(default_factory=time.monotonic)
    running: bool = False
    """Whether the helper has spoken: the engine's own time before that is not the snippet's."""
    killed_by: KilledBy | None = None
    killer: threading.Thread | None = None
    wall_s: float = 0.0

    def until_silent(self) -> None:
        """Talks with the container until it has ended or has said everything.

        Raises:
            SandboxFault: When the engine or the helper does not keep to its part.
        """
        try:
            self._talk()
        finally:
            if self.killer is not None:
                self.killer.join()

    def _talk(self) -> None:
        self.link.settimeout(0)
        with selectors.DefaultSelector() as selector:
            selector.register(self.link, selectors.EVENT_READ | selectors.EVENT_WRITE)
            next_check = self.started
            while not self.spoken.ended:
                for _, events in selector.select(_POLL_S):
                    if events & selectors.EVENT_WRITE:
                        self._write(selector)
                    if events & selectors.EVENT_READ and not self._read():
                        self._stop_clock()
                        return
                if time.monotonic() >= next_check:
                    self._check()
                    next_check = time.monotonic() + _POLL_S
        self._stop_clock()

    def _stop_clock(self) -> None:
        self.wall_s = time.monotonic() - self.started

    def _write(self, selector: selectors.BaseSelector) -> None:
        try:
            sent = self.link.send(self.unsent[:_CHUNK])
        except BlockingIOError:
            return
        except OSError:
            # The container ended early; what it said last comes by reading on.
            sent = len(self.unsent)
        self.unsent = self.unsent[sent:]
        if not self.unsent:
            selector.modify(self.link, selectors.EVENT_READ)

    def _read(self) -> bool:
        try:
            data = self.link.recv(_CHUNK)
        except BlockingIOError:
            return True
        except OSError:
            return False
        if data and not self.running:
            self.running, self.started = True, time.monotonic()
        try:
            self.spoken.feed(data)
        except BadStream as exc:
            raise SandboxFault("helper_lost", str(exc), retry=True) from exc
        if self.spoken.full:
            self._end(KilledBy.OUTPUT)
        return bool(data)

    def _check(self) -> None:
        elapsed = time.monotonic() - self.started
        if not self.running:
            if elapsed > _START_S:
                raise SandboxFault("jail_start", "the container did not speak", retry=True)
        elif elapsed > self.limits.wall_s:
            self._end(KilledBy.WALL)
        elif (self.spoken.cpu_ns or 0) / 1e9 > self.limits.cpu_s:
            self._end(KilledBy.CPU)
        if self.running and elapsed > self.limits.wall_s + _LAST_WORDS_S:
            raise SandboxFault("jail_stuck", "the container did not end", retry=True)

    def _end(self, why: KilledBy) -> None:
        """Kills beside the reading: an engine whose stream nobody empties ends no container."""
        if self.killed_by is None:
            self.killed_by = why
            self.killer = threading.Thread(target=self.kill)
            self.killer.start()
