"""`gavel rerun`: audits a stored task again and prints what is seen now."""

from __future__ import annotations

import click

from bridge.settings import load_settings


@click.command()
@click.argument("task", type=int)
def rerun(task: int) -> None:
    """Audit TASK (Label Studio's number) again as it was told us, and print the report.

    Nothing is stored or published: this is how a reader of a ticket repeats its evidence.
    """
    from rich.console import Console

    from bridge.audit_text import show_report
    from bridge.auditor import SandboxAuditor
    from bridge.bootstrap import tables
    from bridge.labelstudio.task_input import snippet_of
    from bridge.rubrics import load_project_calibration, load_project_rubric
    from bridge.settings import ProjectSettings
    from bridge.store import tasks
    from rubric.suggest import rate

    settings = load_settings()
    with tables(settings) as (_, engine), engine.connect() as conn:
        row = tasks.load(conn, task)
    if row is None:
        raise click.BadParameter(f"no task {task} was ever told us")
    project = settings.project(row.project_id) or ProjectSettings()
    report = SandboxAuditor(settings).audit(snippet_of(row.data, project.columns))
    rated = rate(report, load_project_rubric(project), load_project_calibration(project))
    show_report(rated, Console())
