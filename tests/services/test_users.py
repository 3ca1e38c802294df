"""Signing in: who, how long, how often one may guess, and what is kept of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from db.models import AppSession, AppUser, LedgerEntry, SignInAttempt
from services.context import SYSTEM, Actor, Context, unit_of_work
from services.early_warnings import held_by_others, keep_for_reader
from services.errors import NotAllowedError, NotFoundError, RefusedError
from services.users import (
    TooManyAttemptsError,
    WrongSignInError,
    actor_by_login,
    actor_of_session,
    add_department,
    add_user,
    authenticate,
    choose_language,
    department_name,
    nobody_may_sign_in,
    revoke_sessions,
    sample_as_of,
    sample_sign_ins,
    set_active,
    set_password,
    sign_out,
    token_hash,
    users,
)
from services.users.sessions import is_over, wait_after
from tests.people import PASSWORD, add_person, stand_still
from tests.services.makers import make_customer, make_early_warning

NOON = dt.datetime(2025, 6, 30, 4, 0, tzinfo=dt.UTC)
MINUTE, SECOND, HOUR = dt.timedelta(minutes=1), dt.timedelta(seconds=1), dt.timedelta(hours=1)


# --- rules


@pytest.mark.parametrize(
    ("attempts", "seconds"), [(0, 0), (4, 0), (5, 15), (6, 30), (7, 60), (10, 480), (11, 900), (12, 900), (1000, 900)]
)
def test_waiting_doubles_with_each_wrong_attempt_after_the_fifth(attempts: int, seconds: int) -> None:
    assert wait_after(attempts) == dt.timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("age", "idle", "over"),
    [
        (dt.timedelta(0), dt.timedelta(0), False),
        (12 * HOUR, 12 * HOUR - SECOND, False),
        (12 * HOUR, 12 * HOUR, True),
        (7 * 24 * HOUR - SECOND, MINUTE, False),
        (7 * 24 * HOUR, MINUTE, True),
    ],
)
def test_a_session_ends_after_twelve_idle_hours_or_seven_days(
    age: dt.timedelta, idle: dt.timedelta, over: bool
) -> None:
    assert is_over(NOON - age, NOON - idle, NOON) is over


# --- signing in


def _count(model: type) -> int:
    with unit_of_work() as ctx:
        return ctx.session.scalar(select(func.count()).select_from(model)) or 0


@pytest.mark.usefixtures("database")
def test_the_right_password_starts_a_session_of_which_only_the_hash_is_kept() -> None:
    add_person("ruoheng", "risk", language="zh_Hant")
    actor, token = authenticate(" RuoHeng ", PASSWORD, "10.0.0.1", browser="Firefox", now=NOON)
    assert (actor.login, actor.role, actor.department_code, actor.language) == ("ruoheng", "risk", "RISK", "zh_Hant")
    assert len(token) == 43
    with unit_of_work() as ctx:
        row = ctx.session.scalars(select(AppSession)).one()
        assert row.token_sha256 == token_hash(token)
        assert (row.created_at, row.expires_at) == (NOON, NOON + dt.timedelta(days=7))
        assert (row.ip, row.browser) == ("10.0.0.1", "Firefox")
        user = ctx.session.scalars(select(AppUser)).one()
        assert user.password_hash.startswith("$argon2id$")
        actions = ctx.session.scalars(select(LedgerEntry.action).order_by(LedgerEntry.seq)).all()
        assert actions == ["department.added", "user.added", "session.started"]
    assert actor_of_session(token, now=NOON) == actor
    assert _count(SignInAttempt) == 0


@pytest.mark.usefixtures("database")
def test_no_password_and_no_hash_reaches_the_ledger() -> None:
    add_person("ruoheng")
    with unit_of_work() as ctx:
        set_password(ctx, "ruoheng", "another good one")
    with unit_of_work() as ctx:
        written = str([(entry.before, entry.after) for entry in ctx.session.scalars(select(LedgerEntry))])
    assert "argon2" not in written
    assert PASSWORD not in written
    assert "another good one" not in written


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(
    ("login", "password"), [("ruoheng", "wrong"), ("nobody", PASSWORD), ("", ""), ("x" * 500, "y")]
)
def test_a_wrong_name_and_a_wrong_password_are_refused_in_the_same_words(login: str, password: str) -> None:
    add_person("ruoheng")
    with pytest.raises(WrongSignInError) as refused:
        authenticate(login, password, None)
    assert str(refused.value) == "The name or the password is not right. Check both and try again."
    assert _count(AppSession) == 0
    assert _count(SignInAttempt) == 1


@pytest.mark.usefixtures("database")
def test_the_sixth_guess_has_to_wait_even_with_the_right_password() -> None:
    add_person("ruoheng")
    add_person("keqing")
    for number in range(5):
        with pytest.raises(WrongSignInError):
            authenticate("ruoheng", "wrong", f"10.0.0.{number}", now=NOON)
    with pytest.raises(TooManyAttemptsError) as refused:
        authenticate("ruoheng", PASSWORD, "10.0.0.9", now=NOON + 5 * SECOND)
    assert refused.value.params == {"seconds": 11}
    assert _count(SignInAttempt) == 5
    assert authenticate("keqing", PASSWORD, "10.0.0.9", now=NOON)[0].login == "keqing"
    assert authenticate("ruoheng", PASSWORD, "10.0.0.9", now=NOON + 15 * SECOND)[0].login == "ruoheng"
    assert _count(SignInAttempt) == 0


@pytest.mark.usefixtures("database")
def test_one_address_may_not_try_many_names() -> None:
    add_person("ruoheng")
    with unit_of_work() as ctx:
        ctx.session.add_all(SignInAttempt(login=f"name{number}", ip="10.0.0.1", at=NOON) for number in range(50))
    with pytest.raises(TooManyAttemptsError):
        authenticate("ruoheng", PASSWORD, "10.0.0.1", now=NOON)
    assert authenticate("ruoheng", PASSWORD, "10.0.0.2", now=NOON)[0].login == "ruoheng"


@pytest.mark.usefixtures("database")
def test_attempts_of_yesterday_are_forgotten() -> None:
    with unit_of_work() as ctx:
        ctx.session.add(SignInAttempt(login="x", ip=None, at=NOON - dt.timedelta(days=1, seconds=1)))
    with pytest.raises(WrongSignInError):
        authenticate("y", "wrong", None, now=NOON)
    assert _count(SignInAttempt) == 1


# --- the life of a session


@pytest.mark.usefixtures("database")
def test_a_session_lives_while_it_is_used_and_for_seven_days_at_most() -> None:
    add_person("ruoheng")
    _, token = authenticate("ruoheng", PASSWORD, None, now=NOON)
    day = NOON
    while day < NOON + dt.timedelta(days=7):
        assert actor_of_session(token, now=day) is not None
        day += 11 * HOUR
    assert actor_of_session(token, now=NOON + dt.timedelta(days=7)) is None
    _, token = authenticate("ruoheng", PASSWORD, None, now=NOON)
    assert actor_of_session(token, now=NOON + 12 * HOUR) is None


@pytest.mark.usefixtures("database")
def test_being_seen_is_written_every_five_minutes_only() -> None:
    add_person("ruoheng")
    _, token = authenticate("ruoheng", PASSWORD, None, now=NOON)

    def seen_at() -> dt.datetime | None:
        with unit_of_work() as ctx:
            return ctx.session.scalar(select(AppSession.last_seen_at))

    actor_of_session(token, now=NOON + 5 * MINUTE - SECOND)
    assert seen_at() == NOON
    actor_of_session(token, now=NOON + 5 * MINUTE)
    assert seen_at() == NOON + 5 * MINUTE


@pytest.mark.usefixtures("database")
def test_signing_out_ends_this_session_only_and_twice_is_once() -> None:
    add_person("ruoheng")
    _, here = authenticate("ruoheng", PASSWORD, None)
    _, there = authenticate("ruoheng", PASSWORD, None)
    sign_out(here)
    sign_out(here)
    assert actor_of_session(here) is None
    assert actor_of_session(there) is not None
    assert actor_of_session("never given") is None


@pytest.mark.usefixtures("database")
def test_what_somebody_had_open_is_free_once_the_session_ended() -> None:
    add_person("ruoheng")
    add_person("other", "leader")
    with unit_of_work() as ctx:
        row = make_early_warning(ctx, make_customer(ctx))
        actor, other = actor_by_login(ctx, "ruoheng"), actor_by_login(ctx, "other")
    assert actor is not None
    assert other is not None

    def open_then(end: Callable[[], object]) -> int:
        with unit_of_work(actor) as ctx:
            keep_for_reader(ctx, row.customer_id, row.id)
        with unit_of_work(other) as ctx:
            assert [one.name for one in held_by_others(ctx).values()] == ["Ruoheng"]
        end()
        with unit_of_work(other) as ctx:
            return len(held_by_others(ctx))

    def in_transaction(command: Callable[[Context], object]) -> None:
        with unit_of_work() as ctx:
            command(ctx)

    _, token = authenticate("ruoheng", PASSWORD, None)
    assert open_then(lambda: sign_out(token)) == 0
    authenticate("ruoheng", PASSWORD, None)
    assert open_then(lambda: in_transaction(lambda ctx: revoke_sessions(ctx, "ruoheng"))) == 0
    assert open_then(lambda: in_transaction(lambda ctx: set_active(ctx, "ruoheng", False))) == 0


@pytest.mark.usefixtures("database")
def test_a_new_password_deactivation_and_revocation_end_all_sessions() -> None:
    add_person("ruoheng")
    _, token = authenticate("ruoheng", PASSWORD, None)
    with unit_of_work() as ctx:
        set_password(ctx, "ruoheng", "another good one")
    assert actor_of_session(token) is None
    _, token = authenticate("ruoheng", "another good one", None)
    with unit_of_work() as ctx:
        assert revoke_sessions(ctx, "ruoheng") == 1
    assert actor_of_session(token) is None
    _, token = authenticate("ruoheng", "another good one", None)
    with unit_of_work() as ctx:
        assert set_active(ctx, "ruoheng", False).is_active is False
    assert actor_of_session(token) is None
    with pytest.raises(WrongSignInError):
        authenticate("ruoheng", "another good one", None)
    with unit_of_work() as ctx:
        assert actor_by_login(ctx, "ruoheng") is None


# --- people


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"login": "two words"}, "“two words” can't be a sign-in name. Use letters, digits, dots or dashes."),
        ({"login": "若衡"}, "“若衡” can't be a sign-in name. Use letters, digits, dots or dashes."),
        ({"login": "TAKEN"}, "There is already somebody with the sign-in name “taken”."),
        ({"password": "nine char"}, "The password needs at least 10 characters."),
        ({"login": "longenough", "password": "LongEnough"}, "The password can't be the sign-in name."),
        ({"department_code": "NONE"}, "There is no department with the code “NONE”."),
        ({"language": "fr"}, "There is no language “fr”. Languages: zh_Hans, zh_Hant, en."),
    ],
)
def test_people_who_could_not_sign_in_are_not_added(change: dict[str, str], error: str) -> None:
    add_person("taken")
    wanted = {"login": "new", "name": "New", "role": "risk", "department_code": "RISK", "password": "0123456789"}
    with pytest.raises(RefusedError) as refused, unit_of_work() as ctx:
        add_user(ctx, **(wanted | change))
    assert str(refused.value) == error
    assert _count(AppUser) == 1


@pytest.mark.usefixtures("database")
def test_only_administrators_manage_people() -> None:
    add_person("ruoheng", "risk")
    actor = Actor(login="ruoheng", name="Ruoheng", role="risk", user_id=1)
    for forbidden in (
        lambda ctx: users(ctx),
        lambda ctx: set_password(ctx, "ruoheng", "0123456789"),
        lambda ctx: set_active(ctx, "ruoheng", False),
        lambda ctx: add_department(ctx, "X", "risk"),
        lambda ctx: revoke_sessions(ctx, "somebody"),
    ):
        with pytest.raises(NotAllowedError), unit_of_work(actor) as ctx:
            forbidden(ctx)
    with unit_of_work(actor) as ctx:
        assert revoke_sessions(ctx, "ruoheng") == 0  # one's own
    with pytest.raises(NotFoundError), unit_of_work() as ctx:
        set_password(ctx, "nobody", "0123456789")


@pytest.mark.usefixtures("database")
def test_the_list_of_people_holds_no_secret() -> None:
    add_person("zoe", "viewer", language="en")
    add_person("adam", "admin")
    with unit_of_work() as ctx:
        rows = users(ctx)
    assert [(row.login, row.role, row.department_code, row.language) for row in rows] == [
        ("adam", "admin", "ADMIN", None),
        ("zoe", "viewer", "VIEWER", "en"),
    ]
    assert not hasattr(rows[0], "password_hash")


@pytest.mark.usefixtures("database")
def test_a_person_chooses_a_language() -> None:
    add_person("ruoheng")
    actor, token = authenticate("ruoheng", PASSWORD, None)
    with unit_of_work(actor) as ctx:
        choose_language(ctx, "zh_Hant")
    chosen = actor_of_session(token)
    assert chosen is not None
    assert chosen.language == "zh_Hant"
    with pytest.raises(RefusedError), unit_of_work(actor) as ctx:
        choose_language(ctx, "de")


# --- the sample


@pytest.mark.usefixtures("database")
def test_a_database_with_real_people_is_no_sample() -> None:
    with unit_of_work(SYSTEM) as ctx:
        assert nobody_may_sign_in(ctx) is True
    add_person("ruoheng")
    stand_still()
    with unit_of_work() as ctx:
        assert nobody_may_sign_in(ctx) is False
        assert sample_sign_ins(ctx) == []
        assert sample_as_of(ctx) is None
        assert department_name(ctx, "RISK", "zh_Hans") == "RISK"


@pytest.mark.usefixtures("database")
def test_the_sample_says_whom_one_can_be_and_when_it_stands_still() -> None:
    add_person("ruoheng", "risk", is_sample=True)
    add_person("qiheng", "leader", is_sample=True)
    with unit_of_work() as ctx:
        assert sample_as_of(ctx) is None
    stand_still("2025-06-30")
    with unit_of_work() as ctx:
        assert sample_as_of(ctx) == dt.date(2025, 6, 30)
        assert [(one.login, one.role, one.password) for one in sample_sign_ins(ctx)] == [
            ("ruoheng", "risk", "greyledger"),
            ("qiheng", "leader", "greyledger"),
        ]
