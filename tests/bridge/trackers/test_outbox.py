"""However a delivery ends, there is at most one ticket, and none is lost."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from bridge.store import local_tickets
from bridge.store import outbox as rows
from bridge.trackers import Outcome, OutcomeKind, TrackerError, outbox
from bridge.trackers.local import LocalTracker
from tests.bridge.reviews import (
    BEN,
    deliver_all,
    look,
    make_annotation,
    make_services,
    overridden,
    ticket_rows,
)
from tests.bridge.trackers.fault_proxy import FaultProxy
from tests.bridge.trackers.test_jira import make_tracker
from tests.fakes import FakeServices

pytestmark = pytest.mark.needs_db

UNCERTAIN = Outcome(kind=OutcomeKind.UNCERTAIN, reason="connection_lost")
Really = Callable[[], Outcome]


class KilledError(BaseException):
    """The process died here."""


def die_before(really: Really) -> Outcome:
    """Between the commit of `sending` and the request."""
    raise KilledError


def die_after(really: Really) -> Outcome:
    """Between the tracker's answer and its commit."""
    really()
    raise KilledError


def lose_answer(really: Really) -> Outcome:
    """Created, and nobody was told."""
    really()
    return UNCERTAIN


def lose_request(really: Really) -> Outcome:
    """Not created, and nobody was told."""
    return UNCERTAIN


def refuse(really: Really) -> Outcome:
    """A field is wrong."""
    return Outcome(kind=OutcomeKind.REJECTED, reason="http_400", message="priority: required")


def ask_to_wait(really: Really) -> Outcome:
    """Too many requests."""
    return Outcome(kind=OutcomeKind.RETRY, reason="http_429", retry_after_s=7)


def work_on(services: FakeServices, key: str) -> None:
    """What workers and the sweeper do until nothing is left to do."""
    for _ in range(20):
        with contextlib.suppress(KilledError):
            outbox.deliver(services, key)
        row = only_row(services)
        told = row.linked and row.told == row.wanted
        if row.state in {"rejected", "dead", "withdrawn"} or (row.state == "done" and told):
            return
        services.clock.pass_s(130)


def only_row(services: FakeServices) -> Any:
    (row,) = ticket_rows(services)
    return row


def test_due_ticket_is_created_and_linked(db: Engine) -> None:
    """With a window of 0 at once; the row then names the ticket."""
    services = make_services(db)
    overridden(services)
    deliver_all(services)
    row = only_row(services)

    assert (row.state, row.issue_key, row.linked, row.creates) == ("done", "FAKE-1", True, 1)
    assert list(services.tracker.links["1"]) == [f"system=gavel&id={row.key}"]


def test_ticket_waits_for_its_window(db: Engine) -> None:
    """Delivered early, it is put in line for the rest of the time."""
    services = make_services(db, settle_s=20)
    key = overridden(services)
    services.clock.pass_s(5)
    services.queue.deferred.clear()
    outbox.deliver(services, key)

    assert services.tracker.tickets == {}
    assert services.queue.deferred == [(key, 15)]


@pytest.mark.parametrize("fault", [die_before, die_after])
def test_kill_around_the_creation_gives_one_ticket(db: Engine, fault: Any) -> None:
    """The lease runs out, the ticket is looked for, and created only if it is not there."""
    services = make_services(db)
    key = overridden(services)
    services.tracker.faults = [fault]
    work_on(services, key)

    assert (only_row(services).state, len(services.tracker.tickets)) == ("done", 1)


