"""Words what changed from one rubric to another, part by part."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rubric.model import Rubric

PARTS = {
    "criteria": ("criterion", "id"),
    "clauses": ("clause", "id"),
    "gates": ("gate", "id"),
    "reasons": ("reason", "code"),
    "labels": ("label", "name"),
}
"""Part -> (what one of it is called, the field that names it)."""


def differences(old: Rubric, new: Rubric) -> tuple[str, ...]:
    """Gives a line for each change, in the order of the old rubric, then what is added."""
    before, after = old.model_dump(mode="json"), new.model_dump(mode="json")
    lines = [
        _changed("rubric", name, before[name], after[name])
        for name in before
        if name not in PARTS and name != "version" and before[name] != after[name]
    ]
    for part, (word, key) in PARTS.items():
        lines += _part(word, key, before[part], after[part])
    return tuple(lines)


def _part(
    word: str, key: str, old: list[dict[str, Any]], new: list[dict[str, Any]]
) -> Iterator[str]:
    before = {one[key]: one for one in old}
    after = {one[key]: one for one in new}
    for name, was in before.items():
        if name not in after:
            yield f"{word} {name}: removed"
            continue
        for field, value in was.items():
            if value != after[name][field]:
                yield _changed(f"{word} {name}", field, value, after[name][field])
    for name in after:
        if name not in before:
            yield f"{word} {name}: added"
    kept = [name for name in before if name in after]
    if kept != [name for name in after if name in before]:
        yield f"{word}: another order, which decides among equals"


def _changed(owner: str, field: str, old: object, new: object) -> str:
    return f"{owner}: {field}: {old!r} -> {new!r}"
