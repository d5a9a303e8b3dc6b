"""Takes a ticket from "wanted" to "there", one committed step at a time. Safe to run twice.

A state is committed before a call goes out and after it came back, so a process that dies leaves a
row that says what may have happened. A creation without a clear answer is looked for, not repeated;
after the last look there is one further creation.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

import structlog

from bridge.resources import templates_dir
from bridge.review_context import ReviewServices
from bridge.store import outbox as rows
from bridge.store.outbox import Connection, Engine, TicketRow
from bridge.trackers import (
    BackLink,
    Outcome,
    OutcomeKind,
    Ticket,
    TicketRef,
    Tracker,
    TrackerError,
)
from bridge.trackers.material import subject_for
from bridge.trackers.ticket import TEMPLATE, comment_for, template_of, ticket_for

LEASE_S = 120.0
"""Longer than all calls of one attempt together may take."""
RETRY_DELAYS_S = (2, 10, 30, 120, 300)
MAX_CREATES = 2
MAX_STEPS = 8

log = structlog.get_logger(__name__)


class TicketQueue(Protocol):
    """Where the outbox's jobs go; each call joins the transaction of `conn`."""

    def defer_ticket(self, conn: Connection, key: str, delay_s: float = 0) -> None:
        """Works on the row after `delay_s`."""


class OutboxServices(ReviewServices, Protocol):
    """What the outbox needs."""

    @property
    def engine(self) -> Engine:
        """The database."""

    @property
    def queue(self) -> TicketQueue:
        """Where jobs go."""

    @property
    def tracker(self) -> Tracker:
        """Where tickets go."""

    @property
    def clock(self) -> Callable[[], datetime]:
        """The time, aware."""


def deliver(services: OutboxServices, key: str) -> None:
    """Takes a row as far as it goes by now; what has to wait is put in line again."""
    for _ in range(MAX_STEPS):
        with services.engine.begin() as conn:
            row = rows.load(conn, key)
        if row is None or row.state not in STEPS or not STEPS[row.state](services, row):
            return


def _pending(services: OutboxServices, row: TicketRow) -> bool:
    """Pending to sending, then the call, then whatever came of it."""
    if _must_wait(services, row, row.due_at):
        return False
    claimed = _claim(services, row)
    if claimed is None:
        return False
    try:
        outcome = _find_or_create(services, claimed)
    except TrackerError as exc:
        outcome = _not_asked(exc)
    _record(services, claimed, outcome)
    return outcome.kind is OutcomeKind.DONE


@dataclass(frozen=True, slots=True, kw_only=True)
class _Claimed:
    key: str
    token: str
    ticket: Ticket
    standing: bool


def _claim(services: OutboxServices, row: TicketRow) -> _Claimed | None:
    """Takes the row before anything goes out. The ticket is written first: that can't half-happen."""
    token, now = str(uuid.uuid4()), services.clock()
    with services.engine.begin() as conn:
        held = rows.load(conn, row.key, lock=True)
        if held is None or held.state != "pending":
            return None
        try:
            subject = subject_for(services, conn, held)
            ticket = ticket_for(subject, _template())
        except TrackerError as exc:
            rows.move(conn, row.key, ("pending",), "dead", reason=exc.reason, error=str(exc))
            return None
        rows.move(
            conn, row.key, ("pending",), "sending",
            attempt_token=token, lease_until=now + timedelta(seconds=LEASE_S),
            first_try_at=held.first_try_at or now, creates=held.creates + 1, told=held.wanted,
        )  # fmt: skip
    return _Claimed(key=row.key, token=token, ticket=ticket, standing=subject.standing)


def _find_or_create(services: OutboxServices, claimed: _Claimed) -> Outcome:
    """Finds before it creates: a restored database may not know of its tickets."""
    found = services.tracker.find(claimed.key)
    if found:
        return Outcome(kind=OutcomeKind.DONE, ref=found[0])
    if not claimed.standing:
        return Outcome(kind=OutcomeKind.REJECTED, reason="withdrawn", message="nothing stands")
    return services.tracker.create(claimed.ticket)


