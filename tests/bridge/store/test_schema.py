"""The migrations give exactly the tables that the code names, however often they run."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect

from bridge.store.engine import create_engine
from bridge.store.metadata import metadata
from bridge.store.schema import upgrade

pytestmark = pytest.mark.needs_db


def test_migrations_and_tables_agree(db: Engine) -> None:
    """A table that is changed without a migration would be missing on every old installation."""
    with db.connect() as conn:
        context = MigrationContext.configure(
            conn,
            opts={
                "include_object": lambda _thing, name, kind, *_: (
                    not (kind == "table" and name.startswith("procrastinate_"))
                )
            },
        )
        found = compare_metadata(context, metadata)

    assert found == []


def test_upgrading_again_changes_nothing(db_url: str) -> None:
    """Every process does it when it starts."""
    upgrade(db_url)
    upgrade(db_url)


def test_processes_that_start_together_do_not_collide(database_server: str, db_url: str) -> None:
    """One of them migrates and the others wait."""
    import psycopg

    with psycopg.connect(db_url, autocommit=True) as admin:
        admin.execute("create database empty_start template template0")
    url = database_server.replace("/gavel?", "/empty_start?")
    try:
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(upgrade, [url] * 4))
        engine = create_engine(url)
        assert inspect(engine).has_table("procrastinate_jobs")
        engine.dispose()
    finally:
        with psycopg.connect(database_server, autocommit=True) as admin:
            admin.execute("drop database empty_start with (force)")
