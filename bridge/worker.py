"""The worker: takes jobs and runs them, audits apart from everything light."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import procrastinate
from procrastinate import PsycopgConnector

from bridge import bootstrap, jobs, reconciling
from bridge.bootstrap import Services
from bridge.errors import ConfigError
from bridge.queue import QUEUES
from bridge.rubrics import load_project_calibration, load_project_rubric
from bridge.settings import Settings

LIGHT_JOBS_AT_ONCE = 4
GRACE_S = 20.0
"""How long running jobs may go on after a stop was asked for."""


def run(settings: Settings, url: str) -> None:
    """Runs until SIGINT or SIGTERM; jobs that are running get `GRACE_S` to end."""
    for project in settings.projects:
        # At once, not when the first task is to be rated.
        load_project_rubric(project)
        load_project_calibration(project)
    app = application(url)
    services = bootstrap.build(settings, url, ready_jails=settings.sandbox.ready_jails)
    reconciling.defer_all(services)
    with contextlib.closing(services.auditor):
        asyncio.run(_run(app, services, settings.audits_at_once))


def application(url: str) -> procrastinate.App:
    """The job queue's application with all jobs."""
    app = procrastinate.App(connector=PsycopgConnector(conninfo=url, min_size=1, max_size=8))
    jobs.register(app)
    return app


async def _run(app: procrastinate.App, services: Services, audits: int) -> None:
    pool = ThreadPoolExecutor(max_workers=audits + LIGHT_JOBS_AT_ONCE + 2)
    asyncio.get_running_loop().set_default_executor(pool)
    light = sorted({"sweep", *QUEUES.values()} - {"audit"})
    async with app.open_async():
        loops = [
            asyncio.create_task(_audits(app, services, audits)),
            asyncio.create_task(_loop(app, services, light, LIGHT_JOBS_AT_ONCE, "light")),
        ]
        _stop_on_signals(loops)
        loops[0].add_done_callback(lambda ended: _end_together(ended, loops))
        done = await asyncio.gather(*loops, return_exceptions=True)
    for outcome in done:
        if isinstance(outcome, Exception):
            raise outcome


def _stop_on_signals(loops: Sequence[asyncio.Task[None]]) -> None:
    """SIGINT and SIGTERM end both loops; each lets its running jobs finish first."""

    def stop() -> None:
        for loop in loops:
            loop.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop)


def _end_together(ended: asyncio.Task[None], loops: Sequence[asyncio.Task[None]]) -> None:
    """Without audits there is no worker: the other loop ends as well."""
    if not ended.cancelled() and ended.exception() is not None:
        for loop in loops:
            loop.cancel()


async def _audits(app: procrastinate.App, services: Services, audits: int) -> None:
    """Audits only once the sandbox has shown that it holds; a worker whose sandbox does not, ends."""
    checks = await asyncio.to_thread(services.auditor.selftest)
    failed = [f"{check.name}: {check.detail}" for check in checks if not check.ok]
    if failed:
        message = f"the sandbox does not hold, so nothing is audited: {'; '.join(failed)}"
        raise ConfigError(f"{message}. `gavel doctor` tells more.", reason="sandbox_selftest")
    await _loop(app, services, ["audit"], audits, "audit")


async def _loop(
    app: procrastinate.App, services: Services, queues: list[str], concurrency: int, name: str
) -> None:
    await app.run_worker_async(
        queues=queues,
        concurrency=concurrency,
        name=name,
        wait=True,
        install_signal_handlers=False,
        delete_jobs="successful",
        shutdown_graceful_timeout=GRACE_S,
        additional_context={"services": services},
    )
