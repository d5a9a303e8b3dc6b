"""Where the files that people edit are: next to the checkout, or inside the installed wheel."""

from __future__ import annotations

from pathlib import Path

import rubric

_PACKAGE = Path(__file__).parent


def templates_dir() -> Path:
    """The folder `templates/`."""
    inside = _PACKAGE / "_templates"
    return inside if inside.is_dir() else _PACKAGE.parent / "templates"


def shipped_rubric() -> Path:
    """The rubric that comes with the product."""
    return Path(rubric.__file__).parent / "rubrics" / "go-review.yaml"


def requirements_file(name: str) -> Path:
    """A pinned requirements file that the product itself installs from."""
    inside = _PACKAGE / "_requirements" / name
    return inside if inside.exists() else _PACKAGE.parent / "requirements" / name
