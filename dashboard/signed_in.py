"""Who is signed in with which session, remembered for a few seconds: one page asks dozens of times.

Used by the gate in front of every request and by every page and fragment. Signing out forgets at once in this process;
other processes notice within `KEPT_SECONDS`.
"""

from __future__ import annotations

import threading
import time

from services.context import Actor
from services.users import actor_of_session_hash

KEPT_SECONDS = 5.0
_MOST = 4096

_kept: dict[bytes, tuple[float, Actor | None]] = {}
_lock = threading.Lock()


def actor_of(session: bytes) -> Actor | None:
    """The person whose session has this token hash, at most KEPT_SECONDS old; None when the session is over."""
    now = time.monotonic()
    with _lock:
        known = _kept.get(session)
    if known and now - known[0] < KEPT_SECONDS:
        return known[1]
    actor = actor_of_session_hash(session)
    with _lock:
        if len(_kept) >= _MOST:
            _kept.clear()
        _kept[session] = (now, actor)
    return actor


def forget(session: bytes | None = None) -> None:
    """Ask the database again for this session, or for all."""
    with _lock:
        if session is None:
            _kept.clear()
        else:
            _kept.pop(session, None)
