"""The second pass refines what nobody has answered, and leaves the rest alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from procrastinate import App
from sqlalchemy import Engine, text

from bridge import deepening, worker
from bridge.bootstrap import Services
from bridge.queue import PRIORITY_BULK, JobQueue
from bridge.settings import Settings
from bridge.store import tasks as store
from sandbox.model import AuditInput, AuditReport, Observed, ObservedState, Verdict
from tests.bridge.test_handlers import PROJECT, created, deliver, work
from tests.bridge.test_handlers import services as services_without  # noqa: F401 - a fixture
from tests.rubric.reports import make_finding, make_report

pytestmark = pytest.mark.needs_db


class TwoPasses:
    """An auditor whose second pass sees a race."""

    def __init__(self) -> None:
        self.asked: list[bool] = []
        self.fails = False

    def audit(self, given: AuditInput, *, deep: bool = False) -> AuditReport:
        self.asked.append(deep)
        if not deep:
            return make_report()
        if self.fails:
            return make_report(verdict=Verdict.INTERNAL_ERROR)
        race = make_finding(tool="race", rule="data_race", line=1, message="two goroutines")
        seen = Observed(state=ObservedState.FOUND, runs=20, hits=7)
        return make_report(deep=True, verdict=Verdict.RACE_DETECTED, race=seen, findings=(race,))


@pytest.fixture
def app(db_url: str) -> App:
    return worker.application(db_url)


@pytest.fixture
def services(services_without: Services, tmp_path: Path) -> Services:  # noqa: F811 - the fixture
    settings = Settings.model_validate({"data_dir": tmp_path, "projects": [{"id": PROJECT}]})
    return replace(services_without, settings=settings, auditor=TwoPasses())


def first_pass(services: Services, app: App) -> None:
    """Takes a task through the first pass alone."""
    calm = services.settings.model_copy(
        update={"sandbox": services.settings.sandbox.model_copy(update={"deep": False})}
    )
    deliver(services, created("package main"))
    work(app, replace(services, settings=calm))


def shown(services: Services) -> str:
    kept: dict[int, list[dict[str, Any]]] = services.labelstudio.kept  # type: ignore[attr-defined]
    return str(kept[10][0]["result"])


def stored(db: Engine, query: str) -> list[Any]:
    with db.connect() as conn:
        return list(conn.execute(text(query)).scalars())


def key(services: Services) -> str:
    return str(stored(services.engine, "select content_key from tasks")[0])


def test_a_published_prediction_is_refined(services: Services, app: App) -> None:
    """Report, evidence and the prediction that people will see, once and with the same id."""
    deliver(services, created("package main"))
    work(app, services)

    assert services.auditor.asked == [False, True]  # type: ignore[attr-defined]
    assert "two goroutines" in shown(services)
    assert len(services.labelstudio.kept[10]) == 1  # type: ignore[attr-defined]
    assert stored(services.engine, "select verdict from reports") == ["race_detected"]
    assert stored(services.engine, "select rated->>'verdict' from suggestions") == ["race_detected"]


def test_what_was_answered_stays(services: Services, app: App) -> None:
    """People rested their ratings on it; not even an audit is spent."""
    first_pass(services, app)
    before = shown(services)
    with services.engine.begin() as conn:
        store.freeze_predictions(conn, [10])
    deepening.deepen(services, key(services))

    assert services.auditor.asked == [False]  # type: ignore[attr-defined]
    assert shown(services) == before
    assert stored(services.engine, "select verdict from reports") == ["accepted"]


def test_an_answer_that_we_have_not_heard_of_counts(services: Services, app: App) -> None:
    """Label Studio is asked before anything is changed there."""
    first_pass(services, app)
    before = shown(services)
    services.labelstudio.answers[10] = [{"id": 1}]  # type: ignore[attr-defined]
    deepening.deepen(services, key(services))

    assert shown(services) == before
    assert stored(services.engine, "select rated->>'verdict' from suggestions") == ["accepted"]


def test_it_can_be_done_twice(services: Services, app: App) -> None:
    """A second time costs nothing."""
    first_pass(services, app)
    for _ in range(2):
        deepening.deepen(services, key(services))

    assert services.auditor.asked == [False, True]  # type: ignore[attr-defined]


def test_a_sandbox_that_fails_spoils_nothing(services: Services, app: App) -> None:
    """The first pass's report stands."""
    first_pass(services, app)
    services.auditor.fails = True  # type: ignore[attr-defined]
    deepening.deepen(services, key(services))

    assert stored(services.engine, "select verdict from reports") == ["accepted"]


def test_it_waits_behind_every_audit(db: Engine, db_url: str) -> None:
    """One at a time, below what people and imports wait for; asked twice, it waits once."""
    queue = JobQueue(db_url)
    with db.begin() as conn:
        for name in ("a", "b", "a"):
            queue.defer_deepen(conn, name)
        queue.defer_audits(conn, ["c"], priority=PRIORITY_BULK)

    lowest = stored(db, "select lock from procrastinate_jobs order by priority desc, id")
    assert lowest == ["audit:c", "deepen", "deepen"]
