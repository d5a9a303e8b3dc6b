"""Reads the rubric that a project names, once per process."""

from __future__ import annotations

import functools
from pathlib import Path

from bridge.resources import shipped_rubric
from bridge.settings import ProjectSettings
from rubric.load import load_rubric
from rubric.model import Rubric


def load_project_rubric(project: ProjectSettings) -> Rubric:
    """The rubric a project names, or the shipped one."""
    return _load(project.rubric or shipped_rubric())


@functools.lru_cache(maxsize=32)
def _load(path: Path) -> Rubric:
    return load_rubric(path.read_text(encoding="utf-8"), name=str(path))
