"""Brings the database to the newest schema."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from db.session import engine


def migration_config() -> Config:
    """Alembic's configuration, without an ini file: the scripts lie beside this module."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    return config


def upgrade(target: Engine | None = None) -> str:
    """Run all migrations that are missing; return the schema's revision. Safe to call at every start."""
    config = migration_config()
    if target is not None:
        config.attributes["connection"] = target
    newest = ScriptDirectory.from_config(config).get_current_head()
    assert newest is not None  # noqa: S101
    if current_revision(target) != newest:
        command.upgrade(config, "head")
    return newest


def newest_revision() -> str | None:
    """The revision that the migrations of this version lead to."""
    return ScriptDirectory.from_config(migration_config()).get_current_head()


def current_revision(target: Engine | None = None) -> str | None:
    """The schema's revision, or None for an empty database."""
    with (target or engine()).connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()
