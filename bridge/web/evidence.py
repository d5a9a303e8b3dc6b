"""Serves a task's evidence under its unguessable address.

The editor fetches it without credentials from another origin, so the address is the only secret:
any origin may read, nothing may be kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from flask import Blueprint, Response, current_app

from bridge import evidence as fragments
from bridge import opinion_page, profile_page
from bridge.errors import BadDeliveryError
from bridge.evidence_page import evidence_page
from bridge.labelstudio.payload import sources_of
from bridge.labelstudio.task_input import snippet_of
from bridge.rubrics import load_project_rubric
from bridge.settings import ProjectSettings, Settings
from bridge.store import Connection, Row
from bridge.store import opinions as opinion_store
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
        said = _said(conn, task, rated) if part == PAGE else None
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
    shown = _render(part, task, report, project, url=url, said=said)
    return Response(shown, headers=_HEADERS, mimetype=kind)


def _said(
    conn: Connection, task: Row[Any] | None, rated: Mapping[str, Any] | None
) -> Row[Any] | None:
    if task is None or rated is None:
        return None
    return opinion_store.found(conn, task.content_key, rated["rubric"]["version"])


def _unknown(part: str) -> str:
    return evidence_page(None, error=fragments.UNKNOWN) if part == PAGE else fragments.unknown()


def _measured(served: profile_page.Served) -> Response:
    headers = dict(_HEADERS)
    if served.name:
        headers["Content-Disposition"] = f'attachment; filename="{served.name}"'
    return Response(served.body, headers=headers, mimetype=served.media_type)


def _render(
    part: str,
    task: Row[Any],
    report: RatedReport,
    project: ProjectSettings,
    *,
    url: str,
    said: Row[Any] | None,
) -> str:
    assisted = project.mode == "assisted"
    render = partial(fragments.render, part)
    if part == PAGE:
        opinion = opinion_page.section(said, report.checklist) if said and assisted else ""
        render = partial(evidence_page, opinion=opinion)
    return render(
        report if assisted else fragments.facts_only(report),
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
