"""What the demo remembers between starts: logins, secrets, ports, ids. Kept in one private file."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path

from bridge.demo.label_studio_server import Login
from bridge.demo.ports import free_port

FILE = "demo.json"


def _password() -> str:
    return secrets.token_urlsafe(9)


@dataclass(slots=True, kw_only=True)
class DemoState:
    """Made once per data folder."""

    web_port: int = field(default_factory=free_port)
    label_studio_port: int = field(default_factory=free_port)
    admin_token: str = field(default_factory=lambda: secrets.token_hex(20))
    webhook_secret: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    admin_password: str = field(default_factory=_password)
    annotator_password: str = field(default_factory=_password)
    reviewer_password: str = field(default_factory=_password)
    members_added: bool = False
    project_id: int | None = None
    tasks_imported: bool = False

    @property
    def admin(self) -> Login:
        """Label Studio's owner."""
        return Login(email="admin@gavel.example", password=self.admin_password)

    @property
    def annotator(self) -> Login:
        """The person who rates first."""
        return Login(email="annotator@gavel.example", password=self.annotator_password)

    @property
    def reviewer(self) -> Login:
        """The senior whose changes open tickets."""
        return Login(email="reviewer@gavel.example", password=self.reviewer_password)


def load(folder: Path) -> DemoState:
    """The state of a folder; a fresh one the first time."""
    path = folder / FILE
    return DemoState(**json.loads(path.read_text())) if path.exists() else DemoState()


def save(folder: Path, state: DemoState) -> None:
    """Keeps the state, readable by its owner only, whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / f"{FILE}.part"
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as handle:
        json.dump(asdict(state), handle, indent=2)
    partial.rename(folder / FILE)
