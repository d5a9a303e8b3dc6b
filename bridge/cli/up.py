"""`gavel up`: web, worker and embedded database on one machine."""

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


@click.command()
def up() -> None:
    """Run everything on this machine until Ctrl-C."""
    settings = load_settings()
    supervisor = Supervisor()
    with contextlib.suppress(StopRequestedError), stop_signals(), database(settings) as url:
        upgrade(url)
        environment = child_environment(url, settings.data_dir, embedded=not settings.database_url)
        try:
            supervisor.start("web", web_command(settings), environment=environment)
            supervisor.start("worker", worker_command(), environment=environment)
            click.echo(f"gavel: serving {settings.public_url}, Ctrl-C stops", err=True)
            supervisor.wait()
        finally:
            supervisor.stop()