def _template() -> Any:
    return template_of((templates_dir() / "tickets" / TEMPLATE).read_text(encoding="utf-8"))


def _not_asked(exc: TrackerError) -> Outcome:
    """The look before the creation failed, so nothing was created."""
    kind = OutcomeKind.RETRY if exc.retry else OutcomeKind.REJECTED
    return Outcome(kind=kind, reason=exc.reason, message=str(exc), retry_after_s=exc.retry_after_s)


def _record(services: OutboxServices, claimed: _Claimed, outcome: Outcome) -> None:
    """Commits what came of an attempt, unless a later attempt has taken the row over."""
    log.info("ticket_attempt", ticket=claimed.key[:12], outcome=outcome.kind, reason=outcome.reason)
    with services.engine.begin() as conn:
        if outcome.kind is OutcomeKind.DONE and outcome.ref is not None:
            _settle(conn, claimed.key, outcome.ref)
            return
        row = rows.load(conn, claimed.key, lock=True)
        if row is None:
            return
        state, values, delay_s = _after(services, row, outcome)
        moved = rows.move(
            conn, claimed.key, ("sending",), state, token=claimed.token,
            reason=outcome.reason or None, error=outcome.message or None, **values,
        )  # fmt: skip
        if moved and delay_s is not None:
            services.queue.defer_ticket(conn, claimed.key, delay_s)


def _after(
    services: OutboxServices, row: TicketRow, outcome: Outcome
) -> tuple[str, dict[str, Any], float | None]:
    """The state that follows an attempt without a ticket, what to note and how long to wait."""
    now = services.clock()
    if outcome.kind is OutcomeKind.REJECTED:
        state = "withdrawn" if outcome.reason == "withdrawn" else "rejected"
        return state, {"creates": row.creates - 1}, None
    if outcome.kind is OutcomeKind.RETRY:
        delay_s = outcome.retry_after_s or RETRY_DELAYS_S[min(row.retries, 4)]
        values = {"creates": row.creates - 1, "retries": row.retries + 1}
        return "pending", {**values, "due_at": now + timedelta(seconds=delay_s)}, delay_s
    delay_s = _probe_delay(services, 0)
    return "uncertain", {"probes": 0, "due_at": now + timedelta(seconds=delay_s)}, delay_s


def _probe_delay(services: OutboxServices, probes: int) -> float:
    """Settings name the moments; this gives the wait from one to the next."""
    moments = services.settings.tracker.probe_delays_s or (0.0,)
    last = moments[probes - 1] if probes else 0.0
    return max(0.0, moments[probes] - last)


def _settle(conn: Connection, key: str, ref: TicketRef) -> None:
    rows.move(
        conn, key, ("pending", "sending", "uncertain"), "done",
        issue_id=ref.id, issue_key=ref.key, issue_url=ref.url,
        reason=None, error=None, retries=0,
    )  # fmt: skip


def _sending(services: OutboxServices, row: TicketRow) -> bool:
    """A lease that ran out: the process died, and the ticket may be there."""
    if _must_wait(services, row, row.lease_until):
        return False
    delay_s = _probe_delay(services, 0)
    with services.engine.begin() as conn:
        moved = rows.move(
            conn, row.key, ("sending",), "uncertain", token=row.attempt_token, probes=0,
            due_at=services.clock() + timedelta(seconds=delay_s), reason="lease_ran_out",
        )  # fmt: skip
        if moved:
            services.queue.defer_ticket(conn, row.key, delay_s)
    return moved and delay_s == 0


def _uncertain(services: OutboxServices, row: TicketRow) -> bool:
    """Looks for the ticket. Never creates: after the last look the row goes back in line once."""
    if _must_wait(services, row, row.due_at):
        return False
    try:
        found = services.tracker.find(row.key)
    except TrackerError as exc:
        _postpone(services, row, exc)
        return False
    with services.engine.begin() as conn:
        if found:
            _settle(conn, row.key, found[0])
            rows.note(conn, row.key, {"duplicates": [ref.key for ref in found[1:]]})
            return True
        return _not_found(services, conn, row)


