"""The only user of SQLAlchemy: tables, queries, the embedded server.

Other modules take these names from here, to say what they are handed.
"""

from sqlalchemy import Connection, Engine, Row
from sqlalchemy.exc import SQLAlchemyError as DatabaseError

__all__ = ["Connection", "DatabaseError", "Engine", "Row"]