@pytest.mark.parametrize("step", ["find", "link", "comment"])
@pytest.mark.parametrize("after", [True, False])
def test_kill_around_any_other_call_gives_one_ticket(db: Engine, step: str, *, after: bool) -> None:
    """Each step is done again, and doing it again changes nothing."""
    services = make_services(db)
    key = overridden(services)
    tracker = services.tracker
    plain, calls = getattr(tracker, step), []

    def dies_once(*args: Any) -> Any:
        calls.append(step)
        if len(calls) == 1 and not after:
            raise KilledError
        result = plain(*args)
        if len(calls) == 1:
            raise KilledError
        return result

    setattr(tracker, step, dies_once)
    work_on(services, key)
    services.labelstudio.put(make_annotation(30, {"CR": 2, "EH": 3}, by=BEN))
    look(services)
    work_on(services, key)

    assert (only_row(services).state, len(tracker.tickets)) == ("done", 1)
    assert (len(tracker.links["1"]), len(tracker.comments["1"])) == (1, 1)


@pytest.mark.parametrize("fault", [lose_answer, lose_request])
def test_uncertain_creation_gives_one_ticket(db: Engine, fault: Any) -> None:
    """Found, or made once more after the last look."""
    services = make_services(db)
    key = overridden(services)
    services.tracker.faults = [fault]
    work_on(services, key)

    assert (only_row(services).state, len(services.tracker.tickets)) == ("done", 1)


def test_uncertain_ticket_is_not_created_again_while_the_index_lags(db: Engine) -> None:
    """It shows at the last look."""
    services = make_services(db)
    key = overridden(services)
    services.tracker.faults = [lose_answer]
    services.tracker.hidden = True
    for _ in range(4):
        outbox.deliver(services, key)
        services.clock.pass_s(2)
    services.tracker.hidden = False
    work_on(services, key)

    assert (only_row(services).state, len(services.tracker.tickets)) == ("done", 1)


def test_probes_keep_their_moments(db: Engine) -> None:
    """The settings name them from the doubt on."""
    services = make_services(db)
    key = overridden(services)
    services.tracker.faults = [lose_request]
    services.queue.deferred.clear()
    for _ in range(4):
        outbox.deliver(services, key)
        services.clock.pass_s(services.queue.deferred[-1][1])

    assert [round(delay, 2) for _, delay in services.queue.deferred] == [0.05, 0.25, 0.9, 1.8]


def test_two_doubts_without_a_ticket_end_dead(db: Engine) -> None:
    """One further creation, no more."""
    services = make_services(db)
    key = overridden(services)
    services.tracker.faults = [lose_request] * 5
    work_on(services, key)
    row = only_row(services)

    assert (row.state, row.reason, row.creates) == ("dead", "not_found", 2)


def test_refused_ticket_says_why(db: Engine) -> None:
    """And is not sent again by itself."""
    services = make_services(db)
    key = overridden(services)
    services.tracker.faults = [refuse]
    work_on(services, key)
    row = only_row(services)

    assert (row.state, row.reason, row.error) == ("rejected", "http_400", "priority: required")


def test_rate_limit_waits_as_long_as_it_says(db: Engine) -> None:
    """Then it goes through."""
    services = make_services(db)
    key = overridden(services)
    services.tracker.faults = [ask_to_wait]
    outbox.deliver(services, key)

    assert only_row(services).state == "pending"
    assert services.queue.deferred[-1] == (key, 7)
    work_on(services, key)
    assert (only_row(services).state, only_row(services).creates) == ("done", 1)


def test_tracker_that_cannot_be_asked_is_asked_later(db: Engine) -> None:
    """An error of the look before the creation creates nothing."""
    services = make_services(db)
    key = overridden(services)
    plain = services.tracker.find

    def away(key: str) -> Any:
        services.tracker.find = plain
        raise TrackerError("away", retry=True)

    services.tracker.find = away
    outbox.deliver(services, key)
    assert only_row(services).state == "pending"
    work_on(services, key)

    assert (only_row(services).state, len(services.tracker.tickets)) == ("done", 1)


def test_further_change_is_one_comment(db: Engine) -> None:
    """However often the job runs."""
    services = make_services(db)
    key = overridden(services)
    work_on(services, key)
    services.labelstudio.put(make_annotation(30, {"CR": 2, "EH": 3}, by=BEN))
    look(services)
    for _ in range(3):
        work_on(services, key)
    row = only_row(services)

    assert [c.marker for c in services.tracker.comments["1"]] == [f"[gavel:{row.wanted[:16]}]"]
    assert row.told == row.wanted


