"""The local tracker keeps the contract."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from bridge.store import local_tickets
from bridge.trackers import BackLink, TicketRef, Tracker, TrackerError
from bridge.trackers.local import LocalTracker
from tests.bridge.trackers.contract import TrackerContract, make_ticket

pytestmark = pytest.mark.needs_db


class TestLocalTracker(TrackerContract):
    """On the embedded database."""

    @pytest.fixture
    def tracker(self, db: Engine) -> LocalTracker:
        """On a fresh database."""
        self.engine = db
        return LocalTracker(db)

    def links_of(self, tracker: Tracker, ref: TicketRef) -> list[str]:
        """See TrackerContract."""
        with self.engine.connect() as conn:
            row = local_tickets.load(conn, int(ref.id))
        assert row is not None
        return [link["title"] for link in row.links.values()]

    def comments_of(self, tracker: Tracker, ref: TicketRef) -> int:
        """See TrackerContract."""
        with self.engine.connect() as conn:
            row = local_tickets.load(conn, int(ref.id))
        assert row is not None
        return len(row.comments)

    def test_same_key_is_the_same_ticket(self, tracker: LocalTracker) -> None:
        """The database itself holds it to one."""
        ticket = make_ticket()

        assert tracker.create(ticket).ref == tracker.create(ticket).ref

    def test_gone_ticket_is_a_permanent_error(self, tracker: LocalTracker) -> None:
        """It says so instead of making another."""
        ref = tracker.create(make_ticket()).ref
        assert ref is not None
        link = BackLink(global_id="g", url="u", title="t")
        with pytest.raises(TrackerError) as caught:
            tracker.link(type(ref)(id="999", key="LOCAL-999", url=""), link)

        assert (caught.value.reason, caught.value.retry) == ("gone", False)
