"""Reads a task's data into what the sandbox audits. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from bridge.errors import BadDeliveryError
from sandbox.model import AuditInput, Case, Limits

FIELDS = ("code", "files", "prompt", "tests", "go", "cases", "stdin", "expected")
"""Names in task data; a project may map each one to a column of its own."""
TESTS_FILE = "task_test.go"


def snippet_of(data: Mapping[str, Any], columns: Mapping[str, str] | None = None) -> AuditInput:
    """Gives the audit's input for a task.

    Args:
        data: the task's data.
        columns: our name -> the project's column, where they differ.

    Raises:
        BadDeliveryError: there is no code, both code and files, or a field of another kind.
    """
    found = {name: data.get((columns or {}).get(name, name)) for name in FIELDS}
    code, files = found["code"] or None, _maybe_json(found["files"]) or None
    if (code is None) == (files is None):
        raise BadDeliveryError(_neither_or_both(data, code), reason="no_code")
    try:
        return AuditInput(
            code=code,
            files=files,
            prompt=found["prompt"] or "",
            tests=_tests(found["tests"]),
            go=str(found["go"]) if found["go"] else None,
            cases=_cases(found),
        )
    except (ValidationError, TypeError, AttributeError) as exc:
        raise BadDeliveryError(_bad_field(exc), reason="bad_task") from None


def content_key(given: AuditInput, limits: Limits, toolchain: str) -> str:
    """Names an audit's outcome: equal input, limits and toolchain share it."""
    parts = (given.model_dump(mode="json", exclude={"id"}), limits.model_dump(), toolchain)
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _neither_or_both(data: Mapping[str, Any], code: object) -> str:
    if code is not None:
        return "the task has both `code` and `files`: give one of them"
    names = ", ".join(sorted(str(name) for name in data)[:20]) or "none"
    return (
        "the task has no `code` and no `files` column. Columns it has: "
        f"{names}. Map yours with `columns` in gavel.yaml."
    )


def _bad_field(exc: Exception) -> str:
    if isinstance(exc, ValidationError):
        fault = exc.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in fault["loc"])
        return f"the task's `{where}` can't be used: {fault['msg']}"
    return "a field of the task is of another kind than expected (see docs: task data)"


def _tests(value: Any) -> dict[str, str]:
    value = _maybe_json(value)
    if not value:
        return {}
    return {TESTS_FILE: value} if isinstance(value, str) else dict(value)


def _cases(found: Mapping[str, Any]) -> tuple[Case, ...]:
    listed = _maybe_json(found["cases"])
    if listed:
        return tuple(_case(number, item) for number, item in enumerate(listed, 1))
    if isinstance(found["expected"], str) and found["expected"]:
        return (Case(name="expected", stdin=found["stdin"] or "", expected=found["expected"]),)
    return ()


def _case(number: int, item: Mapping[str, Any]) -> Case:
    return Case.model_validate({"name": f"case {number}", **item})


def _maybe_json(value: Any) -> Any:
    """CSV imports hold JSON as text."""
    if isinstance(value, str) and value.lstrip()[:1] in {"{", "["}:
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value
