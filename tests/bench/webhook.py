"""Acknowledgement of deliveries: 16 clients against a no-op view, and 35 MB while a worker is busy."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from bridge.demo.ports import free_port
from bridge.settings import Settings
from bridge.store.embedded import EmbeddedPostgres
from bridge.store.schema import upgrade
from bridge.supervisor import web_command
from bridge.web.webhooks import SECRET_HEADER
from tests.bench.measure import clients, post, process, shown
from tests.conftest import data_root

CLIENTS, EACH = 16, 60
PATH = "/webhooks/label-studio"
HEADERS = {SECRET_HEADER: "bench"}
SPIN = "import time\nend = time.time() + 120\nwhile time.time() < end: pass"


def small(number: int) -> bytes:
    """An annotation event of the usual size (about 27 kB)."""
    filler = "x" * 26_000
    body = {
        "action": "ANNOTATION_UPDATED",
        "annotation": {"id": number, "updated_at": f"2026-01-01T00:00:00.{number:06d}Z", "task": 1},
        "project": {"id": 1, "label_config": filler},
    }
    return json.dumps(body).encode()


def large() -> bytes:
    """An import of 5,000 tasks: 35 MB."""
    data = {"code": "x" * 6_900}
    tasks = [{"id": n, "updated_at": "2026-01-01T00:00:00Z", "data": data} for n in range(5000)]
    return json.dumps({"action": "TASKS_CREATED", "tasks": tasks, "project": {"id": 1}}).encode()


def acknowledge(port: int) -> list[float]:
    def call(number: int) -> float:
        status, seconds = post(port, PATH, small(number), HEADERS)
        if status != 202:
            raise RuntimeError(f"status {status}")
        return seconds

    clients(CLIENTS, 5, lambda n: call(10_000 + n))
    return clients(CLIENTS, EACH, call)


def run() -> None:
    with tempfile.TemporaryDirectory(prefix="bench-", dir=data_root()) as folder:
        Path(folder).chmod(0o755)
        server = EmbeddedPostgres(Path(folder))
        url = server.start()
        try:
            upgrade(url)
            _measure(Path(folder), url)
        finally:
            server.stop()


def _measure(folder: Path, url: str) -> None:
    port, other = free_port(), free_port()
    settings = Settings.model_validate({"data_dir": folder, "port": port})
    environment = {
        "DATABASE_URL": url, "GAVEL_DATA_DIR": str(folder), "GAVEL_WEBHOOK_SECRET": "bench",
    }  # fmt: skip
    noop = [part.replace("bridge.wsgi", "tests.bench.noop") for part in web_command(settings)]
    noop = [part.replace(f":{port}", f":{other}") for part in noop]
    with process(web_command(settings), environment, port), process(noop, {}, other):
        ours, theirs = acknowledge(port), acknowledge(other)
        print(f"  acknowledgement, 16 clients : {shown(ours)}")
        print(f"  no-op Flask view, 16 clients: {shown(theirs)}")
        body = large()
        with process_load():
            seconds = [post(port, PATH, body, HEADERS)[1] for _ in range(3)]
        print(
            f"  {len(body) / 1e6:.0f} MB delivery, one core busy: {max(seconds):.2f} s at most of 3"
        )


def process_load() -> object:
    """A busy worker's stand-in: a process that keeps one core."""
    import contextlib
    import subprocess

    @contextlib.contextmanager
    def load() -> object:
        child = subprocess.Popen([sys.executable, "-c", SPIN])
        try:
            yield
        finally:
            child.kill()
            child.wait()

    return load()
