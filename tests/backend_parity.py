"""CI's check that what ran on bubblewrap ran on docker too."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable

import pytest

_BUBBLEWRAP = re.compile(r"::TestBubblewrap(Ready)?::|\[(.*-)?bubblewrap(-.*)?\]$")


def missing_on_docker(ran: Iterable[str]) -> list[str]:
    """Gives the cases that ran on bubblewrap and on no other backend of the same name."""
    names = set(ran)
    return sorted(
        name
        for name in names
        if _BUBBLEWRAP.search(name)
        and name.replace("TestBubblewrap", "TestDocker").replace("bubblewrap", "docker")
        not in names
    )


def check_parity(session: pytest.Session) -> None:
    """Fails a whole run in CI that left docker out; only the process that sees every result can tell."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    selected = session.config.option.markexpr
    if os.environ.get("CI") != "true" or reporter is None or "not docker" in selected:
        return
    ran = [
        report.nodeid
        for outcome in ("passed", "failed")
        for report in reporter.stats.get(outcome, ())
        if report.when == "call"
    ]
    missing = missing_on_docker(ran)
    if missing:
        reporter.write_line(f"ran on bubblewrap but not on docker: {', '.join(missing)}", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
