"""`gavel import`: audits rows and imports them into a project, complete with evidence."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console
from rich.progress import track

from bridge.errors import ConfigError
from bridge.settings import load_settings


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--project", type=int, required=True, help="Label Studio's project id.")
def import_(file: Path, project: int) -> None:
    """Audit the rows of FILE (JSON list or JSON lines) and import them with their suggestions.

    A row holds prompt and code (or files), and tests, go, cases, stdin, expected if there are any.
    Bad rows are listed with line and reason; the others go in.
    """
    from bridge import bootstrap, importing

    console = Console(stderr=True, highlight=False)
    settings = load_settings()
    chosen = settings.project(project)
    if chosen is None:
        raise ConfigError(f"project {project} is not in gavel.yaml; add it under `projects`.")
    rows = list(importing.read_rows(file))
    with bootstrap.database(settings) as url:
        services = bootstrap.build(settings, url)
        bar = iter(track(range(len(rows)), "auditing and importing", console=console))
        result = importing.import_rows(services, chosen, rows, done=lambda _finished: _advance(bar))
    for row in result.bad:
        console.print(f"line {row.line}: {row.reason}", style="yellow", markup=False)
    console.print(f"{result.tasks} task(s) imported, {len(result.bad)} row(s) left out")
    raise SystemExit(1 if result.bad else 0)


def _advance(bar: object) -> None:
    next(bar, None)  # type: ignore[call-overload]
