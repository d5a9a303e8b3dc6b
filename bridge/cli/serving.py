"""Runs the service's processes until Ctrl-C: what `gavel up` and `gavel web` have in common."""

from __future__ import annotations

import contextlib

import click

from bridge.bootstrap import database
from bridge.settings import load_settings
from bridge.store.schema import upgrade
from bridge.supervisor import (
    StopRequestedError,
    Supervisor,
    child_environment,
    stop_signals,
    web_command,
    worker_command,
)


def serve(*, worker: bool) -> None:
    """Runs the web process, and a worker beside it where asked, with the database they need."""
    settings = load_settings()
    supervisor = Supervisor()
    with contextlib.suppress(StopRequestedError), stop_signals(), database(settings) as url:
        upgrade(url)
        embedded = not settings.database_url
        environment = child_environment(url, settings.data_dir, embedded=embedded)
        try:
            supervisor.start("web", web_command(settings), environment=environment)
            if worker:
                supervisor.start("worker", worker_command(), environment=environment)
            click.echo(f"gavel: serving {settings.public_url}, Ctrl-C stops", err=True)
            supervisor.wait()
        finally:
            supervisor.stop()
