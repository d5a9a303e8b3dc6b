"""`gavel web`: the HTTP doors behind gunicorn."""

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
)


@click.command()
def web() -> None:
    """Serve the webhook, the evidence and the health pages."""
    settings = load_settings()
    supervisor = Supervisor()
    with contextlib.suppress(StopRequestedError), stop_signals(), database(settings) as url:
        upgrade(url)
        try:
            supervisor.start(
                "web",
                web_command(settings),
                environment=child_environment(
                    url, settings.data_dir, embedded=not settings.database_url
                ),
            )
            supervisor.wait()
        finally:
            supervisor.stop()
