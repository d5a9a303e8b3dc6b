"""Core tables: deliveries, tasks, reports, suggestions, predictions. Definitions only, no queries."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB

from bridge.store.metadata import metadata

NOW = func.now()


def _when(name: str, *, nullable: bool = False) -> Column[object]:
    default = None if nullable else NOW
    return Column(name, DateTime(timezone=True), nullable=nullable, server_default=default)


installation = Table(
    "installation",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("instance_id", String(36), nullable=False),
    _when("created_at"),
)
"""One row: the identity of this installation's Label Studio, which no address can change."""

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    _when("received_at"),
    Column("action", String(100), nullable=False),
    Column("digest", LargeBinary, unique=True),
    Column("body", LargeBinary, nullable=False),
    Column("state", String(16), nullable=False, server_default="received"),
    Column("error", Text),
    Column("seen", Integer, nullable=False, server_default="1"),
    _when("processed_at", nullable=True),
    Index(None, "state", "received_at"),
)
"""Every webhook body as it came. state: received, processed, ignored, failed.

`digest` is null where two equal bodies may be two events (no updated_at inside).
"""

tasks = Table(
    "tasks",
    metadata,
    Column("task_id", BigInteger, primary_key=True, autoincrement=False),
    Column("project_id", BigInteger, nullable=False, index=True),
    Column("data", JSONB, nullable=False),
    Column("content_key", String(64), index=True),
    Column("evidence_key", String(64), unique=True),
    Column("state", String(16), nullable=False, server_default="new"),
    Column("error", Text),
    _when("first_seen_at"),
    _when("changed_at"),
)
"""Tasks as last seen. state: new, audited, rejected, failed, deleted."""

imported = Table(
    "imported",
    metadata,
    Column("evidence_key", String(64), primary_key=True),
    _when("imported_at"),
)
"""Addresses of tasks that went in together with their prediction: it is not published again."""

reports = Table(
    "reports",
    metadata,
    Column("content_key", String(64), primary_key=True),
    Column("report", JSONB, nullable=False),
    Column("verdict", String(32), nullable=False),
    Column("wall_s", String(16)),
    _when("created_at"),
)
"""Audit reports by content: same input, limits and toolchain give the same key."""

suggestions = Table(
    "suggestions",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("content_key", ForeignKey("reports.content_key"), nullable=False),
    Column("rubric_version", String(64), nullable=False),
    Column("calibration", String(64), nullable=False),
    Column("rated", JSONB, nullable=False),
    _when("created_at"),
    Index("uq_suggestions_identity", "content_key", "rubric_version", "calibration", unique=True),
)
"""Rated reports: one per content, rubric version and calibration."""

opinions = Table(
    "opinions",
    metadata,
    Column("content_key", ForeignKey("reports.content_key"), primary_key=True),
    Column("rubric_version", String(64), primary_key=True),
    Column("model", Text, nullable=False),
    Column("answers", JSONB, nullable=False),
    _when("created_at"),
)
"""A language model's answers to a rubric's questions about a content; shown as hints, read by no rating."""

predictions = Table(
    "predictions",
    metadata,
    Column("task_id", ForeignKey("tasks.task_id"), primary_key=True),
    Column("project_id", BigInteger, nullable=False),
    Column("suggestion_id", ForeignKey("suggestions.id"), nullable=False),
    Column("state", String(16), nullable=False, server_default="pending"),
    Column("prediction_id", BigInteger),
    Column("score", String(8)),
    Column("result", JSONB, nullable=False),
    Column("model_version", String(128), nullable=False),
    Column("frozen", Boolean, nullable=False, server_default="false"),
    Column("error", Text),
    Column("attempts", Integer, nullable=False, server_default="0"),
    _when("created_at"),
    _when("published_at", nullable=True),
    Index(None, "project_id", "state"),
)
"""What was or will be shown in Label Studio.

state: pending, sending, published, withheld, failed. `frozen` once an annotation was made from it.
"""
