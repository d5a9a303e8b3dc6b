"""Audits rows and imports them as a stream: each task goes in complete, with its prediction.

The import's own webhook finds the report by content and knows the evidence address, so nothing is
audited or published twice.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bridge.bootstrap import Services
from bridge.errors import BadDeliveryError
from bridge.evidence import facts_only
from bridge.evidence_address import evidence_key
from bridge.labelstudio.payload import build_prediction, sources_of
from bridge.labelstudio.task_data import complete
from bridge.labelstudio.task_input import content_key, snippet_of
from bridge.settings import ProjectSettings
from bridge.store import tasks as task_store
from rubric.model import RatedReport
from rubric.suggest import rate
from sandbox.model import AuditReport, Limits, Verdict

BATCH = 20
Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class BadRow:
    """A row that was left out."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What became of a file."""

    tasks: int
    bad: tuple[BadRow, ...]


def read_rows(path: Path) -> Iterator[tuple[int, Any]]:
    """Gives (line, row) of a JSON list or of JSON lines; a task may be wrapped in `data`."""
    text = path.read_text(encoding="utf-8")
    if text.lstrip().startswith("["):
        rows: Sequence[Any] = json.loads(text)
        yield from ((number, _unwrapped(row)) for number, row in enumerate(rows, 1))
        return
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            yield number, _unwrapped(_parsed(line))


def import_rows(
    services: Services,
    project: ProjectSettings,
    rows: Sequence[tuple[int, Any]],
    *,
    done: Callable[[int], None],
) -> Imported:
    """Audits and imports rows; a bad one is listed and the rest goes in.

    Args:
        services: audits, database, Label Studio.
        project: where to; its `id` must be set.
        rows: (line, task data).
        done: told how many rows are finished.
    """
    batch: list[Json] = []
    bad: list[BadRow] = []
    tasks = finished = 0
    with ThreadPoolExecutor(max_workers=services.settings.audits_at_once) as pool:
        for line, outcome in pool.map(lambda row: _task(services, project, row), rows):
            finished += 1
            if isinstance(outcome, str):
                bad.append(BadRow(line=line, reason=outcome))
            else:
                batch.append(outcome)
            if len(batch) >= BATCH:
                tasks += _send(services, project, batch)
                batch = []
            done(finished)
        tasks += _send(services, project, batch)
    return Imported(tasks=tasks, bad=tuple(bad))


def _parsed(line: str) -> Any:
    try:
        return json.loads(line)
    except ValueError as exc:
        return exc


def _unwrapped(row: Any) -> Any:
    return row["data"] if isinstance(row, dict) and isinstance(row.get("data"), dict) else row


def _task(
    services: Services, project: ProjectSettings, row: tuple[int, Any]
) -> tuple[int, Json | str]:
    line, data = row
    if not isinstance(data, dict):
        return line, f"expected a JSON object, got {type(data).__name__}: {str(data)[:80]}"
    try:
        return line, _complete(services, project, data)
    except BadDeliveryError as exc:
        return line, str(exc)


def _complete(services: Services, project: ProjectSettings, data: Mapping[str, Any]) -> Json:
    given = snippet_of(data, project.columns)
    key = content_key(given, Limits(), services.toolchain)
    report = _report(services, key, data, project)
    rubric = services.rubric(project)
    rated: RatedReport = rate(report, rubric, services.calibration(project))
    if project.mode == "blind":
        return {"data": complete(data, public_url=services.settings.public_url)}
    shown = complete(
        data,
        public_url=services.settings.public_url,
        columns=project.columns,
        rated=rated if project.mode == "assisted" else facts_only(rated),
        rubric=rubric,
    )
    prediction = build_prediction(
        rated, rubric, sources_of(given), variant=project.variant, mode=project.mode
    )
    return {"data": shown, "predictions": [prediction]}


def _report(
    services: Services, key: str, data: Mapping[str, Any], project: ProjectSettings
) -> AuditReport:
    with services.engine.connect() as conn:
        stored = task_store.report(conn, key)
    if stored is not None:
        return AuditReport.model_validate(stored)
    report = services.auditor.audit(snippet_of(data, project.columns))
    if report.verdict is not Verdict.INTERNAL_ERROR:
        with services.engine.begin() as conn:
            task_store.save_report(conn, key, report.model_dump(mode="json", by_alias=True))
    return report


def _send(services: Services, project: ProjectSettings, batch: Sequence[Json]) -> int:
    """Notes the addresses first: the webhook arrives before the import's answer does."""
    if not batch or project.id is None:
        return 0
    url = services.settings.public_url
    keys = [evidence_key(url, item["data"]) for item in batch if item.get("predictions")]
    with services.engine.begin() as conn:
        task_store.note_imported(conn, [key for key in keys if key])
    services.labelstudio.import_tasks(project.id, batch)
    return len(batch)
