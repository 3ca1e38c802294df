"""Making the data folder, and what is written into it: rights, passwords, settings."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from pathlib import Path

from db.embedded.accounts import Account, run_as
from db.embedded.errors import N_, EmbeddedServerError, from_output, plain_words
from db.embedded.folders import APPLICATION, Layout, write_private
from db.embedded.programs import Programs

SUPERUSER = "postgres"
ROLE = APPLICATION
DATABASE = APPLICATION
_INIT_SECONDS = 180
_SETUP = "postgres-setup-"
_MAX_SHARED_MEMORY_NEEDED = 512 * 1024 * 1024

OTHER_MAJOR = N_(
    "The database in %(folder)s was made by Postgres %(found)s, but the programs here are Postgres %(ours)s. "
    "Set GREYLEDGER_PG_BIN to the programs of Postgres %(found)s, make a backup, and restore it into a new folder."
)
NOT_A_DATABASE = N_(
    "The folder %(folder)s exists but holds no database of Greyledger. "
    "Move it away and start again, or set GREYLEDGER_HOME to another folder."
)

# Local sockets are off, other machines cannot come in, and nobody comes in without a password.
_HBA = "host all all 127.0.0.1/32 scram-sha-256\n"

_SETTINGS = """\
# Written by Greyledger at each start. Own settings: below the line in postgresql.conf that includes this file,
# or ALTER SYSTEM. Port and address are given at start and cannot be changed here.
fsync = on
full_page_writes = on
synchronous_commit = on
max_connections = 100
shared_buffers = 256MB
work_mem = 16MB
maintenance_work_mem = 128MB
dynamic_shared_memory_type = {shared_memory}
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'
password_encryption = 'scram-sha-256'
logging_collector = on
log_directory = 'log'
log_filename = 'postgres-%Y%m%d-%H%M%S.log'
log_rotation_size = 10MB
log_rotation_age = 0
log_file_mode = 0600
log_checkpoints = off
log_line_prefix = '%m [%p] '
# Statements and the details of errors quote rows: names, identity numbers, phones. They stay out of the log.
log_statement = 'none'
log_min_error_statement = 'panic'
log_error_verbosity = 'terse'
"""


def make_data(layout: Layout, programs: Programs, account: Account, place: Path) -> None:
    """Make the data folder of `layout` in `place`, under another name until it is whole.

    Leftovers of a try that was cut short are removed. Raises EmbeddedServerError with the cause (full disk, missing
    rights, no memory).
    """
    with plain_words(place):
        for leftover in place.glob(f"{_SETUP}*"):
            shutil.rmtree(leftover, ignore_errors=True)
        work = Path(tempfile.mkdtemp(prefix=_SETUP, dir=place))
        try:
            account.take(work)
            _init(work, layout, programs, account)
            (work / "data").rename(place / "postgres")
            _settle(place)
            if place != layout.home:
                layout.link.symlink_to(place / "postgres", target_is_directory=True)
                _settle(layout.home)
        finally:
            shutil.rmtree(work, ignore_errors=True)


def _init(work: Path, layout: Layout, programs: Programs, account: Account) -> None:
    data, secret = work / "data", work / "secret"
    passwords = new_passwords()
    write_private(secret, passwords[SUPERUSER] + "\n", account)
    for locale in _locales(programs.major):
        command: list[str | Path] = [
            programs.path("initdb"),
            "-D",
            data,
            "-U",
            SUPERUSER,
            "-E",
            "UTF8",
            "--data-checksums",
        ]
        command += ["--auth=scram-sha-256", f"--pwfile={secret}", "--no-instructions", *locale]
        outcome = run_as(account, command, timeout=_INIT_SECONDS)
        if outcome.code == 0:
            break
        shutil.rmtree(data, ignore_errors=True)
        if "invalid locale name" not in outcome.output:
            raise from_output(outcome.output, layout.home, account.name, layout.start_log)
    else:
        raise from_output(outcome.output, layout.home, account.name, layout.start_log)
    write_private(data / "pg_hba.conf", _HBA, account)
    main = data / "postgresql.conf"
    write_private(
        main, f"{main.read_text(encoding='utf-8')}\ninclude_if_exists = '{layout.settings_file.name}'\n", account
    )
    write_passwords(data / layout.password_file.name, passwords, account)


def _locales(major: int) -> list[list[str]]:
    """The same order of texts on every machine: Postgres's own C.UTF-8 from 17 on, else the machine's, else plain C."""
    if major >= 17:
        return [["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]]
    return [["--locale=C.UTF-8", "--locale-provider=libc"], ["--locale=C", "--locale-provider=libc"]]


def _settle(folder: Path) -> None:
    """Make a rename in `folder` outlive a power cut."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def check_data(layout: Layout, programs: Programs) -> None:
    """Refuse a folder that is no database of ours, or one of another major version."""
    version_file = layout.data / "PG_VERSION"
    with plain_words(layout.link):
        if not version_file.exists() or not (layout.data / "global" / "pg_control").exists():
            raise EmbeddedServerError(NOT_A_DATABASE, folder=layout.link)
        found = version_file.read_text(encoding="utf-8").strip()
    if found != str(programs.major):
        raise EmbeddedServerError(OTHER_MAJOR, folder=layout.link, found=found, ours=programs.major)


