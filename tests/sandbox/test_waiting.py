"""Jails that wait for a job: how many, how long, and that each is used once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from sandbox.backends import SandboxFault, Shape
from sandbox.waiting import Waiting
from tests.sandbox.backends.contract import LIMITS

SHAPE = Shape(helper=Path("/helper"), limits=LIMITS)
OTHER = replace(SHAPE, helper=Path("/other"))
SOON_S = 5.0


@dataclass(eq=False)
class FakeJail:
    shape: Shape
    alive: bool = True

    def discard(self) -> None:
        self.alive = False


class Yard:
    """Starts jails and remembers them."""

    def __init__(self, most: int = 2) -> None:
        self.started: list[FakeJail] = []
        self.threads: set[int] = set()
        self.broken = False
        self.waiting = Waiting(self.start, most)

    def start(self, shape: Shape) -> FakeJail:
        if self.broken:
            raise SandboxFault("jail_start", "no", retry=True)
        self.threads.add(threading.get_ident())
        self.started.append(FakeJail(shape))
        return self.started[-1]

    def job(self, shape: Shape = SHAPE) -> FakeJail | None:
        jail = self.waiting.take(shape)
        self.waiting.done()
        return jail

    def settled(self) -> int:
        """How many jails there are once nothing more is to be started."""
        assert self.waiting.settle(SOON_S)
        return len(self.started)


@pytest.fixture
def yard() -> Iterator[Yard]:
    made = Yard()
    yield made
    made.waiting.close()


def test_the_first_job_finds_none(yard: Yard) -> None:
    """Nothing is started before anybody asked."""

    assert yard.job() is None


def test_what_was_asked_for_waits_the_next_time(yard: Yard) -> None:
    """The second job of a shape gets a jail that was started meanwhile."""

    yard.job()
    yard.settled()

    assert yard.job() is yard.started[0]


def test_a_jail_is_handed_out_once(yard: Yard) -> None:
    """The next job gets another one."""

    yard.job()
    yard.settled()
    first = yard.job()
    yard.settled()

    assert yard.job() not in {first, None}


def test_as_many_wait_as_were_in_use(yard: Yard) -> None:
    """Three at a time make two wait, where two is the most."""

    for _ in range(3):
        yard.waiting.take(SHAPE)
    for _ in range(3):
        yard.waiting.done()

    assert yard.settled() == 2


def test_shapes_do_not_mix(yard: Yard) -> None:
    """A jail of another shape is no stand-in."""

    yard.job()
    yard.settled()

    assert yard.job(OTHER) is None


def test_none_is_started_while_somebody_is_at_work(yard: Yard) -> None:
    """It would only take processor time from the job."""

    yard.job()
    yard.waiting.take(OTHER)

    assert not yard.waiting.settle(0.3)
    assert yard.started == []
    yard.waiting.done()


def test_a_dead_jail_is_not_handed_out(yard: Yard) -> None:
    """One that died while it waited is removed instead."""

    yard.job()
    yard.settled()
    yard.started[0].alive = False

    assert yard.job() is None


def test_a_shape_that_can_not_start_is_left_alone(yard: Yard) -> None:
    """A fault in advance is nobody's fault; the next job starts its own jail and hears of it."""

    yard.broken = True
    yard.job()

    assert yard.settled() == 0
    assert yard.job() is None


def test_a_jail_can_be_expected(yard: Yard) -> None:
    """Whoever knows what comes next can say so."""

    yard.waiting.expect(SHAPE)
    yard.settled()

    assert yard.job() is yard.started[0]


def test_chores_are_done_by_the_thread_of_the_jails(yard: Yard) -> None:
    """What can follow an outcome does not keep it waiting."""

    done_by: list[int] = []
    yard.waiting.take(SHAPE)
    yard.waiting.done(lambda: done_by.append(threading.get_ident()))
    yard.settled()

    assert set(done_by) == yard.threads != {threading.get_ident()}


def test_close_ends_what_waits(yard: Yard) -> None:
    """Nobody will come for it."""

    yard.job()
    yard.settled()
    yard.waiting.close()

    assert [jail.alive for jail in yard.started] == [False]


def test_after_close_no_jail_waits_and_chores_are_still_done(yard: Yard) -> None:
    """A late job works all the same."""

    done: list[str] = []
    yard.waiting.close()

    assert yard.waiting.take(SHAPE) is None
    yard.waiting.done(lambda: done.append("removed"))
    assert done == ["removed"]


def test_close_waits_for_jobs_at_work(yard: Yard) -> None:
    """The thread must not end before the jails it started: they would end with it."""

    yard.job()
    yard.settled()
    yard.waiting.take(SHAPE)
    closing = threading.Thread(target=yard.waiting.close)
    closing.start()
    closing.join(0.3)
    still_there = closing.is_alive()
    yard.waiting.done()
    closing.join(SOON_S)

    assert (still_there, closing.is_alive()) == (True, False)
