"""Watches one jail at work: sends the job, reads its streams with caps, and ends it when a limit is reached."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import time
from dataclasses import dataclass, field

from sandbox.backends import Captured, JobLimits
from sandbox.jail_cgroup import Group
from sandbox.jail_procs import tree_usage
from sandbox.model import KilledBy

_CHUNK = 1 << 20
_POLL_S = 0.02
_MIB = 1024 * 1024
_LAST_WORDS_S = 2.0


@dataclass(slots=True)
class Stream:
    """One pipe that is read to its end, keeping at most `limit` bytes."""

    fd: int
    limit: int
    kept: bytearray = field(default_factory=bytearray)
    total: int = 0

    def read(self) -> bool:
        """Reads once; gives False at the end of the stream."""
        data = os.read(self.fd, _CHUNK)
        self.total += len(data)
        room = self.limit - len(self.kept)
        if room > 0:
            self.kept += data[:room]
        return bool(data)

    def captured(self) -> Captured:
        """Gives what was kept and how much there was."""
        return Captured(data=bytes(self.kept), total=self.total)


@dataclass(slots=True, kw_only=True)
class Watch:
    """The supervisor's view of one jail: its own clock, its own counters."""

    pid: int
    """The jail's first process; its death ends every process of the jail."""
    limits: JobLimits
    group: Group | None
    streams: tuple[Stream, ...]
    into: int
    """Where the job is written to."""
    unsent: memoryview
    started: float = field(default_factory=time.monotonic)
    killed_by: KilledBy | None = None
    cpu_s: float = 0.0
    memory_peak: int = 0
    wall_s: float = 0.0
    _cpu_before: float = 0.0

    def until_silent(self) -> None:
        """Sends the job and reads until every stream has ended; a dead jail closes all of them."""
        self._cpu_before = self._used()
        with selectors.DefaultSelector() as selector:
            for stream in self.streams:
                selector.register(stream.fd, selectors.EVENT_READ, stream)
            self._send(selector)
            next_check = self.started + _POLL_S
            while any(isinstance(key.data, Stream) for key in selector.get_map().values()):
                for key, _ in selector.select(_POLL_S):
                    self._serve(selector, key.data)
                if time.monotonic() >= next_check:
                    self._check()
                    next_check = time.monotonic() + _POLL_S
        self.wall_s = time.monotonic() - self.started
        if self.group is not None:
            self._count()

    def _serve(self, selector: selectors.BaseSelector, stream: Stream | None) -> None:
        if stream is None:
            self._send(selector)
        elif not stream.read():
            selector.unregister(stream.fd)
        elif stream.total > stream.limit:
            self.kill(KilledBy.OUTPUT)

    def _send(self, selector: selectors.BaseSelector) -> None:
        """Writes what the pipe takes; the rest when there is room again."""
        os.set_blocking(self.into, False)
        try:
            while self.unsent:
                self.unsent = self.unsent[os.write(self.into, self.unsent) :]
        except BlockingIOError:
            if self.into not in selector.get_map():
                selector.register(self.into, selectors.EVENT_WRITE)
            return
        except BrokenPipeError:
            # The helper is gone; what ended it shows in the streams and counters.
            self.unsent = self.unsent[:0]
        if self.into in selector.get_map():
            selector.unregister(self.into)

    def _check(self) -> None:
        self._count()
        elapsed = time.monotonic() - self.started
        if elapsed > self.limits.wall_s:
            self.kill(KilledBy.WALL)
        elif self.cpu_s > self.limits.cpu_s:
            self.kill(KilledBy.CPU)
        elif self.group is None and self.memory_peak > self.limits.memory_mib * _MIB:
            self.kill(KilledBy.MEMORY)
        if elapsed > self.limits.wall_s + _LAST_WORDS_S:
            self._signal()

    def _count(self) -> None:
        if self.group is None:
            self._poll()
        else:
            self.cpu_s = max(self.cpu_s, self._used() - self._cpu_before)

    def _used(self) -> float:
        """Gives the processor time of the jail since its start, of which the job is only a part."""
        if self.group is None:
            return tree_usage(self.pid)[0]
        return self.group.cpu_s() or 0.0

    def _poll(self) -> None:
        cpu, resident, threads = tree_usage(self.pid)
        if threads > self.limits.processes:
            self.kill(KilledBy.PIDS)
        self.cpu_s = max(self.cpu_s, cpu - self._cpu_before)
        self.memory_peak = max(self.memory_peak, resident)

    def kill(self, why: KilledBy) -> None:
        """Ends the jail; the first reason stands."""
        if self.killed_by is None:
            self.killed_by = why
            self._signal()

    def _signal(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
