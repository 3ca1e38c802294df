"""The people who may sign in: who they are, what they may be called, how they come and go."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import delete, select, update

from db.enums import DepartmentKind, Language, Role
from db.models import AppSession, AppUser, Department
from services import access, ledger
from services.context import Context
from services.errors import N_, NotFoundError, RefusedError
from services.users.passwords import SAMPLE_PASSWORD, hashed, normal_login
from services.users.sessions import let_go


@dataclass(frozen=True)
class UserRow:
    """One person who may sign in."""

    login: str
    name: str
    role: Role
    department_code: str
    language: str | None
    email: str | None
    is_active: bool
    is_sample: bool


@dataclass(frozen=True)
class SampleSignIn:
    """One way into the sample: what the sign-in page and the terminal show."""

    login: str
    name: str
    role: Role
    password: str


# --- commands


def add_user(
    ctx: Context,
    *,
    login: str,
    name: str,
    role: str,
    department_code: str,
    password: str,
    language: str | None = None,
    email: str | None = None,
    is_sample: bool = False,
) -> UserRow:
    """Let a person sign in.

    Raises:
        NotAllowedError: the actor may not manage users.
        RefusedError: the name is taken or not usable, the password too short, or role or language unknown.
        NotFoundError: no such department.
    """
    access.ensure_may(ctx, "user.manage")
    login = normal_login(login)
    if not login or not login.isascii() or any(letter.isspace() or letter in "\"'<>&;," for letter in login):
        raise RefusedError(N_("“%(login)s” can't be a sign-in name. Use letters, digits, dots or dashes."), login=login)
    if role not in set(Role):
        raise RefusedError(N_("There is no role “%(role)s”. Roles: %(roles)s."), role=role, roles=", ".join(Role))
    ensure_language(language)
    department_id = ctx.session.scalar(select(Department.id).where(Department.code == department_code))
    if department_id is None:
        raise NotFoundError(N_("There is no department with the code “%(code)s”."), code=department_code)
    if ctx.session.scalar(select(AppUser.id).where(AppUser.login == login)) is not None:
        raise RefusedError(N_("There is already somebody with the sign-in name “%(login)s”."), login=login)
    user = AppUser(
        login=login, name=name.strip() or login, department_id=department_id, role=role, language=language, email=email,
        password_hash=hashed(login, password), is_active=True, is_sample=is_sample,
    )  # fmt: skip
    ctx.session.add(user)
    ctx.session.flush()
    row = _row(user, department_code)
    ledger.record(
        ctx, "user.added", f"app_user:{user.id}", after={"login": login, "role": role, "department": department_code}
    )
    return row


def add_department(ctx: Context, code: str, kind: str, name: str | None = None) -> None:
    """Make a department, so that its first person can be added to an empty database. Nothing happens if it is there.

    Raises:
        NotAllowedError: the actor may not manage users.
        RefusedError: no such kind of department.
    """
    access.ensure_may(ctx, "user.manage")
    if kind not in set(DepartmentKind):
        kinds = ", ".join(DepartmentKind)
        raise RefusedError(N_("There is no kind of department “%(kind)s”. Kinds: %(kinds)s."), kind=kind, kinds=kinds)
    if ctx.session.scalar(select(Department.id).where(Department.code == code)) is not None:
        return
    name = name or code
    department = Department(code=code, kind=kind, name_en=name, name_zh_hans=name, name_zh_hant=name)
    ctx.session.add(department)
    ctx.session.flush()
    ledger.record(ctx, "department.added", f"department:{department.id}", after={"code": code, "kind": kind})


def ensure_language(language: str | None) -> None:
    """Refuse a language that the screens do not exist in.

    Raises:
        RefusedError: it is none of zh_Hans, zh_Hant, en.
    """
    if language is not None and language not in set(Language):
        raise RefusedError(
            N_("There is no language “%(language)s”. Languages: zh_Hans, zh_Hant, en."), language=language
        )


def set_password(ctx: Context, login: str, password: str) -> None:
    """Give a person a new password and end all of their sessions.

    Raises:
        NotAllowedError: the actor may not manage users.
        NotFoundError, RefusedError: nobody has this sign-in name; the password is not usable.
    """
    access.ensure_may(ctx, "user.manage")
    user = _user_by_login(ctx, login)
    user.password_hash = hashed(user.login, password)
    user.version += 1
    _end_sessions(ctx, user)
    ledger.record(ctx, "user.password_set", f"app_user:{user.id}")


def set_active(ctx: Context, login: str, is_active: bool) -> UserRow:
    """Take the right to sign in from a person, ending all sessions, or give it back.

    Raises:
        NotAllowedError: the actor may not manage users.
        NotFoundError: nobody has this sign-in name.
    """
    access.ensure_may(ctx, "user.manage")
    user = _user_by_login(ctx, login)
    before, user.is_active = user.is_active, is_active
    user.version += 1
    if not is_active:
        _end_sessions(ctx, user)
    ledger.record(
        ctx, "user.activated" if is_active else "user.deactivated", f"app_user:{user.id}",
        before={"is_active": before}, after={"is_active": is_active},
    )  # fmt: skip
    return _row(user, _department_code(ctx, user))


def revoke_sessions(ctx: Context, login: str) -> int:
    """End all sessions of a person; how many there were.

    Raises:
        NotAllowedError: the actor may neither manage users nor is this person.
        NotFoundError: nobody has this sign-in name.
    """
    if normal_login(login) != ctx.actor.login:
        access.ensure_may(ctx, "user.manage")
    user = _user_by_login(ctx, login)
    ended = _end_sessions(ctx, user)
    ledger.record(ctx, "session.revoked", f"app_user:{user.id}", after={"sessions": ended})
    return ended


def choose_language(ctx: Context, language: str) -> None:
    """Remember the acting person's own language.

    Raises:
        RefusedError: the screens do not exist in it.
    """
    ensure_language(language)
    ctx.session.execute(update(AppUser).where(AppUser.id == ctx.actor.user_id).values(language=language))
    ledger.record(ctx, "user.language_chosen", f"app_user:{ctx.actor.user_id}", after={"language": language})


def _user_by_login(ctx: Context, login: str) -> AppUser:
    user = ctx.session.scalar(select(AppUser).where(AppUser.login == normal_login(login)).with_for_update())
    if user is None:
        raise NotFoundError(N_("Nobody has the sign-in name “%(login)s”."), login=login)
    return user


def _end_sessions(ctx: Context, user: AppUser) -> int:
    ended = ctx.session.scalars(
        delete(AppSession).where(AppSession.user_id == user.id).returning(AppSession.user_id)
    ).all()
    let_go(ctx, [user.id])
    return len(ended)


def _department_code(ctx: Context, user: AppUser) -> str:
    return ctx.session.scalar(select(Department.code).where(Department.id == user.department_id)) or ""


# --- reads


def _row(user: AppUser, department_code: str) -> UserRow:
    return UserRow(
        login=user.login, name=user.name, role=Role(user.role), department_code=department_code, language=user.language,
        email=user.email, is_active=user.is_active, is_sample=user.is_sample,
    )  # fmt: skip


def users(ctx: Context) -> list[UserRow]:
    """Everybody who may or might sign in, by sign-in name.

    Raises:
        NotAllowedError: the actor may not manage users.
    """
    access.ensure_may(ctx, "user.manage")
    found = select(AppUser, Department.code).join(Department, Department.id == AppUser.department_id)
    return [_row(user, code) for user, code in ctx.session.execute(found.order_by(AppUser.login))]


def names_of(ctx: Context, logins: Collection[str]) -> dict[str, str]:
    """What the people with these sign-in names are called; nothing for one whom nobody has."""
    found = ctx.session.execute(select(AppUser.login, AppUser.name).where(AppUser.login.in_(logins)))
    return {row.login: row.name for row in found}


def sample_sign_ins(ctx: Context) -> list[SampleSignIn]:
    """The sample's people in the order they were made; empty where the database holds real people."""
    found = select(AppUser.login, AppUser.name, AppUser.role).where(AppUser.is_sample, AppUser.is_active)
    return [
        SampleSignIn(login, name, Role(role), SAMPLE_PASSWORD)
        for login, name, role in ctx.session.execute(found.order_by(AppUser.id))
    ]


def nobody_may_sign_in(ctx: Context) -> bool:
    """True for a new database: somebody has to be added first."""
    return ctx.session.scalar(select(AppUser.id).where(AppUser.is_active).limit(1)) is None


def department_name(ctx: Context, code: str, language: str) -> str:
    """What a department is called in a language; its code where it is not known."""
    columns = {"zh_Hans": Department.name_zh_hans, "zh_Hant": Department.name_zh_hant}
    name = columns.get(language, Department.name_en)
    return ctx.session.scalar(select(name).where(Department.code == code)) or code


def sample_as_of(ctx: Context) -> dt.date | None:
    """The day at which the sample stands still; None where the database is not the sample."""
    day = ctx.policy_history.on(ctx.now.date()).business_date
    has_sample = ctx.session.scalar(select(AppUser.id).where(AppUser.is_sample).limit(1)) is not None
    return day if has_sample else None
