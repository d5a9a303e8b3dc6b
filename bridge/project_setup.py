"""Makes a Label Studio project fit for Gavel: label config, view, webhook, model version, switches."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from bridge.errors import ConfigError
from bridge.labelstudio.events import SUBSCRIBED_ACTIONS
from bridge.web.webhooks import SECRET_HEADER

Json = dict[str, Any]
VIEW_TITLE = "Review"
HIDDEN_COLUMNS = (
    "code_html",
    "evidence_html",
    "evidence_url",
    "tests",
    "cases",
    "expected",
    "stdin",
    "code",
)
"""Raw HTML and long texts have no place in the task list."""


class Server(Protocol):
    """What is needed of Label Studio."""

    def project(self, project_id: int) -> Json | None:
        """One project."""

    def create_project(self, fields: Mapping[str, Any]) -> Json:
        """Makes a project."""

    def update_project(self, project_id: int, fields: Mapping[str, Any]) -> Json:
        """Changes a project."""

    def views(self, project_id: int) -> list[Json]:
        """The project's Data Manager views."""

    def create_view(self, project_id: int, data: Mapping[str, Any]) -> Json:
        """Makes a view."""

    def webhooks(self, project_id: int) -> list[Json]:
        """The project's webhooks."""

    def save_webhook(self, fields: Mapping[str, Any], webhook_id: int | None = None) -> Json:
        """Makes or changes a webhook."""


def create_project(server: Server, *, title: str, label_config: str) -> int:
    """Makes a project with its view and switches, and gives its id."""
    made = server.create_project({"title": title, "label_config": label_config})
    project_id = int(made["id"])
    ensure_view(server, project_id)
    ensure_switches(server, project_id)
    return project_id


def ensure_config(server: Server, project_id: int, label_config: str) -> list[str]:
    """Gives the project our page unless people have worked in it; tells what was done."""
    found = server.project(project_id)
    if found is None:
        raise ConfigError(f"Label Studio has no project {project_id}; mend gavel.yaml.")
    if found.get("label_config") == label_config:
        return [f"project {project_id}: the label config is ours already"]
    if found.get("total_annotations_number"):
        return [
            (
                f"project {project_id}: the label config differs and was left alone, since "
                "annotations exist and changing it could orphan their ratings"
            )
        ]
    server.update_project(project_id, {"label_config": label_config})
    return [f"project {project_id}: label config set"]


def ensure_switches(server: Server, project_id: int) -> None:
    """Lets predictions be shown; the model version follows with the first one published."""
    server.update_project(project_id, {"show_collab_predictions": True})


def ensure_view(server: Server, project_id: int) -> None:
    """Makes a view before anyone opens the project: without one the first open has no pre-fill."""
    if server.views(project_id):
        return
    hidden = [f"tasks:data.{name}" for name in HIDDEN_COLUMNS]
    server.create_view(
        project_id,
        {
            "title": VIEW_TITLE,
            "type": "list",
            "target": "tasks",
            "hiddenColumns": {"explore": hidden, "labeling": hidden},
        },
    )


def ensure_webhook(server: Server, project_id: int, *, public_url: str, secret: str) -> int:
    """Subscribes our address to our events with the secret header; gives the webhook's id."""
    url = f"{public_url}/webhooks/label-studio"
    fields = {
        "url": url,
        "project": project_id,
        "send_payload": True,
        "send_for_all_actions": False,
        "is_active": True,
        "headers": {SECRET_HEADER: secret},
        "actions": list(SUBSCRIBED_ACTIONS),
    }
    known = [hook for hook in server.webhooks(project_id) if hook.get("url") == url]
    saved = server.save_webhook(fields, int(known[0]["id"]) if known else None)
    return int(saved["id"])
