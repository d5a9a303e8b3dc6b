"""Brings a database to the tables this release expects: our own and the job queue's."""

from __future__ import annotations

from procrastinate import App, SyncPsycopgConnector
from sqlalchemy import Engine, inspect

import bridge.store.review_tables  # noqa: F401 - registers its tables on the shared metadata
from bridge.store import tables  # noqa: F401 - registers its tables on the shared metadata
from bridge.store.engine import create_engine
from bridge.store.metadata import metadata


def upgrade(url: str) -> None:
    """Creates what is missing; running it again changes nothing."""
    engine = create_engine(url)
    try:
        metadata.create_all(engine)
        if not _has_queue(engine):
            _apply_queue_schema(url)
    finally:
        engine.dispose()


def _has_queue(engine: Engine) -> bool:
    return bool(inspect(engine).has_table("procrastinate_jobs"))


def _apply_queue_schema(url: str) -> None:
    app = App(connector=SyncPsycopgConnector(conninfo=url))
    with app.open():
        app.schema_manager.apply_schema()
