"""What can go wrong with the embedded server, said so that an officer can act on it."""

from __future__ import annotations

import errno
import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def N_(sentence: str) -> str:
    """Mark a sentence for the catalogues. It is translated where it is shown, not here."""
    return sentence


class EmbeddedServerError(Exception):
    """The embedded server cannot be used.

    `template` is an English sentence with %(name)s placeholders (the key in the catalogues), `params` fills them.
    """

    def __init__(self, template: str, **params: object) -> None:
        super().__init__(template % params if params else template)
        self.template = template
        self.params: dict[str, object] = params


DISK_FULL = N_(
    "The disk that holds %(folder)s is full. Free some space and start Greyledger again; "
    "nothing that was saved is lost."
)
MAY_NOT_WRITE = N_(
    "The account %(account)s may not read and write in the folder %(folder)s. "
    "Give it that right, or set GREYLEDGER_HOME to another folder."
)
READ_ONLY_DISK = N_(
    "The disk that holds %(folder)s cannot be written to. Make it writable, or set GREYLEDGER_HOME to another folder."
)
FOLDER_UNUSABLE = N_("The folder %(folder)s cannot be used: %(reason)s. Set GREYLEDGER_HOME to another folder.")
WRONG_KIND_OF_DISK = N_(
    "The disk that holds %(folder)s does not keep the owner and the rights of files, which the database needs. "
    "Set GREYLEDGER_HOME to a folder on a local disk."
)
MEMORY_SHORT = N_("There is not enough free memory to start the database. Close other programs and start again.")
START_FAILED = N_("The database in %(folder)s could not be started: %(reason)s. Details are in %(log)s.")

# What Postgres writes (with LC_MESSAGES=C), in the order of trust: the cause comes before what follows from it.
_SAID_BY_POSTGRES: tuple[tuple[str, str], ...] = (
    ("No space left on device", DISK_FULL),
    ("Disk quota exceeded", DISK_FULL),
    ("Read-only file system", READ_ONLY_DISK),
    ("has wrong ownership", WRONG_KIND_OF_DISK),
    ("has invalid permissions", WRONG_KIND_OF_DISK),
    ("could not change permissions of directory", WRONG_KIND_OF_DISK),
    ("Cannot allocate memory", MEMORY_SHORT),
    ("Permission denied", MAY_NOT_WRITE),
    ("Operation not permitted", MAY_NOT_WRITE),
)


def current_account() -> str:
    """The name of the account that runs this process, or its number where it has no name."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return str(os.geteuid()) if hasattr(os, "geteuid") else "?"


def from_os_error(error: OSError, folder: Path, account: str) -> EmbeddedServerError:
    """The refusal that says what an error of the operating system in a folder means."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return EmbeddedServerError(DISK_FULL, folder=folder)
    if error.errno in (errno.EACCES, errno.EPERM):
        return EmbeddedServerError(MAY_NOT_WRITE, folder=folder, account=account)
    if error.errno == errno.EROFS:
        return EmbeddedServerError(READ_ONLY_DISK, folder=folder)
    return EmbeddedServerError(FOLDER_UNUSABLE, folder=folder, reason=error.strerror or type(error).__name__)


def from_output(output: str, folder: Path, account: str, log: Path) -> EmbeddedServerError:
    """The refusal that says what the output of initdb, pg_ctl or postgres means. Unknown output is quoted: one line."""
    for words, template in _SAID_BY_POSTGRES:
        if words in output:
            return EmbeddedServerError(template, folder=folder, account=account)
    return EmbeddedServerError(START_FAILED, folder=folder, reason=_telling_line(output), log=log)


def _telling_line(output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip() and "Examine the log" not in line]
    for mark in ("FATAL:", "PANIC:", "error:", "ERROR:"):
        for line in reversed(lines):
            if mark in line:
                return line.partition(mark)[2].strip().rstrip(".")
    return lines[-1].rstrip(".") if lines else "no reason given"


@contextmanager
def plain_words(folder: Path) -> Iterator[None]:
    """Turn an OSError about files in `folder` into an EmbeddedServerError."""
    try:
        yield
    except OSError as error:
        raise from_os_error(error, folder, current_account()) from error
