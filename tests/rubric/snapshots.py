"""Builds snapshots over plain defaults, and reads captured payloads as snapshots."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from rubric.override import fold
from rubric.override_model import (
    AnnotationKey,
    Effect,
    EffectKind,
    Override,
    Ratings,
    Reviewer,
    ReviewPolicy,
    Snapshot,
    State,
    Value,
)

CAPTURED = Path(__file__).parents[1] / "fixtures" / "labelstudio"
START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
ADMIN, ANNA, BEN, CLEO, DORA = 1, 4, 5, 6, 7
"""An admin, a rater, a reviewer, a second rater, a second reviewer."""
POLICY = ReviewPolicy(reviewers=(Reviewer(user=BEN), Reviewer(user=DORA)))


def at(seconds: float) -> datetime:
    """So many seconds after the start."""
    return START + timedelta(seconds=seconds)


def make_snapshot(
    second: float,
    values: dict[str, Value] | None = None,
    *,
    by: int | None = ANNA,
    annotation: int = 1,
    author: int = ANNA,
    created: float = 0,
    review: str | None = None,
    reasons: tuple[str, ...] = (),
    notes: dict[str, str] | None = None,
    **changes: Any,
) -> Snapshot:
    """Anna's annotation 1, as it was `second` seconds after the start."""
    said = Ratings(values=values or {}, review=review, reasons=reasons, notes=notes or {})
    content = repr((sorted(said.values.items()), review, reasons, sorted(said.notes.items())))
    fields: dict[str, Any] = {
        "key": AnnotationKey(annotation, at(created)),
        "task_id": 1,
        "updated_at": at(second),
        "author": author,
        "updated_by": by,
        "digest": hashlib.sha256(content.encode()).hexdigest(),
        "ratings": said,
    }
    return Snapshot(**(fields | changes))


ANNAS = make_snapshot(0, {"CR": 4, "EH": 2})
SECOND = {"annotation": 2, "author": BEN, "by": BEN, "created": 10}
"""What makes a snapshot one of the reviewer's own annotation."""


def captured(name: str) -> Snapshot:
    """The annotation of a captured request; its controls are named after its criteria."""
    body = json.loads((CAPTURED / f"{name}.json").read_text())["annotation"]
    item = body[0] if isinstance(body, list) else body
    values, notes = {}, {}
    for one in item["result"]:
        if one["type"] == "rating":
            values[one["from_name"]] = one["value"]["rating"]
        if one["from_name"].endswith("_note") and "text" in one["value"]:
            notes[one["from_name"].removesuffix("_note")] = "\n".join(one["value"]["text"])
    return Snapshot(
        key=AnnotationKey(item["id"], datetime.fromisoformat(item["created_at"])),
        task_id=item["task"],
        updated_at=datetime.fromisoformat(item["updated_at"]),
        author=item["completed_by"],
        updated_by=item["updated_by"],
        digest=hashlib.sha256(json.dumps(item["result"], sort_keys=True).encode()).hexdigest(),
        ratings=Ratings(values=values, notes=notes),
        cancelled=item["was_cancelled"],
        parent_prediction=item["parent_prediction"],
        parent_annotation=item["parent_annotation"],
        imported=item["import_id"] is not None,
    )


def folded(*snapshots: Snapshot, policy: ReviewPolicy = POLICY) -> State:
    """The state after all of them."""
    return fold(snapshots, policy).state


def overrides(*snapshots: Snapshot, policy: ReviewPolicy = POLICY) -> list[Override]:
    """The overrides after all of them, by target and criterion."""
    found = folded(*snapshots, policy=policy).overrides
    return [found[key] for key in sorted(found)]


def told(*snapshots: Snapshot, policy: ReviewPolicy = POLICY) -> list[tuple[Any, ...]]:
    """(criterion, from, to, status) of each override."""
    return [
        (o.criterion, o.from_value, o.to_value, o.status.value)
        for o in overrides(*snapshots, policy=policy)
    ]


def effects(*snapshots: Snapshot, policy: ReviewPolicy = POLICY) -> tuple[Effect, ...]:
    """Everything recorded on the way."""
    return fold(snapshots, policy).effects


def kinds(*snapshots: Snapshot, policy: ReviewPolicy = POLICY) -> list[EffectKind]:
    """The kinds of what was recorded, in order."""
    return [effect.kind for effect in effects(*snapshots, policy=policy)]
