"""`gavel web`: the HTTP doors behind gunicorn."""

from __future__ import annotations

import os
import sys

import click

from bridge.bootstrap import database
from bridge.settings import Settings, load_settings
from bridge.store.schema import upgrade

WORKERS = 2
THREADS = 8


@click.command()
def web() -> None:
    """Serve the webhook, the evidence and the health pages."""
    settings = load_settings()
    with database(settings) as url:
        upgrade(url)
        serve(settings, url)


def serve(settings: Settings, url: str) -> None:
    """Replaces this process by gunicorn."""
    environment = {**os.environ, "DATABASE_URL": url}
    command = [
        sys.executable, "-m", "gunicorn", "bridge.wsgi:app",
        "--bind", f"{settings.host}:{settings.port}",
        "--workers", str(WORKERS), "--threads", str(THREADS), "--worker-class", "gthread",
        "--worker-tmp-dir", "/dev/shm", "--graceful-timeout", "10", "--timeout", "60",
        "--log-level", "warning", "--no-control-socket",
    ]  # fmt: skip
    os.execve(sys.executable, command, environment)  # noqa: S606 - our own interpreter, fixed arguments
