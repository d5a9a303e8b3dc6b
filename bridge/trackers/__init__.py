"""What a tracker must do. Each tracker is one file here; trackers do not know each other."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from bridge.errors import GavelError
from bridge.trackers.document import Document

LABEL_PREFIX = "gavel-"
FAMILY_LABEL = "gavel-override"
SUMMARY_CHARACTERS = 255


class TrackerError(GavelError):
    """The tracker could not be asked, or refused."""

    reason = "tracker"

    def __init__(
        self,
        message: str,
        *,
        reason: str | None = None,
        retry: bool | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(message, reason=reason, retry=retry)
        self.retry_after_s = retry_after_s


class OutcomeKind(StrEnum):
    """The four ways in which a creation can end."""

    DONE = "done"
    REJECTED = "rejected"
    RETRY = "retry"
    UNCERTAIN = "uncertain"


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketRef:
    """Where a ticket is. The id stays when a ticket moves; the key may not."""

    id: str
    key: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a creation ended; `ref` is there only where it is done."""

    kind: OutcomeKind
    ref: TicketRef | None = None
    reason: str = ""
    """A short word for done's opposites; also the metric's label."""
    message: str = ""
    retry_after_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BackLink:
    """A link from the ticket to where its cause can be seen."""

    global_id: str
    url: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A ticket to be made."""

    key: str
    """32 hex characters: sha256 of the cause."""
    summary: str
    body: Document
    labels: tuple[str, ...] = ()
    facts: dict[str, str | int] = field(default_factory=dict)
    """Machine facts for trackers that keep such (Jira: an entity property)."""

    @property
    def label(self) -> str:
        """By this the ticket is found again."""
        return LABEL_PREFIX + self.key


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """A comment; `marker` is a line of it that no other comment holds."""

    marker: str
    body: Document


class Tracker(Protocol):
    """A place where tickets live.

    1. `create` makes one ticket that carries `ticket.label` from its first moment, and makes at
       most one request that could create. It never retries and never raises for what the tracker
       or the network did: every end is one of the four outcomes.
    2. DONE means that the tracker named the ticket. REJECTED: it refused, and would again.
       RETRY: nothing was created, and it may work later. UNCERTAIN: nobody knows.
       A doubt is UNCERTAIN, never RETRY.
    3. `find` gives the tickets that carry the label of `key`, oldest first, each one checked for
       that label. It may be late: a ticket made a moment ago may be missing.
    4. `link` and `comment` can be done twice: the second time changes nothing. `comment` looks
       for the marker before it writes.
    5. `find`, `link` and `comment` raise TrackerError; `retry` says whether later may be better.
    6. Every call ends within a known time.
    """

    name: str

    def create(self, ticket: Ticket) -> Outcome:
        """Makes a ticket."""

    def find(self, key: str) -> tuple[TicketRef, ...]:
        """Tickets made for `key`."""

    def link(self, ref: TicketRef, link: BackLink) -> None:
        """Puts a link on a ticket, or brings it up to date."""

    def comment(self, ref: TicketRef, comment: Comment) -> None:
        """Adds a comment unless it is there."""
