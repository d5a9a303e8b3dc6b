"""`gavel tickets`: what became of each ticket, the text of those in our database, and what a person can do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from bridge.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from rich.table import Table

LIST_AT_MOST = 200
_UNKNOWN = "no ticket is named {}; `gavel tickets list` shows them all"
_STYLES = {
    "done": "green",
    "pending": "cyan",
    "held": "yellow",
    "sending": "cyan",
    "uncertain": "yellow",
    "rejected": "red",
    "dead": "red",
    "withdrawn": "dim",
}


@click.group()
def tickets() -> None:
    """See the tickets that overrides opened, and bring on those that stand still."""


@tickets.command("list")
@click.option("--limit", default=LIST_AT_MOST, show_default=True, help="Show the newest ones.")
@click.option(
    "--state", "states", multiple=True, type=click.Choice(sorted(_STYLES)), help="Only these."
)
def list_(limit: int, states: tuple[str, ...]) -> None:
    """List tickets, newest first."""
    from rich.console import Console

    from bridge.bootstrap import tables
    from bridge.store import outbox

    with tables(load_settings()) as (_, engine), engine.begin() as conn:
        found = [
            (row, _changes(conn, row)) for row in outbox.listed(conn, states=states, limit=limit)
        ]
    if not found and states:
        click.echo(f"no ticket is {' or '.join(states)}")
        return
    if not found:
        click.echo("no tickets yet: one appears when a reviewer changes an annotator's rating")
        return
    Console().print(_table(found))


@tickets.command()
@click.argument("key")
def show(key: str) -> None:
    """Show one ticket, named by its key in the tracker or by (the start of) its own key."""
    from rich.console import Console

    from bridge.bootstrap import tables
    from bridge.store import local_tickets, outbox

    with tables(load_settings()) as (_, engine), engine.begin() as conn:
        row = outbox.find(conn, key)
        changes = _changes(conn, row) if row is not None else ()
        text = local_tickets.with_key(conn, row.key) if row is not None else None
    if row is None:
        raise click.ClickException(_UNKNOWN.format(key))
    console = Console()
    console.print(_table([(row, changes)]))
    for line in _facts(row):
        console.print(line, markup=False, highlight=False)
    if text is not None:
        _print_local(console, text)


@tickets.command()
@click.argument("keys", nargs=-1)
@click.option("--all", "all_of_them", is_flag=True, help="All that gave up.")
def retry(keys: tuple[str, ...], *, all_of_them: bool) -> None:
    """Try again what gave up, once its reason is mended (`gavel tickets show KEY` tells it).

    No second ticket comes of it: each attempt looks for one before it creates any.
    """
    from bridge.store import outbox

    if bool(keys) == all_of_them:
        raise click.UsageError("name tickets, or give --all")
    _change(keys, outbox.retry, "in line again", "has not given up", whole=all_of_them)


@tickets.command()
@click.argument("keys", nargs=-1, required=True)
def hold(keys: tuple[str, ...]) -> None:
    """Keep tickets back that have not been sent yet."""
    from bridge.store import outbox

    _change(
        keys,
        lambda conn, key, _: outbox.hold(conn, key),
        "held",
        "is not waiting to be sent",
        work=False,
    )


@tickets.command()
@click.argument("keys", nargs=-1, required=True)
def release(keys: tuple[str, ...]) -> None:
    """Send held tickets."""
    from bridge.store import outbox

    _change(keys, outbox.release, "in line", "is not held")


def _change(
    names: Iterable[str],
    change: Callable[[Any, str, Any], bool],
    done: str,
    not_done: str,
    *,
    whole: bool = False,
    work: bool = True,
) -> None:
    """Changes each row, with a job where there is work; all or none, and fails where a name is unknown."""
    from datetime import UTC, datetime

    from bridge.bootstrap import tables
    from bridge.queue import JobQueue
    from bridge.store import outbox

    now = datetime.now(UTC)
    said: list[str] = []
    with tables(load_settings()) as (url, engine), engine.begin() as conn:
        queue = JobQueue(url)
        for name in outbox.stuck(conn) if whole else names:
            row = outbox.find(conn, name)
            if row is None:
                raise click.ClickException(_UNKNOWN.format(name))
            changed = change(conn, row.key, now)
            if changed and work:
                queue.defer_ticket(conn, row.key)
            shown = row.issue_key or row.key[:8]
            said.append(f"{shown}: {done if changed else f'{not_done} ({row.state})'}")
    for line in said or ["nothing has given up"]:
        click.echo(line)


def _changes(conn: Any, row: Any) -> tuple[Any, ...]:
    from bridge.store import reviews
    from rubric.override_model import AnnotationKey

    target = AnnotationKey(row.target_id, row.target_created_at)
    return tuple(reviews.overrides_of(conn, target, row.generation))


def _table(found: list[tuple[Any, tuple[Any, ...]]]) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, header_style="bold", padding=(0, 2, 0, 0))
    for name in ("ticket", "state", "project", "task", "annotation", "overrides", "due", "key"):
        table.add_column(name, no_wrap=name != "overrides")
    for row, overrides in found:
        table.add_row(
            Text(row.issue_key or "-"),
            Text(row.state, style=_STYLES.get(row.state, "")),
            str(row.project_id),
            str(row.task_id),
            str(row.target_id),
            Text("\n".join(_worded(o) for o in overrides)),
            f"{row.due_at:%Y-%m-%d %H:%M:%S}",
            row.key[:8],
        )
    return table


def _worded(override: Any) -> str:
    from bridge.trackers.subject import worded

    if not override.criterion:
        return f"{' '.join(override.reasons)} ({override.status.value})"
    before, after = worded(override.from_value), worded(override.to_value)
    return f"{override.criterion} {before} -> {after} ({override.status.value})"


def _facts(row: Any) -> list[str]:
    facts = {
        "key": row.key,
        "label": f"gavel-{row.key}",
        "address": row.issue_url,
        "creations tried": row.creates,
        "looked for": row.probes,
        "reason": row.reason,
        "error": row.error,
        "duplicates": ", ".join(row.duplicates),
        "up to date": "yes" if row.told == row.wanted else "no, a change waits to be told",
    }
    return [f"{name:>16}  {value}" for name, value in facts.items() if value]


def _print_local(console: Any, ticket: Any) -> None:
    """Hostile text: printed without markup, and with control characters made visible."""
    parts = [ticket.summary, ticket.body, *(c["text"] for c in ticket.comments)]
    for part in parts:
        console.print()
        console.print(visible(part), markup=False, highlight=False, soft_wrap=True)


def visible(text: str) -> str:
    """A text whose control characters can't reach the terminal."""
    return "".join(c if c in "\n\t" or c.isprintable() else f"\\x{ord(c):02x}" for c in text)
