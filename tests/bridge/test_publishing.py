"""Publishing: in bulk, never twice, and nothing lost when an answer is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Engine, text

from bridge import publishing
from bridge.bootstrap import MODEL_VERSION
from bridge.errors import LabelStudioError
from bridge.store import tasks as store
from bridge.store.tasks import NewTask

pytestmark = pytest.mark.needs_db
PROJECT = 3


class FakeLabelStudio:
    """Takes predictions as the bulk door does: all of a request or nothing."""

    def __init__(self, gone: Sequence[int] = ()) -> None:
        self.requests: list[list[int]] = []
        self.kept: dict[int, list[dict[str, Any]]] = {}
        self.gone = set(gone)
        self.lose_answers = 0
        self.answers: dict[int, list[dict[str, Any]]] = {}
        self.fields: dict[str, Any] = {"model_version": ""}

    def project(self, project_id: int) -> dict[str, Any]:
        return self.fields

    def update_project(self, project_id: int, fields: Mapping[str, Any]) -> None:
        self.fields |= fields

    def import_predictions(self, project_id: int, items: Sequence[Mapping[str, Any]]) -> int:
        self.requests.append([item["task"] for item in items])
        if self.gone & {item["task"] for item in items}:
            raise LabelStudioError("400: no such task", reason="http_400", retry=False)
        for item in items:
            kept = {"id": 1000 + item["task"], **item}
            self.kept.setdefault(item["task"], []).append(kept)
        if self.lose_answers:
            self.lose_answers -= 1
            raise LabelStudioError("cut", reason="unreachable", retry=True)
        return len(items)

    def annotations(self, task_id: int) -> list[dict[str, Any]]:
        return self.answers.get(task_id, [])

    def update_prediction(self, prediction_id: int, fields: Mapping[str, Any]) -> None:
        for kept in self.kept.values():
            for item in kept:
                if item["id"] == prediction_id:
                    item.update(fields)

    def predictions(self, task_id: int) -> list[dict[str, Any]]:
        return self.kept.get(task_id, [])


@pytest.fixture
def waiting(db: Engine) -> list[int]:
    """120 tasks with a prediction each that waits."""
    ids = list(range(1, 121))
    with db.begin() as conn:
        store.save_report(conn, "k", {"verdict": "accepted"})
        suggestion = store.save_suggestion(conn, "k", rubric="r", calibration="none", rated={})
        store.save(
            conn,
            [
                NewTask(task_id=i, project_id=PROJECT, data={}, content_key="k", evidence_key=None)
                for i in ids
            ],
        )
        store.save_predictions(conn, [row(i, suggestion) for i in ids])
    return ids


def row(task_id: int, suggestion: int) -> dict[str, Any]:
    return {
        "task_id": task_id, "project_id": PROJECT, "suggestion_id": suggestion,
        "state": "pending", "result": {"result": []}, "model_version": MODEL_VERSION,
    }  # fmt: skip


def states(db: Engine) -> dict[str, int]:
    with db.connect() as conn:
        rows = conn.execute(text("select state, count(*) from predictions group by state"))
        return dict(rows.all())


def services(db: Engine, server: FakeLabelStudio) -> Any:
    return SimpleNamespace(engine=db, labelstudio=server)


def test_predictions_go_in_requests_of_fifty(db: Engine, waiting: list[int]) -> None:
    """120 predictions cost three requests, and each task gets one."""
    server = FakeLabelStudio()
    publishing.publish(services(db, server), PROJECT)

    assert [len(request) for request in server.requests] == [50, 50, 20]
    assert states(db) == {"published": 120}


def test_a_lost_answer_makes_no_second_prediction(db: Engine, waiting: list[int]) -> None:
    """What may have arrived is looked up before anything is sent again."""
    server = FakeLabelStudio()
    server.lose_answers = 1
    with pytest.raises(LabelStudioError):
        publishing.publish(services(db, server), PROJECT)
    publishing.publish(services(db, server), PROJECT)

    assert {len(kept) for kept in server.kept.values()} == {1}
    assert states(db) == {"published": 120}


def test_a_task_that_is_gone_stops_no_other(db: Engine, waiting: list[int]) -> None:
    """Label Studio refuses a whole request for one missing task."""
    server = FakeLabelStudio(gone=[7, 60])
    publishing.publish(services(db, server), PROJECT)

    assert states(db) == {"published": 118, "failed": 2}


def test_an_annotated_prediction_is_never_replaced(db: Engine, waiting: list[int]) -> None:
    """People have answered it: a new suggestion stays in our database."""
    publishing.publish(services(db, FakeLabelStudio()), PROJECT)
    with db.begin() as conn:
        store.freeze_predictions(conn, [1])
        suggestion = store.save_suggestion(conn, "k", rubric="new", calibration="none", rated={})
        store.save_predictions(conn, [row(1, suggestion)])

    assert states(db) == {"published": 120}


def test_the_project_shows_our_predictions(db: Engine, waiting: list[int]) -> None:
    """Label Studio takes the model's name only after a prediction of it exists."""
    server = FakeLabelStudio()
    publishing.publish(services(db, server), PROJECT)

    assert server.fields["model_version"] == MODEL_VERSION
