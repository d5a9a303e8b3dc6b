"""`gavel tickets` shows what became of each ticket, and lets no hostile text reach the terminal."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, text

from bridge.cli.tickets import tickets, visible
from bridge.store import outbox
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


def state_of(db: Engine, key: str) -> str:
    with db.begin() as conn:
        row = outbox.load(conn, key)
    assert row is not None
    return str(row.state)


def jobs_of(db: Engine, key: str) -> int:
    with db.begin() as conn:
        query = text("select count(*) from procrastinate_jobs where args->>'key' = :key")
        return int(conn.execute(query, {"key": key}).scalar_one())


@pytest.mark.parametrize("state", ["rejected", "dead"])
def test_retry_puts_in_line_what_gave_up(db: Engine, state: str) -> None:
    key = overridden(make_services(db))
    with db.begin() as conn:
        outbox.move(conn, key, ("pending",), state, reason="fields", error="no such field")
    before = jobs_of(db, key)

    output = run("retry", key[:8]).output

    assert "in line again" in output
    assert (state_of(db, key), jobs_of(db, key)) == ("pending", before + 1)


def test_retry_of_all_takes_a_ticket_that_could_not_be_told(db: Engine) -> None:
    key = overridden(make_services(db))
    with db.begin() as conn:
        outbox.move(conn, key, ("pending",), "done", reason="gone", error="404")

    run("retry", "--all")

    with db.begin() as conn:
        assert outbox.stuck(conn) == []
    assert state_of(db, key) == "done"


def test_retry_leaves_alone_what_is_on_its_way(db: Engine) -> None:
    key = overridden(make_services(db))

    assert "has not given up (pending)" in run("retry", key).output


def test_retry_wants_names_or_all(db: Engine) -> None:
    assert run("retry").exit_code == 2


def test_a_held_ticket_is_not_sent(db: Engine) -> None:
    services = make_services(db, tracker=LocalTracker(db))
    key = overridden(services)

    run("hold", key)
    deliver_all(services)

    assert state_of(db, key) == "held"
    assert LocalTracker(db).find(key) == ()


def test_a_released_ticket_is_put_in_line(db: Engine) -> None:
    key = overridden(make_services(db))
    run("hold", key)
    before = jobs_of(db, key)

    run("release", key)

    assert (state_of(db, key), jobs_of(db, key)) == ("pending", before + 1)


def test_one_unknown_name_changes_nothing(db: Engine) -> None:
    key = overridden(make_services(db))

    result = run("hold", key, "nobody")

    assert result.exit_code == 1
    assert "no ticket is named nobody" in result.output
    assert state_of(db, key) == "pending"


def test_list_can_show_one_state(db: Engine) -> None:
    overridden(make_services(db))

    assert "no ticket is dead" in run("list", "--state", "dead").output
