"""Starts every real part on one machine: Label Studio, PostgreSQL, web and worker."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import requests
import yaml

from bridge.demo import ports, state, venvs
from bridge.demo.label_studio_server import VERSION, DemoError, LabelStudioServer, Progress
from bridge.demo.state import DemoState
from bridge.settings import Settings, load_settings
from bridge.store.embedded import EmbeddedPostgres
from bridge.store.schema import upgrade
from bridge.supervisor import Supervisor, child_environment, web_command, worker_command
from sandbox.toolchain import prepare

if TYPE_CHECKING:
    from bridge.labelstudio.client import LabelStudioClient

WEB_TIMEOUT_S = 30
CONFIG = "gavel.yaml"


@dataclass(slots=True, kw_only=True)
class Stack:
    """The running parts. `configure` writes gavel.yaml and (re)starts web and worker."""

    folder: Path
    state: DemoState
    supervisor: Supervisor
    server: LabelStudioServer
    client: LabelStudioClient
    database_url: str
    services: Supervisor

    @property
    def public_url(self) -> str:
        """The web process's address."""
        return f"http://{ports.HOST}:{self.state.web_port}"

    def configure(
        self, projects: Sequence[Mapping[str, Any]], tracker: Mapping[str, Any] | None = None
    ) -> Settings:
        """Writes the configuration and starts web and worker with it."""
        self.stop_services()
        text = yaml.safe_dump(
            {
                "data_dir": str(self.folder),
                "toolchain_dir": str(self.folder.parent),
                "public_url": self.public_url,
                "port": self.state.web_port,
                "webhook_secret": self.state.webhook_secret,
                "label_studio": {"url": self.server.url, "token": self.state.admin_token},
                "tracker": dict(tracker or {"kind": "local"}),
                # Nothing changes a moment after the story has shown it.
                "sandbox": {"deep": False},
                "projects": [dict(project) for project in projects],
            },
            sort_keys=False,
        )
        path = self.folder / CONFIG
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
            out.write(text)
        settings = load_settings(path, {})
        self.start_services(settings)
        return settings

    def start_services(self, settings: Settings) -> None:
        """Starts web and worker and waits until the web process answers."""
        environment = {
            **child_environment(self.database_url, self.folder, embedded=True),
            **self.environment(),
        }
        web, worker = self.folder / "web.log", self.folder / "worker.log"
        self.services.start("web", web_command(settings), environment=environment, log=web)
        self.services.start("worker", worker_command(), environment=environment, log=worker)
        end = time.monotonic() + WEB_TIMEOUT_S
        while not self._web_answers():
            self.services.check()
            if time.monotonic() > end:
                raise DemoError(f"the web process did not answer; see {web}")
            time.sleep(0.05)

    def stop_services(self) -> None:
        """Stops web and worker; Label Studio and the database go on."""
        self.services.stop()

    def environment(self) -> dict[str, str]:
        """What our processes are started with."""
        return {
            **os.environ,
            "DATABASE_URL": self.database_url,
            "GAVEL_EMBEDDED": "true",
            "GAVEL_CONFIG": str(self.folder / CONFIG),
        }

    def _web_answers(self) -> bool:
        try:
            return requests.get(f"{self.public_url}/readyz", timeout=2).status_code == 200
        except requests.RequestException:
            return False


@contextlib.contextmanager
def running(folder: Path, progress: Progress) -> Iterator[Stack]:
    """Label Studio and the database, up while the block runs; nothing survives it."""
    from bridge.labelstudio.client import LabelStudioClient

    folder.mkdir(parents=True, exist_ok=True)
    remembered = state.load(folder)
    state.save(folder, remembered)
    ports.require_free(remembered.web_port, "the web process", _mend("web_port", folder))
    ports.require_free(
        remembered.label_studio_port, "Label Studio", _mend("label_studio_port", folder)
    )
    server = LabelStudioServer(
        folder=folder / "label-studio",
        port=remembered.label_studio_port,
        admin=remembered.admin,
        token=remembered.admin_token,
    )
    supervisor, services = Supervisor(), Supervisor()
    database = EmbeddedPostgres(folder)
    stack = contextlib.ExitStack()
    try:
        progress("starting PostgreSQL")
        url = database.start(adopt=True)
        upgrade(url)
        prepare(folder.parent, progress)
        if not venvs.is_there(venvs.location(folder.parent, "label-studio")):
            progress(f"installing Label Studio {VERSION} (about 1 GB, once)")
        venv = venvs.install(folder.parent, "label-studio")
        server.start(supervisor, venv, progress)
        client = LabelStudioClient(server.url, server.token)
        stack.callback(client.close)
        yield Stack(
            folder=folder,
            state=remembered,
            supervisor=supervisor,
            server=server,
            client=client,
            database_url=url,
            services=services,
        )
    finally:
        stack.close()
        services.stop()
        supervisor.stop()
        database.stop()


def _mend(name: str, folder: Path) -> str:
    return (
        f"Stop what uses it, or choose another with `{name}` in {folder / state.FILE}. Addresses "
        "inside imported tasks hold the web port, so prefer the first."
    )
