"""The published JSON schema of the rubric format, and words for what breaks it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rubric.model import Rubric

DIALECT = "https://json-schema.org/draft/2020-12/schema"
SHOWN_CHARACTERS = 60


def rubric_schema() -> dict[str, Any]:
    """Gives the JSON schema of a rubric; `rubric/go-rubric.schema.json` is this, written out."""
    return {"$schema": DIALECT, **Rubric.model_json_schema()}


def schema_fault(error: Mapping[str, Any]) -> str:
    """Words one fault of the schema: what was expected, what came, what to do.

    Args:
        error: one of pydantic's errors, with its `type`, `loc`, `msg` and `input`.
    """
    name = error["loc"][-1] if error["loc"] else "rubric"
    match error["type"]:
        case "missing":
            return f"expected a value for {name}, but none came; add {name}"
        case "extra_forbidden":
            return f"the format has no {name}; correct its spelling or remove it"
    came = str(error["input"])
    if len(came) > SHOWN_CHARACTERS:
        came = came[: SHOWN_CHARACTERS - 1] + "…"
    return f"{error['msg']}, but {came!r} came; change it"
