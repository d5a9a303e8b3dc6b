"""The demo's tasks: answers as a coding assistant gives them, from templates/demo/tasks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bridge.resources import templates_dir

FOLDER = "demo/tasks"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One sample: its name, its task data, and what an audit must find in it."""

    name: str
    data: Mapping[str, Any]
    verdict: str
    clauses: tuple[str, ...]


def load_samples() -> tuple[Sample, ...]:
    """All samples, in the order of their folders' names."""
    folders = sorted((templates_dir() / FOLDER).iterdir())
    return tuple(_load(folder) for folder in folders if (folder / "task.yaml").exists())


def _load(folder: Path) -> Sample:
    described = yaml.safe_load((folder / "task.yaml").read_text())
    data: dict[str, Any] = {"title": described["title"]}
    for name, source in (("prompt", "prompt"), ("code", "answer"), ("tests", "tests")):
        if described.get(source):
            data[name] = (folder / described[source]).read_text()
    if described.get("cases"):
        data["cases"] = described["cases"]
    if described.get("go"):
        data["go"] = str(described["go"])
    expected = described["expect"]
    return Sample(
        name=folder.name,
        data=data,
        verdict=expected["verdict"],
        clauses=tuple(expected.get("clauses", ())),
    )
