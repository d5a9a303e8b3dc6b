"""What Label Studio never told us is found, handed on once, and never taken for a deletion too early."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from procrastinate import App
from sqlalchemy import text

from bridge import reconciling, worker
from bridge.bootstrap import Services
from bridge.errors import LabelStudioError
from bridge.settings import Settings
from tests.bridge.test_handlers import PROJECT, column, created, deliver, work
from tests.bridge.test_handlers import services as services_without  # noqa: F401 - a fixture
from tests.bridge.test_publishing import FakeLabelStudio

pytestmark = pytest.mark.needs_db
MOMENT = "2026-05-01T10:00:00Z"


class Server(FakeLabelStudio):
    """A Label Studio whose tasks can be listed; `broken` cuts the list after so many."""

    def __init__(self) -> None:
        super().__init__()
        self.listed: list[dict[str, Any]] = []
        self.broken: int | None = None
        self.there = True

    def project(self, project_id: int) -> dict[str, Any]:
        return self.fields if self.there else None  # type: ignore[return-value]

    def tasks(self, project_id: int, *, fields: str) -> Iterator[dict[str, Any]]:
        assert fields == "all"
        for number, task in enumerate(self.listed):
            if number == self.broken:
                raise LabelStudioError("cut", reason="unreachable", retry=True)
            yield task

    def task(self, task_id: int) -> dict[str, Any] | None:
        return next((one for one in self.listed if one["id"] == task_id), None)

    def annotation(self, annotation_id: int) -> dict[str, Any] | None:
        return None

    def add(self, task_id: int, code: str) -> dict[str, Any]:
        self.listed.append({"id": task_id, "data": {"code": code}, "annotations": []})
        return self.listed[-1]

    def annotate(self, task_id: int, number: int, updated: str = MOMENT) -> None:
        task = self.task(task_id)
        assert task is not None
        made = {
            "id": number, "task": task_id, "created_at": MOMENT, "updated_at": updated, "result": [],
            "completed_by": 5, "updated_by": 5,
        }  # fmt: skip
        task["annotations"] = [one for one in task["annotations"] if one["id"] != number] + [made]
        self.answers[task_id] = task["annotations"]


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def app(db_url: str) -> App:
    return worker.application(db_url)


@pytest.fixture
def services(services_without: Services, server: Server) -> Services:  # noqa: F811 - the fixture
    return replace(services_without, labelstudio=server)  # type: ignore[arg-type]


def test_a_task_that_was_never_told_gets_its_prediction(
    services: Services, app: App, server: Server
) -> None:
    server.add(10, "package main")

    found = reconciling.reconcile(services, PROJECT)
    work(app, services)

    assert (found.tasks, found.new_tasks, found.never_delivered) == (1, 1, 1)
    assert list(server.kept) == [10]


def test_what_was_told_is_not_found(services: Services, app: App, server: Server) -> None:
    server.add(10, "package main")
    deliver(services, created("package main"))
    work(app, services)

    assert reconciling.reconcile(services, PROJECT).never_delivered == 0


def test_a_second_look_finds_nothing(services: Services, app: App, server: Server) -> None:
    server.add(10, "package main")
    server.annotate(10, 1)
    reconciling.reconcile(services, PROJECT)
    work(app, services)

    assert reconciling.reconcile(services, PROJECT).never_delivered == 0


@pytest.mark.parametrize("updated", [MOMENT, "2026-05-01T11:00:00Z"])
def test_an_annotation_that_was_never_told_is_looked_at(
    services: Services, app: App, server: Server, updated: str
) -> None:
    """A new one, and a later state of one that is known."""
    server.add(10, "package main")
    if updated != MOMENT:
        server.annotate(10, 1)
    reconciling.reconcile(services, PROJECT)
    work(app, services)
    server.annotate(10, 1, updated)

    found = reconciling.reconcile(services, PROJECT)
    work(app, services)

    assert (found.changed, found.new_tasks) == (1, 0)
    kept = column(services.engine, "select max(updated_at)::text from snapshots")
    assert kept[0].startswith(updated[:13].replace("T", " "))


def test_a_skip_that_no_list_shows_is_no_news(services: Services, app: App, server: Server) -> None:
    task = server.add(10, "package main")
    server.annotate(10, 1)
    task["annotations"][0]["was_cancelled"] = True

    assert reconciling.reconcile(services, PROJECT).changed == 0


def test_an_annotation_that_is_gone_is_looked_at(
    services: Services, app: App, server: Server
) -> None:
    task = server.add(10, "package main")
    server.annotate(10, 1)
    reconciling.reconcile(services, PROJECT)
    work(app, services)
    task["annotations"] = server.answers[10] = []

    found = reconciling.reconcile(services, PROJECT)
    work(app, services)

    assert found.changed == 1
    assert column(services.engine, "select status from annotations") == ["deleted"]


def test_a_task_that_is_gone_is_noted(services: Services, app: App, server: Server) -> None:
    deliver(services, created("package main"))
    work(app, services)

    found = reconciling.reconcile(services, PROJECT)

    assert found.gone == 1
    assert column(services.engine, "select state from tasks") == ["deleted"]


def test_a_list_that_breaks_off_deletes_nothing(
    services: Services, app: App, server: Server
) -> None:
    deliver(services, created("a", "b"))
    work(app, services)
    server.add(10, "a")
    server.broken = 0

    with pytest.raises(LabelStudioError):
        reconciling.reconcile(services, PROJECT)

    assert set(column(services.engine, "select state from tasks")) == {"audited"}


def test_a_project_that_is_not_there_deletes_nothing(
    services: Services, app: App, server: Server
) -> None:
    deliver(services, created("a"))
    work(app, services)
    server.there = False

    with pytest.raises(LabelStudioError, match="shows no project"):
        reconciling.reconcile(services, PROJECT)

    assert column(services.engine, "select state from tasks") == ["audited"]


@pytest.mark.parametrize(("cutoff", "jobs"), [(None, 0), (MOMENT, 1)])
def test_only_a_project_with_a_cut_off_is_reconciled_unasked(
    services: Services, tmp_path: Path, cutoff: str | None, jobs: int
) -> None:
    project = {"id": PROJECT, "cutoff": cutoff}
    settings = Settings.model_validate({"data_dir": tmp_path, "projects": [project]})

    reconciling.defer_all(replace(services, settings=settings))

    with services.engine.connect() as conn:
        query = text("select count(*) from procrastinate_jobs where task_name = 'gavel:reconcile'")
        assert conn.execute(query).scalar_one() == jobs
