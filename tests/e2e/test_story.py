"""The whole story on a real Label Studio, with a real browser: from a task to a ticket."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from rich.text import Text

from bridge.demo import check, run
from bridge.demo.page import Person
from bridge.demo.stack import Stack
from bridge.labelstudio.labeling import label_config
from bridge.project_setup import create_project, ensure_webhook
from bridge.rubrics import load_project_rubric
from bridge.settings import ProjectSettings
from bridge.store import summaries
from bridge.store.engine import create_engine
from tests.e2e.conftest import ARTEFACTS

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

RACE = """package main

import (
	"fmt"
	"sync"
)

func main() {
	total := 0
	var wg sync.WaitGroup
	for i := 1; i <= 8; i++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			total += i
		}()
	}
	wg.Wait()
	fmt.Println(total > 0)
}
"""
RACE_LINE = "total += i"


def new_project(stack: Stack, *, variant: str = "rich", title: str = "story") -> int:
    """A project of this test, with web and worker configured for it alone."""
    config = label_config(load_project_rubric(ProjectSettings()), variant=variant)  # type: ignore[arg-type]
    project = create_project(stack.client, title=title, label_config=config)
    stack.configure([run.project_settings(stack, project, variant=variant)])
    secret = stack.state.webhook_secret
    ensure_webhook(stack.client, project, public_url=stack.public_url, secret=secret)
    return project


def wait_published(stack: Stack, project: int, number: int, seconds: float = 60) -> list[Any]:
    """Waits until so many predictions of a project are published."""
    engine = create_engine(stack.database_url)
    end = time.monotonic() + seconds
    try:
        while True:
            with engine.connect() as conn:
                found = summaries.rated_tasks(conn, project)
            if len(found) >= number or time.monotonic() > end:
                return found
            time.sleep(0.1)
    finally:
        engine.dispose()


def gavel(stack: Stack, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs the command as an operator would."""
    return subprocess.run(
        [sys.executable, "-m", "bridge", *arguments],
        env={**stack.environment(), "FORCE_COLOR": "1", "COLUMNS": "140", "TERM": "xterm-256color"},
        capture_output=True, text=True, timeout=180, check=False,
    )  # fmt: skip


def picture_of(browser: Any, text: str, path: Path) -> None:
    """Draws terminal output as people see it."""
    console = Console(record=True, width=140, file=open(os.devnull, "w"))  # noqa: SIM115, PTH123
    console.print(Text.from_ansi(text))
    svg = console.export_svg(title="gavel tickets list")
    console.file.close()
    page = browser.new_page(viewport={"width": 1500, "height": 420})
    page.set_content(f"<body style='margin:0'>{svg}</body>")
    page.locator("svg").screenshot(path=str(path))
    page.close()


def test_the_story_holds_from_task_to_ticket(
    stack: Stack, browser: Any, keep: Callable[[Any, str], Path]
) -> None:
    """Samples are pre-filled, two overrides open two tickets with three lines, agreement none."""
    project = new_project(stack)
    stack.state.tasks_imported = False
    run.import_samples(stack, project)
    run.wait_prefilled(stack, project, lambda _done, _all: None)
    lines: list[str] = []

    check.Story(
        stack=stack, browser=browser, project_id=project,
        timeline=check.Timeline(lines.append), shoot=keep,
    ).play()  # fmt: skip
    listed = gavel(stack, "tickets", "list")
    picture_of(browser, listed.stdout, ARTEFACTS / "tickets.png")

    assert sum("ticket LOCAL-" in line for line in lines) == 2
    assert listed.returncode == 0
    assert listed.stdout.count("LOCAL-") == 2


def test_tasks_with_two_columns_work_in_a_plain_project(stack: Stack, browser: Any) -> None:
    """Whoever imports knows nothing of Gavel: `prompt` and `code` are enough."""
    project = new_project(stack, variant="plain", title="plain")
    stack.client.import_tasks(project, [{"data": {"prompt": "add them up", "code": RACE}}])
    task = wait_published(stack, project, 1)[0].task_id

    person = Person(browser, stack.server.url, stack.state.annotator)
    person.open(project, task, code=".gr .lsf-richtext__line, .gr [class*=richtext]")
    stars = person.stars("CC")
    marks = person.page.evaluate(
        "() => [...document.querySelectorAll('.gr [class*=htx-highlight]')].map(s => s.textContent)"
    )
    person.close()

    assert stars == 1
    assert RACE_LINE in "".join(marks)


def test_an_import_by_gavel_is_complete_and_published_once(
    stack: Stack, browser: Any, tmp_path: Path
) -> None:
    """`gavel import` brings evidence and prediction along; the webhook adds no second one."""
    import json

    project = new_project(stack, title="import")
    rows = tmp_path / "rows.jsonl"
    rows.write_text(json.dumps({"prompt": "add", "code": RACE}) + '\n{"no": "code"}\nnot json\n')
    done = gavel(stack, "import", str(rows), "--project", str(project))
    task = wait_published(stack, project, 1)[0].task_id

    assert "1 task(s) imported, 2 row(s) left out" in done.stderr
    assert len(stack.client.predictions(task)) == 1
    assert "CC-1" in stack.client.task(task)["data"]["evidence_html"]  # type: ignore[index]


def test_doctor_finds_a_set_up_project_healthy(stack: Stack) -> None:
    """Every line passes, the webhook's round trip among them."""
    new_project(stack, title="doctor")
    done = gavel(stack, "doctor")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "webhook round trip" in done.stdout


def test_doctor_names_what_is_missing(stack: Stack) -> None:
    """A project without webhook fails that line and says what to do."""
    config = label_config(load_project_rubric(ProjectSettings()))
    project = create_project(stack.client, title="no webhook", label_config=config)
    stack.configure([run.project_settings(stack, project)])
    done = gavel(stack, "doctor")

    assert done.returncode == 1
    assert "gavel setup" in done.stdout


def test_no_token_or_secret_is_in_any_log(stack: Stack) -> None:
    """Logs are read by more people than secrets are for."""
    new_project(stack, title="logs")
    logs = [(stack.folder / name).read_text() for name in ("web.log", "worker.log")]

    for secret in (stack.state.admin_token, stack.state.webhook_secret):
        assert not any(secret in text for text in logs)
