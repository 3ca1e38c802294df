"""Who asks: tokens, remembered for a few seconds, and how often each may ask.

The gate is asked for every order, so the database is not asked for every token: a token that was revoked opens nothing
after KEPT_SECONDS at the latest. While the database is away, those known last are let in, for a gate that can't tell
who asks would answer nobody; they end on their day all the same.

Rates are counted in this process's memory: a token may ask so often at each process, and nothing slow or shared stands
in the gate's way.
"""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import anyio.to_thread
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from starlette.requests import Request

from dashboard.i18n import _
from dashboard.web.api.problems import ProblemError, is_database_away
from db.enums import ApiScope
from services.context import unit_of_work
from services.errors import N_, NotAllowedError
from services.machines.tokens import Bearer, WrongTokenError, bearer_of, fingerprint_of

KEPT_SECONDS = 5.0
#: How long tokens known last are let in while the database is away.
KEPT_AWAY_SECONDS = 24 * 3600.0
#: How soon the database is asked again after it did not answer.
AWAY_SECONDS = 2.0
_MOST_KEPT = 4096
#: Wrong tokens from one address a minute.
WRONG_PER_MINUTE = 60
_LONGEST = 200


@dataclass(frozen=True)
class _Known:
    """A token as the database had it at `known_at`; not asked again before `asks_at`."""

    known_at: float
    asks_at: float
    bearer: Bearer


_kept: dict[bytes, _Known] = {}
_lock = threading.Lock()
_limiter = SlidingWindowCounterRateLimiter(MemoryStorage())


def forget_all() -> None:
    """Ask the database again for every token, and count anew."""
    with _lock:
        _kept.clear()
    _limiter.storage.reset()


def needs(scope: ApiScope | None) -> Callable[[Request], Awaitable[Bearer]]:
    """What a route depends on: whose token this is, where it has the scope and has not asked too often."""

    async def bearer(request: Request) -> Bearer:
        address = request.client.host if request.client else "-"
        held = await _held(_secret_of(request), address)
        _ensure_rate(held.per_minute, "token", held.actor.login)
        if scope is not None and scope not in held.scopes:
            raise NotAllowedError(N_("This needs a token with the scope %(scope)s."), scope=scope.value)
        return held

    return bearer


def _secret_of(request: Request) -> str:
    kind, _blank, secret = request.headers.get("authorization", "").partition(" ")
    return secret.strip() if kind.lower() == "bearer" and len(secret) <= _LONGEST else ""


async def _held(secret: str, address: str) -> Bearer:
    key, now = fingerprint_of(secret), time.monotonic()
    with _lock:
        known = _kept.get(key)
    if known is not None and now < known.asks_at:
        return _not_ended(known.bearer)
    if known is None:
        _ensure_rate(WRONG_PER_MINUTE, "wrong", address, counts=False)
    try:
        held = await anyio.to_thread.run_sync(_asked, secret)
    except WrongTokenError:
        with _lock:
            _kept.pop(key, None)
        _ensure_rate(WRONG_PER_MINUTE, "wrong", address)
        raise
    except Exception as error:
        if known is None or now - known.known_at > KEPT_AWAY_SECONDS or not is_database_away(error):
            raise
        _keep(key, _Known(known.known_at, now + AWAY_SECONDS, known.bearer))
        return _not_ended(known.bearer)
    _keep(key, _Known(now, now + KEPT_SECONDS, held))
    return held


def _keep(key: bytes, known: _Known) -> None:
    with _lock:
        if len(_kept) >= _MOST_KEPT:
            _kept.clear()
        _kept[key] = known


def _asked(secret: str) -> Bearer:
    with unit_of_work() as ctx:
        return bearer_of(ctx, secret)


def _not_ended(held: Bearer) -> Bearer:
    if dt.datetime.now(dt.UTC) >= held.expires_at:
        raise WrongTokenError(N_("The token is missing, not known, revoked or expired."))
    return held


def _ensure_rate(per_minute: int, *who: str, counts: bool = True) -> None:
    limit = RateLimitItemPerMinute(per_minute)
    if (_limiter.hit if counts else _limiter.test)(limit, *who):
        return
    seconds = max(1, round(_limiter.get_window_stats(limit, *who).reset_time - time.time()))
    detail = _("At most %(most)s requests a minute are answered. Ask again in %(seconds)s seconds.")
    raise ProblemError(
        "too_many", detail % {"most": per_minute, "seconds": seconds}, headers={"retry-after": str(seconds)}
    )
