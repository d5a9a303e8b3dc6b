"""A stateful Jira double that somebody else wrote (jira820), in a venv of its own. For demo and tests."""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

from bridge.demo import venvs
from bridge.demo.ports import HOST, free_port
from bridge.errors import GavelError

PROJECT = "GO"
START_TIMEOUT_S = 60.0


class JiraDoubleError(GavelError):
    """The double could not be installed or did not start."""

    reason = "jira_double"


class Starter(Protocol):
    """Whoever starts the process and will stop it, such as a Supervisor."""

    def start(
        self,
        name: str,
        command: list[str],
        *,
        environment: Mapping[str, str],
        log: Path | None = None,
        cwd: Path | None = None,
    ) -> Any:
        """Starts a process."""


@contextlib.contextmanager
def running(folder: Path, starter: Starter) -> Iterator[str]:
    """The double's address; `starter` stops the process. Its tickets live in memory only."""
    venv = install(folder)
    port = free_port()
    child = starter.start(
        "jira double", command(venv), environment=environment(port), log=folder / "jira820.log"
    )
    url = f"http://{HOST}:{port}"
    wait_until_up(url, child)
    yield url


def install(folder: Path) -> Path:
    """Gives a venv with the double; made once per folder."""
    return venvs.install(folder, "jira-double")


def command(venv: Path) -> list[str]:
    """How to start it."""
    return [str(venv / "bin/jira820")]


def environment(port: int) -> dict[str, str]:
    """All that the double gets to know."""
    return {
        "PATH": os.defpath,
        "JIRA820_HOST": HOST,
        "JIRA820_PORT": str(port),
        "JIRA820_PROJECT_KEY": PROJECT,
    }


def wait_until_up(url: str, child: subprocess.Popen[bytes]) -> None:
    """Returns when the double answers.

    Raises:
        JiraDoubleError: it ended, or did not answer in time.
    """
    end = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < end:
        if child.poll() is not None:
            raise JiraDoubleError(f"jira820 ended with status {child.returncode}; see jira820.log")
        with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError):
            urllib.request.urlopen(f"{url}/rest/api/2/serverInfo", timeout=2).close()  # noqa: S310 - our own http address
            return
        time.sleep(0.1)
    raise JiraDoubleError(f"jira820 did not answer at {url} within {START_TIMEOUT_S:.0f} s")
