"""Finds a Chromium, or installs one, and starts it the way this project needs it."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from typing import Any

from bridge.demo.label_studio_server import DemoError

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
INSTALL_TIMEOUT_S = 900


def find_or_install() -> str | None:
    """The path of a Chromium of this machine; None where Playwright has one of its own.

    Raises:
        DemoError: there is none and none could be installed.
    """
    found = _find()
    if found:
        return found
    if os.geteuid() == 0 and shutil.which("apt-get"):
        _run(["apt-get", "update", "-qq"])
        _run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"])
        return _find()
    if _run([sys.executable, "-m", "playwright", "install", "chromium"]):
        return None
    raise DemoError(
        "a Chromium is needed and was not found. Install one (Debian: apt install chromium) and "
        "try again."
    )


@contextlib.contextmanager
def browser() -> Iterator[Any]:
    """A Playwright Browser with a profile of its own; closed and removed afterwards."""
    from playwright.sync_api import sync_playwright

    path = find_or_install()
    with tempfile.TemporaryDirectory(prefix="gavel-browser-") as home, sync_playwright() as runner:
        opened = runner.chromium.launch(
            executable_path=path, args=list(FLAGS), env={**os.environ, "HOME": home}
        )
        try:
            yield opened
        finally:
            opened.close()


def _find() -> str | None:
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def _run(command: list[str]) -> bool:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(
        command, env=environment, capture_output=True, check=False, timeout=INSTALL_TIMEOUT_S
    )
    return done.returncode == 0
