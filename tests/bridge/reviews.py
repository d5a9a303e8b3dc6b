"""Annotations as Label Studio's JSON, and services around a database, over plain defaults."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import Engine, select

from bridge import observe
from bridge.settings import ProjectSettings, ReviewerSettings, Settings, TrackerSettings
from bridge.store import reviews
from bridge.store.review_tables import tickets
from bridge.trackers import outbox
from rubric.override_model import Override
from tests.fakes import NOON, FakeServices

PROJECT, TASK = 1, 7
ANNA, BEN = 4, 5


def make_services(db: Engine, *, settle_s: float = 0, **changes: Any) -> FakeServices:
    """Services of one project whose reviewer is Ben."""
    project = ProjectSettings(
        id=PROJECT, reviewers=(ReviewerSettings(user=BEN),), settle_s=settle_s
    )
    tracker = TrackerSettings(probe_delays_s=(0.05, 0.3, 1.2, 3.0))
    return FakeServices(
        engine=db, settings=Settings(projects=(project,), tracker=tracker), **changes
    )


def make_annotation(
    second: float, ratings: dict[str, int], *, by: int = ANNA, **changes: Any
) -> dict[str, Any]:
    """Anna's annotation 1 on the task, as the API shows it `second` seconds after noon."""
    made = (NOON + timedelta(seconds=changes.pop("created", 0))).isoformat()
    result = [
        {
            "id": criterion,
            "from_name": criterion,
            "to_name": "code",
            "type": "rating",
            "value": {"rating": value},
        }
        for criterion, value in ratings.items()
    ]
    fields = {
        "id": 1,
        "task": TASK,
        "project": PROJECT,
        "completed_by": ANNA,
        "updated_by": by,
        "created_at": made,
        "updated_at": (NOON + timedelta(seconds=second)).isoformat(),
        "was_cancelled": False,
        "parent_prediction": None,
        "parent_annotation": None,
        "import_id": None,
        "result": result,
    }
    return fields | changes


def look(services: FakeServices) -> None:
    """The job `observe`."""
    observe.observe_task(services, PROJECT, TASK)


def deliver_all(services: FakeServices) -> None:
    """Every ticket job that was asked for, those asked for meanwhile left for the next time."""
    waiting, services.queue.deferred = services.queue.deferred, []
    for key in dict.fromkeys(key for key, _ in waiting):
        outbox.deliver(services, key)


def ticket_rows(services: FakeServices) -> list[Any]:
    """The outbox."""
    with services.engine.connect() as conn:
        return list(conn.execute(select(tickets).order_by(tickets.c.created_at)))


def stored(services: FakeServices) -> list[Override]:
    """The stored overrides on the task."""
    with services.engine.connect() as conn:
        return sorted(reviews.load_overrides(conn, TASK), key=lambda o: (o.target, o.criterion))


def overridden(services: FakeServices) -> str:
    """Plays a submit and a reviewer's edit, and gives the ticket's key."""
    services.labelstudio.put(make_annotation(0, {"CR": 4, "EH": 3}))
    look(services)
    services.labelstudio.put(make_annotation(10, {"CR": 1, "EH": 3}, by=BEN))
    look(services)
    return str(ticket_rows(services)[0].key)
