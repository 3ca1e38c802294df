"""The whole database in one file, and back (pg_dump and pg_restore, those of the embedded server where they are there).

A backup is written beside its name first: the file is whole or not there. A restore is one transaction: it brings back
everything or changes nothing.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from sqlalchemy import URL, make_url, text

from db.embedded import EmbeddedServerError, binaries
from db.session import database_url, engine
from db.upgrade import upgrade
from services.errors import N_, RefusedError

NO_PROGRAM = N_("The program %(program)s was not found. Install the client programs of Postgres 15 or later.")
FAILED = N_("%(program)s refused: %(reason)s")
NO_FILE = N_("There is no file %(file)s.")
NO_BACKUP = N_("%(file)s is not a backup of Greyledger. Nothing was changed.")
NOT_EMPTY = N_(
    "The database holds data already. Nothing was changed. To replace them by the backup, stop Greyledger, make a "
    "backup of the present state, and repeat the command with --overwrite."
)
#: What every backup of ours has in its list of contents.
_OURS = ("TABLE DATA public ledger_entry", "TABLE DATA public alembic_version")


def backup(file: Path) -> int:
    """Write the database into a file that only its owner may read; the size in bytes. The product may go on working.

    Raises:
        RefusedError: it could not be written; an older file of the name is still there.
    """
    part = file.with_name(f"{file.name}.part")
    try:
        part.touch(mode=0o600)
        _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={part}")
        size = part.stat().st_size
        part.replace(file)
    except OSError as error:
        raise RefusedError(FAILED, program="pg_dump", reason=error.strerror or str(error)) from error
    finally:
        part.unlink(missing_ok=True)
    return size


def restore(file: Path, *, overwrite: bool = False) -> str:
    """Bring a backup back and its schema to the newest version, which is returned.

    Raises:
        RefusedError: no backup, or a database that holds data (without `overwrite`). Nothing was changed.
    """
    if not file.is_file():
        raise RefusedError(NO_FILE, file=file)
    try:
        contents = _run("pg_restore", "--list", str(file), on_database=False)
    except RefusedError as error:
        raise RefusedError(NO_BACKUP, file=file) from error
    if not all(mark in contents for mark in _OURS):
        raise RefusedError(NO_BACKUP, file=file)
    if _has_tables() and not overwrite:
        raise RefusedError(NOT_EMPTY)
    how = ("--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", "--clean", "--if-exists")
    _run("pg_restore", *how, str(file))
    engine().dispose()
    return upgrade()


def _has_tables() -> bool:
    with engine().connect() as connection:
        return bool(connection.execute(text("SELECT to_regclass('public.ledger_entry') IS NOT NULL")).scalar_one())


def _program(name: str) -> str:
    try:
        beside = binaries() / name
    except EmbeddedServerError:
        beside = Path(name)
    found = str(beside) if beside.is_file() else shutil.which(name)
    if found is None:
        raise RefusedError(NO_PROGRAM, program=name)
    return found


def _run(name: str, *arguments: str, on_database: bool = True) -> str:
    """Run one of Postgres's programs; the password goes through the environment, where nobody else sees it."""
    environment = {**os.environ, "LC_MESSAGES": "C"}
    command = [_program(name), *arguments]
    if on_database:
        url = make_url(database_url())
        environment["PGPASSWORD"] = url.password or ""
        plain = URL.create(
            "postgresql", url.username, None, url.host, url.port, url.database, query=url.query
        ).render_as_string()
        command += [f"--dbname={plain}"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if line.strip()]
        raise RefusedError(FAILED, program=name, reason=said[0] if said else f"exit code {done.returncode}")
    return done.stdout
