"""Keeps jails that were started before anybody needs them. Each is used once; none is ever used again."""

from __future__ import annotations

import contextlib
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from functools import partial
from typing import Generic, Protocol, TypeVar

from sandbox.backends import SandboxFault, Shape

_QUIET_S = 0.05
"""How long nobody may have been at work before jails are started in advance: they would only compete."""
_OLD_S = 600.0
_JOIN_S = 60.0


class StartedJail(Protocol):
    """A jail without a job."""

    @property
    def alive(self) -> bool:
        """Whether it still waits; one that died in the meantime is not handed out."""

    def discard(self) -> None:
        """Ends it and removes all of it; raises nothing when it is gone already."""


J = TypeVar("J", bound=StartedJail)


class Waiting(Generic[J]):
    """Started jails by shape. How many of a shape were asked for at a time is how many will wait.

    One thread starts all of them and lives until `close`: the kernel ends a jail with the thread that
    started it. The same thread does what can be done after a job's outcome was given.

    Args:
        start: Starts a jail; raises SandboxFault where that does not work.
        most: How many may wait of one shape; with zero none is started in advance.
    """

    def __init__(self, start: Callable[[Shape], J], most: int) -> None:
        self._start = start
        self._most = most
        self._news = threading.Condition()
        self._ready: dict[Shape, deque[tuple[float, J]]] = {}
        self._asked: Counter[Shape] = Counter()
        self._missing: Counter[Shape] = Counter()
        self._chores: deque[Callable[[], None]] = deque()
        self._at_work = 0
        self._quiet_since = 0.0
        self._thread: threading.Thread | None = None
        self._closed = False
        self._doing = False

    def expect(self, shape: Shape) -> None:
        """Asks for a jail of the shape, to be started when nobody is at work."""
        with self._news:
            self._ask(shape)
            self._wake()

    def take(self, shape: Shape) -> J | None:
        """Gives a waiting jail of the shape, if there is one; whoever takes calls `done` afterwards."""
        with self._news:
            self._at_work += 1
            self._ask(shape)
            ready = self._ready.get(shape, deque())
            while ready:
                since, jail = ready.popleft()
                if jail.alive and since + _OLD_S > time.monotonic():
                    return jail
                self._chores.append(jail.discard)
        return None

    def done(self, chore: Callable[[], None] | None = None) -> None:
        """Notes that a job has ended; the chore is done soon, here when there is no thread any more."""
        with self._news:
            self._at_work -= 1
            self._quiet_since = time.monotonic()
            closed = self._closed
            if chore is not None and not closed:
                self._chores.append(chore)
            self._wake()
        if chore is not None and closed:
            chore()

    def settle(self, timeout_s: float) -> bool:
        """Waits until everything that was asked for waits again; tells whether it does."""
        with self._news:
            return self._news.wait_for(self._settled, timeout_s)

    def close(self) -> None:
        """Ends the waiting jails and the thread; jobs that run go on until they are done."""
        with self._news:
            self._closed = True
            thread, self._thread = self._thread, None
            self._news.notify_all()
        if thread is not None:
            thread.join(_JOIN_S)

    def _ask(self, shape: Shape) -> None:
        if self._most:
            self._asked[shape] += 1

    def _wake(self) -> None:
        if not self._closed and self._thread is None and (self._most or self._chores):
            self._thread = threading.Thread(target=self._live, name="jails", daemon=True)
            self._thread.start()
        self._news.notify_all()

    def _settled(self) -> bool:
        open_ends = (self._at_work, self._chores, self._asked, +self._missing, self._doing)
        return self._thread is None or not any(open_ends)

    def _live(self) -> None:
        while (chore := self._next()) is not None:
            # What can't be removed here is what the next start sweeps.
            with contextlib.suppress(SandboxFault, OSError):
                chore()

    def _next(self) -> Callable[[], None] | None:
        """Gives what the thread does next; None at its end."""
        with self._news:
            self._doing = False
            while (chore := self._chore()) is None:
                if self._closed and not self._at_work:
                    return None
                self._news.notify_all()
                self._news.wait(self._pause_s() or _OLD_S)
            self._doing = True
            return chore

    def _chore(self) -> Callable[[], None] | None:
        """Gives what is due: removals at once, new jails only while nobody is at work."""
        self._expire(all_of_them=self._closed)
        if self._chores:
            return self._chores.popleft()
        if self._closed or self._pause_s():
            return None
        self._count()
        for shape in +self._missing:
            self._missing[shape] -= 1
            return partial(self._add, shape)
        return None

    def _pause_s(self) -> float:
        """Gives how long to wait before jails are started in advance; zero when it is quiet."""
        if self._at_work:
            return _OLD_S
        return max(0.0, self._quiet_since + _QUIET_S - time.monotonic())

    def _count(self) -> None:
        for shape, asked in self._asked.items():
            there = len(self._ready.setdefault(shape, deque()))
            self._missing[shape] = min(asked, self._most) - there
        self._asked.clear()

    def _add(self, shape: Shape) -> None:
        jail = self._start(shape)
        with self._news:
            self._ready.setdefault(shape, deque()).append((time.monotonic(), jail))

    def _expire(self, *, all_of_them: bool) -> None:
        oldest = float("inf") if all_of_them else time.monotonic() - _OLD_S
        for ready in self._ready.values():
            while ready and ready[0][0] < oldest:
                self._chores.append(ready.popleft()[1].discard)
