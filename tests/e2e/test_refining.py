"""A prediction is changed in a real Label Studio without another one being made."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import pytest

from bridge.labelstudio.client import LabelStudioClient
from bridge.labelstudio.labeling import label_config
from bridge.labelstudio.payload import build_prediction, sources_of, task_data
from rubric.suggest import rate
from sandbox.model import AuditInput
from tests.rubric.reports import make_finding, make_report, shipped

pytestmark = pytest.mark.e2e


def test_a_prediction_keeps_its_id_when_it_is_refined(label_studio: Any) -> None:
    """The second pass's ratings and marks stand where the first pass's were."""
    given = AuditInput(code="package main\n\nfunc main() {}\n")
    config = label_config(shipped(), variant="rich")
    with closing(LabelStudioClient(label_studio.url, label_studio.token)) as client:
        project = client.create_project({"title": "refined", "label_config": config})["id"]
        task = client.create_task(project, task_data(given, evidence_html=""))["id"]
        first, deeper = (
            build_prediction(rate(report, shipped()), shipped(), sources_of(given))
            for report in (make_report(), make_report(findings=(make_finding(file="", line=3),)))
        )
        client.import_predictions(project, [{"task": task, **first}])
        (made,) = client.predictions(task)

        client.update_prediction(made["id"], deeper)

        (found,) = client.predictions(task)
        assert found["id"] == made["id"]
        assert found["result"] == deeper["result"] != made["result"]
        assert found["model_version"] == "gavel"
