"""Alembic's migrations of our own tables; the queue's tables are procrastinate's."""
