"""Signing in and out. A session is a row; the browser holds a token, the database only its SHA-256.

These functions open their own transactions: an attempt has to be remembered although the request is refused.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Collection

from sqlalchemy import ColumnElement, delete, func, or_, select, text, update

from db.enums import Role
from db.models import AppSession, AppUser, Department, EarlyWarningHold, SignInAttempt
from services import ledger
from services.context import SYSTEM, Actor, Context, unit_of_work
from services.errors import N_, RefusedError
from services.users.passwords import NOBODYS_HASH, is_right, normal_login, rehashed

IDLE_LIMIT = dt.timedelta(hours=12)
ABSOLUTE_LIMIT = dt.timedelta(days=7)
#: `last_seen_at` is written at most this often: a page makes dozens of requests.
SEEN_STEP = dt.timedelta(minutes=5)

FREE_ATTEMPTS = 5
#: More for one address: a whole office may share it.
FREE_ATTEMPTS_OF_ADDRESS = 50
FIRST_WAIT = dt.timedelta(seconds=15)
LONGEST_WAIT = dt.timedelta(minutes=15)
_ATTEMPTS_LOCK = 7_205_336

WRONG_SIGN_IN = N_("The name or the password is not right. Check both and try again.")
TOO_MANY_ATTEMPTS = N_("Too many wrong sign-ins. Wait %(seconds)s seconds and try again.")


class WrongSignInError(RefusedError):
    """The name and the password do not belong together. Does not say which of the two is wrong."""


class TooManyAttemptsError(RefusedError):
    """Guessing is slowed down."""


# --- rules


def wait_after(attempts: int, free_attempts: int = FREE_ATTEMPTS) -> dt.timedelta:
    """How long after the last wrong attempt nothing is listened to: doubled each time, up to a quarter of an hour."""
    if attempts < free_attempts:
        return dt.timedelta(0)
    return min(LONGEST_WAIT, FIRST_WAIT * (1 << min(attempts - free_attempts, 10)))


def is_over(created_at: dt.datetime, last_seen_at: dt.datetime, now: dt.datetime) -> bool:
    """True when a session ended by itself: idle for 12 hours, or 7 days old."""
    return now - last_seen_at >= IDLE_LIMIT or now - created_at >= ABSOLUTE_LIMIT


def token_hash(token: str) -> bytes:
    """What is stored of a session's token."""
    return hashlib.sha256(token.encode()).digest()


# --- commands


def authenticate(
    login: str, password: str, ip: str | None, *, browser: str | None = None, now: dt.datetime | None = None
) -> tuple[Actor, str]:
    """Check a name and a password; start a session and return who it is and the session's token.

    Raises:
        TooManyAttemptsError: this name or this address has guessed too often; nothing was checked.
        WrongSignInError: they do not belong together, or the person may not sign in any more.
    """
    login = normal_login(login)[:200]
    with unit_of_work(SYSTEM, now) as ctx:
        _count_attempt(ctx, login, ip)
    with unit_of_work(SYSTEM, now) as ctx:
        user = ctx.session.scalar(select(AppUser).where(AppUser.login == login, AppUser.is_active))
        fits = is_right(user.password_hash if user else NOBODYS_HASH, password)
        if user is None or not fits:
            raise WrongSignInError(WRONG_SIGN_IN)
        user.password_hash = rehashed(user.password_hash, password)
        return _start_session(ctx, user, ip, browser)


def _count_attempt(ctx: Context, login: str, ip: str | None) -> None:
    """Count the attempt before it is checked, so that guesses sent all at once are counted too."""
    ctx.session.execute(
        text("SELECT pg_advisory_xact_lock(:lock, hashtext(:login))"), {"lock": _ATTEMPTS_LOCK, "login": login}
    )
    _ensure_no_wait(ctx, SignInAttempt.login == login, FREE_ATTEMPTS)
    if ip is not None:
        _ensure_no_wait(ctx, SignInAttempt.ip == ip, FREE_ATTEMPTS_OF_ADDRESS)
    ctx.session.execute(delete(SignInAttempt).where(SignInAttempt.at < ctx.now - dt.timedelta(days=1)))
    ctx.session.add(SignInAttempt(login=login, ip=ip, at=ctx.now))


