"""Makes what is dear and used by many tests, with its progress shown: toolchain, browser, servers."""

from __future__ import annotations

import time

from bridge.demo import browser, venvs
from sandbox.toolchain import prepare
from tests.conftest import shared_root


def main() -> None:
    folder = shared_root()
    folder.mkdir(parents=True, exist_ok=True)
    start = time.monotonic()

    def tell(message: str) -> None:
        print(f"{time.monotonic() - start:6.1f} s  {message}", flush=True)

    tell("preparing the Go toolchain (once, about four minutes)")
    prepare(folder, tell)
    tell("looking for a browser")
    browser.find_or_install()
    for name in ("label-studio", "jira-double"):
        if not venvs.is_there(venvs.location(folder, name)):
            tell(f"installing {name}")
            venvs.install(folder, name)
    tell("ready")


main()
