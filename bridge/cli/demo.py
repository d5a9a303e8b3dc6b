"""`gavel demo`: the whole story on one machine, until Ctrl-C."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from sandbox.toolchain import default_data_folder

if TYPE_CHECKING:
    from bridge.demo.stack import Stack


def demo_folder() -> Path:
    """Where the demo keeps its things."""
    import os

    return Path(os.environ.get("GAVEL_DATA_DIR") or default_data_folder()) / "demo"


@click.command()
@click.option(
    "--tracker",
    type=click.Choice(["local", "jira"]),
    default="local",
    show_default=True,
    help="Where tickets go: our own database, or a Jira double on this machine.",
)
@click.option("--reset", is_flag=True, help="Forget the demo's data and start afresh.")
def demo(tracker: str, *, reset: bool) -> None:
    """Start a real Label Studio with everything around it, pre-fill sample tasks, and wait."""
    from bridge.demo import run, stack
    from bridge.supervisor import StopRequestedError, stop_signals

    console = Console(stderr=True, highlight=False)
    folder = demo_folder()
    if reset:
        _reset(folder)
    with contextlib.suppress(StopRequestedError), stop_signals(), _bar(console) as bar:
        step = bar.add_task("preparing", total=None)

        def progress(message: str) -> None:
            bar.update(step, description=message)

        with stack.running(folder, progress) as running, open_tracker(tracker, running) as chosen:
            project = run.prepare(running, progress, chosen)
            progress("auditing and pre-filling the tasks")
            run.import_samples(running, project)
            run.wait_prefilled(
                running, project, lambda done, all_: bar.update(step, completed=done, total=all_)
            )
            bar.stop()
            _tell(console, running, project, chosen)
            running.services.wait()
    console.print("stopped; nothing is left running")


def _bar(console: Console) -> Progress:
    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
    )  # fmt: skip
    return Progress(*columns, console=console)


@contextlib.contextmanager
def open_tracker(kind: str, running: Stack) -> Any:
    """Settings of the tracker, with Jira's double up while the block runs."""
    if kind == "local":
        yield {"kind": "local"}
        return
    from bridge.demo import jira_double

    with jira_double.running(running.folder.parent, running.supervisor) as url:
        yield {"kind": "jira", "url": url, "project": jira_double.PROJECT, "auth": "none"}


def _tell(console: Console, running: Stack, project: int, tracker: dict[str, Any]) -> None:
    known = running.state
    table = Table(show_header=False, box=None, padding=(0, 2))
    table.add_row("Label Studio", f"{running.server.url}/projects/{project}/data")
    table.add_row("Gavel", f"{running.public_url}/healthz")
    if tracker["kind"] == "jira":
        table.add_row("Jira double", f"{tracker['url']}")
    for role, login in (
        ("annotator", known.annotator), ("reviewer", known.reviewer), ("admin", known.admin),
    ):  # fmt: skip
        table.add_row(role, f"{login.email}  password {login.password}")
    command = f"GAVEL_CONFIG={running.folder / 'gavel.yaml'} {_this_command()} tickets list"
    table.add_row("tickets", command)
    console.print()
    console.print(table)
    console.print(
        "\nSign in as the annotator and submit a task; sign in as the reviewer, change a rating and "
        "press Update: a ticket appears. [bold]Ctrl-C stops everything.[/]"
    )


def _this_command() -> str:
    """How the reader started us, so that the printed command works in his shell too."""
    import sys

    return sys.argv[0]


def _reset(folder: Path) -> None:
    import shutil

    shutil.rmtree(folder, ignore_errors=True)
