"""Serves a task's evidence under its unguessable address.

The editor fetches it without credentials from another origin, so the address is the only secret:
any origin may read, nothing may be kept.
"""

from __future__ import annotations

from flask import Blueprint, Response, current_app

from bridge import evidence as fragments
from bridge.store import tasks as task_store

blueprint = Blueprint("evidence", __name__)
_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
}


@blueprint.get("/e/<key>")
@blueprint.get("/e/<key>/<part>")
def show(key: str, part: str = "fragment") -> Response:
    """The fragment for the annotation page; a waiting note until the audit is done."""
    engine = current_app.extensions["gavel.engine"]
    with engine.connect() as conn:
        task = task_store.by_evidence_key(conn, key)
        rated = None if task is None else task_store.rated_of_task(conn, task.task_id)
    if task is None:
        return Response(fragments.unknown(), status=404, headers=_HEADERS, mimetype="text/html")
    body = fragments.render(part, rated, error=task.error)
    return Response(body, headers=_HEADERS, mimetype="text/html")
