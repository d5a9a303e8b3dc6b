"""Plays the demo's story by clicking, and says whether all of it held.

The annotator submits three tasks. The reviewer overrides two criteria on the first by editing, one
on the second by duplicating the annotation, and agrees with the third: two tickets with three
overrides must appear, and none for the third.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from bridge.demo.label_studio_server import DemoError
from bridge.demo.page import Person
from bridge.demo.stack import Stack
from bridge.store.engine import create_engine
from rubric.model import RatedReport

TICKET_TIMEOUT_S = 60.0
QUIET_S = 4.0
"""How long nothing more may appear after the expected tickets."""

Say = Callable[[str], None]
Shoot = Callable[[Any, str], None]


@dataclass(slots=True)
class Timeline:
    """What happened, with seconds since the start."""

    say: Say
    start: float = field(default_factory=time.monotonic)

    def note(self, message: str) -> None:
        """Adds a line."""
        self.say(f"{time.monotonic() - self.start:6.1f} s  {message}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A task of the story, with two criteria that have a suggestion."""

    task_id: int
    title: str
    suggested: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketRow:
    """A ticket as the outbox knows it."""

    task_id: int
    annotation_id: int
    state: str
    reference: str
    overrides: int


def choose_targets(engine: Engine, project_id: int) -> tuple[Target, Target, Target]:
    """Gives three tasks whose prediction rates at least two criteria.

    Raises:
        DemoError: there are fewer.
    """
    with engine.connect() as conn:
        rows = conn.execute(_RATED, {"project": project_id}).all()
    found = [target for row in rows if len((target := _target(row)).suggested) >= 2]
    if len(found) < 3:
        raise DemoError(f"only {len(found)} tasks have two suggested ratings; three are needed")
    return found[0], found[1], found[2]


_RATED = text(
    "select t.task_id, t.data->>'title' as title, s.rated from tasks t "
    "join predictions p using (task_id) join suggestions s on s.id = p.suggestion_id "
    "where t.project_id = :project and p.state = 'published' order by t.task_id"
)


def _target(row: Any) -> Target:
    rated = RatedReport.model_validate(row.rated)
    values = {name: rating.value for name, rating in rated.ratings.items()}
    suggested = tuple((name, value) for name, value in values.items() if value is not None)
    return Target(task_id=row.task_id, title=row.title, suggested=suggested)


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One playing of the story: where, with which browser, and who is told."""

    stack: Stack
    browser: Any
    project_id: int
    timeline: Timeline
    shoot: Shoot

    def play(self) -> None:
        """Plays it.

        Raises:
            DemoError: something did not hold; the message says what.
        """
        engine = create_engine(self.stack.database_url)
        try:
            targets = choose_targets(engine, self.project_id)
            self._annotate(targets)
            self._review(*targets)
            _wait_for_tickets(engine, targets, self.timeline)
        finally:
            engine.dispose()

    def _annotate(self, targets: Sequence[Target]) -> None:
        person = Person(self.browser, self.stack.server.url, self.stack.state.annotator)
        self.timeline.note("the annotator signed in")
        for target in targets:
            person.open(self.project_id, target.task_id)
            _expect_stars(person, target)
            if target is targets[0]:
                self.shoot(person.page, "prefilled")
            person.submit()
            self.timeline.note(f"the annotator submitted task {target.task_id} ({target.title})")
        person.close()

    def _review(self, edited: Target, duplicated: Target, agreed: Target) -> None:
        person = Person(self.browser, self.stack.server.url, self.stack.state.reviewer)
        self.timeline.note("the reviewer signed in")
        person.open(self.project_id, edited.task_id)
        for name, value in edited.suggested[:2]:
            person.rate(name, other(value))
        person.choose("R1")
        self.shoot(person.page, "override")
        person.update()
        self.timeline.note(f"the reviewer edited two criteria of task {edited.task_id}")

        person.open(self.project_id, duplicated.task_id)
        person.duplicate()
        name, value = duplicated.suggested[0]
        person.rate(name, other(value))
        person.submit()
        self.timeline.note(
            f"the reviewer changed {name} of task {duplicated.task_id} on a duplicate"
        )

        person.open(self.project_id, agreed.task_id)
        person.choose("agree")
        person.update()
        self.timeline.note(f"the reviewer agreed with task {agreed.task_id}")
        person.close()


def _expect_stars(person: Person, target: Target) -> None:
    for name, value in target.suggested:
        shown = person.stars(name)
        if shown != value:
            raise DemoError(
                f"task {target.task_id}: {name} shows {shown} stars, the suggestion is {value}"
            )


def other(value: int) -> int:
    """A different rating on the 1-5 scale."""
    return value - 2 if value > 2 else value + 2


def _wait_for_tickets(engine: Engine, targets: Sequence[Target], timeline: Timeline) -> None:
    wanted = {targets[0].task_id: 2, targets[1].task_id: 1}
    end = time.monotonic() + TICKET_TIMEOUT_S
    while _overrides(tickets(engine, targets)) != wanted:
        if time.monotonic() > end:
            found = tickets(engine, targets)
            raise DemoError(f"expected tickets with overrides {wanted} by task, found {found}")
        time.sleep(0.2)
    for ticket in tickets(engine, targets):
        timeline.note(
            f"ticket {ticket.reference} for task {ticket.task_id}: {ticket.overrides} override(s)"
        )
    time.sleep(QUIET_S)
    if _overrides(tickets(engine, targets)) != wanted:
        raise DemoError(f"more tickets came: {tickets(engine, targets)}")
    timeline.note("agreement opened no ticket")


def _overrides(found: Sequence[TicketRow]) -> dict[int, int]:
    return {row.task_id: row.overrides for row in found if row.state == "done"}


def tickets(engine: Engine, targets: Sequence[Target]) -> list[TicketRow]:
    """The tickets of these tasks."""
    with engine.connect() as conn:
        rows = conn.execute(_TICKETS, {"tasks": [target.task_id for target in targets]})
        return [TicketRow(**row._mapping) for row in rows]  # noqa: SLF001 - SQLAlchemy's public name for it


_TICKETS = text(
    "select t.task_id, t.target_id as annotation_id, t.state, "
    "coalesce(t.issue_key, t.issue_id, '') as reference, count(o.criterion) as overrides "
    "from tickets t left join overrides o on o.target_id = t.target_id "
    "and o.target_created_at = t.target_created_at and o.generation = t.generation "
    "and o.status = 'open' where t.task_id = any(:tasks) group by t.key order by t.task_id"
)


def keep_pictures(folder: Path) -> Shoot:
    """Keeps screenshots in a folder."""

    def shoot(page: Any, name: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=str(folder / f"{name}.png"))

    return shoot
