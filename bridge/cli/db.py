"""`gavel db`: the database's schema, and saving or restoring the embedded one."""

from __future__ import annotations

import subprocess
from pathlib import Path

import click

from bridge.settings import load_settings


@click.group()
def db() -> None:
    """Look after the database."""


@db.command()
def upgrade() -> None:
    """Bring the schema to this release; running it again changes nothing."""
    from bridge.bootstrap import database
    from bridge.store.schema import upgrade as bring_up

    with database(load_settings()) as url:
        bring_up(url)
    click.echo("the database has this release's tables")


@db.command()
def url() -> None:
    """Print the database's address, for psql or pg_dump; the embedded server runs until Ctrl-C."""
    import signal

    from bridge.bootstrap import database

    with database(load_settings()) as address:
        click.echo(address)
        signal.sigwait({signal.SIGINT, signal.SIGTERM})


@db.command()
@click.argument("dump", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(dump: Path) -> None:
    """Load a file that pg_dump --format=custom wrote into the (empty) database."""
    from bridge.bootstrap import database
    from bridge.store.embedded import program

    settings = load_settings()
    with database(settings) as address:
        command = [str(program("pg_restore", settings.data_dir)), "--dbname", address, str(dump)]
        done = subprocess.run([*command, "--exit-on-error"], check=False, timeout=3600)
    raise SystemExit(done.returncode)