def _ensure_no_wait(ctx: Context, who: ColumnElement[bool], free_attempts: int) -> None:
    found = select(func.count(), func.max(SignInAttempt.at)).where(who, SignInAttempt.at > ctx.now - LONGEST_WAIT)
    attempts, last = ctx.session.execute(found).one()
    left = last + wait_after(attempts, free_attempts) - ctx.now if last else dt.timedelta(0)
    if left > dt.timedelta(0):
        raise TooManyAttemptsError(TOO_MANY_ATTEMPTS, seconds=int(left.total_seconds()) + 1)


def _start_session(ctx: Context, user: AppUser, ip: str | None, browser: str | None) -> tuple[Actor, str]:
    has_ended = or_(AppSession.expires_at <= ctx.now, AppSession.last_seen_at <= ctx.now - IDLE_LIMIT)
    ctx.session.execute(delete(SignInAttempt).where(SignInAttempt.login == user.login))
    ctx.session.execute(delete(AppSession).where(AppSession.user_id == user.id, has_ended))
    token = secrets.token_urlsafe(32)
    ctx.session.add(
        AppSession(
            token_sha256=token_hash(token),
            user_id=user.id,
            created_at=ctx.now,
            last_seen_at=ctx.now,
            expires_at=ctx.now + ABSOLUTE_LIMIT,
            ip=ip,
            browser=(browser or "")[:300] or None,
        )
    )
    actor = _actor(ctx, user)
    ledger.record(Context(ctx.session, actor, ctx.now), "session.started", f"app_user:{user.id}")
    return actor, token


def sign_out(token: str) -> None:
    """End the session of a token. Nothing happens if it is over already."""
    with unit_of_work(SYSTEM) as ctx:
        ended = delete(AppSession).where(AppSession.token_sha256 == token_hash(token)).returning(AppSession.user_id)
        user_id = ctx.session.scalar(ended)
        user = ctx.session.get(AppUser, user_id) if user_id is not None else None
        if user is not None:
            let_go(ctx, [user.id])
            ledger.record(Context(ctx.session, _actor(ctx, user), ctx.now), "session.ended", f"app_user:{user.id}")


def let_go(ctx: Context, people: Collection[int]) -> None:
    """What these people had open on the triage desk is free at once: whose session ended reads nothing."""
    ctx.session.execute(delete(EarlyWarningHold).where(EarlyWarningHold.user_id.in_(list(people))))


def forget_ended(ctx: Context) -> None:
    """Remove sessions that are over and attempts that no longer count, of everybody. The worker does it daily."""
    is_over = or_(AppSession.expires_at <= ctx.now, AppSession.last_seen_at <= ctx.now - IDLE_LIMIT)
    ctx.session.execute(delete(AppSession).where(is_over))
    ctx.session.execute(delete(SignInAttempt).where(SignInAttempt.at < ctx.now - dt.timedelta(days=1)))


# --- reads


def actor_of_session(token: str, *, now: dt.datetime | None = None) -> Actor | None:
    """Who is signed in with a token; None when the session is unknown, over, revoked, or the person may not sign in."""
    return actor_of_session_hash(token_hash(token), now=now)


def actor_of_session_hash(token_sha256: bytes, *, now: dt.datetime | None = None) -> Actor | None:
    """Who is signed in with the token of this hash. Notes that the session was seen, at most every five minutes."""
    with unit_of_work(SYSTEM, now) as ctx:
        found = ctx.session.execute(
            select(AppSession, AppUser)
            .join(AppUser, AppUser.id == AppSession.user_id)
            .where(AppSession.token_sha256 == token_sha256, AppUser.is_active)
        ).first()
        if found is None:
            return None
        session, user = found
        if is_over(session.created_at, session.last_seen_at, ctx.now):
            return None
        if ctx.now - session.last_seen_at >= SEEN_STEP:
            seen = update(AppSession).where(AppSession.token_sha256 == token_sha256)
            ctx.session.execute(seen.values(last_seen_at=ctx.now))
        return _actor(ctx, user)


def actor_by_login(ctx: Context, login: str) -> Actor | None:
    """The active person with this sign-in name."""
    user = ctx.session.scalar(select(AppUser).where(AppUser.login == normal_login(login), AppUser.is_active))
    return _actor(ctx, user) if user else None


def _actor(ctx: Context, user: AppUser) -> Actor:
    return Actor(
        login=user.login,
        name=user.name,
        role=Role(user.role),
        user_id=user.id,
        department_id=user.department_id,
        department_code=ctx.session.scalar(select(Department.code).where(Department.id == user.department_id)),
        language=user.language,
    )
