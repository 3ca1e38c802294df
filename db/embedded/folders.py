"""Where the embedded server keeps things.

    <home>/postgres            the data folder (root: a link, where the server's account cannot enter <home>)
    <home>/postgres.lock       held while the server is made, started or stopped
    <home>/postgres-start.log  what the last start wrote
    <home>/postgres/log/       what the running server writes
    <home>/postgres/greyledger.{conf,port,pgpass}

"Place" is the folder in which the data folder really lies: the home, or a folder outside it that the account can enter.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from db.embedded.accounts import Account, can_enter, is_root
from db.embedded.errors import N_, EmbeddedServerError, from_os_error, plain_words
from db.embedded.processes import running

APPLICATION = "greyledger"
LOGS_KEPT = 10
_OUTSIDE = Path("/var/lib/greyledger")
_NOTE = "greyledger-home"  # in a place outside the home: whose it is

DATA_GONE = N_(
    "The database of %(home)s was kept in %(folder)s, and that folder is gone. Bring it back, "
    "or remove the link %(link)s and start again to begin with an empty database."
)
DATA_OF_ANOTHER_HOME = N_(
    "%(home)s is a copy of %(other)s, and both name the same database in %(folder)s. Use %(other)s, "
    "or remove the link %(link)s and restore a backup into the copy."
)
NO_PLACE = N_(
    "The account %(account)s, which runs the database, cannot enter the folder %(folder)s. "
    "Set GREYLEDGER_HOME to a folder that every account may enter, or start Greyledger as an ordinary user."
)


def home_folder() -> Path:
    """The folder of this installation's own files: `GREYLEDGER_HOME`, else the platform's folder for user data."""
    wanted = os.environ.get("GREYLEDGER_HOME", "")
    if wanted:
        return Path(wanted).expanduser().absolute()
    return platformdirs.user_data_path(APPLICATION, appauthor=False)


@dataclass(frozen=True)
class Layout:
    """The names of the server's files for one home folder."""

    home: Path

    @property
    def link(self) -> Path:
        """The data folder by its name in the home."""
        return self.home / "postgres"

    @property
    def data(self) -> Path:
        """The data folder by its real name, which is how the running server knows it."""
        return Path(os.path.realpath(self.link))

    @property
    def lock(self) -> Path:
        return self.home / "postgres.lock"

    @property
    def start_log(self) -> Path:
        return self.home / "postgres-start.log"

    @property
    def logs(self) -> Path:
        return self.link / "log"

    @property
    def port_file(self) -> Path:
        return self.data / f"{APPLICATION}.port"

    @property
    def password_file(self) -> Path:
        """Passwords of both roles in the format of PGPASSFILE, so that psql and pg_dump can be pointed at it."""
        return self.data / f"{APPLICATION}.pgpass"

    @property
    def settings_file(self) -> Path:
        return self.data / f"{APPLICATION}.conf"

    def make_home(self) -> None:
        """Create the home folder. Made by root it may be walked through, not listed, by the server's account."""
        with plain_words(self.home):
            self.home.parent.mkdir(parents=True, exist_ok=True)
            try:
                self.home.mkdir(mode=0o700)
            except FileExistsError:
                if not self.home.is_dir():
                    raise
                return
            if is_root():
                self.home.chmod(0o711)

    def check_link(self) -> None:
        """Refuse a link to data that is gone, or that another home uses. A moved home takes its data along."""
        if not self.link.is_symlink():
            return
        if not self.data.is_dir():
            raise EmbeddedServerError(DATA_GONE, home=self.home, folder=self.data, link=self.link)
        note = self.data.parent / _NOTE
        named = Path(note.read_text(encoding="utf-8").strip()) if note.exists() else self.home
        if named == self.home:
            return
        if Layout(named).link.is_symlink() and Layout(named).data == self.data and not named.samefile(self.home):
            raise EmbeddedServerError(
                DATA_OF_ANOTHER_HOME, home=self.home, other=named, folder=self.data, link=self.link
            )
        write_private(note, f"{self.home}\n")

    def leave(self, place: Path) -> None:
        """Remove a place made outside the home in which no data came to lie."""
        if place != self.home and not self.link.is_symlink():
            shutil.rmtree(place, ignore_errors=True)

    def own_place(self) -> Path | None:
        """The folder outside the home that was made for its data, if there is one."""
        place = self.data.parent
        note = place / _NOTE
        is_ours = self.link.is_symlink() and place.name.startswith(f"{APPLICATION}-") and note.is_file()
        return place if is_ours and note.read_text(encoding="utf-8").strip() == str(self.home) else None

    def give(self, path: Path) -> None:
        """Hand a file that root made in somebody's home to the owner of that home."""
        owner = self.home.stat()
        if is_root() and owner.st_uid != 0:
            os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)

    def place_for(self, account: Account) -> Path:
        """A folder that `account` can enter, for data not made yet: the home, else a new folder outside it.

        For a home below the folder of passing files the new one is there too, so that both pass together.
        """
        if can_enter(account, self.home):
            return self.home
        passing = Path(tempfile.gettempdir()).resolve()
        bases = [passing] if self.home.resolve().is_relative_to(passing) else []
        for base in (*bases, _OUTSIDE):
            try:
                if base == _OUTSIDE and not base.exists():
                    base.mkdir(parents=True)
                    base.chmod(0o711)
                if not can_enter(account, base):
                    continue
                if base == passing:
                    _sweep(base)
                place = Path(tempfile.mkdtemp(prefix=f"{APPLICATION}-", dir=base))
                place.chmod(0o711)
                write_private(place / _NOTE, f"{self.home}\n")
            except OSError as error:
                raise from_os_error(error, base, account.name) from error
            return place
        raise EmbeddedServerError(NO_PLACE, account=account.name, folder=self.home)


def _sweep(passing: Path) -> None:
    """Remove data whose home was among the passing files too and has passed (test runs leave such)."""
    for note in passing.glob(f"{APPLICATION}-*/{_NOTE}"):
        try:
            is_ours = note.parent.lstat().st_uid == 0 and note.lstat().st_uid == 0
            home = Path(note.read_text(encoding="utf-8").strip()) if is_ours else passing
            if home.is_relative_to(passing) and not home.exists() and not running(note.parent / "postgres"):
                shutil.rmtree(note.parent, ignore_errors=True)
        except OSError:
            continue


def write_private(path: Path, text: str, account: Account | None = None) -> None:
    """Write a file that only `account` (and root) can read, whole or not at all; never through a link at its name."""
    handle, fresh = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if account:
            account.take(Path(fresh))
        Path(fresh).replace(path)
    except BaseException:
        Path(fresh).unlink(missing_ok=True)
        raise


def prune_logs(logs: Path, kept: int = LOGS_KEPT) -> None:
    """Remove all but the newest log files. The server begins a new one every 10 MB and never removes any."""
    try:
        files = sorted(logs.glob("postgres-*.log"), reverse=True)  # the names carry the time
        for file in files[kept:]:
            file.unlink(missing_ok=True)
    except OSError:
        return  # another account's logs: not worth refusing a start
