"""The job queue: transactional, deduplicated, and a killed worker's jobs come back."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime

import procrastinate
import pytest
from procrastinate import PsycopgConnector
from sqlalchemy import Engine, text

from bridge import sweeping
from bridge.errors import LabelStudioError
from bridge.jobs import OUTSIDE, SOON, register
from bridge.queue import JobQueue

pytestmark = pytest.mark.needs_db


@pytest.fixture
def queue(db_url: str) -> JobQueue:
    return JobQueue(db_url)


def jobs(db: Engine) -> list[tuple[str, str | None]]:
    with db.connect() as conn:
        rows = conn.execute(text("select task_name, lock from procrastinate_jobs order by id"))
        return [tuple(row) for row in rows]


def test_a_job_commits_with_its_cause(queue: JobQueue, db: Engine) -> None:
    """A transaction that is rolled back leaves no job."""
    with db.connect() as conn:
        queue.defer_publish(conn, 1)
        conn.rollback()

    assert jobs(db) == []


def test_asking_twice_for_what_waits_changes_nothing(queue: JobQueue, db: Engine) -> None:
    """And the transaction goes on: the refusal stays inside a savepoint."""
    with db.begin() as conn:
        queue.defer_audits(conn, ["a", "a", "b"], priority=0)
        queue.defer_audits(conn, ["a"], priority=0)

    assert jobs(db) == [("gavel:audit_content", "audit:a"), ("gavel:audit_content", "audit:b")]


def test_a_delayed_job_holds_no_lock(queue: JobQueue, db: Engine) -> None:
    """A waiting job blocks every later one of its lock, even one that is due before it."""
    with db.begin() as conn:
        queue.defer_observe(conn, 1, 7, delay_s=60)
        queue.defer_observe(conn, 1, 7)

    assert jobs(db) == [("gavel:observe", None), ("gavel:observe", "observe:7")]


@pytest.fixture
def stalled(queue: JobQueue, db: Engine) -> Iterator[None]:
    """A job in the hands of a worker that stopped breathing."""
    with db.begin() as conn:
        queue.defer_publish(conn, 1)
        worker = conn.execute(
            text(
                "insert into procrastinate_workers (last_heartbeat) "
                "values (now() - interval '5 minutes') returning id"
            )
        ).scalar_one()
        conn.execute(
            text("update procrastinate_jobs set status = 'doing', worker_id = :worker"),
            {"worker": worker},
        )
    return


def test_a_killed_workers_job_is_given_back(stalled: None, db: Engine, db_url: str) -> None:
    """Without the sweep it would stay in doing for ever."""

    async def sweep() -> int:
        app = procrastinate.App(connector=PsycopgConnector(conninfo=db_url))
        async with app.open_async():
            return await sweeping.give_back_stalled(app)

    given_back = asyncio.run(sweep())

    with db.connect() as conn:
        status = conn.execute(text("select status from procrastinate_jobs")).scalar_one()
    assert (given_back, status) == (1, "todo")


def test_a_stalled_job_makes_room_for_its_like(
    stalled: None, queue: JobQueue, db: Engine, db_url: str
) -> None:
    """Asked for again meanwhile, the waiting job is the one that goes on."""
    with db.begin() as conn:
        queue.defer_publish(conn, 1)

    async def sweep() -> int:
        app = procrastinate.App(connector=PsycopgConnector(conninfo=db_url))
        async with app.open_async():
            return await sweeping.give_back_stalled(app)

    given_back = asyncio.run(sweep())

    with db.connect() as conn:
        states = list(conn.execute(text("select status from procrastinate_jobs")).scalars())
    assert (given_back, states) == (1, ["todo"])


def test_the_sweep_comes_every_ten_seconds() -> None:
    """In every minute, not in every tenth."""
    app = procrastinate.App(connector=PsycopgConnector(conninfo=""))
    register(app)
    found = app.periodic_registry.periodic_tasks.values()
    (sweep,) = [one for one in found if one.task.name == "gavel:sweep"]
    start = datetime(2026, 11, 23, 12, 3, 1, tzinfo=UTC).timestamp()

    times = sweep.croniter.all_next(float, start_time=start)

    assert [next(times) - start for _ in range(3)] == [9, 19, 29]


def test_a_killed_workers_sweep_stands_in_no_ones_way() -> None:
    """Only a sweep could give it back, so it holds no lock."""
    app = procrastinate.App(connector=PsycopgConnector(conninfo=""))
    register(app)
    found = app.periodic_registry.periodic_tasks.values()
    (sweep,) = [one for one in found if one.task.name == "gavel:sweep"]

    assert sweep.task.lock is None


def _job(attempts: int) -> procrastinate.jobs.Job:
    return procrastinate.jobs.Job(
        id=1, queue="q", lock=None, queueing_lock=None, task_name="t", attempts=attempts
    )


def test_a_permanent_error_never_retries() -> None:
    """Trying again can't make a refused token good."""
    refused = LabelStudioError("no", reason="token_refused", retry=False)

    assert OUTSIDE.get_retry_decision(exception=refused, job=_job(0)) is None


def test_a_passing_error_waits_as_the_table_says() -> None:
    """The first retry comes soon, later ones less often."""
    away = LabelStudioError("away", retry=True)
    decision = OUTSIDE.get_retry_decision(exception=away, job=_job(2))

    assert decision is not None
    assert decision.retry_at is not None


def test_retries_end_with_the_table() -> None:
    """A job that failed as often as the table is long is given up, and listed as failed."""
    assert SOON.get_retry_decision(exception=OSError(), job=_job(len(SOON.delays_s))) is None
