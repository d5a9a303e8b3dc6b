"""`gavel demo-check`: plays the demo's story in a browser; exit status 0 only if all of it held."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path

import click
from rich.console import Console

from bridge.cli.demo import demo_folder, open_tracker


@click.command("demo-check")
@click.option("--tracker", type=click.Choice(["local", "jira"]), default="local", show_default=True)
@click.option(
    "--pictures",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("artifacts/demo"),
    show_default=True,
    help="Where screenshots are kept.",
)
def demo_check(tracker: str, pictures: Path) -> None:
    """Start everything afresh, click through the story, and check the tickets."""
    from bridge.demo import browser, check, run, stack
    from bridge.demo.label_studio_server import DemoError
    from bridge.supervisor import StopRequestedError, stop_signals

    console = Console(highlight=False)
    folder = demo_folder().with_name("demo-check")
    _forget_work(folder)
    with contextlib.suppress(StopRequestedError), stop_signals():
        try:
            with (
                stack.running(folder, _Steps(console)) as running,
                open_tracker(tracker, running) as chosen,
                browser.browser() as opened,
            ):
                running.state.project_id = None
                running.state.tasks_imported = False
                project = run.prepare(running, _Steps(console), chosen)
                run.import_samples(running, project)
                count = run.wait_prefilled(running, project, lambda _done, _all: None)
                console.print(f"{count} tasks are pre-filled")
                check.Story(
                    stack=running,
                    browser=opened,
                    project_id=project,
                    timeline=check.Timeline(console.print),
                    shoot=check.keep_pictures(pictures),
                ).play()
        except DemoError as exc:
            console.print(f"the story did not hold: {exc}", style="red", markup=False)
            sys.exit(1)
        console.print("[green]the whole story held[/]")
        sys.exit(0)
    sys.exit(130)


class _Steps:
    """Prints each step once."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._last = ""

    def __call__(self, message: str) -> None:
        if message != self._last:
            self._console.print(f"... {message}", style="dim")
            self._last = message


def _forget_work(folder: Path) -> None:
    """Starts with an empty database; Label Studio's own is kept, since building it takes long."""
    import shutil

    shutil.rmtree(folder / "postgres", ignore_errors=True)
