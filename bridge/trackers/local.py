"""Tickets in our own database, for where no tracker is configured. Shown by `gavel tickets`."""

from __future__ import annotations

from bridge.settings import Settings
from bridge.store import local_tickets
from bridge.store.outbox import Connection, Engine
from bridge.trackers import (
    BackLink,
    Comment,
    Outcome,
    OutcomeKind,
    Ticket,
    TicketRef,
    TrackerError,
)
from bridge.trackers.document import render_text


class LocalTracker:
    """See Tracker for the contract."""

    name = "local"

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @classmethod
    def from_settings(cls, settings: Settings, engine: Engine) -> LocalTracker:
        """A tracker on the service's own database; it has no settings."""
        del settings
        return cls(engine)

    def create(self, ticket: Ticket) -> Outcome:
        """See Tracker."""
        with self._engine.begin() as conn:
            number = local_tickets.create(
                conn,
                key=ticket.key,
                summary=ticket.summary,
                body=render_text(ticket.body),
                labels=ticket.labels,
            )
        return Outcome(kind=OutcomeKind.DONE, ref=_ref(number))

    def find(self, key: str) -> tuple[TicketRef, ...]:
        """See Tracker."""
        with self._engine.begin() as conn:
            row = local_tickets.with_key(conn, key)
        return () if row is None else (_ref(row.id),)

    def link(self, ref: TicketRef, link: BackLink) -> None:
        """See Tracker."""
        with self._engine.begin() as conn:
            _or_gone(
                ref,
                found=local_tickets.put_link(
                    conn, int(ref.id), link.global_id, {"url": link.url, "title": link.title}
                ),
            )

    def comment(self, ref: TicketRef, comment: Comment) -> None:
        """See Tracker."""
        with self._engine.begin() as conn:
            self._put(conn, ref, comment)

    def _put(self, conn: Connection, ref: TicketRef, comment: Comment) -> None:
        text = render_text(comment.body)
        _or_gone(ref, found=local_tickets.put_comment(conn, int(ref.id), comment.marker, text))


def _ref(number: int) -> TicketRef:
    return TicketRef(id=str(number), key=f"LOCAL-{number}", url="")


def _or_gone(ref: TicketRef, *, found: bool) -> None:
    if not found:
        raise TrackerError(f"{ref.key} is gone", reason="gone", retry=False)
