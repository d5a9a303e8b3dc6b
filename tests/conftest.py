"""Fixtures that several suites share."""

from __future__ import annotations

import itertools
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from hypothesis import settings
from sqlalchemy import Engine

from sandbox.toolchain import default_data_folder
from tests.backend_parity import check_parity

# A deadline for each example would time the machine; a reader that hangs meets the test's own time-out.
settings.register_profile("gavel", deadline=None)
settings.load_profile("gavel")

# Without it a failing contract says nothing of what came.
pytest.register_assert_rewrite("tests.sandbox.backends.contract")

_numbers = itertools.count()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """An engine that was started for the tests ends with them."""
    if engine := sys.modules.get("tests.docker_engine"):
        engine.release()
    check_parity(session)


def data_root() -> Path:
    """A folder that outlives one run, for what tests keep; dear things lie beside it."""
    return shared_root() / "tests"


def shared_root() -> Path:
    """Where toolchain and servers are kept for demo and tests alike."""
    return Path(os.environ.get("GAVEL_DATA_DIR") or default_data_folder())


@pytest.fixture(scope="session")
def database_server(worker_id: str) -> Iterator[str]:
    """The address of an embedded PostgreSQL with an empty template database `blank`."""
    from bridge.store.embedded import EmbeddedPostgres
    from bridge.store.schema import upgrade

    base = data_root()
    base.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f"db-{worker_id}-", dir=base) as folder:
        Path(folder).chmod(0o755)
        server = EmbeddedPostgres(Path(folder))
        url = server.start()
        try:
            upgrade(url)
            yield url
        finally:
            server.stop()


@pytest.fixture
def db_url(database_server: str) -> Iterator[str]:
    """A fresh database with all tables; dropped afterwards."""
    name = f"t{next(_numbers)}"
    with psycopg.connect(
        database_server.replace("/gavel?", "/postgres?"), autocommit=True
    ) as admin:
        admin.execute(f"create database {name} template gavel")
        try:
            yield database_server.replace("/gavel?", f"/{name}?")
        finally:
            admin.execute(f"drop database if exists {name} with (force)")


@pytest.fixture
def db(db_url: str) -> Iterator[Engine]:
    """An engine on a fresh database."""
    from bridge.store.engine import create_engine

    engine = create_engine(db_url)
    yield engine
    engine.dispose()
