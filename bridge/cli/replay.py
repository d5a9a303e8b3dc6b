"""`gavel replay`: stored deliveries go to the handlers again."""

from __future__ import annotations

import click

from bridge.settings import load_settings


@click.command()
@click.argument("deliveries", type=int, nargs=-1, required=True)
def replay(deliveries: tuple[int, ...]) -> None:
    """Work on stored DELIVERIES (their numbers) again; what is known already changes nothing."""
    from bridge.bootstrap import tables
    from bridge.queue import JobQueue
    from bridge.store import deliveries as store

    with tables(load_settings()) as (url, engine):
        queue = JobQueue(url)
        with engine.begin() as conn:
            for number in deliveries:
                if store.load(conn, number) is None:
                    raise click.BadParameter(f"there is no delivery {number}")
                store.finish(conn, number, "received")
                queue.defer_delivery(conn, number)
    click.echo(f"{len(deliveries)} delivery(ies) put in line again")
