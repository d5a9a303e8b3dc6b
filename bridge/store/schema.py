"""Brings a database to the tables this release expects: our own and the job queue's."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from procrastinate import App, SyncPsycopgConnector
from sqlalchemy import Connection, inspect, text

from bridge.store.engine import create_engine

_LOCK = 0x67617665
"""Any number that all our processes agree on: they start together, one of them migrates."""


def upgrade(url: str) -> None:
    """Creates or changes what is missing; running it again changes nothing."""
    engine = create_engine(url)
    try:
        with engine.begin() as conn:
            conn.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            command.upgrade(config(conn), "head")
            if not inspect(conn).has_table("procrastinate_jobs"):
                _apply_queue_schema(conn)
    finally:
        engine.dispose()


def config(conn: Connection) -> Config:
    """Alembic's configuration for a connection."""
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    made.attributes["connection"] = conn
    return made


def _apply_queue_schema(conn: Connection) -> None:
    """On our own connection, so that both schemas are there together or not at all."""
    app = App(connector=SyncPsycopgConnector())
    schema = app.schema_manager.get_schema()
    conn.exec_driver_sql(schema.replace("%", "%%"))
