"""What a prompt demands of an answer's form, as a part of the report. Data only."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class ConstraintState(StrEnum):
    """Whether the answer has what the prompt demands of its form."""

    MET = "met"
    MISSED = "missed"
    UNKNOWN = "unknown"


class Constraint(BaseModel):
    """Something the prompt demands of the answer's form; a hint, never a rating."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    kind: str
    """`package`, `signature`, `function`, `type`, `imports`, `banned`, `required`, `go`, `error`, `generics` or `format`."""
    wanted: str
    state: ConstraintState
    quote: str
    """The words of the prompt that say so."""
    why: str = ""
    """Why it is missed or unknown; may be empty."""
