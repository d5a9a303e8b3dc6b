"""What is observed ends in overrides and tickets in line, however often and late it is observed."""

from __future__ import annotations

import itertools
import threading
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from bridge import observe
from bridge.store.review_tables import notices, reviews, snapshots
from tests.bridge.reviews import (
    ANNA,
    BEN,
    PROJECT,
    TASK,
    look,
    make_annotation,
    make_services,
    overridden,
    stored,
    ticket_rows,
)

pytestmark = pytest.mark.needs_db

SUBMIT = make_annotation(0, {"CR": 4, "EH": 3})
CHANGE = make_annotation(5, {"CR": 5, "EH": 3})
EDIT = make_annotation(10, {"CR": 1, "EH": 3}, by=BEN)


def told(services: Any) -> list[tuple[Any, ...]]:
    return [(o.criterion, o.from_value, o.to_value, o.status.value) for o in stored(services)]


def count(db: Engine, table: Any) -> int:
    with db.connect() as conn:
        return int(conn.execute(select(func.count()).select_from(table)).scalar_one())


def test_edit_opens_an_override_and_one_ticket(db: Engine) -> None:
    """A reviewer's edit of two criteria is one ticket."""
    services = make_services(db)
    services.labelstudio.put(SUBMIT)
    look(services)
    services.labelstudio.put(make_annotation(10, {"CR": 1, "EH": 5}, by=BEN))
    look(services)

    assert told(services) == [("CR", 4, 1, "open"), ("EH", 3, 5, "open")]
    assert [row.state for row in ticket_rows(services)] == ["pending"]


def test_observing_twice_changes_nothing(db: Engine) -> None:
    """Neither rows nor jobs."""
    services = make_services(db)
    overridden(services)
    before = (told(services), count(db, snapshots), list(services.queue.deferred))
    look(services)

    assert (told(services), count(db, snapshots), services.queue.deferred) == before


def test_claimed_state_saves_the_annotators_rating(db: Engine) -> None:
    """Anna's delivery was stored, and Ben edited before anything could be fetched."""
    services = make_services(db)
    with db.begin() as conn:
        observe.claim(conn, PROJECT, SUBMIT)
    services.labelstudio.put(EDIT)
    look(services)

    assert told(services) == [("CR", 4, 1, "open")]
    assert stored(services)[0].flags == ("base_claimed",)


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_deliveries_in_any_order_end_the_same(db: Engine, order: tuple[int, ...]) -> None:
    """Each followed by a look, each delivered twice."""
    services = make_services(db)
    services.labelstudio.put(EDIT)
    for number in order * 2:
        with db.begin() as conn:
            observe.claim(conn, PROJECT, (SUBMIT, CHANGE, EDIT)[number])
        look(services)

    assert told(services) == [("CR", 5, 1, "open")]
    assert len(ticket_rows(services)) == 1


def test_forged_claim_removes_nothing(db: Engine) -> None:
    """It reads as if Anna had lowered her rating herself."""
    services = make_services(db)
    overridden(services)
    with db.begin() as conn:
        observe.claim(conn, PROJECT, make_annotation(5, {"CR": 1, "EH": 3}))
    look(services)

    assert told(services) == [("CR", 4, 1, "open")]


def test_unreadable_claim_is_refused(db: Engine) -> None:
    """A body without its fields is no state."""
    with db.begin() as conn:
        assert observe.claim(conn, PROJECT, {"id": 1}) is False


def test_withdrawn_within_the_settle_window_leaves_no_ticket(db: Engine) -> None:
    """Ben takes his change back before the ticket is due."""
    services = make_services(db, settle_s=20)
    overridden(services)
    services.labelstudio.put(make_annotation(15, {"CR": 4, "EH": 3}, by=BEN))
    look(services)

    assert [row.state for row in ticket_rows(services)] == ["withdrawn"]


def test_change_within_the_settle_window_moves_it(db: Engine) -> None:
    """The window is of quiet time."""
    services = make_services(db, settle_s=20)
    overridden(services)
    services.clock.pass_s(15)
    services.labelstudio.put(make_annotation(15, {"CR": 2, "EH": 3}, by=BEN))
    look(services)
    (row,) = ticket_rows(services)

    assert (row.due_at - services.clock()).total_seconds() == 20


