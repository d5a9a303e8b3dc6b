"""The one reader of the environment and of gavel.yaml; lists every fault at once."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
)

from bridge.errors import ConfigError
from sandbox.toolchain import default_data_folder

CONFIG_FILE = "gavel.yaml"
ENVIRONMENT: Mapping[str, str] = {
    "DATABASE_URL": "database_url",
    "GAVEL_EMBEDDED": "embedded",
    "GAVEL_DATA_DIR": "data_dir",
    "GAVEL_TOOLCHAIN_DIR": "toolchain_dir",
    "GAVEL_PUBLIC_URL": "public_url",
    "GAVEL_LABEL_STUDIO_URL": "label_studio.url",
    "GAVEL_LABEL_STUDIO_TOKEN": "label_studio.token",
    "GAVEL_WEBHOOK_SECRET": "webhook_secret",
    "GAVEL_TRACKER_TOKEN": "tracker.token",
    "GAVEL_SECOND_OPINION_TOKEN": "second_opinion.token",
}
"""Environment variables and the setting each one overrides."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class LabelStudioSettings(_Part):
    """How to reach Label Studio."""

    url: str = ""
    """Address as the worker reaches it, for example http://127.0.0.1:8080."""
    token: SecretStr = SecretStr("")
    """Legacy or personal access token; better given as GAVEL_LABEL_STUDIO_TOKEN."""
    public_url: str = ""
    """Address as people's browsers reach it, for links in tickets; `url` where empty."""


class ReviewerSettings(_Part):
    """A person whose changes of others' ratings count as reviews."""

    user: str | int
    """E-mail address or Label Studio's user id."""
    since: AwareDatetime | None = Field(default=None, alias="from")
    until: AwareDatetime | None = None

    model_config = ConfigDict(
        frozen=True, extra="forbid", populate_by_name=True, use_attribute_docstrings=True
    )


class TrackerSettings(_Part):
    """Where tickets go. Without any of this they stay in the database (`gavel tickets`)."""

    kind: str = "local"
    """`local`, `jira` or `module:Class`."""
    url: str = ""
    project: str = ""
    issue_type: str = "Task"
    api_version: Literal["2", "3"] = "2"
    """Jira's REST version: 2 for Data Center, 3 for Cloud."""
    auth: Literal["none", "cloud-basic", "dc-pat"] = "dc-pat"
    user: str = ""
    token: SecretStr = SecretStr("")
    probe_delays_s: tuple[float, ...] = (5, 30, 120, 300)
    """When to look for a ticket whose creation got no clear answer."""


class SandboxSettings(_Part):
    """Which jail runs snippets."""

    backend: Literal["bubblewrap", "docker"] = "bubblewrap"
    image: str = ""
    """Docker: the runner's image."""
    runtime: str = ""
    """Docker: another OCI runtime, for example runsc."""
    docker_host: str = ""
    """Docker: the engine's address; the client's own default where empty."""
    ready_jails: int = Field(default=3, ge=0, le=16)
    """How many jails of a kind are started before their job comes; each is used once."""
    toolchains: tuple[Path, ...] = ()
    """Folders of further Go releases; one is used for tasks that name exactly its version."""
    module_proxy: Path | None = None
    """Folder in the layout of GOPROXY; what is not in it counts as not existing."""
    vulnerability_db: Path | None = None
    """Folder in the layout of the Go vulnerability database, version 1."""
    deep: bool = True
    """Go on with the second pass when no audit waits; see docs/reference/report.md."""
    allow_weak_limits: bool = False
    """Server mode: go on where the host can't apply every limit; reports say so in `enforced`."""


class SecondOpinionSettings(_Part):
    """A language model's hints on the questions only people can settle; off without an address.

    The task's prompt and code are sent there. No rating ever rests on its answers.
    """

    url: str = ""
    """Address of an OpenAI-compatible API up to its version, for example http://127.0.0.1:8000/v1."""
    model: str = ""
    token: SecretStr = SecretStr("")
    """Better given as GAVEL_SECOND_OPINION_TOKEN."""
    timeout_s: float = Field(default=60.0, gt=0, le=600)
    most_characters: int = Field(default=24_000, ge=1000)
    """How much of prompt and code is sent."""


class ProjectSettings(_Part):
    """What Gavel does in one Label Studio project."""

    id: int | None = None
    title: str = ""
    variant: Literal["rich", "plain"] = "rich"
    """`rich`: highlighted code and evidence; `plain`: works on tasks with only text columns."""
    mode: Literal["assisted", "evidence", "blind"] = "assisted"
    rubric: Path | None = None
    calibration: Path | None = None
    """What `gavel calibrate` wrote; it stays the same until another file is named."""
    columns: dict[str, str] = Field(default_factory=dict)
    """Our name -> the project's column, for code, files, prompt, tests, go, cases, stdin, expected."""
    reviewers: tuple[ReviewerSettings, ...] = ()
    cutoff: AwareDatetime | None = None
    """Annotations made before this are history: they never open a ticket."""
    min_difference: int = Field(default=1, ge=1)
    settle_s: float = Field(default=20.0, ge=0)
    """Quiet seconds on a task before its ticket is opened."""


