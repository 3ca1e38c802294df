"""Tokens of other systems: made and revoked by administrators, kept as SHA-256 only, never without an end.

A token carries rights by scope and nothing of a role (services/access.py). The act of a machine stands in the ledger as
`api:NAME`; names are therefore never used twice, not even after a token was revoked.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select, update

from db.enums import ApiScope, Role
from db.models import ApiToken, Department
from services import access, data_versions, ledger
from services.context import Actor, Context
from services.errors import N_, IllegalMoveError, NotFoundError, RefusedError
from services.states import ensure_fresh

PREFIX = "glk_"
ACTOR_PREFIX = "api:"
DEFAULT_DAYS, DEFAULT_PER_MINUTE, MOST_PER_MINUTE = 90, 6_000, 1_000_000
#: `last_used_at` is written at most this often: an ERP asks for every order.
USED_STEP = dt.timedelta(minutes=1)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_BYTES = 32


class WrongTokenError(RefusedError):
    """No token, an unknown one, or one that has ended. Does not say which."""


@dataclass(frozen=True)
class TokenRow:
    """A token as it is shown. `hint` is its beginning: enough to recognise, too little to use."""

    id: int
    name: str
    hint: str
    scopes: tuple[ApiScope, ...]
    department: str | None
    per_minute: int
    made_by: str
    made_at: dt.datetime
    expires_at: dt.datetime
    last_used_at: dt.datetime | None
    revoked_at: dt.datetime | None
    revoked_by: str | None
    version: int

    def is_usable(self, now: dt.datetime) -> bool:
        """Whether it opens anything."""
        return self.revoked_at is None and now < self.expires_at


@dataclass(frozen=True)
class Bearer:
    """What a door needs of the one who holds a token."""

    actor: Actor
    scopes: frozenset[ApiScope]
    per_minute: int
    expires_at: dt.datetime


@dataclass(frozen=True)
class NewToken:
    """A token just made; `secret` is shown this once."""

    row: TokenRow
    secret: str


# --- rules


def fingerprint_of(secret: str) -> bytes:
    """What is kept of a token: its secret has 256 bits, so that no slow hash is needed."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def actor_for(name: str, scopes: Collection[str], department_id: int | None, department: str | None) -> Actor:
    """The machine as an actor: its scopes' rights, and a role that lends it nothing."""
    rights = frozenset[str]().union(*(access.RIGHTS_OF_SCOPE[ApiScope(scope)] for scope in scopes))
    return Actor(
        login=f"{ACTOR_PREFIX}{name}", name=name, role=Role.VIEWER, department_id=department_id,
        department_code=department, rights=rights,
    )  # fmt: skip


# --- commands


def make_token(
    ctx: Context,
    name: str,
    scopes: Collection[str],
    *,
    days: int = DEFAULT_DAYS,
    department: str | None = None,
    per_minute: int = DEFAULT_PER_MINUTE,
) -> NewToken:
    """Make a token. Its secret is in the answer and nowhere else.

    Raises:
        NotAllowedError, NotFoundError, RefusedError: nothing was made.
    """
    access.ensure_may(ctx, "api.manage")
    name = name.strip()
    _ensure_makeable(ctx, name, scopes, days, per_minute)
    secret = PREFIX + secrets.token_urlsafe(_BYTES)
    row = ApiToken(
        name=name, fingerprint=fingerprint_of(secret), hint=f"{secret[: len(PREFIX) + 4]}…",
        scopes=[one.value for one in ApiScope if one in set(scopes)],
        department_id=_department_id(ctx, department), per_minute=per_minute, made_by=ctx.actor.login,
        made_at=ctx.now, expires_at=ctx.now + dt.timedelta(days=days),
    )  # fmt: skip
    ctx.session.add(row)
    ctx.session.flush()
    after = {
        "name": name, "scopes": row.scopes, "department": department, "per_minute": per_minute,
        "expires_at": row.expires_at,
    }  # fmt: skip
    ledger.record(ctx, "api_token.made", f"api_token:{row.id}", after=after)
    data_versions.bump(ctx, "machines")
    return NewToken(_row(row, department), secret)


