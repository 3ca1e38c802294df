"""Which account runs the server, and what it can reach.

Postgres refuses to run as root. Root therefore starts it as an unprivileged account: the owner of the data, else the
owner of the home folder, else an account made for Greyledger, else `nobody`. Rights of folders that exist are never
changed for it; what it cannot reach is put where it can.
"""

from __future__ import annotations

import errno
import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from db.embedded.errors import N_, EmbeddedServerError, current_account

if os.name == "posix":
    import pwd

# An administrator who wants an account of its own for the database makes one of this name; nothing else to set.
OWN_ACCOUNT = "greyledger"
_CANDIDATES = (OWN_ACCOUNT, "nobody", "daemon")

NO_ACCOUNT = N_(
    "The database refuses to run as the administrator, and no other account can be used on this machine. "
    "Start Greyledger as an ordinary user, or set DATABASE_URL to a Postgres server."
)
PROGRAM_SILENT = N_("The database program %(program)s gave no answer within %(seconds)s seconds.")


@dataclass(frozen=True)
class Account:
    """Who runs the server. `uid` is None for the account of this process: nothing is switched then."""

    name: str
    uid: int | None = None
    gid: int | None = None

    def switch(self) -> dict[str, object]:
        """What `subprocess` needs to run a program as this account."""
        return {} if self.uid is None else {"user": self.uid, "group": self.gid, "extra_groups": []}

    def take(self, path: Path) -> None:
        """Make this account the owner of one file or folder (not of what it contains; a link is not followed)."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)


def is_root() -> bool:
    """Whether this process runs as root."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def account_for(home: Path, data: Path) -> Account:
    """The account for the server of `home`, whose data folder is, or will be, `data`."""
    if not is_root():
        return Account(current_account())
    owner = data.stat().st_uid if data.exists() else 0
    if owner != 0:  # data brought from another machine may belong to a number without a name: postgres minds not
        return _named(owner) or Account(str(owner), owner, owner)
    owner = home.stat().st_uid if home.exists() else 0
    of_home = _named(owner) if owner != 0 else None
    if of_home:
        return of_home
    for name in _CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return Account(name, entry.pw_uid, entry.pw_gid)
    raise EmbeddedServerError(NO_ACCOUNT)


def _named(uid: int) -> Account | None:
    """The account of that number if it has a name: initdb refuses a mere number."""
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        return None
    return Account(entry.pw_name, uid, entry.pw_gid)


@dataclass(frozen=True)
class Outcome:
    """How a program ended: its exit code, and everything it wrote."""

    code: int
    output: str


def run_as(
    account: Account,
    command: Sequence[str | Path],
    *,
    env: dict[str, str] | None = None,
    stdin: str | None = None,
    output_to: int | None = None,
    timeout: float = 60,
) -> Outcome:
    """Run a program as `account` with a clean environment, in a session of its own, and wait for its end.

    A session of its own keeps Ctrl-C in the terminal of the web process away from the server. With `output_to` (a file
    descriptor) the program's children may go on writing there after its end; nothing is returned then as output.
    """
    given = {"stdin": subprocess.DEVNULL} if stdin is None else {"input": stdin}
    try:
        done = subprocess.run(  # type: ignore[call-overload]  # noqa: S603
            [str(part) for part in command],
            env=clean_environment() | (env or {}),
            stdout=subprocess.PIPE if output_to is None else output_to,
            stderr=subprocess.STDOUT,
            cwd=Path(str(command[0])).anchor or "/",
            start_new_session=True,
            encoding="utf-8",
            errors="replace",
            timeout=timeout,
            check=False,
            **given,
            **account.switch(),
        )
    except subprocess.TimeoutExpired as error:
        raise EmbeddedServerError(PROGRAM_SILENT, program=command[0], seconds=int(timeout)) from error
    except OSError as error:
        if account.uid is not None and error.errno in (errno.EPERM, errno.EINVAL):  # root that may not be another
            raise EmbeddedServerError(NO_ACCOUNT) from error
        return Outcome(126, f"{command[0]}: {error.strerror}")
    return Outcome(done.returncode, done.stdout or "")


def clean_environment() -> dict[str, str]:
    """What the server's programs see: nothing of the user's settings (PGPORT, PGOPTIONS, LD_LIBRARY_PATH, language)."""
    kept = {name: os.environ[name] for name in ("SystemRoot", "TEMP", "TMP") if name in os.environ}
    return kept | {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


def can_enter(account: Account, folder: Path) -> bool:
    """Whether `account` can walk into `folder`, tried by doing it: modes alone do not tell (ACLs, network disks)."""
    if account.uid is None:
        return True
    return run_as(account, ["/bin/sh", "-c", 'cd -- "$1"', "sh", folder], timeout=20).code == 0
