"""`python -m tests.rubric_schema` writes the published schema of the rubric format again."""

from __future__ import annotations

import json
from pathlib import Path

import rubric
from rubric.schema import rubric_schema

PUBLISHED = Path(rubric.__file__).parent / "go-rubric.schema.json"


def text() -> str:
    return json.dumps(rubric_schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    PUBLISHED.write_text(text(), encoding="utf-8")
