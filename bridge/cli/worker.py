"""`gavel worker`: takes jobs and runs them."""

from __future__ import annotations

import click

from bridge.settings import load_settings
from bridge.telemetry import configure_logging


@click.command()
def worker() -> None:
    """Work on events, audits, predictions and tickets."""
    from bridge import worker as working
    from bridge.bootstrap import database

    configure_logging()
    settings = load_settings()
    with database(settings) as url:
        working.run(settings, url)
