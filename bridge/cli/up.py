"""`gavel up`: web, worker and embedded database on one machine."""

from __future__ import annotations

import click

from bridge.cli.serving import serve


@click.command()
def up() -> None:
    """Run everything on this machine until Ctrl-C."""
    serve(worker=True)
