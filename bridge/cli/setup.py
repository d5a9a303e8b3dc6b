"""`gavel setup`: makes the projects of gavel.yaml fit for Gavel, or says what it did."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bridge.errors import ConfigError
from bridge.settings import Settings, load_settings

if TYPE_CHECKING:
    from bridge.labelstudio.client import LabelStudioClient


TITLE = "Review of AI-generated Go"


@click.command()
def setup() -> None:
    """Create or mend the projects of gavel.yaml in Label Studio; running it again is safe.

    A project without an `id` is created and its id printed, to be put into gavel.yaml. The label
    config of a project that has annotations is left alone.
    """
    from bridge.labelstudio.client import LabelStudioClient

    settings = load_settings()
    secret = settings.webhook_secret.get_secret_value().partition(",")[0]
    if not secret:
        raise ConfigError("set GAVEL_WEBHOOK_SECRET to a long random text first.")
    client = LabelStudioClient(
        settings.label_studio.url, settings.label_studio.token.get_secret_value()
    )
    for line in _set_up(settings, client, secret):
        click.echo(line)


def _by_title(client: LabelStudioClient, title: str) -> int | None:
    """The one project of this title, so that running it again makes no second one."""
    found = [int(one["id"]) for one in client.projects() if one.get("title") == title]
    if len(found) > 1:
        raise ConfigError(f"projects {found} are all titled {title!r}: put `id` into gavel.yaml.")
    return found[0] if found else None


def _set_up(settings: Settings, client: LabelStudioClient, secret: str) -> list[str]:
    from bridge import project_setup
    from bridge.labelstudio.labeling import label_config
    from bridge.rubrics import load_project_rubric

    lines = []
    for project in settings.projects:
        config = label_config(
            load_project_rubric(project), variant=project.variant, columns=project.columns or None
        )
        title = project.title or TITLE
        number = project.id or _by_title(client, title)
        if number is None:
            number = project_setup.create_project(
                client,
                title=title,
                label_config=config,
            )
            lines.append(f"created project {number}: put `id: {number}` into gavel.yaml")
        else:
            lines += project_setup.ensure_config(client, number, config)
        project_setup.ensure_view(client, number)
        project_setup.ensure_switches(client, number)
        project_setup.ensure_webhook(client, number, public_url=settings.public_url, secret=secret)
        lines.append(f"project {number}: view, pre-fill switches and webhook are set")
    return lines