class Settings(_Part):
    """Everything that can be set, frozen once read."""

    data_dir: Path = Field(default_factory=default_data_folder)
    """Database, toolchain and spool; /var/lib/gavel as root, else ~/.local/share/gavel."""
    toolchain_dir: Path | None = None
    """Where the prepared Go toolchain is kept; `data_dir` where empty."""
    database_url: str = ""
    """A PostgreSQL server; empty means the embedded one."""
    embedded: bool = False
    """Set by `gavel up` for its children, whose database address is the embedded one's."""
    public_url: str = "http://127.0.0.1:8085"
    """Address of the web process as Label Studio and browsers reach it."""
    host: str = "127.0.0.1"
    port: int = 8085
    webhook_secret: SecretStr = SecretStr("")
    audits_at_once: int = Field(default=2, ge=1)
    label_studio: LabelStudioSettings = LabelStudioSettings()
    tracker: TrackerSettings = TrackerSettings()
    sandbox: SandboxSettings = SandboxSettings()
    second_opinion: SecondOpinionSettings = SecondOpinionSettings()
    projects: tuple[ProjectSettings, ...] = ()

    @field_validator("public_url")
    @classmethod
    def _no_slash(cls, value: str) -> str:
        return value.rstrip("/")

    @field_validator("data_dir", "toolchain_dir")
    @classmethod
    def _expanded(cls, value: Path | None) -> Path | None:
        return value if value is None else value.expanduser().absolute()

    @property
    def server_mode(self) -> bool:
        """Whether a database server was named: others may rely on what runs here."""
        return bool(self.database_url) and not self.embedded

    @property
    def weak_limits_allowed(self) -> bool:
        """Whether snippets may run where the host can only approximate a limit."""
        return self.sandbox.allow_weak_limits or not self.server_mode

    def project(self, project_id: int) -> ProjectSettings | None:
        """The settings of a project, or None where it is not ours."""
        return next((p for p in self.projects if p.id == project_id), None)


def load_settings(path: Path | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """Reads gavel.yaml (where there is one) and the environment, which wins.

    Raises:
        ConfigError: with a line for each fault.
    """
    environment = os.environ if environ is None else environ
    chosen = path or Path(environment.get("GAVEL_CONFIG", CONFIG_FILE))
    raw = _read(chosen, required=path is not None or "GAVEL_CONFIG" in environment)
    for name, target in ENVIRONMENT.items():
        if environment.get(name):
            _put(raw, target, environment[name])
    try:
        settings = Settings.model_validate(raw)
    except ValidationError as exc:
        raise ConfigError(_explain(chosen, exc)) from None
    return _anchored(settings, chosen.absolute().parent)


def _anchored(settings: Settings, folder: Path) -> Settings:
    """Files are named from the place of gavel.yaml, wherever the command is started."""

    def placed(path: Path) -> Path:
        return folder / path.expanduser()

    projects = tuple(
        project.model_copy(
            update={
                "rubric": project.rubric and placed(project.rubric),
                "calibration": project.calibration and placed(project.calibration),
            }
        )
        for project in settings.projects
    )
    given = settings.sandbox
    sandbox = given.model_copy(
        update={
            "toolchains": tuple(map(placed, given.toolchains)),
            "module_proxy": given.module_proxy and placed(given.module_proxy),
            "vulnerability_db": given.vulnerability_db and placed(given.vulnerability_db),
        }
    )
    return settings.model_copy(update={"projects": projects, "sandbox": sandbox})


def _read(path: Path, *, required: bool) -> dict[str, Any]:
    if not path.exists():
        if required:
            raise ConfigError(f"no configuration at {path}: write one or unset GAVEL_CONFIG.")
        return {}
    try:
        raw = yaml.safe_load(path.read_text()) or {}
    except yaml.YAMLError as exc:
        raise ConfigError(f"{path} is not YAML: {exc}") from exc
    if not isinstance(raw, dict):
        raise ConfigError(f"{path}: expected settings by name, got {type(raw).__name__}.")
    return raw


def _put(raw: dict[str, Any], target: str, value: str) -> None:
    *parents, last = target.split(".")
    for part in parents:
        if not isinstance(raw.get(part), dict):
            raw[part] = {}
        raw = raw[part]
    raw[last] = value


def _explain(path: Path, exc: ValidationError) -> str:
    """A line per fault. Never the value itself: it may be a secret."""
    lines = [
        f"  {'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}"
        for fault in exc.errors(include_input=False, include_url=False)
    ]
    return f"{path} and the environment hold {len(lines)} fault(s):\n" + "\n".join(lines)
