"""The only place that opens the database."""

from __future__ import annotations

import os
from functools import lru_cache

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.orm import Session, sessionmaker

from db.embedded import ensure_running

STATEMENT_TIMEOUT_MS = 600_000


def database_url() -> str:
    """SQLAlchemy URL of the database in use: `DATABASE_URL`, else the embedded server, started where it is not."""
    url = os.environ.get("DATABASE_URL", "")
    if not url:
        return ensure_running()
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg2://" + url.removeprefix(prefix)
    return url


@lru_cache(maxsize=4)
def engine_for(url: str) -> Engine:
    """The process's pool of connections to one database. Dead connections are noticed before they are handed out."""
    engine = create_engine(url, pool_size=10, max_overflow=20, pool_pre_ping=True, pool_recycle=1800)

    @event.listens_for(engine, "connect")
    def _settings(connection: object, _record: object) -> None:
        with connection.cursor() as cursor:  # type: ignore[attr-defined]
            cursor.execute(f"SET statement_timeout = {STATEMENT_TIMEOUT_MS}")
            cursor.execute("SET timezone = 'UTC'")
            cursor.execute("SET jit = off")
        connection.commit()  # type: ignore[attr-defined]

    return engine


def engine() -> Engine:
    """The engine of the database in use."""
    return engine_for(database_url())


def open_session() -> Session:
    """A new session; rows stay readable after commit because services turn them into frozen rows themselves."""
    return sessionmaker(engine(), expire_on_commit=False)()
