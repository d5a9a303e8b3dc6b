"""Reads rubrics and calibrations from the files that a project or a command names."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator
from pathlib import Path

from bridge.errors import ConfigError
from bridge.resources import shipped_rubric
from bridge.settings import ProjectSettings
from rubric.calibration import CalibrationError, load_calibration
from rubric.confirm import Calibration
from rubric.load import RubricError, load_rubric
from rubric.model import Rubric


def load_project_rubric(project: ProjectSettings) -> Rubric:
    """The rubric a project names, or the shipped one; read once per process.

    Raises:
        ConfigError: where it cannot be read or used.
    """
    return _load(project.rubric or shipped_rubric())


def read_rubric(path: Path | None) -> Rubric:
    """The rubric of a file, or the shipped one.

    Raises:
        ConfigError: where it cannot be read or used; the message has a line for each fault.
    """
    if path is None:
        return load_rubric(shipped_rubric().read_text(encoding="utf-8"), name="go-review.yaml")
    with _config_errors(path):
        return load_rubric(path.read_text(encoding="utf-8"), name=str(path))


def load_project_calibration(project: ProjectSettings) -> Calibration | None:
    """The calibration a project is frozen to, or none; read once per process.

    Raises:
        ConfigError: where it cannot be read or used.
    """
    if project.calibration is None:
        return None
    return _calibration(project.calibration, project.rubric or shipped_rubric())


def read_calibration(path: Path | None, rubric: Rubric) -> Calibration | None:
    """The calibration of a file, for the rubric; None without a file.

    Raises:
        ConfigError: where it cannot be read or used.
    """
    if path is None:
        return None
    with _config_errors(path):
        return load_calibration(path.read_text(encoding="utf-8"), rubric, name=str(path))


@contextlib.contextmanager
def _config_errors(path: Path) -> Iterator[None]:
    """Whatever is wrong with a file that settings name is a fault of the settings."""
    try:
        yield
    except (RubricError, CalibrationError) as exc:
        raise ConfigError(str(exc)) from exc
    except (OSError, UnicodeDecodeError) as exc:
        raise ConfigError(f"{path}: cannot be read: {exc}; name a file of UTF-8 text") from exc


@functools.lru_cache(maxsize=32)
def _calibration(path: Path, rubric: Path) -> Calibration | None:
    return read_calibration(path, _load(rubric))


@functools.lru_cache(maxsize=32)
def _load(path: Path) -> Rubric:
    return read_rubric(path)
