"""Differences of rubrics are told part by part."""

from __future__ import annotations

from typing import Any

from rubric.difference import differences
from rubric.model import Rubric
from tests.rubric.test_alternative import kurz


def changed(**changes: Any) -> tuple[str, ...]:
    return differences(kurz(), kurz().model_copy(update=changes))


def criteria(**changes: Any) -> tuple[Any, ...]:
    first, *rest = kurz().criteria
    return (first.model_copy(update=changes), *rest)


def test_equal_rubrics_do_not_differ() -> None:
    """Nothing changed, nothing said."""
    assert differences(kurz(), kurz()) == ()


def test_a_changed_field_names_its_owner() -> None:
    """Old and new value stand side by side."""
    assert changed(criteria=criteria(weight=5)) == ("criterion R: weight: 3 -> 5",)


def test_a_field_of_the_whole() -> None:
    """The rubric's own fields count too."""
    assert changed(title="Andere") == ("rubric: title: 'Kurze Prüfung' -> 'Andere'",)


def test_the_version_alone_is_no_change() -> None:
    """It only says that something changed."""
    assert changed(version="other") == ()


def test_removed_and_added_parts() -> None:
    """A clause under another ID is another clause."""
    clause = kurz().clauses[1].model_copy(update={"id": "S-2"})

    assert changed(clauses=(kurz().clauses[0], clause)) == (
        "clause S-1: removed",
        "clause S-2: added",
    )


def test_another_order_is_a_change() -> None:
    """Among equal caps the first one decides."""
    turned: Rubric = kurz().model_copy(update={"clauses": kurz().clauses[::-1]})

    assert differences(kurz(), turned) == ("clause: another order, which decides among equals",)
