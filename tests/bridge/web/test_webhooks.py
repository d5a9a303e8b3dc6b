"""The webhook door: what it lets in, and that nothing it said yes to is lost."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from bridge.app import create_app
from bridge.labelstudio.envelope import open_envelope
from bridge.settings import Settings
from bridge.spool import Spool, spool_folder
from bridge.store.inbox import Inbox, StoreDownError
from bridge.web import webhooks

PATH = "/webhooks/label-studio"
SECRET = "s3cret"
pytestmark = pytest.mark.needs_db

UPDATED = {
    "action": "ANNOTATION_UPDATED",
    "annotation": {"id": 1, "updated_at": "2026-11-23T00:50:49Z"},
    "project": {"id": 1},
}
DELETED = {"action": "TASKS_DELETED", "tasks": [{"id": 1}], "project": {"id": 1}}


@pytest.fixture
def client(db: Engine, db_url: str, tmp_path: Path) -> FlaskClient:
    settings = Settings.model_validate({"data_dir": tmp_path, "webhook_secret": f"{SECRET},older"})
    app = create_app(settings, db_url)
    app.testing = True
    yield app.test_client()
    app.extensions["gavel.engine"].dispose()


@pytest.fixture
def send(client: FlaskClient) -> Callable[..., Any]:
    def post(body: Any, secret: str | None = SECRET) -> Any:
        raw = body if isinstance(body, bytes | str) else json.dumps(body)
        headers = {} if secret is None else {webhooks.SECRET_HEADER: secret}
        return client.post(PATH, data=raw, headers=headers)

    return post


def rows(db: Engine) -> list[tuple[str, str, int]]:
    with db.connect() as conn:
        found = conn.execute(text("select action, state, seen from deliveries order by id"))
        return [tuple(row) for row in found]


def jobs(db: Engine) -> list[str]:
    with db.connect() as conn:
        found = conn.execute(text("select task_name from procrastinate_jobs order by id"))
        return list(found.scalars())


def test_a_known_event_is_stored_with_its_job(send: Callable[..., Any], db: Engine) -> None:
    """202 means: the body and its job are in the database."""
    answer = send(UPDATED)

    assert (answer.status_code, rows(db), jobs(db)) == (
        202,
        [("ANNOTATION_UPDATED", "received", 1)],
        ["gavel:process_delivery"],
    )


@pytest.mark.parametrize("secret", [None, "", "wrong", "s3cret\u00e9", "s3cre"])
def test_a_wrong_secret_is_refused_and_leaves_nothing(
    send: Callable[..., Any], db: Engine, secret: str | None
) -> None:
    """401, and no row."""
    answer = send(UPDATED, secret=secret)

    assert (answer.status_code, rows(db)) == (401, [])


def test_both_secrets_hold_during_a_rotation(send: Callable[..., Any]) -> None:
    """Label Studio may still send the older one."""
    assert send(UPDATED, secret="older").status_code == 202


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b'"x"',
        b"{",
        b'{"action": 1}',
        b'{"x": 1}',
        b'{"action": null}',
        b"\xff\xfe",
    ],
)
def test_what_is_no_object_with_an_action_is_refused(
    send: Callable[..., Any], db: Engine, body: bytes
) -> None:
    """400, and no row."""
    answer = send(body)

    assert (answer.status_code, rows(db)) == (400, [])


def test_a_body_over_the_limit_is_refused(
    send: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, client: FlaskClient
) -> None:
    """413; the limit is 64 MiB, lowered here."""
    client.application.config["MAX_CONTENT_LENGTH"] = 1000

    assert send({**UPDATED, "pad": "x" * 1000}).status_code == 413


def test_an_unknown_action_is_kept_as_ignored(send: Callable[..., Any], db: Engine) -> None:
    """A later release may want it; it gets no job."""
    answer = send({"action": "LABEL_LINK_CREATED", "project": {"id": 1}})

    assert (answer.status_code, rows(db), jobs(db)) == (
        202,
        [("LABEL_LINK_CREATED", "ignored", 1)],
        [],
    )


def test_the_same_body_again_changes_nothing(send: Callable[..., Any], db: Engine) -> None:
    """Eight parallel saves send the same body up to five times."""
    answers = [send(UPDATED).get_json()["result"] for _ in range(3)]

    assert (answers, rows(db), len(jobs(db))) == (
        ["accepted", "duplicate", "duplicate"],
        [("ANNOTATION_UPDATED", "received", 3)],
        1,
    )


def test_equal_bodies_without_a_timestamp_are_two_events(
    send: Callable[..., Any], db: Engine
) -> None:
    """Ids can be used again, so two equal deletions may be two."""
    for _ in range(2):
        send(DELETED)

    assert len(rows(db)) == 2


BLOCK_JOBS = """
create function stop_here() returns trigger language plpgsql as $$
begin perform pg_sleep(30); return new; end $$;
create trigger stop_here before insert on procrastinate_jobs
for each row execute function stop_here();
"""


def test_a_kill_between_the_delivery_and_its_job_leaves_neither(db: Engine) -> None:
    """They commit together: no delivery without a job, whatever ends the process in between."""
    with db.begin() as conn:
        conn.exec_driver_sql(BLOCK_JOBS)

    body = json.dumps(DELETED).encode()

    def keep() -> None:
        Inbox(db).keep(open_envelope(body), body)

    with ThreadPoolExecutor(1) as pool:
        kept = pool.submit(keep)
        _kill_when_asleep(db)
        _kill_when_asleep(db)
        with pytest.raises(StoreDownError):
            kept.result(timeout=20)

    assert (rows(db), jobs(db)) == ([], [])


def _kill_when_asleep(db: Engine) -> None:
    """Ends the connection whose delivery is in and whose job is not; it is tried once more."""
    asleep = "select pid from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()"
    with db.connect() as conn:
        for _ in range(400):
            pid = conn.execute(text(asleep)).scalar()
            conn.rollback()
            if pid is not None:
                conn.execute(text("select pg_terminate_backend(:pid, 5000)"), {"pid": pid})
                return
            time.sleep(0.02)
    raise AssertionError("the job's insert was never reached")


def test_a_delivery_during_a_database_outage_is_spooled(tmp_path: Path, db_url: str) -> None:
    """202 still holds: the body is on disk, and drained when the database is back."""
    settings = Settings.model_validate({"data_dir": tmp_path, "webhook_secret": SECRET})
    app = create_app(settings, db_url.replace("/sockets", "/nowhere"))
    answer = app.test_client().post(
        PATH, data=json.dumps(UPDATED), headers={webhooks.SECRET_HEADER: SECRET}
    )
    kept: list[bytes] = []
    Spool(spool_folder(tmp_path)).drain(kept.append)

    assert (answer.status_code, [json.loads(body) for body in kept]) == (202, [UPDATED])
