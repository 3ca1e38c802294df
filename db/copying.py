"""COPY, which SQLAlchemy does not know: the driver's own cursor, on the session's connection and in its transaction."""

from __future__ import annotations

from typing import Protocol, cast

from psycopg2.extensions import cursor as DriverCursor
from sqlalchemy.orm import Session

_CHUNK_BYTES = 1 << 20


class ReadableStream(Protocol):
    """Where COPY reads rows from."""

    def read(self, size: int = ..., /) -> str | bytes:
        """The next part, empty at the end."""
        ...


class WritableStream(Protocol):
    """Where COPY writes rows to."""

    def write(self, part: bytes, /) -> object:
        """Take the next part."""
        ...


def copy(session: Session, statement: str, stream: ReadableStream | WritableStream) -> None:
    """Run a COPY ... FROM STDIN that reads the stream, or a COPY ... TO STDOUT that writes it."""
    raw = cast("DriverCursor", session.connection().connection.cursor())
    with raw:
        raw.copy_expert(statement, stream, _CHUNK_BYTES)  # type: ignore[arg-type]
