"""A worker that is killed in the middle of an audit leaves nothing behind once it runs again."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import docker
import pytest
import yaml
from docker.utils import kwargs_from_env
from sqlalchemy import Engine, text

from bridge.labelstudio.envelope import open_envelope
from bridge.store.inbox import Inbox
from sandbox.container_args import LABEL, LABEL_OWNER
from tests.conftest import shared_root
from tests.docker_engine import docker_host
from tests.hostile.canaries import own_mounts
from tests.hostile.conftest import MARKS

pytestmark = [pytest.mark.needs_db, pytest.mark.slow, pytest.mark.timeout(240)]
ROOT = Path(__file__).parents[2]
PROJECT = 3
SLEEPER = 'package main\n\nimport "time"\n\nfunc main() { time.Sleep(time.Hour) }\n'


@dataclass(slots=True, kw_only=True)
class Host:
    """One machine on which workers of one installation run, one after another."""

    folder: Path
    url: str
    backend: str
    engine: str
    sign: str = field(default_factory=lambda: uuid.uuid4().hex)
    """Argument of the audited program, by which its process is known."""
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def temporary(self) -> Path:
        return self.folder / "tmp"

    def start(self) -> subprocess.Popen[bytes]:
        """A real worker; it needs no Label Studio, since a blind project publishes nothing."""
        environment = {
            **os.environ,
            "DATABASE_URL": self.url,
            "GAVEL_CONFIG": str(self.folder / "gavel.yaml"),
            "GAVEL_LABEL_STUDIO_URL": "http://127.0.0.1:9",
            "TMPDIR": str(self.temporary),
        }
        with (self.folder / "log").open("ab") as log:
            worker = subprocess.Popen(
                [sys.executable, "-m", "bridge", "worker"],
                cwd=ROOT, env=environment, stdout=log, stderr=log,
            )  # fmt: skip
        self.workers.append(worker)
        return worker

    def configure(self) -> None:
        self.temporary.mkdir()
        settings = {
            "data_dir": str(self.folder / "data"),
            "toolchain_dir": str(shared_root()),
            "audits_at_once": 1,
            "sandbox": {
                "backend": self.backend,
                "docker_host": self.engine,
                "allow_weak_limits": True,
                "deep": False,
            },
            "projects": [{"id": PROJECT, "mode": "blind"}],
        }
        (self.folder / "gavel.yaml").write_text(yaml.safe_dump(settings))

    def left_behind(self) -> list[str]:
        """What is on the machine of workers that are no more, and of their audits."""
        found = [f"mount {line}" for line in own_mounts()]
        found += [f"file {path}" for path in self.temporary.rglob("*")]
        found += [f"process {pid}" for pid in self.programs()]
        for worker in self.workers:
            groups = Path("/sys/fs/cgroup").rglob(f"gavel-{worker.pid}-*")
            found += [f"group {path}" for path in groups]
            found += [f"container {name}" for name in self.containers(worker.pid)]
            found += [f"process {pid}" for pid in _processes() if _grouped(pid, worker.pid)]
        return found

    def programs(self) -> list[int]:
        """The audited program's processes, in whatever jail they are."""
        return [pid for pid in _processes() if self.sign in _read(pid, "cmdline")]

    def containers(self, pid: int) -> list[str]:
        if self.backend != "docker":
            return []
        settings = {"base_url": self.engine} if self.engine else kwargs_from_env()
        client = docker.APIClient(version="auto", timeout=30, **settings)
        with contextlib.closing(client):
            made = client.containers(all=True, filters={"label": f"{LABEL}=1"})
        return [one["Id"] for one in made if f"/{pid}/" in one["Labels"].get(LABEL_OWNER, "")]


def _processes() -> list[int]:
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]


def _read(pid: int, name: str) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/{name}").read_text(errors="replace")
    return ""


def _grouped(pid: int, owner: int) -> bool:
    return f"gavel-{owner}-" in _read(pid, "cgroup")


def _below(pid: int) -> set[int]:
    parents = {one: _parent(one) for one in _processes()}
    found = {pid}
    while more := {one for one, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {pid}


def _parent(pid: int) -> int:
    words = _read(pid, "stat").rpartition(")")[2].split()
    return int(words[1]) if words else 0


def _alive(pid: int) -> bool:
    words = _read(pid, "stat").rpartition(")")[2].split()
    return bool(words) and words[0] != "Z"


def until(condition: Callable[[], object], seconds: float, story: Path) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, story.read_text()[-3000:]
        time.sleep(0.05)


@pytest.fixture(
    params=[pytest.param(name, marks=MARKS[name]) for name in ("bubblewrap", "docker")],
)
def host(request: pytest.FixtureRequest, db_url: str, tmp_path: Path) -> Iterator[Host]:
    engine = docker_host() if request.param == "docker" else ""
    found = Host(folder=tmp_path, url=db_url, backend=request.param, engine=engine)
    found.configure()
    yield found
    for worker in found.workers:
        worker.kill()
        worker.wait(10)


def _deliver(db: Engine, host: Host) -> None:
    case = {"args": [host.sign], "expected": ""}
    data = {"code": SLEEPER, "cases": [case]}
    body = {
        "action": "TASKS_CREATED",
        "tasks": [{"id": 10, "data": data}],
        "project": {"id": PROJECT},
    }
    raw = json.dumps(body).encode()
    Inbox(db).keep(open_envelope(raw), raw)


def _values(db: Engine, query: str) -> list[object]:
    with db.connect() as conn:
        return list(conn.execute(text(query)).scalars())


def _let_time_pass(db: Engine) -> None:
    """The dead worker's heartbeat grows old at once, instead of in half a minute."""
    with db.begin() as conn:
        conn.execute(
            text(
                "update procrastinate_workers set last_heartbeat = now() - interval '5 minutes' "
                "where id in (select worker_id from procrastinate_jobs where status = 'doing')"
            )
        )


def test_a_killed_worker_leaves_nothing_behind(host: Host, db: Engine) -> None:
    """The jail ends with it; the next one clears up, takes the job and ends with a report."""
    log = host.folder / "log"
    _deliver(db, host)
    first = host.start()
    until(host.programs, 60, log)
    below = _below(first.pid)

    first.send_signal(signal.SIGKILL)
    first.wait(10)
    until(lambda: not host.programs() and not any(map(_alive, below)), 10, log)
    assert _values(db, "select verdict from reports") == []
    _let_time_pass(db)
    second = host.start()
    until(lambda: _values(db, "select verdict from reports"), 120, log)
    second.send_signal(signal.SIGTERM)
    assert second.wait(60) == 0, log.read_text()[-3000:]

    assert _values(db, "select verdict from reports") == ["time_limit"]
    assert _values(db, "select state from tasks") == ["audited"]
    assert host.left_behind() == []
