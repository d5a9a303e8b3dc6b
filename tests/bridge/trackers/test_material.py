"""A ticket is written from what is stored: report, snippet, address of the evidence."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine, update

from bridge.evidence_address import evidence_url
from bridge.store import local_tickets
from bridge.store import tasks as task_store
from bridge.store.review_tables import overrides
from bridge.store.tasks import NewTask
from bridge.trackers import outbox
from bridge.trackers.local import LocalTracker
from rubric.suggest import rate
from tests.bridge.reviews import PROJECT, TASK, make_services, overridden, ticket_rows
from tests.fakes import FakeServices, shipped_rubric
from tests.rubric.reports import FOUND, make_report

pytestmark = pytest.mark.needs_db

KEY = "k" * 32


def store_task(services: FakeServices, data: dict[str, Any]) -> None:
    """A task that was audited and has its suggestion."""
    rated = rate(make_report(race=FOUND), shipped_rubric())
    with services.engine.begin() as conn:
        task_store.save(
            conn,
            [
                NewTask(
                    task_id=TASK,
                    project_id=PROJECT,
                    data=data,
                    content_key="c" * 64,
                    evidence_key=KEY,
                )
            ],
        )
        body = rated.model_dump(mode="json", by_alias=True)
        task_store.save_report(conn, "c" * 64, body)
        suggestion = task_store.save_suggestion(
            conn, "c" * 64, rubric="v", calibration="none", rated=body
        )
        row = {
            "task_id": TASK,
            "project_id": PROJECT,
            "suggestion_id": suggestion,
            "state": "pending",
            "result": {},
            "model_version": "gavel",
        }
        task_store.save_predictions(conn, [row])


def body_of(services: FakeServices) -> str:
    key = overridden(services)
    outbox.deliver(services, key)
    with services.engine.connect() as conn:
        ticket = local_tickets.with_key(conn, key)
    assert ticket is not None
    return str(ticket.body)


@pytest.mark.parametrize(
    "wanted", ["verdict: ", "race: found in 2 of 3 runs", "1  package main", f"/e/{KEY}"]
)
def test_ticket_holds_what_is_stored(db: Engine, wanted: str) -> None:
    """Evidence, code and the link to the evidence page."""
    services = make_services(db, tracker=LocalTracker(db))
    store_task(services, {"code": "package main\n\nfunc main() {}\n"})

    assert wanted in body_of(services)


def test_address_in_the_task_wins(db: Engine) -> None:
    """It is the one that the editor uses."""
    services = make_services(db, tracker=LocalTracker(db))
    address = evidence_url(services.settings.public_url, KEY) + "/page"
    store_task(services, {"code": "package main\n", "evidence_url": address})

    assert address in body_of(services)


def test_unreadable_task_leaves_the_code_out(db: Engine) -> None:
    """A ticket without an extract is better than none."""
    services = make_services(db, tracker=LocalTracker(db))
    store_task(services, {"nothing": "here"})

    assert "lines 1 to" not in body_of(services)


def test_project_that_is_not_configured_any_more_ends_dead(db: Engine) -> None:
    """With the reason, for an operator."""
    services = make_services(db)
    key = overridden(services)
    services.settings = services.settings.model_copy(update={"projects": ()})
    outbox.deliver(services, key)
    (row,) = ticket_rows(services)

    assert (row.state, row.reason) == ("dead", "no_subject")


def test_row_without_overrides_ends_dead(db: Engine) -> None:
    """Somebody took rows out by hand."""
    services = make_services(db)
    key = overridden(services)
    with db.begin() as conn:
        conn.execute(update(overrides).values(generation=9))
    outbox.deliver(services, key)
    (row,) = ticket_rows(services)

    assert row.state == "dead"
