"""Events become audits, suggestions and predictions; run by a real queue on a real database."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from procrastinate import App
from sqlalchemy import Engine, text

from bridge import worker
from bridge.bootstrap import Services
from bridge.labelstudio.envelope import open_envelope
from bridge.queue import JobQueue
from bridge.settings import Settings
from bridge.store.inbox import Inbox
from bridge.telemetry import EVENTS
from rubric.calibration import GoldCase, calibrate
from sandbox.model import AuditInput, AuditReport, Verdict
from tests.bridge.test_publishing import FakeLabelStudio
from tests.rubric.reports import make_report, shipped

pytestmark = pytest.mark.needs_db
PROJECT = 3
PUBLIC = "http://bridge.example"


class FakeAuditor:
    """Gives a prepared report and counts how often it was asked."""

    def __init__(self, verdict: Verdict = Verdict.ACCEPTED) -> None:
        self.asked: list[AuditInput] = []
        self.verdict = verdict

    def audit(self, given: AuditInput, *, deep: bool = False) -> AuditReport:
        self.asked.append(given)
        return make_report(verdict=self.verdict, deep=deep)


@pytest.fixture
def app(db_url: str) -> App:
    return worker.application(db_url)


@pytest.fixture
def services(db: Engine, db_url: str, tmp_path: Path) -> Services:
    settings = Settings.model_validate(
        {
            "data_dir": tmp_path,
            "public_url": PUBLIC,
            "projects": [{"id": PROJECT}],
            "sandbox": {"deep": False},
        }
    )
    return Services(
        settings=settings,
        engine=db,
        queue=JobQueue(db_url),
        labelstudio=FakeLabelStudio(),  # type: ignore[arg-type]
        auditor=FakeAuditor(),
        tracker=None,
        instance_id="test",
        clock=lambda: datetime.now(UTC),
        toolchain="go-test",
    )


def deliver(services: Services, body: dict[str, Any]) -> None:
    raw = json.dumps(body).encode()
    Inbox(services.engine).keep(open_envelope(raw), raw)


def work(app: App, services: Services) -> None:
    """Runs jobs until none waits."""
    with app.open():
        app.run_worker(
            wait=False, install_signal_handlers=False, listen_notify=False,
            additional_context={"services": services},
        )  # fmt: skip


def created(*codes: str, project: int = PROJECT, **data: Any) -> dict[str, Any]:
    tasks = [{"id": 10 + n, "data": {"code": code, **data}} for n, code in enumerate(codes)]
    return {"action": "TASKS_CREATED", "tasks": tasks, "project": {"id": project}}


def column(db: Engine, query: str) -> list[Any]:
    with db.connect() as conn:
        return list(conn.execute(text(query)).scalars())


def test_a_new_task_ends_with_a_published_prediction(services: Services, app: App) -> None:
    """From the delivery to Label Studio, with nobody's help."""
    deliver(services, created("package main"))
    work(app, services)

    assert list(services.labelstudio.kept) == [10]  # type: ignore[attr-defined]
    assert column(services.engine, "select state from deliveries") == ["processed"]


def test_equal_snippets_cost_one_audit(services: Services, app: App) -> None:
    """Five tasks, two contents: two audits, five predictions."""
    deliver(services, created("a", "b", "a", "b", "a"))
    work(app, services)

    assert len(services.auditor.asked) == 2  # type: ignore[attr-defined]
    assert sorted(services.labelstudio.kept) == [10, 11, 12, 13, 14]  # type: ignore[attr-defined]


def test_a_duplicate_delivery_changes_nothing(services: Services, app: App) -> None:
    """The same tasks told twice are audited and published once."""
    for _ in range(2):
        deliver(services, created("a"))
        work(app, services)

    assert len(services.auditor.asked) == 1  # type: ignore[attr-defined]
    assert {len(kept) for kept in services.labelstudio.kept.values()} == {1}  # type: ignore[attr-defined]


def test_a_task_without_code_is_rejected_with_a_reason(services: Services, app: App) -> None:
    """Nothing is audited, and the admin can read why."""
    body = created("x")
    body["tasks"][0]["data"] = {"text": "no code here"}
    deliver(services, body)
    work(app, services)

    assert services.auditor.asked == []  # type: ignore[attr-defined]
    assert "Columns it has: text" in column(services.engine, "select error from tasks")[0]


def test_a_blind_project_publishes_nothing(services: Services, app: App) -> None:
    """The suggestion is kept for measuring, and shown to nobody."""
    blind = Settings.model_validate(
        {**services.settings.model_dump(), "projects": [{"id": PROJECT, "mode": "blind"}]}
    )
    deliver(services, created("a"))
    work(app, replace(services, settings=blind))

    assert services.labelstudio.kept == {}  # type: ignore[attr-defined]
    assert column(services.engine, "select state from predictions") == ["withheld"]


def test_a_suggestion_names_the_calibration_of_its_project(
    services: Services, app: App, tmp_path: Path
) -> None:
    """The project's file decides, and the stored suggestion can be traced to it."""
    gold = GoldCase(id="t", report=make_report(), shown_suggestion=False)
    made = calibrate([gold], shipped())
    (tmp_path / "c.json").write_text(made.model_dump_json(by_alias=True))
    frozen = Settings.model_validate(
        {
            **services.settings.model_dump(),
            "projects": [{"id": PROJECT, "calibration": tmp_path / "c.json"}],
        }
    )
    deliver(services, created("a"))
    work(app, replace(services, settings=frozen))

    assert column(services.engine, "select calibration from suggestions") == [made.version]


def test_another_projects_event_is_ignored(services: Services, app: App) -> None:
    """A webhook may be set on a project that gavel.yaml does not name."""
    deliver(services, created("a", project=99))
    work(app, services)

    assert column(services.engine, "select state from deliveries") == ["ignored"]


def test_a_body_of_another_shape_is_kept_as_failed(services: Services, app: App) -> None:
    """With the reason; trying again could not mend it."""
    deliver(services, {"action": "TASKS_CREATED", "tasks": 7, "project": {"id": PROJECT}})
    work(app, services)

    assert column(services.engine, "select state from deliveries") == ["failed"]
    assert "objects" in column(services.engine, "select error from deliveries")[0]


def test_the_outcome_of_events_is_counted(services: Services, app: App) -> None:
    """An operator sees what came and what became of it."""
    before = EVENTS.labels(action="TASKS_CREATED", result="processed")._value.get()
    deliver(services, created("a"))
    work(app, services)

    assert EVENTS.labels(action="TASKS_CREATED", result="processed")._value.get() == before + 1


def test_an_audit_that_fails_every_time_is_set_aside(services: Services, app: App) -> None:
    """The sweep would ask for it again for ever."""
    from bridge import handlers

    deliver(services, created("a"))
    handlers.process_delivery(services, 1)
    key = column(services.engine, "select content_key from tasks")[0]
    handlers.audit_failed(services, key, ValueError("broken"))

    assert column(services.engine, "select state || ': ' || error from tasks") == [
        "failed: ValueError: broken"
    ]


def test_spooled_deliveries_are_taken_in(services: Services, app: App) -> None:
    """What came while the database was down is worked on once it is back."""
    from bridge import sweeping
    from bridge.spool import Spool, spool_folder

    Spool(spool_folder(services.settings.data_dir)).put(json.dumps(created("a")).encode())
    sweeping.drain_spool(services)
    work(app, services)

    assert list(services.labelstudio.kept) == [10]  # type: ignore[attr-defined]
