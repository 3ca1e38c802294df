"""Tokens of other systems: shown once, kept as a hash, never without an end."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from db.enums import ApiScope, DepartmentKind, Role
from services import access
from services.context import SYSTEM, Context
from services.errors import IllegalMoveError, NotAllowedError, NotFoundError, RefusedError, StaleError
from services.machines import tokens
from services.machines.tokens import WrongTokenError, bearer_of, make_token, revoke_token
from services.policy import set_policy
from tests.services.makers import as_actor, make_department, make_user


@pytest.fixture
def admin(ctx: Context) -> Context:
    office = make_department(ctx, "ADMIN", DepartmentKind.ADMINISTRATION)
    return as_actor(ctx, make_user(ctx, "adam", Role.ADMIN, office))


def test_a_token_opens_what_its_scopes_say_and_only_its_hash_is_kept(admin: Context) -> None:
    make_department(admin, "NORTH")
    made = make_token(admin, " erp-orders ", ["status", "gate"], days=30, department="NORTH", per_minute=60)
    assert made.secret.startswith("glk_")
    assert len(made.secret) == 4 + 43
    assert made.row.hint == made.secret[:8] + "…"
    rows = "SELECT (SELECT t::text FROM api_token t) || (SELECT string_agg(e::text, '') FROM ledger_entry e)"
    stored = admin.session.execute(text(rows)).scalar_one()
    assert made.secret not in stored
    assert made.secret[8:] not in stored
    held = bearer_of(admin, made.secret)
    assert (held.actor.login, held.actor.department_code, held.per_minute) == ("api:erp-orders", "NORTH", 60)
    assert held.scopes == {ApiScope.GATE, ApiScope.STATUS}
    assert access.may(held.actor, "customer.read")
    assert not access.may(held.actor, "metric.read")
    assert held.expires_at == admin.now + dt.timedelta(days=30)


@pytest.mark.parametrize("secret", ["", "glk_", "glk_wrong", "\ud800", "Bearer x"])
def test_a_token_that_nobody_made_opens_nothing(ctx: Context, secret: str) -> None:
    with pytest.raises(WrongTokenError):
        bearer_of(ctx, secret)


def test_a_token_ends_on_its_day_and_when_it_is_revoked(admin: Context) -> None:
    ends, revoked = make_token(admin, "a", ["gate"], days=1), make_token(admin, "b", ["gate"])
    revoke_token(admin, revoked.row.id, revoked.row.version)
    with pytest.raises(WrongTokenError):
        bearer_of(admin, revoked.secret)
    with pytest.raises(IllegalMoveError):
        revoke_token(admin, revoked.row.id)
    admin.now += dt.timedelta(days=1) - dt.timedelta(seconds=1)
    assert bearer_of(admin, ends.secret).actor.login == "api:a"
    admin.now += dt.timedelta(seconds=1)
    with pytest.raises(WrongTokenError):
        bearer_of(admin, ends.secret)
    assert [(row.name, row.revoked_by, row.is_usable(admin.now)) for row in tokens.tokens(admin)] == [
        ("a", None, False), ("b", "adam", False),
    ]  # fmt: skip


def test_its_use_is_noted_once_a_minute(admin: Context) -> None:
    made, began = make_token(admin, "a", ["gate"]), admin.now
    seen = []
    for seconds in (0, 59, 60):
        admin.now = began + dt.timedelta(seconds=seconds)
        bearer_of(admin, made.secret)
        admin.session.expire_all()
        seen.append(tokens.token_by_name(admin, "a").last_used_at)
    assert seen == [began, began, began + dt.timedelta(seconds=60)]


def test_making_is_refused_with_a_sentence(admin: Context) -> None:
    set_policy(as_actor(admin, SYSTEM), "token_longest_days", "30")
    made = make_token(admin, "a", ["gate"], days=30)
    for name, scopes, more, words in (
        ("a", ["gate"], {}, "There is or was a token"),
        ("no spaces", ["gate"], {}, "up to 40 letters"),
        ("b", [], {}, "Choose what"),
        ("b", ["root"], {}, "no scope “root”. Scopes: gate, screen, status, metrics, events"),
        ("b", ["gate"], {"days": 31}, "1 to 30 days"),
        ("b", ["gate"], {"days": 0}, "1 to 30 days"),
        ("b", ["gate"], {"days": 1, "per_minute": 0}, "1 to 1000000 calls"),
    ):
        with pytest.raises(RefusedError, match=words):
            make_token(admin, name, scopes, **{"days": 1, **more})  # type: ignore[arg-type]
    with pytest.raises(NotFoundError, match="no department"):
        make_token(admin, "b", ["gate"], days=1, department="NOWHERE")
    with pytest.raises(StaleError):
        revoke_token(admin, made.row.id, made.row.version + 1)
    with pytest.raises(NotFoundError):
        revoke_token(admin, 999)
    reader = as_actor(admin, make_user(admin, "rita", Role.RISK, make_department(admin, "RISK", DepartmentKind.RISK)))
    with pytest.raises(NotAllowedError):
        make_token(reader, "c", ["gate"], days=1)
    with pytest.raises(NotAllowedError):
        tokens.tokens(reader)


@pytest.mark.parametrize(
    "change",
    ["scopes = '{root}'", "scopes = '{}'", "fingerprint = 'x'", "expires_at = made_at", "per_minute = 0",
     "revoked_at = now()"],
)  # fmt: skip
def test_the_database_holds_it_too(admin: Context, change: str) -> None:
    make_token(admin, "a", ["gate"])
    with pytest.raises(IntegrityError):
        admin.session.execute(text(f"UPDATE api_token SET {change}"))


def test_the_ledger_has_who_made_and_revoked_it(admin: Context) -> None:
    made = make_token(admin, "a", ["gate", "events"])
    revoke_token(admin, made.row.id)
    entries = "SELECT actor, action, after->>'name' FROM ledger_entry WHERE action LIKE 'api%' ORDER BY seq"
    rows = admin.session.execute(text(entries))
    assert [tuple(row) for row in rows] == [("adam", "api_token.made", "a"), ("adam", "api_token.revoked", "a")]
