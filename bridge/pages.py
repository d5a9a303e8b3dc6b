"""Fills the page templates; everything that a template is given is escaped."""

from __future__ import annotations

from functools import lru_cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bridge.flame import duration
from bridge.resources import templates_dir


@lru_cache(maxsize=1)
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(templates_dir() / "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["duration"] = duration
    return made


def page(name: str, **values: object) -> str:
    """Gives a template with its values."""
    return _environment().get_template(name).render(**values)
