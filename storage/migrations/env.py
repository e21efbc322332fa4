"""Alembic's entry: runs on the connection that storage/database.py hands over."""

from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection, String
from sqlmodel.sql.sqltypes import AutoString

from storage.columns import UtcDateTime
from storage.tables import METADATA


def plain_type(kind: str, value: object, _context: AutogenContext) -> str | Literal[False]:
    """Write SQLAlchemy's own types into a migration, so that it stands when our classes change."""
    if kind == "type" and isinstance(value, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(value, AutoString | String):
        return "sa.String()"
    return False


def run(connection: Connection) -> None:
    """Apply the migrations in the caller's transaction, so that a failed upgrade leaves the old schema."""
    context.configure(
        connection=connection,
        target_metadata=METADATA,
        render_as_batch=True,
        compare_type=True,
        render_item=plain_type,
    )
    context.run_migrations()


run(context.config.attributes["connection"])
