"""`gavel doctor`: a line per check, and how to mend what fails."""

from __future__ import annotations

import sys

import click
from rich.console import Console

from bridge.settings import load_settings

MARKS = {True: "[green]pass[/]", False: "[red]FAIL[/]", None: "[yellow]skip[/]"}


@click.command()
def doctor() -> None:
    """Check this installation; exit status 1 if anything fails."""
    from bridge import doctor as examining
    from bridge.bootstrap import database
    from bridge.store.schema import upgrade

    console = Console(highlight=False)
    settings = load_settings()
    failures = 0
    with database(settings) as url:
        upgrade(url)
        for check in examining.examine(settings, url):
            console.print(f"{MARKS[check.ok]}  [bold]{check.name}[/]  ", end="")
            console.print(check.detail, markup=False)
            if check.ok is False:
                failures += 1
                console.print(f"      -> {check.mend}", style="yellow", markup=False)
    sys.exit(1 if failures else 0)
