"""A process beside the web server: the worker, the API. Started again when it dies, never left behind."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
import time

_STOP_SECONDS = 20
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 60.0
_SOUND_AFTER = 60.0

_logger = logging.getLogger("greyledger")


class WorkerProcess:
    """Keeps one `greyledger worker` (or another command that knows `--attended`) running until `stop`.

    It gets a group of its own, so that Ctrl-C reaches this process only, and stops when its input is closed:
    so it ends even if this process is killed.
    """

    def __init__(
        self, command: tuple[str, ...] = ("-m", "dashboard.cli", "worker", "--attended"), name: str = "worker"
    ) -> None:
        self._command, self._name = [sys.executable, *command], name
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._keep, name=name, daemon=True)

    def start(self) -> None:
        """Start it, and look after it in a thread."""
        self._thread.start()

    def stop(self) -> None:
        """Let it end what it does, then end it. Safe to call when it never started."""
        self._stopping.set()
        with self._lock:
            process = self._process
        if process is not None:
            _end(process)
        if self._thread.ident is not None:
            self._thread.join(_STOP_SECONDS)

    @property
    def pid(self) -> int | None:
        """The number of the process, while there is one."""
        with self._lock:
            return self._process.pid if self._process and self._process.poll() is None else None

    def _keep(self) -> None:
        pause = _FIRST_PAUSE
        while not self._stopping.is_set():
            started = time.monotonic()
            with self._lock:
                if self._stopping.is_set():
                    return
                self._process = subprocess.Popen(  # noqa: S603  (our own program)
                    self._command, stdin=subprocess.PIPE, start_new_session=True
                )
            code = self._process.wait()
            if self._stopping.is_set():
                return
            pause = _FIRST_PAUSE if time.monotonic() - started > _SOUND_AFTER else min(pause * 2, _LONGEST_PAUSE)
            _logger.error("the %s ended with %s; starting it again in %.0f s", self._name, code, pause)
            self._stopping.wait(pause)


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.stdin:
        process.stdin.close()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
