"""Starts a real Label Studio on SQLite, with scripted people, for the demo and the tests."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import requests

from bridge.demo.ports import HOST
from bridge.errors import GavelError
from bridge.supervisor import Supervisor

VERSION = "1.23.2"
START_TIMEOUT_S = 300
REQUEST_TIMEOUT_S = 30
_CSRF = re.compile(r"name=\"csrfmiddlewaretoken\" value=\"([^\"]+)\"")

Progress = Callable[[str], None]


class DemoError(GavelError):
    """The demo can't go on; the message says what to do."""

    reason = "demo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """A person of the demo."""

    email: str
    password: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelStudioServer:
    """Where the server keeps its things and how it is reached."""

    folder: Path
    port: int
    admin: Login
    token: str

    @property
    def url(self) -> str:
        """The server's address."""
        return f"http://{HOST}:{self.port}"

    @property
    def log(self) -> Path:
        """The server's output."""
        return self.folder / "server.log"

    def start(self, supervisor: Supervisor, venv: Path, progress: Progress) -> None:
        """Starts the server and waits until it answers.

        Raises:
            DemoError: it ended, or did not answer in time; its log's end is shown.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        command = [
            str(venv / "bin/label-studio"), "start", "--no-browser", "--internal-host", HOST,
            "--port", str(self.port), "--host", self.url,
        ]  # fmt: skip
        child = supervisor.start(
            "label-studio", command, environment=self._environment(), log=self.log, cwd=self.folder
        )
        end = time.monotonic() + START_TIMEOUT_S
        while not self._answers():
            if child.poll() is not None or time.monotonic() > end:
                raise DemoError(
                    f"Label Studio did not start. {self.log} ends with:\n{self._tail()}"
                )
            progress("starting Label Studio (the first start builds its database)")
            time.sleep(0.25)

    def add_member(self, login: Login) -> None:
        """Makes a user by an invitation, as a person would; one who exists already is no error."""
        headers = {"Authorization": f"Token {self.token}"}
        answer = requests.get(f"{self.url}/api/invite", headers=headers, timeout=REQUEST_TIMEOUT_S)
        answer.raise_for_status()
        with requests.Session() as session:
            link = f"{self.url}{answer.json()['invite_url']}"
            page = session.get(link, timeout=REQUEST_TIMEOUT_S)
            found = _CSRF.search(page.text)
            if found is None:
                raise DemoError("Label Studio's sign-up page holds no form; is it release 1.23.2?")
            form = {
                "csrfmiddlewaretoken": found.group(1),
                "email": login.email,
                "password": login.password,
            }
            done = session.post(
                link, data=form, headers={"Referer": link}, timeout=REQUEST_TIMEOUT_S
            )
            done.raise_for_status()

    def _answers(self) -> bool:
        try:
            return requests.get(f"{self.url}/health", timeout=2).status_code == 200
        except requests.RequestException:
            return False

    def _tail(self) -> str:
        return self.log.read_text(errors="replace")[-2000:] if self.log.exists() else ""

    def _environment(self) -> dict[str, str]:
        """Settings under which nothing waits for the network (measured, see docs/decisions.md)."""
        return {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
            "HOME": str(self.folder),
            "LANG": "C.UTF-8",
            "LABEL_STUDIO_BASE_DATA_DIR": str(self.folder / "data"),
            "DJANGO_DB": "sqlite",
            "SENTRY_DSN": "",
            "FRONTEND_SENTRY_DSN": "",
            "COLLECT_ANALYTICS": "false",
            "LATEST_VERSION_CHECK": "false",
            "FEATURE_FLAGS_OFFLINE": "true",
            "LABEL_STUDIO_DISABLE_SIGNUP_WITHOUT_LINK": "true",
            "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true",
            "LABEL_STUDIO_USERNAME": self.admin.email,
            "LABEL_STUDIO_PASSWORD": self.admin.password,
            "LABEL_STUDIO_USER_TOKEN": self.token,
            "SSRF_PROTECTION_ENABLED": "false",
            "ML_BLOCK_LOCAL_IP": "false",
        }
