"""Runs migrations on the connection that `bridge.store.schema` hands over."""

from alembic import context

from bridge.store import review_tables, tables
from bridge.store.metadata import metadata

REGISTERED = (tables, review_tables)


def _is_ours(thing: object, name: str | None, kind: str, *_: object) -> bool:
    """The queue's tables live in the same schema and are none of our business."""
    del thing
    return not (kind == "table" and (name or "").startswith("procrastinate_"))


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    include_object=_is_ours,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
