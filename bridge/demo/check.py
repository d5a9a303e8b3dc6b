"""Plays the demo's story by clicking, and says whether all of it held.

The annotator rates what the machine left open and submits three tasks. The reviewer overrides two criteria on the first by editing, one
on the second by duplicating the annotation, and agrees with the third: two tickets with three
overrides must appear, and none for the third.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bridge.demo.label_studio_server import DemoError
from bridge.demo.page import Person
from bridge.demo.stack import Stack
from bridge.store import Engine, summaries
from bridge.store.engine import create_engine
from bridge.store.summaries import RatedTask, TicketSummary
from rubric.model import RatedReport

TICKET_TIMEOUT_S = 60.0
BY_HAND = ("DI", 4)
"""What the annotator rates himself: a criterion on which the machine never speaks."""
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
    """A task of the story, with the criteria that have a suggestion."""

    task_id: int
    title: str
    suggested: tuple[tuple[str, int], ...]


def choose_targets(engine: Engine, project_id: int) -> tuple[Target, Target, Target]:
    """Gives three tasks whose prediction rates a criterion, the worst first.

    Raises:
        DemoError: there are fewer.
    """
    with engine.connect() as conn:
        rows = summaries.rated_tasks(conn, project_id)
    found = [target for row in rows if (target := _target(row)).suggested]
    found.sort(key=lambda target: (min(value for _, value in target.suggested), target.task_id))
    if len(found) < 3:
        raise DemoError(f"only {len(found)} tasks have a suggested rating; three are needed")
    return found[0], found[1], found[2]


def _target(row: RatedTask) -> Target:
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
            person.rate(*BY_HAND)
            if target is targets[0]:
                self.shoot(person.page, "prefilled")
            person.submit()
            self.timeline.note(f"the annotator submitted task {target.task_id} ({target.title})")
        person.close()

    def _review(self, edited: Target, duplicated: Target, agreed: Target) -> None:
        person = Person(self.browser, self.stack.server.url, self.stack.state.reviewer)
        self.timeline.note("the reviewer signed in")
        person.open(self.project_id, edited.task_id)
        for name, value in (edited.suggested[0], BY_HAND):
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


def _overrides(found: Sequence[TicketSummary]) -> dict[int, int]:
    return {row.task_id: row.overrides for row in found if row.state == "done"}


def tickets(engine: Engine, targets: Sequence[Target]) -> list[TicketSummary]:
    """The tickets of these tasks."""
    with engine.connect() as conn:
        return summaries.tickets_of(conn, [target.task_id for target in targets])


def keep_pictures(folder: Path) -> Shoot:
    """Keeps screenshots in a folder."""

    def shoot(page: Any, name: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=str(folder / f"{name}.png"))

    return shoot