def test_override_taken_back_after_the_ticket_is_a_comment(db: Engine) -> None:
    """The ticket stays; it says that nothing stands any more."""
    services = make_services(db)
    key = overridden(services)
    work_on(services, key)
    services.labelstudio.put(make_annotation(30, {"CR": 4, "EH": 3}, by=BEN))
    look(services)
    work_on(services, key)

    assert len(services.tracker.comments["1"]) == 1
    assert len(services.tracker.tickets) == 1


def test_answer_that_comes_after_the_lease_is_kept(db: Engine) -> None:
    """A slow attempt that was taken for dead still settles the row."""
    services = make_services(db)
    key = overridden(services)

    def slow(really: Really) -> Outcome:
        services.clock.pass_s(outbox.LEASE_S + 1)
        outbox.deliver(services, key)
        return really()

    services.tracker.faults = [slow]
    outbox.deliver(services, key)

    assert (only_row(services).state, only_row(services).issue_key) == ("done", "FAKE-1")


def test_twenty_workers_make_one_ticket(db: Engine) -> None:
    """The same row, all at once."""
    services = make_services(db)
    key = overridden(services)
    threads = [threading.Thread(target=outbox.deliver, args=(services, key)) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert (only_row(services).state, len(services.tracker.tickets)) == ("done", 1)


def test_forgotten_rows_are_found(db: Engine) -> None:
    """Their job was lost: one never sent, one whose process died."""
    services = make_services(db)
    key = overridden(services)
    services.clock.pass_s(60)
    with db.begin() as conn:
        assert rows.forgotten(conn, services.clock(), late=timedelta(seconds=30)) == [key]
    services.tracker.faults = [die_before]
    with pytest.raises(KilledError):
        outbox.deliver(services, key)
    with db.begin() as conn:
        assert rows.forgotten(conn, services.clock(), late=timedelta()) == []
    services.clock.pass_s(outbox.LEASE_S + 1)
    with db.begin() as conn:
        assert rows.forgotten(conn, services.clock(), late=timedelta()) == [key]


def test_unknown_key_is_nothing_to_do(db: Engine) -> None:
    """A job may outlive its row."""
    outbox.deliver(make_services(db), "0" * 32)


def test_every_state_with_a_step_is_a_state() -> None:
    """The table of steps names no state that the store does not know."""
    assert set(outbox.STEPS) < set(rows.STATES)


def test_local_ticket_reads_well(db: Engine) -> None:
    """Summary and body as `gavel tickets show` prints them."""
    services = make_services(db, tracker=LocalTracker(db))
    key = overridden(services)
    work_on(services, key)
    with db.connect() as conn:
        ticket = local_tickets.with_key(conn, key)
    assert ticket is not None
    assert ticket.summary == "[task 7] Correctness 4 -> 1 overridden"
    assert "user 5 changed 1 rating of user 4 on task 7 (annotation 1)." in ticket.body


@pytest.mark.contract
@pytest.mark.parametrize("fault", ["ok", "cut", "lost", "502", "503", "429"])
@pytest.mark.parametrize("blind_s", [0, 1])
def test_jira_has_one_ticket_whatever_is_lost(
    db: Engine, proxy: FaultProxy, jira_url: str, fault: str, blind_s: int
) -> None:
    """Through the fault proxy, with an index that lags: probes are scaled to it."""
    services = make_services(db, tracker=make_tracker(proxy.url), instance_id=f"{fault}-{blind_s}")
    key = overridden(services)
    proxy.faults, proxy.blind_until = [fault], time.monotonic() + blind_s
    deadline = time.monotonic() + 20
    while only_row(services).state != "done" and time.monotonic() < deadline:
        outbox.deliver(services, key)
        services.clock.pass_s(0.1)
        time.sleep(0.1)
    proxy.blind_until = 0

    assert only_row(services).state == "done"
    assert len(make_tracker(jira_url).find(key)) == 1