def _not_found(services: OutboxServices, conn: Connection, row: TicketRow) -> bool:
    probes = row.probes + 1
    token = row.attempt_token
    if probes < len(services.settings.tracker.probe_delays_s):
        delay_s = _probe_delay(services, probes)
        due_at = services.clock() + timedelta(seconds=delay_s)
        rows.move(
            conn, row.key, ("uncertain",), "uncertain", token=token, probes=probes, due_at=due_at
        )
        services.queue.defer_ticket(conn, row.key, delay_s)
        return False
    if row.creates < MAX_CREATES:
        now = services.clock()
        return rows.move(conn, row.key, ("uncertain",), "pending", token=token, due_at=now)
    rows.move(
        conn, row.key, ("uncertain",), "dead", token=token, reason="not_found",
        error="two creations without a clear answer, and no ticket to be found",
    )  # fmt: skip
    return False


def _done(services: OutboxServices, row: TicketRow) -> bool:
    """What follows a creation, each step on its own: the back link, then what changed since."""
    ref = TicketRef(id=row.issue_id, key=row.issue_key, url=row.issue_url)
    try:
        if not row.linked:
            return _link(services, row, ref)
        if row.told != row.wanted and not _must_wait(services, row, row.due_at):
            return _comment(services, row, ref)
    except TrackerError as exc:
        _postpone(services, row, exc)
    return False


def _link(services: OutboxServices, row: TicketRow, ref: TicketRef) -> bool:
    with services.engine.begin() as conn:
        subject = subject_for(services, conn, row)
    title = f"Task {row.task_id}, annotation {row.target_id}"
    link = BackLink(global_id=f"system=gavel&id={row.key}", url=subject.task_url, title=title)
    services.tracker.link(ref, link)
    return _noted(services, row, {"linked": True})


def _comment(services: OutboxServices, row: TicketRow, ref: TicketRef) -> bool:
    with services.engine.begin() as conn:
        held = rows.load(conn, row.key, lock=True) or row
        subject = subject_for(services, conn, held)
    services.tracker.comment(ref, comment_for(subject, _template()))
    return _noted(services, row, {"told": held.wanted})


def _noted(services: OutboxServices, row: TicketRow, values: Mapping[str, Any]) -> bool:
    with services.engine.begin() as conn:
        rows.note(conn, row.key, {**values, "retries": 0, "reason": None, "error": None})
    return True


def _postpone(services: OutboxServices, row: TicketRow, exc: TrackerError) -> None:
    """Same state, later. What can't work later stands still until somebody mends it."""
    delay_s = exc.retry_after_s or RETRY_DELAYS_S[min(row.retries, 4)]
    due_at = services.clock() + timedelta(seconds=delay_s)
    values = {"retries": row.retries + 1, "due_at": due_at, "error": str(exc)}
    stuck = not exc.retry and row.state == "done"
    with services.engine.begin() as conn:
        rows.note(conn, row.key, {**values, "reason": exc.reason if stuck else None})
        if not stuck:
            services.queue.defer_ticket(conn, row.key, delay_s)


def _must_wait(services: OutboxServices, row: TicketRow, until: datetime | None) -> bool:
    """Puts the row in line again if its time has not come."""
    left_s = (until - services.clock()).total_seconds() if until is not None else 0.0
    if left_s <= 0:
        return False
    with services.engine.begin() as conn:
        services.queue.defer_ticket(conn, row.key, left_s)
    return True


STEPS: Mapping[str, Callable[[OutboxServices, TicketRow], bool]] = {
    "pending": _pending,
    "sending": _sending,
    "uncertain": _uncertain,
    "done": _done,
}
"""What is done in each state; True means that the next step can follow at once."""
