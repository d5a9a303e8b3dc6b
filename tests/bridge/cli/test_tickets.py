"""`gavel tickets` shows what became of each ticket, and lets no hostile text reach the terminal."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine

from bridge.cli.tickets import tickets, visible
from bridge.trackers.local import LocalTracker
from tests.bridge.reviews import deliver_all, make_services, overridden

pytestmark = pytest.mark.needs_db


@pytest.fixture(autouse=True)
def _own_settings(db_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command reads the test's database and no gavel.yaml of this machine."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GAVEL_CONFIG", raising=False)
    monkeypatch.setenv("DATABASE_URL", db_url)
    monkeypatch.setenv("COLUMNS", "200")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(tickets, list(arguments))


def test_list_without_tickets_says_what_makes_one(db: Engine) -> None:
    """A first look explains itself."""
    assert "one appears when a reviewer changes" in run("list").output


def test_list_shows_key_state_and_overrides(db: Engine) -> None:
    """One line per ticket."""
    services = make_services(db, tracker=LocalTracker(db))
    overridden(services)
    deliver_all(services)
    output = run("list").output

    assert "LOCAL-1" in output
    assert "done" in output
    assert "CR 4 -> 1 (open)" in output


@pytest.mark.parametrize("by", ["issue", "start of key"])
def test_show_prints_the_local_ticket(db: Engine, by: str) -> None:
    """By the tracker's key, or by the start of ours."""
    services = make_services(db, tracker=LocalTracker(db))
    key = overridden(services)
    deliver_all(services)
    output = run("show", "LOCAL-1" if by == "issue" else key[:8]).output

    assert "[task 7] Correctness 4 -> 1 overridden" in output
    assert "What would close this" in output


def test_show_of_an_unknown_ticket_fails_with_a_hint(db: Engine) -> None:
    """It names the command that lists them."""
    result = run("show", "NOPE-1")

    assert result.exit_code == 1
    assert "gavel tickets list" in result.output


def test_control_characters_are_made_visible() -> None:
    """A snippet can't colour, move or retitle the terminal."""
    assert visible("a\x1b[31mb\n\tc") == "a\\x1b[31mb\n\tc"
