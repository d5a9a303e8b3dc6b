"""Brings the demo up: users, project, tasks, and the wait until all of them are pre-filled."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from bridge.demo import state
from bridge.demo.label_studio_server import DemoError, Progress
from bridge.demo.samples import load_samples
from bridge.demo.stack import Stack
from bridge.labelstudio.labeling import label_config
from bridge.labelstudio.task_data import complete
from bridge.project_setup import create_project, ensure_webhook
from bridge.rubrics import load_project_rubric
from bridge.settings import ProjectSettings
from bridge.store import summaries
from bridge.store.engine import create_engine

TITLE = "Review of AI-generated Go"
PREFILL_TIMEOUT_S = 180.0

Counted = Callable[[int, int], None]


def prepare(stack: Stack, progress: Progress, tracker: Mapping[str, Any] | None = None) -> int:
    """Makes users and project (once), starts the services, and gives the project's id."""
    known = stack.state
    if not known.members_added:
        progress("adding an annotator and a reviewer")
        stack.server.add_member(known.annotator)
        stack.server.add_member(known.reviewer)
        known.members_added = True
    if known.project_id is None:
        progress("creating the project")
        rubric = load_project_rubric(ProjectSettings())
        known.project_id = create_project(
            stack.client, title=TITLE, label_config=label_config(rubric, variant="rich")
        )
    state.save(stack.folder, known)
    progress("starting web and worker")
    stack.configure([project_settings(stack, known.project_id)], tracker)
    ensure_webhook(
        stack.client, known.project_id, public_url=stack.public_url, secret=known.webhook_secret
    )
    return known.project_id


def project_settings(stack: Stack, project_id: int, **changes: Any) -> dict[str, Any]:
    """A project's part of gavel.yaml: one reviewer, no settle window."""
    return {
        "id": project_id,
        "variant": "rich",
        "reviewers": [{"user": stack.state.reviewer.email}],
        "settle_s": 0,
        **changes,
    }


def import_samples(stack: Stack, project_id: int) -> None:
    """Imports the samples (once), as any other tool would: the webhook does the rest."""
    if stack.state.tasks_imported:
        return
    tasks = [{"data": complete(s.data, public_url=stack.public_url)} for s in load_samples()]
    stack.client.import_tasks(project_id, tasks)
    stack.state.tasks_imported = True
    state.save(stack.folder, stack.state)


def wait_prefilled(stack: Stack, project_id: int, counted: Counted) -> int:
    """Waits until every task's prediction is published; gives how many there are.

    Raises:
        DemoError: it took too long; the worker's log is named.
    """
    engine = create_engine(stack.database_url)
    wanted = len(load_samples())
    end = time.monotonic() + PREFILL_TIMEOUT_S
    try:
        while True:
            with engine.connect() as conn:
                done = len(summaries.rated_tasks(conn, project_id))
            counted(done, wanted)
            if done >= wanted:
                return done
            stack.services.check()
            if time.monotonic() > end:
                raise DemoError(
                    f"only {done} of {wanted} tasks were pre-filled after {PREFILL_TIMEOUT_S:.0f} s; "
                    f"see {stack.folder / 'worker.log'}"
                )
            time.sleep(0.2)
    finally:
        engine.dispose()
