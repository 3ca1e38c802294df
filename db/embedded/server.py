"""The embedded server of one home folder: start, stop, state."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg2
from filelock import FileLock, Timeout
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt, stop_after_delay, wait_fixed

from db.embedded.access import NotPreparedError, ServerGoneError, address, await_answer, prepare
from db.embedded.accounts import Account, account_for, run_as
from db.embedded.cluster import (
    check_data,
    make_data,
    read_passwords,
    renew_passwords,
    write_settings,
)
from db.embedded.errors import (
    MAY_NOT_WRITE,
    N_,
    EmbeddedServerError,
    current_account,
    from_os_error,
    from_output,
    plain_words,
)
from db.embedded.folders import Layout, home_folder, prune_logs, write_private
from db.embedded.processes import (
    Postmaster,
    Sighting,
    clear_stale_pid_file,
    end_leftovers,
    kept_port,
    running,
    sighting,
)
from db.embedded.programs import Programs, discard_copies, find_programs, programs_for, programs_in

START_SECONDS = 180
STOP_SECONDS = 60
_LOCK_SECONDS = 2 * START_SECONDS + 60
_AGAIN_SECONDS = 60
_PATIENCE = 3  # seconds that what a crash left behind may go on before it is ended

LOCKED = N_(
    "Another program of Greyledger has been starting or stopping the database in %(folder)s for %(seconds)s seconds. "
    "Wait for it, or end it, and start again."
)
DATA_OF_ANOTHER_ACCOUNT = N_(
    "The database in %(folder)s belongs to another account of this machine (%(owner)s). "
    "Start Greyledger with that account, or set GREYLEDGER_HOME to a folder of your own."
)
NO_PASSWORDS = N_(
    "The password file %(file)s is missing or damaged. Stop the database with `greyledger db stop` and start "
    "Greyledger again: it then makes new passwords. No rows are lost."
)
STOP_FAILED = N_("The database in %(folder)s did not stop within %(seconds)s seconds.")


@dataclass(frozen=True)
class ServerStatus:
    """What is known of a home's server without touching it. `pid` and `port` are None while it is off."""

    home: Path
    data: Path
    logs: Path
    is_made: bool
    is_running: bool
    pid: int | None
    port: int | None
    major: int | None


class _TryAgainError(Exception):
    """A start failed for a reason that passes, or that a new port avoids."""


# One line per home of this process: a server that answered, and its URL. Callers ask at every session.
_answered: dict[Path, tuple[Sighting, str]] = {}


