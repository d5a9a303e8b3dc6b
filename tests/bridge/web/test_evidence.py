"""Evidence is served to whoever holds the address, as far as the project's mode allows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from bridge.app import create_app
from bridge.rubrics import load_project_rubric
from bridge.settings import ProjectSettings, Settings
from bridge.store import tasks as store
from bridge.store.tasks import NewTask
from rubric.suggest import rate
from tests.bridge.measured import make_profile
from tests.rubric.reports import make_finding, make_report

pytestmark = pytest.mark.needs_db
KEY = "k" * 32
PROJECT = 3
RATING = "suggests 1"


@pytest.fixture
def stored(db: Engine) -> None:
    """A task with its rated report: a data race."""
    race = make_finding(tool="race", rule="data_race", line=1, message="two goroutines")
    rated = rate(
        make_report(findings=(race,), profiles=(make_profile(),)),
        load_project_rubric(ProjectSettings()),
    )
    with db.begin() as conn:
        store.save_report(conn, "c", {"verdict": "race_detected"})
        suggestion = store.save_suggestion(
            conn, "c", rubric="r", calibration="none",
            rated=rated.model_dump(mode="json", by_alias=True),
        )  # fmt: skip
        task = NewTask(
            task_id=1, project_id=PROJECT, data={"code": "x"}, content_key="c", evidence_key=KEY
        )
        store.save(conn, [task])
        row = {
            "task_id": 1, "project_id": PROJECT, "suggestion_id": suggestion, "state": "published",
            "result": {}, "model_version": "gavel",
        }  # fmt: skip
        store.save_predictions(conn, [row])


@pytest.fixture
def client(db: Engine, db_url: str, tmp_path: Path) -> Iterator[Callable[[str], FlaskClient]]:
    apps: list[Any] = []

    def make(mode: str) -> FlaskClient:
        projects = [{"id": PROJECT, "mode": mode}]
        settings = Settings.model_validate({"data_dir": tmp_path, "projects": projects})
        apps.append(create_app(settings, db_url))
        return apps[-1].test_client()

    yield make
    for app in apps:
        app.extensions["gavel.engine"].dispose()


def test_any_origin_may_read_and_nothing_is_kept(
    stored: None, client: Callable[[str], FlaskClient]
) -> None:
    """The editor fetches without credentials from another origin."""
    answer = client("assisted").get(f"/e/{KEY}/live.css")

    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.mimetype == "text/css"


def test_an_assisted_project_shows_ratings_and_facts(
    stored: None, client: Callable[[str], FlaskClient]
) -> None:
    """The default mode."""
    page = client("assisted").get(f"/e/{KEY}/live.css").text

    assert RATING in page
    assert "CC-1" in page


def test_an_evidence_project_shows_facts_without_ratings(
    stored: None, client: Callable[[str], FlaskClient]
) -> None:
    """Enforced here, not by the page: whoever holds the address gets no rating."""
    page = client("evidence").get(f"/e/{KEY}/live.css").text

    assert RATING not in page
    assert "CC-1" in page


def test_a_blind_project_shows_nothing(stored: None, client: Callable[[str], FlaskClient]) -> None:
    """Neither ratings nor facts."""
    page = client("blind").get(f"/e/{KEY}/live.css").text

    assert RATING not in page
    assert "CC-1" not in page


def test_a_wrong_address_is_not_found(client: Callable[[str], FlaskClient]) -> None:
    """And tells nothing about others."""
    assert client("assisted").get(f"/e/{'x' * 32}").status_code == 404


def test_the_bare_address_is_a_whole_page(
    stored: None, client: Callable[[str], FlaskClient]
) -> None:
    """A ticket's reader opens it in a browser; the fragment is a part that is asked for by name."""
    asked = client("assisted")

    assert asked.get(f"/e/{KEY}").text.startswith("<!doctype html>")
    assert asked.get(f"/e/{KEY}/").text == asked.get(f"/e/{KEY}").text
    assert asked.get(f"/e/{KEY}/fragment").text.startswith('<div class="strip">')


@pytest.mark.parametrize(("mode", "facts"), [("evidence", True), ("blind", False)])
def test_the_page_withholds_what_the_mode_withholds(
    stored: None, client: Callable[[str], FlaskClient], mode: str, *, facts: bool
) -> None:
    """No rating outside assisted projects, and in blind ones no fact."""
    page = client(mode).get(f"/e/{KEY}").text

    assert "suggests" not in page
    assert ("two goroutines" in page) == facts


def test_profiles_are_a_page_and_files(stored: None, client: Callable[[str], FlaskClient]) -> None:
    """The fragment links to the page, and what is downloaded is never shown as a page."""
    asked = client("evidence")
    fragment = asked.get(f"/e/{KEY}").text
    raw = asked.get(f"/e/{KEY}/cpu.pb.gz")

    assert f"/e/{KEY}/profiles" in fragment
    assert "<svg" in asked.get(f"/e/{KEY}/profiles").text
    assert raw.data.startswith(b"\x1f\x8b")
    assert raw.headers["Content-Disposition"] == 'attachment; filename="cpu.pb.gz"'
    assert raw.headers["X-Content-Type-Options"] == "nosniff"


def test_blind_projects_show_no_profile(stored: None, client: Callable[[str], FlaskClient]) -> None:
    """What is withheld on the page is withheld under its own address too."""
    asked = client("blind")

    assert "<svg" not in asked.get(f"/e/{KEY}/profiles").text
    assert not asked.get(f"/e/{KEY}/cpu.pb.gz").data.startswith(b"\x1f")
