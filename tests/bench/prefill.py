"""From an imported task to its prediction in a real Label Studio: 50 one by one, and 50 at once."""

from __future__ import annotations

import shutil
import time
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import text

from bridge.auditor import SandboxAuditor
from bridge.demo import run as demo
from bridge.demo import stack as stacks
from bridge.demo.samples import load_samples
from bridge.demo.stack import Stack
from bridge.labelstudio.labeling import label_config
from bridge.labelstudio.task_data import complete
from bridge.labelstudio.task_input import snippet_of
from bridge.project_setup import create_project, ensure_webhook
from bridge.rubrics import load_project_rubric
from bridge.settings import ProjectSettings, Settings
from bridge.store.engine import create_engine
from tests.bench.measure import percentile, shown
from tests.conftest import shared_root

NUMBER = 50
POLL_S = 0.02
TIMEOUT_S = 300


def snippets(salt: str) -> list[dict[str, object]]:
    """50 different tasks of the samples' mix; the salt makes each one new to the bridge."""
    samples = [sample.data for sample in load_samples()]
    chosen = [dict(samples[n % len(samples)]) for n in range(NUMBER)]
    return [{**data, "prompt": f"{data['prompt']} ({salt} {n})"} for n, data in enumerate(chosen)]


def run() -> None:
    folder = shared_root() / "bench"
    shutil.rmtree(folder / "postgres", ignore_errors=True)
    with stacks.running(folder, lambda _message: None) as stack:
        config = label_config(load_project_rubric(ProjectSettings()))
        project = create_project(stack.client, title="bench", label_config=config)
        settings = stack.configure([demo.project_settings(stack, project)])
        secret = stack.state.webhook_secret
        ensure_webhook(stack.client, project, public_url=stack.public_url, secret=secret)
        _one_by_one(stack, project)
        _at_once(stack, project, settings)


def _one_by_one(stack: Stack, project: int) -> None:
    for data in snippets("warm")[:3]:
        _single(stack, project, data)
    times = [_single(stack, project, data) for data in snippets("single")]
    print(f"  single imports, to the visible prediction: {shown(times, 's', 1.0)}")


def _single(stack: Stack, project: int, data: dict[str, object]) -> float:
    whole = complete(data, public_url=stack.public_url)
    start = time.perf_counter()
    task = int(stack.client.create_task(project, whole)["id"])
    while not stack.client.predictions(task):
        if time.perf_counter() - start > TIMEOUT_S:
            raise TimeoutError(task)
        time.sleep(POLL_S)
    return time.perf_counter() - start


def _at_once(stack: Stack, project: int, settings: Settings) -> None:
    tasks = [{"data": complete(d, public_url=stack.public_url)} for d in snippets("bulk")]
    engine = create_engine(stack.database_url)
    start = time.perf_counter()
    stack.client.import_tasks(project, tasks)
    imported = time.perf_counter() - start
    visible: list[float] = []
    while len(visible) < NUMBER:
        with engine.connect() as conn:
            done = int(conn.execute(_PUBLISHED).scalar_one()) - NUMBER - 3
        visible += [time.perf_counter() - start] * max(0, done - len(visible))
        if time.perf_counter() - start > TIMEOUT_S:
            raise TimeoutError(f"{len(visible)} of {NUMBER}")
        time.sleep(POLL_S)
    engine.dispose()
    alone = _audits_alone(settings)
    print(
        f"  one import of {NUMBER}: answered {imported:.2f} s, first visible {visible[0]:.2f} s, "
        f"p95 {percentile(visible, 0.95):.2f} s, all {visible[-1]:.2f} s"
    )
    print(
        f"  the same audits alone, {settings.audits_at_once} at once: {alone:.2f} s; "
        f"ratio all/alone {visible[-1] / alone:.2f}"
    )


_PUBLISHED = text("select count(*) from predictions where state = 'published'")


def _audits_alone(settings: Settings) -> float:
    auditor = SandboxAuditor(settings)
    given = [snippet_of(data) for data in snippets("alone")]
    auditor.audit(given[0])
    start = time.perf_counter()
    with ThreadPoolExecutor(settings.audits_at_once) as pool:
        list(pool.map(auditor.audit, given))
    return time.perf_counter() - start
