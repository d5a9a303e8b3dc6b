"""What every tracker must keep; a suite inherits this and gives a `tracker` fixture."""

from __future__ import annotations

import secrets

from bridge.trackers import BackLink, Comment, OutcomeKind, Ticket, TicketRef, Tracker
from bridge.trackers.document import Code, Heading, Link, Paragraph, TableBlock

HOSTILE = (
    'package main\n// {code} {noformat} ]] | \\ *bold* [~admin] \u202e h1. x\nvar s = "\\x00"\n'
)


def make_ticket(key: str | None = None) -> Ticket:
    """A ticket with every kind of block a snippet can reach."""
    key = key or secrets.token_hex(16)
    return Ticket(
        key=key,
        summary="[task 7] Correctness 4 -> 1 overridden",
        body=(
            Heading("What changed"),
            TableBlock(("Criterion", "Reviewer"), (("a | b", "{code}"),)),
            Paragraph(HOSTILE),
            Code(HOSTILE, "go"),
            Link("Task", "http://127.0.0.1/projects/1/data?task=7&annotation=1"),
        ),
        labels=("gavel-override", f"gavel-{key}"),
        facts={"v": 1, "key": key},
    )


class TrackerContract:
    """The numbered points of Tracker's docstring."""

    def test_create_names_the_ticket(self, tracker: Tracker) -> None:
        """Point 2: done comes with where it is."""
        outcome = tracker.create(make_ticket())

        assert outcome.kind is OutcomeKind.DONE
        assert outcome.ref is not None
        assert outcome.ref.key

    def test_what_was_created_is_found(self, tracker: Tracker) -> None:
        """Point 1 and 3: the label is there from the first moment."""
        ticket = make_ticket()
        made = tracker.create(ticket).ref

        assert tracker.find(ticket.key) == (made,)

    def test_what_was_not_created_is_not_found(self, tracker: Tracker) -> None:
        """Point 3: each hit is checked for the label."""
        tracker.create(make_ticket())

        assert tracker.find(secrets.token_hex(16)) == ()

    def test_linking_twice_is_linking_once(self, tracker: Tracker) -> None:
        """Point 4."""
        ref = tracker.create(make_ticket()).ref
        assert ref is not None
        for title in ("first", "second"):
            link = BackLink(global_id="system=gavel&id=1", url="http://127.0.0.1/x", title=title)
            tracker.link(ref, link)

        assert self.links_of(tracker, ref) == ["second"]

    def test_commenting_twice_is_commenting_once(self, tracker: Tracker) -> None:
        """Point 4: by the marker."""
        ref = tracker.create(make_ticket()).ref
        assert ref is not None
        for marker in ("[gavel:0123456789abcdef]", "[gavel:fedcba9876543210]") * 2:
            body = (Paragraph(HOSTILE), Paragraph(marker))
            tracker.comment(ref, Comment(marker=marker, body=body))

        assert self.comments_of(tracker, ref) == 2

    def links_of(self, tracker: Tracker, ref: TicketRef) -> list[str]:
        """Titles of a ticket's links."""
        raise NotImplementedError

    def comments_of(self, tracker: Tracker, ref: TicketRef) -> int:
        """How many comments a ticket has."""
        raise NotImplementedError
