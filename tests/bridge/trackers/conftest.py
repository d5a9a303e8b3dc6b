"""The stateful Jira double, one per session, and a fault proxy before it, one per test."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from bridge.demo import jira_double
from bridge.demo.ports import free_port
from tests.bridge.trackers import fault_proxy
from tests.bridge.trackers.fault_proxy import FaultProxy
from tests.conftest import shared_root


@pytest.fixture(scope="session")
def jira_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where jira820 answers."""
    venv = jira_double.install(shared_root())
    port = free_port()
    log: Path = tmp_path_factory.mktemp("jira") / "log"
    with log.open("wb") as output:
        child = subprocess.Popen(
            jira_double.command(venv),
            env=jira_double.environment(port),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    url = f"http://127.0.0.1:{port}"
    try:
        jira_double.wait_until_up(url, child)
        yield url
    finally:
        os.kill(child.pid, signal.SIGTERM)
        child.wait(10)


@pytest.fixture
def proxy(jira_url: str) -> Iterator[FaultProxy]:
    """Loses answers when it is told to."""
    with fault_proxy.running(jira_url) as found:
        yield found
