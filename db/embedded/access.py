"""Coming in: the address of the database, whether it answers, and the role and database that Greyledger uses."""

from __future__ import annotations

from collections.abc import Callable

import psycopg2
from psycopg2 import sql
from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_fixed

from db.embedded.cluster import DATABASE, ROLE, SUPERUSER
from db.embedded.errors import N_, EmbeddedServerError

_HOST = "127.0.0.1"

NO_ANSWER = N_(
    "The database runs but has not answered for %(seconds)s seconds: %(reason)s. "
    "It may still be recovering after a crash; wait a little and start Greyledger again."
)


class NotReadyYetError(Exception):
    """The server is starting, stopping or recovering; ask again."""


class ServerGoneError(Exception):
    """The server has ended while it was asked: it was just being stopped, or it crashed."""


class NotPreparedError(Exception):
    """The server answers, but the role or the database of Greyledger is missing, or has another password."""


def address(port: int, passwords: dict[str, str]) -> str:
    """The SQLAlchemy URL of the database."""
    # Said here because PGSSLMODE=require in somebody's environment would else ask of this server what it has not.
    return f"postgresql+psycopg2://{ROLE}:{passwords[ROLE]}@{_HOST}:{port}/{DATABASE}?sslmode=disable"


def await_answer(port: int, passwords: dict[str, str], seconds: float, is_alive: Callable[[], bool]) -> None:
    """Return once the database lets Greyledger's role in; ask for at most `seconds` while the server gets ready.

    Raises NotPreparedError at once if the server answers but knows no such role or database, and ServerGoneError if
    meanwhile the server has ended.
    """
    asking = Retrying(
        retry=retry_if_exception_type(NotReadyYetError),
        stop=stop_after_delay(seconds),
        wait=wait_fixed(0.05),
        reraise=True,
    )
    try:
        asking(_knock, port, passwords, is_alive)
    except NotReadyYetError as error:
        raise EmbeddedServerError(NO_ANSWER, seconds=int(seconds), reason=error) from error


def _connect(port: int, role: str, database: str, passwords: dict[str, str]) -> psycopg2.extensions.connection:
    return psycopg2.connect(
        host=_HOST,
        port=port,
        dbname=database,
        user=role,
        password=passwords[role],
        sslmode="disable",
        connect_timeout=10,
        options="",
    )


def _knock(port: int, passwords: dict[str, str], is_alive: Callable[[], bool]) -> None:
    try:
        _connect(port, ROLE, DATABASE, passwords).close()
    except psycopg2.OperationalError as error:
        said = str(error).strip()
        if "too many" in said or "remaining connection slots" in said:
            return  # full, but alive, and it has let our password pass
        if "does not exist" in said or "password authentication failed" in said:
            raise NotPreparedError(said) from error
        if not is_alive():
            raise ServerGoneError from error
        raise NotReadyYetError(said.partition("FATAL:")[2].strip() or said) from error


def prepare(port: int, passwords: dict[str, str]) -> None:
    """Create the role and the database where they are missing.

    The role owns its database and may create others, but is no superuser: what the schema forbids, such as changing
    the ledger, stays forbidden for the application.
    """
    connection = _connect(port, SUPERUSER, "postgres", passwords)
    try:
        connection.autocommit = True
        role, name, word = sql.Identifier(ROLE), sql.Identifier(DATABASE), sql.Literal(passwords[ROLE])
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (ROLE,))
            verb = sql.SQL("ALTER" if cursor.fetchone() else "CREATE")
            cursor.execute(sql.SQL("{} ROLE {} LOGIN CREATEDB PASSWORD {}").format(verb, role, word))
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,))
            if not cursor.fetchone():
                cursor.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(name, role))
    finally:
        connection.close()
