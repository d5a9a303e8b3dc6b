"""The second pass in the service: it refines report, evidence and prediction where nobody has answered yet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import structlog

from bridge.bootstrap import MODEL_VERSION, Services
from bridge.labelstudio import payload
from bridge.labelstudio.task_input import snippet_of
from bridge.settings import ProjectSettings
from bridge.store import Row, refining
from bridge.store import tasks as task_store
from rubric.suggest import rate
from sandbox.model import AuditReport, Verdict

_CHANGEABLE = frozenset({"pending", "withheld", "published"})
"""Not one that is being sent: nobody knows yet what Label Studio has."""

log = structlog.get_logger(__name__)


def deepen(services: Services, key: str) -> None:
    """Audits one content with both passes; can be done twice.

    People rest their ratings on what they saw, so once somebody has answered nothing changes.
    """
    with services.engine.begin() as conn:
        rows = [row for row in task_store.with_content(conn, key) if row.state == "audited"]
        answered = refining.is_answered(conn, key)
        stored = task_store.report(conn, key)
    rows = [row for row in rows if services.project(row.project_id) is not None]
    if not rows or answered or stored is None or stored.get("deep"):
        return
    project = services.project(rows[0].project_id) or ProjectSettings()
    report = services.auditor.audit(snippet_of(rows[0].data, project.columns), deep=True)
    if report.verdict is Verdict.INTERNAL_ERROR or not report.deep:
        return
    for project_id in sorted({row.project_id for row in rows}):
        _refine(services, key, report, [row for row in rows if row.project_id == project_id])
    with services.engine.begin() as conn:
        if not refining.is_answered(conn, key):
            body = report.model_dump(mode="json", by_alias=True)
            refining.refine_report(conn, key, body)
    log.info("deepened", verdict=report.verdict.value)


def _refine(services: Services, key: str, report: AuditReport, rows: Sequence[Row[Any]]) -> None:
    """Rates the deeper report for one project; Label Studio first, so that a retry finds what is missing."""
    project = services.project(rows[0].project_id) or ProjectSettings()
    rubric = services.rubric(project)
    rated = rate(report, rubric, services.calibration(project))
    sources = payload.sources_of(snippet_of(rows[0].data, project.columns))
    result = payload.build_prediction(
        rated, rubric, sources, variant=project.variant, mode=project.mode
    )
    body = rated.model_dump(mode="json", by_alias=True)
    with services.engine.begin() as conn:
        suggestion = task_store.save_suggestion(
            conn, key, rubric=rubric.version, calibration=rated.calibration, rated=body
        )
        found = refining.predictions_of(conn, [row.task_id for row in rows], suggestion)
    changed = [row for row in found if row.result != result and row.state in _CHANGEABLE]
    shown = [row for row in changed if row.state == "published"]
    if any(_is_answered(services, row.task_id) for row in shown):
        return
    for row in shown:
        _show(services, row.task_id, result)
    with services.engine.begin() as conn:
        if refining.is_answered(conn, key):
            return
        refining.refine_suggestion(conn, suggestion, body)
        for row in changed:
            refining.refine_prediction(conn, row.task_id, result)


def _is_answered(services: Services, task_id: int) -> bool:
    """Whether the task has an annotation that we may not have heard of."""
    return bool(services.labelstudio.annotations(task_id))


def _show(services: Services, task_id: int, result: dict[str, Any]) -> None:
    for one in services.labelstudio.predictions(task_id):
        if one.get("model_version") == MODEL_VERSION:
            services.labelstudio.update_prediction(int(one["id"]), result)
