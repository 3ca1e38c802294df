"""Runs migrations: one transaction each, with the settings that a scaled-out database needs (harmless elsewhere)."""

from __future__ import annotations

from alembic import context
from sqlalchemy import text

from db.base import Base
from db.models import Customer
from db.session import engine

assert Customer.metadata is Base.metadata  # noqa: S101  (importing the models fills the metadata)

SCALE_OUT_SETTINGS = (
    "SET LOCAL citus.enable_local_reference_table_foreign_keys = off",
    "SET LOCAL citus.multi_shard_modify_mode = 'sequential'",
    "SET LOCAL citus.enable_unsafe_triggers = on",
)
# Two starters at once: the second waits here and then finds nothing to do.
MIGRATION_LOCK = 7_205_334


def run() -> None:
    given = context.config.attributes.get("connection")
    with (given or engine()).connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": MIGRATION_LOCK})
        connection.commit()
        try:
            context.configure(connection=connection, target_metadata=Base.metadata, transaction_per_migration=True)
            with context.begin_transaction():
                for setting in SCALE_OUT_SETTINGS:
                    connection.execute(text(setting))
                context.run_migrations()
        finally:
            connection.rollback()
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": MIGRATION_LOCK})
            connection.commit()


run()
