"""Makes what is dear and used by many tests, with its progress shown: toolchain, browser, servers."""

from __future__ import annotations

import time

from bridge.demo import browser, venvs
from sandbox.toolchain import prepare
from sandbox.toolchain_further import prepare_further
from tests.conftest import shared_root
from tests.sandbox.conftest import another_go


def main() -> None:
    folder = shared_root()
    folder.mkdir(parents=True, exist_ok=True)
    start = time.monotonic()

    def tell(message: str) -> None:
        print(f"{time.monotonic() - start:6.1f} s  {message}", flush=True)

    tell("preparing the Go toolchain (once, about four minutes)")
    toolchain = prepare(folder, tell)
    if (other := another_go(toolchain)) is not None:
        tell("preparing the machine's own Go as a further release")
        prepare_further(toolchain, other, tell)
    tell("looking for a browser")
    browser.find_or_install()
    for name in ("label-studio", "jira-double"):
        if not venvs.is_there(venvs.location(folder, name)):
            tell(f"installing {name}")
            venvs.install(folder, name)
    tell("ready")


main()