def _ensure_makeable(ctx: Context, name: str, scopes: Collection[str], days: int, per_minute: int) -> None:
    if not _NAME.fullmatch(name):
        raise RefusedError(N_("A token's name has up to 40 letters, digits, dots and dashes, such as erp-orders."))
    if not scopes:
        raise RefusedError(N_("Choose what the token may be used for."))
    for scope in scopes:
        if scope not in set(ApiScope):
            raise RefusedError(
                N_("There is no scope “%(scope)s”. Scopes: %(scopes)s."), scope=scope, scopes=", ".join(ApiScope)
            )
    longest = ctx.policy_history.on(ctx.today).token_longest_days
    if not 1 <= days <= longest:
        raise RefusedError(N_("A token ends after 1 to %(days)s days."), days=longest)
    if not 1 <= per_minute <= MOST_PER_MINUTE:
        raise RefusedError(N_("A token may make 1 to %(most)s calls a minute."), most=MOST_PER_MINUTE)
    if ctx.session.scalar(select(ApiToken.id).where(ApiToken.name == name)) is not None:
        raise RefusedError(
            N_("There is or was a token called %(name)s. The ledger tells them apart by name: choose another."),
            name=name,
        )


def _department_id(ctx: Context, code: str | None) -> int | None:
    if not code:
        return None
    found = ctx.session.scalar(select(Department.id).where(Department.code == code))
    if found is None:
        raise NotFoundError(N_("There is no department with the code “%(code)s”."), code=code)
    return found


def revoke_token(ctx: Context, token_id: int, version: int | None = None) -> TokenRow:
    """End a token now; doors that remember it notice within seconds.

    Raises:
        NotAllowedError, NotFoundError, StaleError, IllegalMoveError: nothing was changed.
    """
    access.ensure_may(ctx, "api.manage")
    row = ctx.session.get(ApiToken, token_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFoundError(N_("There is no such token."))
    if row.revoked_at is not None:
        raise IllegalMoveError(N_("This token was revoked already."))
    if version is not None:
        ensure_fresh(version, row.version)
    row.revoked_at, row.revoked_by = ctx.now, ctx.actor.login
    row.version, row.changed_at = row.version + 1, ctx.now
    ctx.session.flush()
    ledger.record(ctx, "api_token.revoked", f"api_token:{row.id}", after={"name": row.name})
    data_versions.bump(ctx, "machines")
    return _row(row, None)


# --- reads


def tokens(ctx: Context) -> tuple[TokenRow, ...]:
    """All tokens, those in use first, then the newest.

    Raises:
        NotAllowedError: the actor may not see them.
    """
    access.ensure_may(ctx, "api.read")
    found = (
        select(ApiToken, Department.code)
        .outerjoin(Department, Department.id == ApiToken.department_id)
        .order_by(ApiToken.revoked_at.is_not(None), ApiToken.made_at.desc(), ApiToken.id.desc())
    )
    return tuple(_row(row, code) for row, code in ctx.session.execute(found))


def token_by_name(ctx: Context, name: str) -> TokenRow:
    """One token.

    Raises:
        NotAllowedError, NotFoundError: the actor may not see it, or there is none of this name.
    """
    found = [row for row in tokens(ctx) if row.name == name]
    if not found:
        raise NotFoundError(N_("There is no token called %(name)s."), name=name)
    return found[0]


def bearer_of(ctx: Context, secret: str) -> Bearer:
    """Who holds a token; notes its use, at most once a minute. Its scopes are looked at by the door.

    Raises:
        WrongTokenError: nobody, any more.
    """
    wanted = fingerprint_of(secret)
    found = select(ApiToken, Department.code).outerjoin(Department, Department.id == ApiToken.department_id)
    one = ctx.session.execute(found.where(ApiToken.fingerprint == wanted)).first()
    row, code = (None, None) if one is None else (one[0], one[1])
    # The index has found it; compared once more in constant time, so that nothing hangs on how an index compares.
    is_same = hmac.compare_digest(row.fingerprint if row is not None else bytes(_BYTES), wanted)
    if row is None or not is_same or row.revoked_at is not None or ctx.now >= row.expires_at:
        raise WrongTokenError(N_("The token is missing, not known, revoked or expired."))
    if row.last_used_at is None or ctx.now - row.last_used_at >= USED_STEP:
        used = update(ApiToken).where(ApiToken.id == row.id).values(last_used_at=ctx.now)
        ctx.session.execute(used.execution_options(synchronize_session=False))
    actor = actor_for(row.name, row.scopes, row.department_id, code)
    return Bearer(actor, frozenset(ApiScope(one) for one in row.scopes), row.per_minute, row.expires_at)


def _row(row: ApiToken, department: str | None) -> TokenRow:
    return TokenRow(
        row.id, row.name, row.hint, tuple(ApiScope(one) for one in row.scopes), department, row.per_minute, row.made_by,
        row.made_at, row.expires_at, row.last_used_at, row.revoked_at, row.revoked_by, row.version,
    )  # fmt: skip
