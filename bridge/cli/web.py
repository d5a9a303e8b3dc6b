"""`gavel web`: the HTTP doors behind gunicorn."""

from __future__ import annotations

import click

from bridge.cli.serving import serve


@click.command()
def web() -> None:
    """Serve the webhook, the evidence and the health pages."""
    serve(worker=False)