class EmbeddedServer:
    """The Postgres server of one home folder. Objects are cheap and keep no state: the folder does."""

    def __init__(self, home: Path | None = None) -> None:
        self.home = home.expanduser().absolute() if home is not None else home_folder()
        self.layout = Layout(self.home)

    def ensure_running(self) -> str:
        """The SQLAlchemy URL of the database `greyledger`, after making and starting the server where needed.

        Any number of processes may call at once. Costs some microseconds while the server runs.
        Raises EmbeddedServerError with a sentence for the officer.
        """
        known = _answered.get(self.home)
        if known and known[0].holds():
            return known[1]
        self._running()  # first, for a better sentence than the lock's where the data belong to another account
        with self._locked():
            self._check_link()
            asking = Retrying(retry=retry_if_exception_type(ServerGoneError), stop=stop_after_attempt(3), reraise=True)
            try:
                server, url = asking(self._answering)
            except ServerGoneError as error:
                said = _text(self.layout.start_log)
                raise from_output(said, self.layout.link, current_account(), self.layout.logs) from error
        prune_logs(self.layout.logs)
        seen = sighting(server, self.layout.data)
        if seen:
            _answered[self.home] = (seen, url)
        return url

    def stop(self) -> bool:
        """Stop the server, letting running transactions roll back. False if it was not running."""
        if self._running() is None:
            return False
        with self._locked():
            self._check_link()
            return self._halt("fast", "immediate")  # the second only if a process will not end; it loses nothing

    def status(self) -> ServerStatus:
        """What is there now. Changes nothing and starts nothing."""
        layout, server = self.layout, self._running()
        with plain_words(layout.link):
            version = layout.data / "PG_VERSION"
            major = int(version.read_text(encoding="utf-8")) if version.exists() else None
        return ServerStatus(
            home=self.home,
            data=layout.data,
            logs=layout.logs,
            is_made=major is not None,
            is_running=server is not None,
            pid=server.pid if server else None,
            port=server.port if server else None,
            major=major,
        )

    def discard(self) -> bool:
        """Stop the server and delete its data for good. For tests and samples. False if there was nothing."""
        layout = self.layout
        if not layout.link.exists() and not layout.link.is_symlink():
            return False
        with self._locked(), plain_words(layout.link):
            if layout.data.exists():
                layout.check_link()
            self._halt("immediate")
            shutil.rmtree(layout.own_place() or layout.data, ignore_errors=True)
            if layout.link.is_symlink():
                layout.link.unlink()
            discard_copies(layout.home)
        return True

    def _check_link(self) -> None:
        with plain_words(self.layout.link):
            self.layout.check_link()

    def _running(self) -> Postmaster | None:
        data = self.layout.data
        try:
            return running(data)
        except PermissionError as error:
            raise self._not_ours() from error
        except OSError as error:
            raise from_os_error(error, self.layout.link, current_account()) from error

    def _not_ours(self) -> EmbeddedServerError:
        try:
            owner = self.layout.data.owner()
        except (KeyError, OSError, NotImplementedError):  # a folder above is closed already
            return EmbeddedServerError(MAY_NOT_WRITE, folder=self.home, account=current_account())
        return EmbeddedServerError(DATA_OF_ANOTHER_ACCOUNT, folder=self.layout.link, owner=owner)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Hold the home's lock: one process at a time makes, starts or stops."""
        self.layout.make_home()
        lock = FileLock(self.layout.lock, timeout=_LOCK_SECONDS)
        try:
            lock.acquire(poll_interval=0.02)
        except Timeout as error:
            raise EmbeddedServerError(LOCKED, folder=self.home, seconds=_LOCK_SECONDS) from error
        except OSError as error:
            raise from_os_error(error, self.home, current_account()) from error
        try:
            with plain_words(self.home):
                self.layout.give(self.layout.lock)
            yield
        finally:
            lock.release()

    def _passwords(self) -> dict[str, str]:
        try:
            passwords = read_passwords(self.layout.password_file)
        except PermissionError as error:
            raise self._not_ours() from error
        if passwords is None:
            raise EmbeddedServerError(NO_PASSWORDS, file=self.layout.password_file)
        return passwords

    def _answering(self) -> tuple[Postmaster, str]:
        """A server that answers, and its URL; started and prepared where needed. The lock is held."""
        server = self._running() or self._start()
        passwords = self._passwords()

        def is_alive() -> bool:
            return self._running() == server

        try:
            await_answer(server.port, passwords, START_SECONDS, is_alive)
        except NotPreparedError:
            self._prepare(server, passwords)
            await_answer(server.port, passwords, START_SECONDS, is_alive)
        return server, address(server.port, passwords)

    def _prepare(self, server: Postmaster, passwords: dict[str, str]) -> None:
        try:
            prepare(server.port, passwords)
        except psycopg2.OperationalError as error:
            if "password authentication failed" in str(error):
                raise EmbeddedServerError(NO_PASSWORDS, file=self.layout.password_file) from error
            raise

    def _start(self) -> Postmaster:
        """Make the data folder if there is none, and start the server on it. The lock is held."""
        layout = self.layout
        with plain_words(self.home):
            account = account_for(self.home, layout.data)
        programs = programs_for(account, layout.data.parent) if layout.link.exists() else self._make(account)
        check_data(layout, programs)
        with plain_words(layout.link):
            self._check_owner(account)
            clear_stale_pid_file(layout.data)
        if read_passwords(layout.password_file) is None:
            renew_passwords(layout, programs, account)
        write_settings(layout, account)
        trying = Retrying(
            retry=retry_if_exception_type(_TryAgainError),
            stop=stop_after_delay(_AGAIN_SECONDS),
            wait=wait_fixed(0.2),
            after=self._end_leftovers,
            reraise=True,
        )
        try:
            return trying(self._launch, programs, account)
        except _TryAgainError as error:
            raise from_output(str(error), layout.link, account.name, layout.start_log) from error

    def _make(self, account: Account) -> Programs:
        """Make the data folder; a try that fails leaves nothing."""
        find_programs()
        place = self.layout.place_for(account)
        try:
            programs = programs_for(account, place)
            make_data(self.layout, programs, account, place)
        except BaseException:
            self.layout.leave(place)
            raise
        return programs

    def _check_owner(self, account: Account) -> None:
        """Postgres serves only data of its own account. Data that root has put back from a copy are handed over."""
        if account.uid is not None and self.layout.data.stat().st_uid == 0:
            for folder, folders, files in os.walk(self.layout.data):
                for name in (*folders, *files):
                    account.take(Path(folder, name))
            account.take(self.layout.data)
        wanted = os.geteuid() if account.uid is None and os.name == "posix" else account.uid
        if wanted is not None and self.layout.data.stat().st_uid != wanted:
            raise self._not_ours()

    def _end_leftovers(self, state: RetryCallState) -> None:
        if (state.seconds_since_start or 0) > _PATIENCE:
            end_leftovers(self.layout.data)

    def _launch(self, programs: Programs, account: Account) -> Postmaster:
        """One try to start. Raises _TryAgainError if the port was taken meanwhile or an old process still lingers."""
        layout = self.layout
        port = kept_port(layout.port_file)
        with plain_words(self.home):
            write_private(layout.port_file, f"{port}\n", account)
            layout.start_log.unlink(missing_ok=True)
            log = os.open(layout.start_log, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
            layout.give(layout.start_log)
        before = _sizes(layout.logs)
        command: list[str | Path] = [programs.path("pg_ctl"), "start", "-w", "-t", str(START_SECONDS)]
        command += ["-p", _in_double_quotes(programs.path("postgres")), "-o", _server_options(layout.data, port)]
        try:
            env = {"PGDATA": str(layout.data)}
            outcome = run_as(account, command, env=env, output_to=log, timeout=START_SECONDS + 20)
        finally:
            os.close(log)
        server = running(layout.data)
        if server:  # perhaps still recovering after the time-out of pg_ctl; who asks next waits for its answer
            return server
        said = outcome.output + _text(layout.start_log)
        said += "".join(_text(file, before.get(file, 0)) for file in sorted(_sizes(layout.logs)))
        for passing in ("Address already in use", "pre-existing shared memory block", "lock file"):
            if passing in said:
                raise _TryAgainError(said)
        raise from_output(said, layout.link, account.name, layout.start_log)

    def _halt(self, *modes: str) -> bool:
        """End the server by the first of pg_ctl's modes that does. False if it was not running. The lock is held."""
        if self._running() is None:
            return False
        account = account_for(self.home, self.layout.data)
        command: list[str | Path] = [self._stopping_program(), "stop", "-D", self.layout.data, "-w", "-m"]
        for mode in modes:
            run_as(account, [*command, mode, "-t", str(STOP_SECONDS)], timeout=STOP_SECONDS + 20)
            if self._running() is None:
                _answered.pop(self.home, None)
                return True
        raise EmbeddedServerError(STOP_FAILED, folder=self.layout.link, seconds=len(modes) * STOP_SECONDS)

    def _stopping_program(self) -> Path:
        """pg_ctl of the programs that serve now; settings may name others since."""
        options = self.layout.data / "postmaster.opts"
        with plain_words(self.layout.link):
            program = options.read_text(encoding="utf-8").split(' "', 1)[0] if options.exists() else ""
        now = programs_in(Path(program).parent) if program else None
        return (now or find_programs()).path("pg_ctl")


def _server_options(data: Path, port: int) -> str:
    """What only a start decides, as pg_ctl hands it to the shell. An empty -k: no local socket."""
    words = ["-D", str(data), "-h", "127.0.0.1", "-p", str(port), "-k", ""]
    return subprocess.list2cmdline(words) if os.name == "nt" else shlex.join(words)


def _in_double_quotes(program: Path) -> str:
    """A path as pg_ctl wants it: it puts double quotes around and hands it to the shell."""
    text = str(program)
    if os.name == "nt":
        return text
    return "".join(f"\\{letter}" if letter in '\\$`"' else letter for letter in text)


def _sizes(logs: Path) -> dict[Path, int]:
    """How long each log file is. Starts within one second write into the same file."""
    return {file: file.stat().st_size for file in logs.glob("*.log")}


def _text(file: Path, offset: int = 0) -> str:
    try:
        return file.read_bytes()[offset:].decode("utf-8", errors="replace")
    except OSError:
        return ""
