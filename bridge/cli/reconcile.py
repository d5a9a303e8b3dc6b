"""`gavel reconcile`: finds what was never delivered."""

from __future__ import annotations

import click

from bridge.settings import load_settings


@click.command()
@click.argument("projects", type=int, nargs=-1)
def reconcile(projects: tuple[int, ...]) -> None:
    """Compare PROJECTS (all of gavel.yaml's where none is named) with Label Studio, and catch up.

    What was missed is put in line for the worker, as its delivery would have been. The worker does
    the same by itself when it starts and every night for projects that have a `cutoff`.
    """
    from bridge import bootstrap
    from bridge.errors import GavelError
    from bridge.reconciling import reconcile as look

    settings = load_settings()
    chosen = projects or tuple(one.id for one in settings.projects if one.id is not None)
    unknown = [str(one) for one in projects if settings.project(one) is None]
    if unknown:
        raise click.BadParameter(f"gavel.yaml names no project {', '.join(unknown)}")
    if not chosen:
        raise click.ClickException("gavel.yaml names no project with an id; `gavel setup` adds one")
    with bootstrap.database(settings) as url:
        services = bootstrap.build(settings, url)
        for project_id in chosen:
            try:
                found = look(services, project_id)
            except GavelError as exc:
                raise click.ClickException(str(exc)) from exc
            click.echo(
                f"project {project_id}: {found.tasks} tasks; never delivered: "
                f"{found.never_delivered} ({found.new_tasks} new, {found.changed} with annotations, "
                f"{found.gone} deleted), put in line: {found.never_delivered}"
            )
