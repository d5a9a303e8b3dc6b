"""Serves a task's evidence under its unguessable address.

The editor fetches it without credentials from another origin, so the address is the only secret:
any origin may read, nothing may be kept.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Blueprint, Response, current_app

from bridge import evidence as fragments
from bridge import profile_page
from bridge.errors import BadDeliveryError
from bridge.evidence_page import evidence_page
from bridge.labelstudio.payload import sources_of
from bridge.labelstudio.task_input import snippet_of
from bridge.rubrics import load_project_rubric
from bridge.settings import ProjectSettings, Settings
from bridge.store import Row
from bridge.store import tasks as task_store
from rubric.model import RatedReport

blueprint = Blueprint("evidence", __name__)
PAGE = ""
_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


@blueprint.get("/e/<key>/", strict_slashes=False)
@blueprint.get("/e/<key>/<part>")
def show(key: str, part: str = PAGE) -> Response:
    """One part of the evidence, the whole page where none is named; a waiting note until the audit is done."""
    engine = current_app.extensions["gavel.engine"]
    with engine.connect() as conn:
        task = task_store.by_evidence_key(conn, key)
        rated = None if task is None else task_store.rated_of_task(conn, task.task_id)
    kind = fragments.media_type(part)
    if task is None:
        return Response(_unknown(part), status=404, headers=_HEADERS, mimetype="text/html")
    settings: Settings = current_app.extensions["gavel.settings"]
    project = settings.project(task.project_id) or ProjectSettings()
    if rated is None or project.mode == "blind":
        render = evidence_page if part == PAGE else partial(fragments.render, part)
        shown = render(None, error=task.error)
        return Response(shown, headers=_HEADERS, mimetype=kind)
    report = RatedReport.model_validate(rated)
    measured = profile_page.served(part, report)
    if measured is not None:
        return _measured(measured)
    url = f"{settings.public_url}/e/{key}"
    return Response(_render(part, task, report, project, url), headers=_HEADERS, mimetype=kind)


def _unknown(part: str) -> str:
    return evidence_page(None, error=fragments.UNKNOWN) if part == PAGE else fragments.unknown()


def _measured(served: profile_page.Served) -> Response:
    headers = dict(_HEADERS)
    if served.name:
        headers["Content-Disposition"] = f'attachment; filename="{served.name}"'
    return Response(served.body, headers=headers, mimetype=served.media_type)


def _render(
    part: str, task: Row[Any], report: RatedReport, project: ProjectSettings, url: str
) -> str:
    render = evidence_page if part == PAGE else partial(fragments.render, part)
    return render(
        report if project.mode == "assisted" else fragments.facts_only(report),
        error=task.error,
        rubric=load_project_rubric(project),
        names=_names(task, project),
        url=url,
    )


def _names(task: Row[Any], project: ProjectSettings) -> tuple[str, ...]:
    try:
        given = snippet_of(task.data, project.columns)
    except BadDeliveryError:
        return ()
    return tuple(source.name for source in sources_of(given))