def test_deleted_annotation_voids(db: Engine) -> None:
    """A 404 while the project still answers."""
    services = make_services(db)
    overridden(services)
    services.labelstudio.delete(1)
    look(services)

    assert told(services) == [("CR", 4, 1, "voided")]


def test_vanished_project_changes_nothing(db: Engine) -> None:
    """The token sees nothing any more; that is no deletion."""
    services = make_services(db)
    overridden(services)
    services.labelstudio.delete(1)
    services.labelstudio.reachable_projects.clear()
    look(services)

    assert told(services) == [("CR", 4, 1, "open")]


def test_moved_annotation_takes_its_override_along(db: Engine) -> None:
    """ "Remove duplicates" moves annotations without an event."""
    services = make_services(db)
    overridden(services)
    services.labelstudio.put({**EDIT, "task": 8})
    look(services)
    (row,) = ticket_rows(services)

    assert [o.status.value for o in stored(services)] == []
    assert (row.state, row.task_id) == ("pending", 8)


def test_agreement_is_a_review_without_a_ticket(db: Engine) -> None:
    """Recorded as upheld."""
    services = make_services(db)
    services.labelstudio.put(SUBMIT)
    look(services)
    agree = {"id": "v", "from_name": "review", "to_name": "code", "type": "choices"}
    agreed = [*SUBMIT["result"], {**agree, "value": {"choices": ["agree"]}}]
    services.labelstudio.put({**EDIT, "result": agreed})
    look(services)
    with db.connect() as conn:
        found = conn.execute(select(reviews.c.reviewer, reviews.c.outcome)).all()

    assert [tuple(row) for row in found] == [(BEN, "upheld")]
    assert ticket_rows(services) == []


def test_annotation_that_came_with_an_import_overrides_nobody(db: Engine) -> None:
    """Label Studio names no editor for it, and sends no event of its own."""
    services = make_services(db)
    services.labelstudio.put(SUBMIT)
    services.labelstudio.put(
        make_annotation(20, {"CR": 1}, id=2, completed_by=BEN, created=20, updated_by=None)
    )
    look(services)

    assert told(services) == []


def test_foreign_edit_is_noticed(db: Engine) -> None:
    """By an admin who is no reviewer."""
    services = make_services(db)
    services.labelstudio.put(SUBMIT)
    look(services)
    services.labelstudio.put({**EDIT, "updated_by": 1})
    look(services)
    with db.connect() as conn:
        found = conn.execute(select(notices.c.kind, notices.c.criterion)).all()

    assert [tuple(row) for row in found] == [("foreign_edit", "CR")]


def test_many_observers_at_once_open_one_ticket(db: Engine) -> None:
    """Twenty deliveries of one edit, each with its job."""
    services = make_services(db)
    services.labelstudio.put(SUBMIT)
    look(services)
    services.labelstudio.put(EDIT)
    threads = [threading.Thread(target=look, args=(services,)) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert told(services) == [("CR", 4, 1, "open")]
    assert (len(ticket_rows(services)), len(services.queue.deferred)) == (1, 1)


def test_reviewer_named_by_address_is_looked_up(db: Engine) -> None:
    """gavel.yaml may name people as they sign in."""
    services = make_services(db)
    (project,) = services.settings.projects
    named = project.reviewers[0].model_copy(update={"user": "Ben@example.org"})
    services.settings = services.settings.model_copy(
        update={"projects": (project.model_copy(update={"reviewers": (named,)}),)}
    )
    services.labelstudio.members = [{"id": BEN, "email": "ben@example.org"}]
    overridden(services)

    assert told(services) == [("CR", 4, 1, "open")]


def test_ids_of_deleted_annotations_lead_to_their_task(db: Engine) -> None:
    """A deletion tells only ids."""
    services = make_services(db)
    overridden(services)
    with db.connect() as conn:
        assert observe.tasks_of(conn, [1, 99]) == [TASK]


def test_ticket_key_has_neither_address_nor_policy_in_it(db: Engine) -> None:
    """The same cause gives the same key in another database."""
    first = make_services(db)
    key = overridden(first)
    target = stored(first)[0].target

    assert key == observe.ticket_key(first.instance_id, PROJECT, target, observe.ROUTE, 1)
    assert len(key) == 32
    assert ANNA != BEN
