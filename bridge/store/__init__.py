"""The only user of SQLAlchemy: tables, queries, the embedded server."""
