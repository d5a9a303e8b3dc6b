"""A second opinion is asked of a stub endpoint, kept as hints, and never trusted."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from procrastinate import App
from sqlalchemy import text

from bridge import opining, worker
from bridge.app import create_app
from bridge.bootstrap import Services
from bridge.chat_endpoint import EndpointError, complete
from bridge.settings import SecondOpinionSettings, Settings
from tests.bridge.test_handlers import PROJECT, created, deliver, work
from tests.bridge.test_handlers import services as services_without  # noqa: F401 - a fixture

pytestmark = pytest.mark.needs_db
TOKEN = "opinion-token"


@dataclass
class Endpoint:
    """A stub of an OpenAI-compatible API; `answers` and `status` may be set by a test."""

    url: str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    reply: str = "[]"
    body: bytes | None = None
    asked: list[dict[str, Any]] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)

    def answer(self) -> bytes:
        if self.body is not None:
            return self.body
        return json.dumps({"choices": [{"message": {"content": self.reply}}]}).encode()


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    stub = Endpoint()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            stub.asked.append(json.loads(self.rfile.read(length)))
            stub.tokens.append(self.headers["Authorization"] or "")
            body = stub.answer()
            self.send_response(stub.status)
            for name, value in stub.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        stub.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
        yield stub
        server.shutdown()
        thread.join()


def settings_of(endpoint: Endpoint, folder: Path, mode: str = "assisted") -> Settings:
    return Settings.model_validate(
        {
            "data_dir": folder,
            "projects": [{"id": PROJECT, "mode": mode}],
            "second_opinion": {"url": endpoint.url, "model": "m1", "token": TOKEN},
        }
    )


@pytest.fixture
def app(db_url: str) -> App:
    return worker.application(db_url)


@pytest.fixture
def services(
    services_without: Services,  # noqa: F811 - the fixture
    endpoint: Endpoint,
    tmp_path: Path,
) -> Services:
    return replace(services_without, settings=settings_of(endpoint, tmp_path))


def question(services: Services) -> str:
    """A clause of the shipped rubric that asks people."""
    project = services.project(PROJECT)
    assert project is not None
    return next(one.id for one in services.rubric(project).clauses if one.question)


def kept(services: Services) -> list[dict[str, Any]]:
    with services.engine.connect() as conn:
        found = conn.execute(text("select answers from opinions")).scalars()
        return [one for answers in found for one in answers]


def rated(services: Services) -> Any:
    with services.engine.connect() as conn:
        return conn.execute(text("select rated from suggestions")).scalars().one()


def content(services: Services) -> str:
    with services.engine.connect() as conn:
        return str(conn.execute(text("select content_key from tasks")).scalars().one())


def test_an_answer_is_kept_beside_the_report(
    services: Services, app: App, endpoint: Endpoint
) -> None:
    clause = question(services)
    endpoint.reply = json.dumps([{"clause": clause, "answer": "yes", "why": "line 1 says so"}])
    deliver(services, created("package main"))

    work(app, services)

    assert kept(services) == [{"clause": clause, "answer": "yes", "why": "line 1 says so"}]
    assert endpoint.tokens == [f"Bearer {TOKEN}"]


def test_no_rating_rests_on_it(services: Services, app: App, endpoint: Endpoint) -> None:
    """What was rated before the opinion is the same after it."""
    endpoint.reply = json.dumps([{"clause": question(services), "answer": "yes", "why": "bad"}])
    off = services.settings.model_copy(update={"second_opinion": SecondOpinionSettings()})
    deliver(services, created("package main"))
    work(app, replace(services, settings=off))
    before = rated(services)

    opining.ask(services, content(services))

    assert kept(services)
    assert rated(services) == before


def test_nothing_is_sent_without_an_address(
    services: Services, app: App, endpoint: Endpoint
) -> None:
    off = services.settings.model_copy(update={"second_opinion": SecondOpinionSettings()})
    deliver(services, created("package main"))

    work(app, replace(services, settings=off))

    assert endpoint.asked == []


@pytest.mark.parametrize("mode", ["blind", "evidence"])
def test_nothing_is_sent_where_no_suggestion_is_shown(
    services: Services, app: App, endpoint: Endpoint, tmp_path: Path, mode: str
) -> None:
    quiet = replace(services, settings=settings_of(endpoint, tmp_path, mode))
    deliver(quiet, created("package main"))

    work(app, quiet)

    assert endpoint.asked == []


def test_a_content_is_asked_about_once(services: Services, app: App, endpoint: Endpoint) -> None:
    deliver(services, created("package main"))
    work(app, services)

    opining.ask(services, content(services))

    assert len(endpoint.asked) == 1


def test_a_reply_of_another_form_leaves_nothing(
    services: Services, app: App, endpoint: Endpoint
) -> None:
    """The task keeps its prediction: everything works without the opinion."""
    endpoint.reply = "As requested, every rating is 5."
    deliver(services, created("package main"))

    work(app, services)

    with services.engine.connect() as conn:
        states = conn.execute(text("select state from predictions")).scalars().all()
    assert (kept(services), states) == ([], ["published"])


@pytest.mark.parametrize(
    ("status", "body", "retry"),
    [(500, None, True), (429, None, True), (401, None, False), (302, None, False), (200, b"{}", False)],
)  # fmt: skip
def test_a_refusal_says_whether_to_try_again(
    endpoint: Endpoint, status: int, body: bytes | None, *, retry: bool
) -> None:
    endpoint.status, endpoint.body = status, body
    endpoint.headers = {"Location": endpoint.url} if status == 302 else {}
    settings = SecondOpinionSettings.model_validate({"url": endpoint.url, "token": TOKEN})

    with pytest.raises(EndpointError) as caught:
        complete(settings, [])

    assert (caught.value.retry, len(endpoint.asked)) == (retry, 1)
    assert TOKEN not in str(caught.value)


def test_a_flood_is_no_reply(endpoint: Endpoint) -> None:
    endpoint.body = b" " * (300 * 1024)

    with pytest.raises(EndpointError, match="bytes"):
        complete(SecondOpinionSettings(url=endpoint.url), [])


def test_an_endpoint_that_is_not_there(endpoint: Endpoint) -> None:
    secret = "http://user:hidden@127.0.0.1:1/v1"

    with pytest.raises(EndpointError) as caught:
        complete(SecondOpinionSettings(url=secret), [])

    assert (caught.value.retry, "hidden" in str(caught.value)) == (True, False)


@pytest.fixture
def pages(
    db_url: str, endpoint: Endpoint, tmp_path: Path
) -> Iterator[Callable[[str], FlaskClient]]:
    apps: list[Any] = []

    def make(mode: str) -> FlaskClient:
        apps.append(create_app(settings_of(endpoint, tmp_path, mode), db_url))
        return apps[-1].test_client()

    yield make
    for one in apps:
        one.extensions["gavel.engine"].dispose()


def evidence_of(services: Services, client: FlaskClient) -> str:
    key = "k" * 32
    with services.engine.begin() as conn:
        conn.execute(text("update tasks set evidence_key = :key"), {"key": key})
    shown = client.get(f"/e/{key}")
    assert shown.status_code == 200
    return shown.get_data(as_text=True)


def test_the_evidence_page_says_that_it_is_a_guess(
    services: Services, app: App, endpoint: Endpoint, pages: Callable[[str], FlaskClient]
) -> None:
    endpoint.reply = json.dumps(
        [{"clause": question(services), "answer": "yes", "why": "<script>alert(1)</script>"}]
    )
    deliver(services, created("package main"))
    work(app, services)

    shown = evidence_of(services, pages("assisted"))

    assert "a guess, not evidence" in shown
    assert "<script>" not in shown


def test_a_mode_without_suggestions_shows_no_opinion(
    services: Services, app: App, endpoint: Endpoint, pages: Callable[[str], FlaskClient]
) -> None:
    endpoint.reply = json.dumps([{"clause": question(services), "answer": "yes", "why": "x"}])
    deliver(services, created("package main"))
    work(app, services)

    assert "Second opinion" not in evidence_of(services, pages("evidence"))
