"""The jobs: thin wrappers that call handlers, each with its retry table.

Locks (see Queue): `audit:<content>` for single flight, `deepen` and `opinion` for one of their kind at a time, `publish:<project>`, a short
`observe:<task>` and `ticket:<key>`; none spans a task's whole way. A permanent error never retries.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import structlog
from procrastinate import App, BaseRetryStrategy, JobContext, RetryDecision
from procrastinate.jobs import Job

from bridge import deepening, handlers, opining, publishing, reconciling, sweeping
from bridge.bootstrap import Services
from bridge.errors import GavelError
from bridge.queue import NAMESPACE, QUEUES

log = structlog.get_logger(__name__)


class RetryTable(BaseRetryStrategy):
    """Waits the n-th number of seconds after the n-th failure; gives up after the last."""

    def __init__(self, *delays_s: int) -> None:
        self.delays_s: Sequence[int] = delays_s

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """None where trying again can't help."""
        permanent = isinstance(exception, GavelError) and not exception.retry
        if permanent or job.attempts >= len(self.delays_s):
            return None
        return RetryDecision(retry_in={"seconds": self.delays_s[job.attempts]})


SOON = RetryTable(1, 5, 30, 120, 600)
ONCE_MORE = RetryTable(60)
"""For what only refines: all of its kind wait for it meanwhile."""
SWEEP = "* * * * * */10"
"""Every ten seconds: the sixth field is seconds, and it stands last."""
NIGHTLY = "17 3 * * *"
"""Off the hour, when others' jobs start."""
OUTSIDE = RetryTable(1, 2, 5, 15, 60, 300, 900, 3600)
"""For what needs Label Studio or a tracker, which may be away for an hour."""


def _services(context: JobContext) -> Services:
    found: Services = context.additional_context["services"]
    return found


def _is_last(context: JobContext, table: RetryTable) -> bool:
    """Whether the table holds no further try for this job."""
    return context.job.attempts >= len(table.delays_s)


def process_delivery(context: JobContext, delivery_id: int) -> None:
    """Works on a stored delivery."""
    with structlog.contextvars.bound_contextvars(delivery=delivery_id):
        try:
            handlers.process_delivery(_services(context), delivery_id)
        except Exception as exc:
            if _is_last(context, SOON):
                handlers.delivery_failed(_services(context), delivery_id, exc)
            raise


def audit_content(context: JobContext, content_key: str) -> None:
    """Audits one content and puts its tasks' predictions in line."""
    with structlog.contextvars.bound_contextvars(content=content_key[:12]):
        try:
            handlers.audit_content(_services(context), content_key)
        except Exception as exc:
            if _is_last(context, SOON):
                handlers.audit_failed(_services(context), content_key, exc)
            raise


def deepen_content(context: JobContext, content_key: str) -> None:
    """Refines what is known of one content."""
    with structlog.contextvars.bound_contextvars(content=content_key[:12]):
        deepening.deepen(_services(context), content_key)


def ask_opinion(context: JobContext, content_key: str) -> None:
    """Asks a language model what only people can settle."""
    with structlog.contextvars.bound_contextvars(content=content_key[:12]):
        opining.ask(_services(context), content_key)


def publish(context: JobContext, project_id: int) -> None:
    """Publishes what waits in a project."""
    with structlog.contextvars.bound_contextvars(project=project_id):
        publishing.publish(_services(context), project_id)


def observe(context: JobContext, project_id: int, task_id: int) -> None:
    """Looks at a task's annotations and folds what is new."""
    with structlog.contextvars.bound_contextvars(project=project_id, task=task_id):
        handlers.observe(_services(context), project_id, task_id)


def deliver_ticket(context: JobContext, key: str) -> None:
    """Works on a row of the outbox."""
    with structlog.contextvars.bound_contextvars(ticket=key[:12]):
        handlers.deliver_ticket(_services(context), key)


def reconcile(context: JobContext, project_id: int) -> None:
    """Looks for what was never delivered."""
    with structlog.contextvars.bound_contextvars(project=project_id):
        reconciling.reconcile(_services(context), project_id)


def reconcile_all(context: JobContext, timestamp: int) -> None:
    """Puts every project in line that may be reconciled without anybody asking."""
    del timestamp
    reconciling.defer_all(_services(context))


async def sweep(context: JobContext, timestamp: int) -> None:
    """Gives a killed worker's jobs back, and finds work whose job was lost."""
    del timestamp
    await sweeping.give_back_stalled(context.app)
    await asyncio.to_thread(sweeping.drain_spool, _services(context))
    await asyncio.to_thread(sweeping.find_forgotten, _services(context))


JOBS = (
    (process_delivery, SOON),
    (audit_content, SOON),
    (deepen_content, ONCE_MORE),
    (ask_opinion, ONCE_MORE),
    (publish, OUTSIDE),
    (reconcile, OUTSIDE),
    (observe, OUTSIDE),
    (deliver_ticket, OUTSIDE),
)
"""Each job with its retry table."""


def register(app: App) -> None:
    """Adds all jobs to a queue application."""
    for job, retry in JOBS:
        name = job.__name__
        app.task(name=f"{NAMESPACE}:{name}", queue=QUEUES[name], retry=retry, pass_context=True)(
            job
        )
    # No lock: the sweep of a killed worker would hold it, and only a sweep can give it back.
    periodic = app.task(
        name=f"{NAMESPACE}:sweep", queue="sweep", queueing_lock="sweep", pass_context=True
    )(sweep)
    app.periodic(cron=SWEEP)(periodic)
    nightly = app.task(
        name=f"{NAMESPACE}:reconcile_all",
        queue="reconcile",
        queueing_lock="reconcile_all",
        pass_context=True,
    )(reconcile_all)
    app.periodic(cron=NIGHTLY)(nightly)
