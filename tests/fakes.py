"""Working stand-ins: they keep what they are given and can be asked for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine

import rubric
from bridge.settings import ProjectSettings, Settings
from bridge.trackers import BackLink, Comment, Outcome, OutcomeKind, Ticket, TicketRef
from rubric.load import load_rubric
from rubric.model import Rubric

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


class FakeClock:
    """A clock that stands still until it is told otherwise."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """The time."""
        return self.now

    def pass_s(self, seconds: float) -> None:
        """Lets time pass."""
        self.now += timedelta(seconds=seconds)


class FakeLabelStudio:
    """Holds annotations as Label Studio's API shows them."""

    def __init__(self) -> None:
        self.live: dict[int, dict[str, Any]] = {}
        self.members: list[dict[str, Any]] = []
        self.reachable_projects: set[int] = set()

    def put(self, annotation: Mapping[str, Any]) -> dict[str, Any]:
        """Makes or changes an annotation, and gives it as a delivery would."""
        item = dict(annotation)
        self.live[item["id"]] = item
        self.reachable_projects.add(item["project"])
        return dict(item)

    def delete(self, annotation_id: int) -> None:
        """Removes an annotation."""
        del self.live[annotation_id]

    def annotations(self, task_id: int) -> Sequence[Mapping[str, Any]]:
        """See ReviewStudio."""
        return [dict(a) for a in self.live.values() if a["task"] == task_id]

    def annotation(self, annotation_id: int) -> Mapping[str, Any] | None:
        """See ReviewStudio."""
        return self.live.get(annotation_id)

    def project(self, project_id: int) -> Mapping[str, Any] | None:
        """See ReviewStudio."""
        return {"id": project_id} if project_id in self.reachable_projects else None

    def users(self) -> Sequence[Mapping[str, Any]]:
        """See ReviewStudio."""
        return self.members


class FakeQueue:
    """Keeps the ticket jobs that were asked for."""

    def __init__(self) -> None:
        self.deferred: list[tuple[str, float]] = []

    def defer_ticket(self, conn: Connection, key: str, delay_s: float = 0) -> None:
        """See Queue."""
        del conn
        self.deferred.append((key, delay_s))


class FakeTracker:
    """A tracker in memory. `faults` are called in turn around its creations.

    Each fault is a callable that gets a function that really creates, and gives the outcome that
    the caller sees. `hidden` tickets exist but are not found: an index that lags.
    """

    name = "fake"

    def __init__(self) -> None:
        self.tickets: dict[int, Ticket] = {}
        self.links: dict[str, dict[str, BackLink]] = {}
        self.comments: dict[str, list[Comment]] = {}
        self.faults: list[Callable[[Callable[[], Outcome]], Outcome]] = []
        self.hidden = False

    def create(self, ticket: Ticket) -> Outcome:
        """See Tracker."""

        def really() -> Outcome:
            number = len(self.tickets) + 1
            self.tickets[number] = ticket
            return Outcome(kind=OutcomeKind.DONE, ref=_ref(number))

        return self.faults.pop(0)(really) if self.faults else really()

    def find(self, key: str) -> tuple[TicketRef, ...]:
        """See Tracker."""
        if self.hidden:
            return ()
        return tuple(_ref(n) for n, t in sorted(self.tickets.items()) if t.key == key)

    def link(self, ref: TicketRef, link: BackLink) -> None:
        """See Tracker."""
        self.links.setdefault(ref.id, {})[link.global_id] = link

    def comment(self, ref: TicketRef, comment: Comment) -> None:
        """See Tracker."""
        said = self.comments.setdefault(ref.id, [])
        if all(c.marker != comment.marker for c in said):
            said.append(comment)


def _ref(number: int) -> TicketRef:
    return TicketRef(id=str(number), key=f"FAKE-{number}", url=f"http://fake.test/{number}")


@lru_cache(maxsize=1)
def shipped_rubric() -> Rubric:
    """The rubric that comes with the product."""
    path = Path(rubric.__file__).parent / "rubrics" / "go-review.yaml"
    return load_rubric(path.read_text(), name=str(path))


@dataclass
class FakeServices:
    """Everything that reviews and tickets need, on a real database."""

    engine: Engine
    settings: Settings
    labelstudio: FakeLabelStudio = field(default_factory=FakeLabelStudio)
    queue: FakeQueue = field(default_factory=FakeQueue)
    tracker: Any = field(default_factory=FakeTracker)
    clock: FakeClock = field(default_factory=FakeClock)
    instance_id: str = "11111111-2222-3333-4444-555555555555"

    def project(self, project_id: int) -> ProjectSettings | None:
        """See ReviewServices."""
        return self.settings.project(project_id)

    def rubric(self, project: ProjectSettings) -> Rubric:
        """See ReviewServices."""
        del project
        return shipped_rubric()
