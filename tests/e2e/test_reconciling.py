"""A bridge that was down finds on a real Label Studio what it was never told."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from procrastinate import App

from bridge import reconciling, worker
from bridge.bootstrap import Services
from bridge.labelstudio.client import LabelStudioClient
from bridge.labelstudio.labeling import label_config
from bridge.labelstudio.payload import task_data
from bridge.settings import Settings
from sandbox.model import AuditInput
from tests.bridge.test_handlers import column
from tests.bridge.test_handlers import services as services_without  # noqa: F401 - a fixture
from tests.bridge.test_handlers import work as work_here
from tests.rubric.reports import shipped

pytestmark = [pytest.mark.e2e, pytest.mark.needs_db]


@pytest.fixture
def client(label_studio: Any) -> Iterator[LabelStudioClient]:
    with closing(LabelStudioClient(label_studio.url, label_studio.token)) as made:
        yield made


@pytest.fixture
def project(client: LabelStudioClient) -> int:
    config = label_config(shipped(), variant="rich")
    return int(client.create_project({"title": "missed", "label_config": config})["id"])


@pytest.fixture
def services(
    services_without: Services,  # noqa: F811 - the fixture
    client: LabelStudioClient,
    project: int,
    tmp_path: Path,
) -> Services:
    settings = Settings.model_validate(
        {"data_dir": tmp_path, "projects": [{"id": project}], "sandbox": {"deep": False}}
    )
    return replace(services_without, settings=settings, labelstudio=client)


@pytest.fixture
def app(db_url: str) -> App:
    return worker.application(db_url)


def work(app: App, services: Services) -> None:
    """Runs jobs in a thread of their own: the browser of other tests holds this one's event loop."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(work_here, app, services).result()


def make_tasks(client: LabelStudioClient, project: int, *codes: str) -> list[int]:
    bodies = [
        {**task_data(AuditInput(code=code), evidence_html=""), "code": code} for code in codes
    ]
    return [int(client.create_task(project, body)["id"]) for body in bodies]


def annotate(client: LabelStudioClient, task: int, *, skipped: bool = False) -> None:
    body = {"result": [], "was_cancelled": skipped}
    client._send("POST", f"api/tasks/{task}/annotations/", body)


def test_what_happened_while_nobody_listened_is_caught_up(
    services: Services, app: App, client: LabelStudioClient, project: int
) -> None:
    """Predictions are published, a submission is known, and a second look finds nothing."""
    first, second = make_tasks(client, project, "package main", "package other")
    annotate(client, second)
    annotate(client, first, skipped=True)

    found = reconciling.reconcile(services, project)
    work(app, services)

    assert (found.tasks, found.new_tasks, found.changed) == (2, 2, 1)
    assert len(client.predictions(first)) == 1
    assert column(services.engine, "select task_id from annotations") == [second]
    assert reconciling.reconcile(services, project).never_delivered == 0


def test_a_task_deleted_while_nobody_listened_is_noted(
    services: Services, app: App, client: LabelStudioClient, project: int
) -> None:
    (task,) = make_tasks(client, project, "package main")
    reconciling.reconcile(services, project)
    work(app, services)
    client.delete_task(task)

    found = reconciling.reconcile(services, project)

    assert found.gone == 1
    assert column(services.engine, "select state from tasks") == ["deleted"]
