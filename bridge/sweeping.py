"""Finds work that nobody holds any more: a killed worker's jobs, and causes without a job."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import procrastinate
import structlog
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Status

from bridge.bootstrap import Services
from bridge.labelstudio.envelope import open_envelope
from bridge.queue import PRIORITY_BULK
from bridge.spool import Spool, spool_folder
from bridge.store import deliveries, outbox
from bridge.store import tasks as task_store
from bridge.store.inbox import Inbox

FORGOTTEN_AFTER = timedelta(seconds=60)
LATE = timedelta(seconds=30)
"""How long a ticket may be due before somebody asks for it again."""
STALLED_AFTER_S = 30
"""Three missed heartbeats of procrastinate's worker (one each 10 s)."""

log = structlog.get_logger(__name__)


async def give_back_stalled(app: procrastinate.App) -> int:
    """Puts jobs of workers without a heartbeat back in line; gives how many.

    One of which the like waits already is dropped: it would hold its lock before the other for ever.
    """
    stalled = await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER_S)
    number = 0
    for job in stalled:
        try:
            await app.job_manager.retry_job(job, retry_at=datetime.now(UTC))
        except UniqueViolation:
            await app.job_manager.finish_job(job, status=Status.FAILED, delete_job=True)
        number += 1
    if number:
        log.warning("stalled_jobs_given_back", number=number)
    return number


def drain_spool(services: Services) -> int:
    """Takes in what waited on this machine's disk while the database was down; gives how many."""
    inbox = Inbox(services.engine)

    def keep(body: bytes) -> None:
        inbox.keep(open_envelope(body), body)

    number = Spool(spool_folder(services.settings.data_dir)).drain(keep)
    if number:
        log.warning("spool_drained", number=number)
    return number


def find_forgotten(services: Services) -> None:
    """Asks again for what was stored but is not done: idempotent, since jobs deduplicate."""
    with services.engine.begin() as conn:
        for delivery_id in deliveries.forgotten(conn, older_than=FORGOTTEN_AFTER):
            services.queue.defer_delivery(conn, delivery_id)
        keys = task_store.unfinished(conn, older_than=FORGOTTEN_AFTER)
        services.queue.defer_audits(conn, keys, priority=PRIORITY_BULK)
        for project_id in task_store.projects_waiting(conn):
            services.queue.defer_publish(conn, project_id)
        for key in outbox.forgotten(conn, services.clock(), late=LATE):
            services.queue.defer_ticket(conn, key)
