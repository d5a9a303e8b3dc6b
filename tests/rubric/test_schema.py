"""The published schema is the model's, and its faults are worded with their mend."""

from __future__ import annotations

import pytest

from rubric.load import RubricError, load_rubric
from rubric.schema import rubric_schema
from tests.rubric.reports import ALTERNATIVE
from tests.rubric_schema import PUBLISHED, text


def fault_of(old: str, new: str) -> str:
    with pytest.raises(RubricError) as caught:
        load_rubric(ALTERNATIVE.read_text().replace(old, new), name="r.yaml")
    (fault,) = caught.value.faults
    return fault


def test_the_published_schema_is_the_models() -> None:
    """`python -m tests.rubric_schema` writes it again."""
    assert PUBLISHED.read_text(encoding="utf-8") == text()


def test_the_schema_refuses_unknown_keys() -> None:
    """An editor that knows the schema marks a misspelt key."""
    assert rubric_schema()["additionalProperties"] is False


def test_a_missing_value_is_asked_for() -> None:
    """The owner's line, the field and what to add."""
    assert fault_of("name: Stil, ", "") == (
        "r.yaml:8: criteria.1.name: expected a value for name, but none came; add name"
    )


def test_a_misspelt_key_is_named() -> None:
    """The key's own line, and both ways to mend it."""
    assert fault_of("title: Kurze", "titel: Kurze") == (
        "r.yaml:2: titel: the format has no titel; correct its spelling or remove it"
    )


def test_a_wrong_value_is_shown() -> None:
    """What was expected and what came."""
    fault = fault_of("machine: hint}", "machine: maybe}")

    assert "Input should be 'suggest', 'hint', 'abstain' or 'never'" in fault
    assert fault.endswith("but 'maybe' came; change it")


def test_a_long_wrong_value_is_cut() -> None:
    """A whole mapping in the wrong place does not fill the terminal."""
    fault = fault_of("scale: [1, 2, 3, 4]", f"scale: {'x' * 100}")

    assert f"but '{'x' * 59}…' came" in fault


def test_a_text_that_is_no_rubric_at_all_has_a_name() -> None:
    """A fault of the whole has no field to name."""
    from rubric.schema import schema_fault

    error = {"type": "model_type", "loc": (), "msg": "Input should be a rubric", "input": 3}
    assert schema_fault(error) == "Input should be a rubric, but '3' came; change it"
