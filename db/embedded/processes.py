"""The server as a process: whether it runs, what its port is, what a crash left behind."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_PID_FILE = "postmaster.pid"
# Below the ports that systems hand out for outgoing connections (from 32768 on Linux), so that a kept port stays free.
_FIRST_PORT, _LAST_PORT = 20_000, 32_000


@dataclass(frozen=True)
class Postmaster:
    """A running server: its process and its port on 127.0.0.1."""

    pid: int
    port: int


def pid_file(data: Path) -> Path:
    """The file in which Postgres keeps the process that serves a data folder."""
    return data / _PID_FILE


@dataclass(frozen=True)
class Sighting:
    """What was read when a server was seen alive: its pid file and its command line.

    As long as both read the same, it is that server, alive. Reading them again costs some microseconds.
    """

    pid_file: str
    noted: bytes
    process: str
    command: bytes

    def holds(self) -> bool:
        """Whether the server seen then still runs."""
        try:
            with open(self.pid_file, "rb") as noted, open(self.process, "rb") as command:
                return noted.read() == self.noted and command.read() == self.command
        except OSError:
            return False


def sighting(server: Postmaster, data: Path) -> Sighting | None:
    """Remember a server that answers; None where the system has no /proc, or if it has just gone."""
    file, process = pid_file(data), _PROC / str(server.pid) / "cmdline"
    try:
        noted, command = file.read_bytes(), process.read_bytes()
    except OSError:
        return None
    return Sighting(str(file), noted, str(process), command) if command else None


def running(data: Path) -> Postmaster | None:
    """The server that serves `data`, or None.

    A file left by a crash is no server, nor is a process that got its number since.
    Raises PermissionError where the data belong to another account.
    """
    try:
        lines = pid_file(data).read_text(encoding="utf-8", errors="replace").splitlines()
        found = Postmaster(int(lines[0]), int(lines[3]))
    except (FileNotFoundError, NotADirectoryError, ValueError, IndexError):
        return None
    return found if serves(found.pid, data) else None


def clear_stale_pid_file(data: Path) -> None:
    """Remove the pid file of a server that is gone. Postgres keeps away from data while any process has its number."""
    path = pid_file(data)
    if not path.exists():
        return
    first = path.read_text(encoding="utf-8", errors="replace").partition("\n")[0]
    if not first.lstrip("-").isdigit() or not serves(abs(int(first)), data):
        path.unlink(missing_ok=True)


def serves(pid: int, data: Path) -> bool:
    """Whether process `pid` is a Postgres server of `data`. In doubt yes: two servers on one folder destroy it."""
    command = command_line(pid)
    if not command or Path(command[0]).stem not in ("postgres", "postmaster"):
        return False  # gone, a zombie, or a number that somebody else got
    try:
        return (_PROC / str(pid) / "cwd").readlink() == data
    except OSError:  # no /proc, or root without the right to look (containers)
        pass
    if str(data) in command:
        return True
    return "-D" not in command and not any(part.startswith("-D") for part in command)


def command_line(pid: int) -> list[str]:
    """The words with which a process was started; empty if there is none, or if it is a zombie."""
    if _PROC.joinpath("self", "cmdline").exists():
        try:
            raw = _PROC.joinpath(str(pid), "cmdline").read_bytes()
        except OSError:
            return []
        return [os.fsdecode(part) for part in raw.rstrip(b"\0").split(b"\0")] if raw else []
    if os.name == "nt":
        return _windows_image(pid)
    done = subprocess.run(  # noqa: S603
        ["/bin/ps", "-ww", "-o", "stat=,command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    state, _, command = done.stdout.strip().partition(" ")
    return [] if not state or state.startswith("Z") else _split_bsd(command.strip())


def _split_bsd(command: str) -> list[str]:
    """`ps` joins words by blanks; what matters here is the program and the folder after -D."""
    program, mark, rest = command.partition(" -D ")
    return [program.split(" -")[0], "-D", rest.partition(" -h ")[0]] if mark else [program]


def _windows_image(pid: int) -> list[str]:
    done = subprocess.run(  # noqa: S603
        ["tasklist", "/fo", "csv", "/nh", "/fi", f"PID eq {pid}"],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    )
    return [done.stdout.split('"')[1]] if done.stdout.startswith('"') else []


def leftovers(data: Path) -> list[int]:
    """Processes of a dead server that still work on `data`: they end when they next look up from a long query."""
    found = []
    for entry in _PROC.glob("[0-9]*"):
        try:
            is_here = (entry / "cwd").readlink() == data
            if is_here and (entry / "comm").read_text(encoding="utf-8").strip() == "postgres":
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def end_leftovers(data: Path) -> None:
    """Tell them to end at once. Only while no server serves `data`; recovery undoes what they had not committed."""
    for pid in leftovers(data):
        try:
            os.kill(pid, signal.SIGQUIT)
        except OSError:
            continue


def is_free(port: int) -> bool:
    """Whether a server could listen on that port of 127.0.0.1."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        if os.name == "posix":  # as Postgres does; elsewhere the option would allow two listeners
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
            probe.listen(1)
        except OSError:
            return False
    return True


def free_port() -> int:
    """A port of 127.0.0.1 on which nobody listens."""
    for _ in range(200):
        port = secrets.choice(range(_FIRST_PORT, _LAST_PORT))
        if is_free(port):
            return port
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def kept_port(file: Path) -> int:
    """The port kept in `file` if it is still free, else a new one (which the caller keeps)."""
    try:
        port = int(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return free_port()
    return port if 1024 <= port <= 65_535 and is_free(port) else free_port()
