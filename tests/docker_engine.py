"""A Docker engine for tests: the one that runs, or one of our own that all workers of a run share."""

from __future__ import annotations

import contextlib
import fcntl
import functools
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

import docker
import docker.errors
import pytest
import requests
from docker.utils import kwargs_from_env

from sandbox.container_args import LABEL, LABEL_OWNER
from tests.forgotten_sockets import forgotten_sockets

_START_S = 60.0
_INSTALL_S = 300
_HOLDING: list[Callable[[], None]] = []
_STARTED: list[subprocess.Popen[bytes]] = []


def docker_host() -> str:
    """The address of an engine; empty means the client's default. Skips where there can be none.

    In CI a missing engine is a failure: the docker half of the tests must run there.
    """
    found = _found()
    if isinstance(found, str):
        return found
    if os.environ.get("CI") == "true":
        pytest.fail(f"no Docker engine, and CI needs one: {found}")
    pytest.skip(f"no Docker engine: {found}")


def release() -> None:
    """Stops an engine of our own when no other worker uses it; call it once at the session's end."""
    while _HOLDING:
        _HOLDING.pop()()


def containers_of(pid: int) -> list[str]:
    """Containers of ours that a process has not removed; none where it never asked for an engine."""
    if not _found.cache_info().currsize or isinstance(host := _found(), Exception):
        return []
    settings = {"base_url": host} if host else kwargs_from_env()
    client = docker.APIClient(version="auto", timeout=30, **settings)
    try:
        found = client.containers(all=True, filters={"label": f"{LABEL}=1"})
        return [one["Id"] for one in found if f"/{pid}/" in one["Labels"].get(LABEL_OWNER, "")]
    finally:
        client.close()


@functools.cache
def _found() -> str | Exception:
    if _answers(**kwargs_from_env()):
        return ""
    try:
        return _own()
    except (OSError, subprocess.SubprocessError, RuntimeError) as exc:
        return exc


def _ping(**settings: object) -> None:
    client = docker.APIClient(version="auto", timeout=10, **settings)  # type: ignore[arg-type]
    try:
        client.ping()
    finally:
        client.close()


def _own() -> str:
    """Starts dockerd once for all workers of this run; it gives no network to anything."""
    if sys.platform != "linux" or os.geteuid() != 0:
        raise RuntimeError("none runs, and only root on Linux can start one")
    folder = _folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    users = (folder / "users").open("a+")
    with (folder / "starting").open("w") as starting:
        fcntl.flock(starting, fcntl.LOCK_EX)
        fcntl.flock(users, fcntl.LOCK_SH)
        _HOLDING.append(functools.partial(_leave, folder, users))
        socket = folder / "docker.sock"
        if not _answers(base_url=f"unix://{socket}"):
            _start(folder, socket)
    return f"unix://{socket}"


def _folder() -> Path:
    # A short path: a socket's name has 108 bytes at most. Not below /tmp, which may be in memory.
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or str(os.getpid())
    root = Path("/var/lib/gavel/tests") if os.geteuid() == 0 else Path(tempfile.gettempdir())
    return root / f"docker-{run[:12]}"


def _answers(**settings: object) -> bool:
    with forgotten_sockets():
        try:
            _ping(**settings)
        except (docker.errors.DockerException, requests.RequestException):
            return False
    return True


def _start(folder: Path, socket: Path) -> None:
    daemon = _daemon()
    options = ["--iptables=false", "--ip6tables=false", "--bridge=none"]
    places = {"data-root": "data", "exec-root": "exec", "pidfile": "pid"}
    options += [f"--{name}={folder / place}" for name, place in places.items()]
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(
            [daemon, *options, f"--host=unix://{socket}"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        _STARTED.append(process)
    until = time.monotonic() + _START_S
    while not _answers(base_url=f"unix://{socket}"):
        if time.monotonic() > until:
            raise RuntimeError(f"dockerd did not start: {(folder / 'log').read_text()[-600:]}")
        time.sleep(0.05)


def _daemon() -> str:
    path = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
    daemon = shutil.which("dockerd", path=path)
    if daemon is None:
        if shutil.which("apt-get") is None:
            raise RuntimeError("dockerd is not installed and there is no apt-get")
        for command in (["update"], ["install", "-y", "--no-install-recommends", "docker.io"]):
            subprocess.run(
                ["apt-get", "-qq", *command],
                env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
                capture_output=True,
                check=True,
                timeout=_INSTALL_S,
            )
        daemon = shutil.which("dockerd", path=path)
    if daemon is None:
        raise RuntimeError("docker.io is installed but holds no dockerd")
    return daemon


def _leave(folder: Path, users: TextIO) -> None:
    with users, (folder / "starting").open("w") as starting:
        fcntl.flock(starting, fcntl.LOCK_EX)
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        _stop(folder)


def _stop(folder: Path) -> None:
    with contextlib.suppress(OSError, ValueError):
        pid = int((folder / "pid").read_text())
        os.kill(pid, signal.SIGTERM)
        until = time.monotonic() + _START_S
        while _alive(pid) and time.monotonic() < until:
            time.sleep(0.05)
    shutil.rmtree(folder, ignore_errors=True)


def _alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    # Another worker may have started it, and that one may not have waited for it yet.
    return state != "Z"