def write_settings(layout: Layout, account: Account) -> None:
    """Write the settings of this version of Greyledger, for the next start."""
    text = _SETTINGS.format(shared_memory=_shared_memory())
    with plain_words(layout.link):
        write_private(layout.settings_file, text, account)


def _shared_memory() -> str:
    """Where parallel queries keep what they share. Containers often have a /dev/shm of 64 MB, too small for them."""
    if os.name == "nt":
        return "windows"
    try:
        return "posix" if shutil.disk_usage("/dev/shm").total >= _MAX_SHARED_MEMORY_NEEDED else "mmap"  # noqa: S108
    except OSError:
        return "posix"  # no such folder: the system keeps shared memory elsewhere (Mac)


def new_passwords() -> dict[str, str]:
    """A random password of 256 bits for each role, of characters that need no quoting in addresses and files."""
    return {role: secrets.token_urlsafe(32) for role in (SUPERUSER, ROLE)}


def write_passwords(file: Path, passwords: dict[str, str], account: Account) -> None:
    """Keep the passwords (0600, PGPASSFILE format)."""
    write_private(file, "".join(f"127.0.0.1:*:*:{role}:{word}\n" for role, word in passwords.items()), account)


def read_passwords(file: Path) -> dict[str, str] | None:
    """Password by role, or None if the file is missing or not whole."""
    try:
        rows = [line.split(":") for line in file.read_text(encoding="utf-8").splitlines()]
    except FileNotFoundError:
        return None
    passwords = {row[3]: row[4] for row in rows if len(row) == 5}
    return passwords if passwords.keys() >= {SUPERUSER, ROLE} else None


def renew_passwords(layout: Layout, programs: Programs, account: Account) -> None:
    """Give both roles new passwords while the server is off: the way back in after the password file was lost."""
    passwords = new_passwords()
    statements = [f"ALTER ROLE {SUPERUSER} PASSWORD '{passwords[SUPERUSER]}'"]
    # The second role may not exist yet; then the single-user server reports an error and goes on.
    statements.append(f"ALTER ROLE {ROLE} PASSWORD '{passwords[ROLE]}'")
    command: list[str | Path] = [programs.path("postgres"), "--single", "-D", layout.data]
    command += ["-c", "logging_collector=off", SUPERUSER]
    outcome = run_as(account, command, stdin=";\n".join([*statements, ""]), timeout=_INIT_SECONDS)
    if outcome.code != 0:
        raise from_output(outcome.output, layout.link, account.name, layout.start_log)
    with plain_words(layout.link):
        write_passwords(layout.password_file, passwords, account)
