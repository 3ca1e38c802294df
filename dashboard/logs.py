"""Where faults are written: a file in the home folder, turned over at 5 MB, the last five kept; and the terminal."""

from __future__ import annotations

import logging
import secrets
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path

from db.embedded import home_folder

_SIZE, _KEPT = 5_000_000, 5
_FORMAT = "%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s"


def log_file() -> Path:
    """The file that faults are written to."""
    return home_folder() / "logs" / "greyledger.log"


def write_logs(*, terminal: bool) -> None:
    """Send warnings and errors to the file, and to the terminal where the program stays in the foreground.

    A home folder that cannot be written to must not stop the program: then the terminal has to do.
    """
    handlers: list[logging.Handler] = []
    try:
        log_file().parent.mkdir(parents=True, exist_ok=True)
        handlers.append(RotatingFileHandler(log_file(), maxBytes=_SIZE, backupCount=_KEPT, encoding="utf-8"))
    except OSError:
        terminal = True
    if terminal:
        handlers.append(logging.StreamHandler(sys.stderr))
    logging.basicConfig(level=logging.WARNING, format=_FORMAT, handlers=handlers, force=True)


def logged_fault(error: BaseException) -> str:
    """Log a fault with its traceback; the id under which it can be found."""
    fault_id = secrets.token_hex(4)
    logging.getLogger("greyledger").error("fault %s", fault_id, exc_info=error)
    return fault_id
