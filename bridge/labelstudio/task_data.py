"""Completes a task's data with what the rich page shows, before the task is imported."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bridge.evidence import task_evidence
from bridge.evidence_address import URL_FIELD, evidence_url, new_key
from bridge.labelstudio.payload import sources_of, task_data
from bridge.labelstudio.task_input import snippet_of
from rubric.model import RatedReport, Rubric


def complete(
    data: Mapping[str, Any],
    *,
    public_url: str,
    columns: Mapping[str, str] | None = None,
    rated: RatedReport | None = None,
    rubric: Rubric | None = None,
) -> dict[str, Any]:
    """Gives the task's data with highlighted code, evidence and the evidence's own address.

    Args:
        data: the task's own columns; they stay as they are.
        public_url: where the web process is reached.
        columns: our name -> the project's column.
        rated: the report if the audit has been made; without it the page waits for news.
        rubric: adds each clause's mend to the findings.

    Raises:
        BadDeliveryError: the data holds nothing that can be audited.
    """
    given = snippet_of(data, columns)
    address = evidence_url(public_url, new_key())
    names = tuple(source.name for source in sources_of(given))
    shown = task_evidence(rated, url=address, rubric=rubric, names=names)
    return {**data, **task_data(given, evidence_html=shown), URL_FIELD: address}
