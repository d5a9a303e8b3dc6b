"""Tables of the review side: what was observed on annotations, and what came of it.

An annotation is named by its id and created_at, since ids can come again after a reset.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from bridge.store.metadata import metadata


def _when(name: str, *, nullable: bool = False) -> Column[object]:
    return Column(name, DateTime(timezone=True), nullable=nullable)


def _noted(name: str) -> Column[object]:
    return Column(name, DateTime(timezone=True), nullable=False, server_default=func.now())


annotation_table = Table(
    "annotations",
    metadata,
    Column("annotation_id", BigInteger, nullable=False),
    _when("created_at"),
    Column("project_id", BigInteger, nullable=False),
    Column("task_id", BigInteger, nullable=False, index=True),
    Column("author", BigInteger),
    Column("origin", String(16), nullable=False),
    Column("status", String(16), nullable=False),
    Column("targets", JSONB, nullable=False, server_default="[]"),
    _noted("changed_at"),
    PrimaryKeyConstraint("annotation_id", "created_at"),
)
"""status: live, skipped, deleted. `task_id` moves with the annotation."""

snapshots = Table(
    "snapshots",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("annotation_id", BigInteger, nullable=False, index=True),
    _when("created_at"),
    Column("project_id", BigInteger, nullable=False),
    Column("task_id", BigInteger, nullable=False, index=True),
    _when("updated_at"),
    Column("author", BigInteger),
    Column("updated_by", BigInteger),
    Column("digest", String(64), nullable=False),
    Column("result", JSONB, nullable=False),
    Column("cancelled", Boolean, nullable=False),
    Column("parent_prediction", BigInteger),
    Column("parent_annotation", BigInteger),
    Column("imported", Boolean, nullable=False),
    Column("gone", Boolean, nullable=False, server_default="false"),
    Column("verified", Boolean, nullable=False),
    _noted("seen_at"),
    Index(
        "uq_snapshots_fetched",
        "annotation_id",
        "created_at",
        "updated_at",
        unique=True,
        postgresql_where=text("verified and not gone"),
    ),
    Index(
        "uq_snapshots_claimed",
        "annotation_id",
        "created_at",
        "updated_at",
        "digest",
        "updated_by",
        unique=True,
        postgresql_nulls_not_distinct=True,
        postgresql_where=text("not verified"),
    ),
    Index(
        "uq_snapshots_gone",
        "annotation_id",
        "created_at",
        unique=True,
        postgresql_where=text("gone"),
    ),
)
"""Every state that was told (claimed) or fetched (verified). Append-only.

A state fetched again with the same updated_at is not stored again, whatever it names as updated_by:
a failed save in Label Studio writes its name without a new time.
"""

standings = Table(
    "standings",
    metadata,
    Column("annotation_id", BigInteger, nullable=False),
    _when("created_at"),
    Column("criterion", String(64), nullable=False),
    Column("base", JSONB),
    Column("base_known", Boolean, nullable=False),
    Column("base_claimed", Boolean, nullable=False),
    Column("value", JSONB),
    Column("value_by", BigInteger),
    PrimaryKeyConstraint("annotation_id", "created_at", "criterion"),
)
"""Per criterion the annotator's own value (base) and the one shown; derived from the snapshots."""

overrides = Table(
    "overrides",
    metadata,
    Column("target_id", BigInteger, nullable=False),
    _when("target_created_at"),
    Column("criterion", String(64), nullable=False),
    Column("generation", Integer, nullable=False, server_default="1"),
    Column("project_id", BigInteger, nullable=False),
    Column("task_id", BigInteger, nullable=False, index=True),
    Column("annotator", BigInteger),
    Column("reviewer", BigInteger),
    Column("from_value", JSONB),
    Column("to_value", JSONB),
    Column("source_id", BigInteger, nullable=False),
    _when("source_created_at"),
    Column("status", String(16), nullable=False),
    Column("reasons", JSONB, nullable=False),
    Column("note", Text, nullable=False),
    Column("flags", JSONB, nullable=False),
    _when("opened_at"),
    _when("changed_at"),
    Column("history", JSONB, nullable=False),
    PrimaryKeyConstraint("target_id", "target_created_at", "criterion", "generation"),
)
"""status: open, withdrawn, accepted, contested, voided, disputed."""

reviews = Table(
    "reviews",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("annotation_id", BigInteger, nullable=False),
    _when("created_at"),
    Column("project_id", BigInteger, nullable=False),
    Column("task_id", BigInteger, nullable=False, index=True),
    Column("reviewer", BigInteger),
    Column("outcome", String(16), nullable=False),
    _when("reviewed_at"),
    UniqueConstraint(
        "annotation_id",
        "created_at",
        "reviewer",
        "reviewed_at",
        "outcome",
        postgresql_nulls_not_distinct=True,
    ),
)
"""outcome: upheld, corrected, escalated, rejected."""

notices = Table(
    "notices",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("annotation_id", BigInteger, nullable=False),
    _when("created_at"),
    Column("project_id", BigInteger, nullable=False),
    Column("task_id", BigInteger, nullable=False, index=True),
    Column("kind", String(32), nullable=False),
    Column("criterion", String(64), nullable=False),
    Column("by", BigInteger),
    _when("noticed_at"),
    UniqueConstraint(
        "annotation_id",
        "created_at",
        "kind",
        "criterion",
        "noticed_at",
        "by",
        postgresql_nulls_not_distinct=True,
    ),
)
"""What an operator should see but no ticket tells: alarms, disagreements, unknown previous values."""

tickets = Table(
    "tickets",
    metadata,
    Column("key", String(32), primary_key=True),
    Column("project_id", BigInteger, nullable=False),
    Column("task_id", BigInteger, nullable=False, index=True),
    Column("target_id", BigInteger, nullable=False),
    _when("target_created_at"),
    Column("route", String(64), nullable=False),
    Column("generation", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    _when("due_at"),
    Column("attempt_token", String(36)),
    _when("lease_until", nullable=True),
    _when("first_try_at", nullable=True),
    Column("creates", Integer, nullable=False, server_default="0"),
    Column("probes", Integer, nullable=False, server_default="0"),
    Column("retries", Integer, nullable=False, server_default="0"),
    Column("wanted", String(64), nullable=False),
    Column("told", String(64)),
    Column("linked", Boolean, nullable=False, server_default="false"),
    Column("issue_id", String(64)),
    Column("issue_key", String(64)),
    Column("issue_url", Text),
    Column("duplicates", JSONB, nullable=False, server_default="[]"),
    Column("reason", String(64)),
    Column("error", Text),
    _noted("created_at"),
    _noted("changed_at"),
    UniqueConstraint("target_id", "target_created_at", "project_id", "route", "generation"),
    Index(None, "state", "due_at"),
)
"""The outbox. state: pending, held, sending, uncertain, done, rejected, dead, withdrawn.

`wanted` is the hash of what the ticket should say, `told` of what the tracker was told last.
"""

local_tickets = Table(
    "local_tickets",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("key", String(32), nullable=False, unique=True),
    Column("summary", String(255), nullable=False),
    Column("body", Text, nullable=False),
    Column("labels", JSONB, nullable=False),
    Column("links", JSONB, nullable=False, server_default="{}"),
    Column("comments", JSONB, nullable=False, server_default="[]"),
    Column("status", String(16), nullable=False, server_default="open"),
    _noted("created_at"),
)
"""Tickets of the local tracker, kept apart from the outbox as any other tracker's would be."""
