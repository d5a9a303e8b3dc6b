"""The embedded PostgreSQL: fenced, shared, and gone when it should be; as root and as a plain user."""

from __future__ import annotations

import os
import pwd
import stat
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from bridge.errors import StoreError
from bridge.store.embedded import EmbeddedPostgres
from tests.conftest import data_root

ROOT = Path(__file__).parents[3]
pytestmark = [pytest.mark.needs_db, pytest.mark.slow]

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has to change its user")


@pytest.fixture
def folder() -> Iterator[Path]:
    """A data folder that the database's user may reach."""
    data_root().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="embedded-", dir=data_root()) as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedPostgres]:
    data_root().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="embedded-", dir=data_root()) as name:
        Path(name).chmod(0o755)
        yield from _started(Path(name))


def _started(folder: Path) -> Iterator[EmbeddedPostgres]:
    started = EmbeddedPostgres(folder)
    started.start()
    yield started
    started.stop()


def postmaster(server: EmbeddedPostgres) -> int:
    return int((server.cluster / "postmaster.pid").read_text().split()[0])


def test_it_answers_on_its_socket(server: EmbeddedPostgres) -> None:
    """The address that `start` gives is usable."""
    with psycopg.connect(server.url) as connection:
        assert connection.execute("select 1").fetchone() == (1,)


def test_it_listens_on_no_tcp_port(server: EmbeddedPostgres) -> None:
    """Nobody reaches it over the network, not even on loopback."""
    with psycopg.connect(server.url) as connection:
        assert connection.execute("show listen_addresses").fetchone() == ("",)


def test_its_socket_folder_is_private(server: EmbeddedPostgres) -> None:
    """Mode 0700: another user can't even knock."""
    assert stat.S_IMODE(server.sockets.stat().st_mode) == 0o700


def test_it_trusts_nobody_by_default(server: EmbeddedPostgres) -> None:
    """Only the owner's system user is let in, whatever name he asks for."""
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(server.url.replace("gavel@", "postgres@"))


@as_root
def test_as_root_it_runs_under_a_user_of_its_own(server: EmbeddedPostgres) -> None:
    """PostgreSQL refuses root, and `nobody` may own other things."""
    owner = Path(f"/proc/{postmaster(server)}").stat().st_uid

    assert pwd.getpwuid(owner).pw_name == "gavel-postgres"


@as_root
def test_as_root_it_opens_no_parent_folder(folder: Path) -> None:
    """The data folder's parents keep their modes: a private one is refused, not opened."""
    private = folder / "private"
    private.mkdir(mode=0o700)

    with pytest.raises(StoreError, match="only its owner may enter"):
        EmbeddedPostgres(private / "data").start()

    assert stat.S_IMODE(private.stat().st_mode) == 0o700


def test_a_second_process_shares_the_server(server: EmbeddedPostgres) -> None:
    """Web, worker and commands of one data folder use one server; joining it does not stop it."""
    other = EmbeddedPostgres(server.root.parent)
    other.start()
    other.stop()

    with psycopg.connect(server.url) as connection:
        assert connection.execute("select 1").fetchone() == (1,)


def test_stop_leaves_no_process(folder: Path) -> None:
    """The server and its children are gone when `stop` returns."""
    started = EmbeddedPostgres(folder)
    started.start()
    pid = postmaster(started)
    started.stop()

    assert not Path(f"/proc/{pid}").exists()


def test_data_of_another_major_version_is_named_with_the_way_out(folder: Path) -> None:
    """The message says which versions meet and holds the dump command."""
    started = EmbeddedPostgres(folder)
    started.start()
    started.stop()
    (started.cluster / "PG_VERSION").write_text("12\n")

    with pytest.raises(StoreError, match=r"PostgreSQL 12.*pg_dump"):
        EmbeddedPostgres(folder).start()


def test_a_long_data_folder_still_gets_a_socket(folder: Path) -> None:
    """A unix socket's path holds 107 bytes; a longer folder gets one under /tmp."""
    deep = folder / ("x" * 100)
    started = EmbeddedPostgres(deep)
    started.start()
    try:
        with psycopg.connect(started.url) as connection:
            assert connection.execute("select 1").fetchone() == (1,)
    finally:
        started.stop()
        started.sockets.rmdir()


@as_root
def test_a_plain_user_can_run_it(folder: Path) -> None:
    """The same code, started by a user without any rights."""
    home = folder / "plain"
    home.mkdir()
    os.chown(home, 65534, 65534)
    script = (
        "from pathlib import Path\nfrom bridge.store.embedded import EmbeddedPostgres\nimport psycopg\n"
        f"s = EmbeddedPostgres(Path({str(home)!r}))\nu = s.start()\n"
        "print(psycopg.connect(u).execute('select current_user').fetchone()[0])\ns.stop()\n"
    )
    done = subprocess.run(
        [_public_python(), "-c", script],
        user=65534, group=65534, extra_groups=[], capture_output=True, text=True, timeout=120,
        check=False, cwd="/",
        env={"PYTHONPATH": f"{sysconfig.get_path('purelib')}:{ROOT}", "HOME": str(home)},
    )  # fmt: skip

    assert (done.stdout.strip(), done.returncode) == ("gavel", 0), done.stderr


def _public_python() -> str:
    """An interpreter of our version that every user may start."""
    wanted = f"python3.{sys.version_info.minor}"
    for path in (Path("/usr/bin") / wanted, Path("/usr/local/bin") / wanted):
        if path.exists() and _reachable(path) and _reachable(ROOT):
            return str(path)
    pytest.skip(f"no {wanted} that a plain user may start, or the checkout is private")


def _reachable(path: Path) -> bool:
    return all(p.stat().st_mode & stat.S_IXOTH for p in path.resolve().parents)
