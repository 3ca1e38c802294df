"""Addresses of people and departments: added, shown to work by a test message, removed. The address is a secret.

An address is used once a test message has reached it. Sending the test is not done in a transaction: `test_parcel`
reads what it takes, `carrying.carry` sends it, `verified` or `unreached` notes how it went.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.exc import IntegrityError

from db.enums import DeliveryState, Language, NoticeChannel
from db.models import AppUser, Department, NotificationDelivery, NotificationTarget
from services import access, data_versions, ledger
from services.context import Context
from services.errors import N_, NotAllowedError, NotFoundError, RefusedError
from services.notifications.addresses import FIXED_HOSTS, address_of, ensure_public
from services.notifications.choices import acting_person
from services.notifications.parcels import parcel_for
from services.notifications.rows import Parcel, TargetRow
from services.notifications.safekeeping import fingerprint, sealed
from services.notifications.sending import allows_private
from services.states import ensure_fresh

#: More addresses of one person or department are a mistake, or worse.
MOST_TARGETS = 10
_FORGOTTEN = "-"

# --- commands


def add_target(
    ctx: Context, channel: str, written: str, *, signing_secret: str = "", department_code: str | None = None,
    language: str | None = None,
) -> int:  # fmt: skip
    """Keep an address: the acting person's, or a department's; its id. It is used once a test has reached it.

    Raises:
        NotAllowedError: departments' addresses and those with a host of their own are the administrator's.
        NotFoundError, RefusedError: no such department; not an address; a host inside; known already; too many.
    """
    access.ensure_may(ctx, "notification.read")
    if channel not in set(NoticeChannel):
        raise RefusedError(N_("Choose what kind of address it is."))
    if department_code is not None or NoticeChannel(channel) not in FIXED_HOSTS:
        access.ensure_may(ctx, "notification.configure")
    if language is not None and language not in set(Language):
        raise RefusedError(N_("Choose the language of the department's messages."))
    address = address_of(channel, written, signing_secret)
    ensure_public(address.full, allows_private=allows_private(ctx))
    department_id = None if department_code is None else _department(ctx, department_code)
    user_id = acting_person(ctx) if department_id is None else None
    row = NotificationTarget(
        user_id=user_id, department_id=department_id, channel=address.channel, secret=sealed(address.full),
        masked=address.masked, fingerprint=fingerprint(address.full), language=language if department_id else None,
        added_by=ctx.actor.login, added_at=ctx.now, changed_at=ctx.now,
    )  # fmt: skip
    _add(ctx, row)
    ledger.record(ctx, "notification.address_added", _subject(row), after=_shown(row))
    data_versions.bump(ctx, "notifications")
    return row.id


def _add(ctx: Context, row: NotificationTarget) -> None:
    same_owner = (
        NotificationTarget.user_id == row.user_id
        if row.department_id is None
        else NotificationTarget.department_id == row.department_id
    )
    known = select(func.count()).where(same_owner, NotificationTarget.removed_at.is_(None))
    if ctx.session.execute(known).scalar_one() >= MOST_TARGETS:
        raise RefusedError(N_("There are %(most)s addresses already. Remove one first."), most=MOST_TARGETS)
    try:
        with ctx.session.begin_nested():
            ctx.session.add(row)
    except IntegrityError as error:
        raise RefusedError(N_("This address is there already.")) from error


def _department(ctx: Context, code: str) -> int:
    found = ctx.session.execute(select(Department.id).where(Department.code == code)).scalar_one_or_none()
    if found is None:
        raise NotFoundError(N_("There is no department with the code “%(code)s”."), code=code)
    return found


def remove_target(ctx: Context, target_id: int, version: int) -> None:
    """Take an address out of use, and forget it: only its masked form stays. What still waits for it is given up.

    Raises:
        NotAllowedError, NotFoundError, StaleError: nothing was changed.
    """
    row = _locked(ctx, target_id)
    ensure_fresh(version, row.version)
    row.removed_at, row.changed_at, row.version = ctx.now, ctx.now, row.version + 1
    row.secret, row.fingerprint = _FORGOTTEN, _FORGOTTEN
    ctx.session.flush()
    ledger.record(ctx, "notification.address_removed", _subject(row), before=_shown(row))
    data_versions.bump(ctx, "notifications")


def test_parcel(ctx: Context, target_id: int) -> Parcel:
    """What a test message to an address takes.

    Raises:
        NotAllowedError, NotFoundError, RefusedError: it is not the actor's to test; its key is lost.
    """
    return parcel_for(ctx, _locked(ctx, target_id), (), (), is_test=True)


def verified(ctx: Context, target_id: int) -> None:
    """Note that a test message reached an address: from now on it is used.

    Raises:
        NotAllowedError, NotFoundError: it is not the actor's; it was removed meanwhile.
    """
    row = _locked(ctx, target_id)
    row.verified_at, row.changed_at, row.version = ctx.now, ctx.now, row.version + 1
    ctx.session.flush()
    ledger.record(ctx, "notification.address_tested", _subject(row), after=_shown(row))
    data_versions.bump(ctx, "notifications")


def _locked(ctx: Context, target_id: int) -> NotificationTarget:
    """An address that the actor may change: their own, or for the administrator a department's."""
    access.ensure_may(ctx, "notification.read")
    found = select(NotificationTarget).where(
        NotificationTarget.id == target_id, NotificationTarget.removed_at.is_(None)
    )
    row = ctx.session.execute(found.with_for_update().execution_options(populate_existing=True)).scalar_one_or_none()
    if row is None:
        raise NotFoundError(N_("This address does not exist any more."))
    if ctx.is_system or (row.user_id is not None and row.user_id == ctx.actor.user_id):
        return row
    if row.user_id is not None:
        raise NotAllowedError(N_("This is another person's address."))
    access.ensure_may(ctx, "notification.configure")
    return row


def _subject(row: NotificationTarget) -> str:
    return f"notification_target:{row.id}"


def _shown(row: NotificationTarget) -> dict[str, Any]:
    """An address as the ledger has it."""
    return {"channel": row.channel, "address": row.masked, "department_id": row.department_id}


# --- reads


def my_targets(ctx: Context) -> tuple[TargetRow, ...]:
    """The acting person's addresses in the order they were added.

    Raises:
        NotAllowedError: not a person.
    """
    access.ensure_may(ctx, "notification.read")
    return _rows(ctx, NotificationTarget.user_id == acting_person(ctx))


def department_targets(ctx: Context) -> tuple[TargetRow, ...]:
    """The addresses of all departments.

    Raises:
        NotAllowedError: the actor may not set them.
    """
    access.ensure_may(ctx, "notification.configure")
    return _rows(ctx, NotificationTarget.department_id.is_not(None))


def target_by_id(ctx: Context, target_id: int) -> TargetRow:
    """One address in use, of whoever.

    Raises:
        NotAllowedError, NotFoundError: the actor may not see others' addresses; there is none.
    """
    access.ensure_may(ctx, "notification.configure")
    found = _rows(ctx, NotificationTarget.id == target_id)
    if not found:
        raise NotFoundError(N_("This address does not exist any more."))
    return found[0]


def _rows(ctx: Context, which: ColumnElement[bool]) -> tuple[TargetRow, ...]:
    found = (
        select(NotificationTarget, AppUser.name, Department.code)
        .outerjoin(AppUser, AppUser.id == NotificationTarget.user_id)
        .outerjoin(Department, Department.id == NotificationTarget.department_id)
        .where(which, NotificationTarget.removed_at.is_(None))
        .order_by(NotificationTarget.department_id, NotificationTarget.id)
    )
    rows = ctx.session.execute(found).all()
    sent, errors = _last_of(ctx, [row.id for row, _name, _code in rows])
    return tuple(
        TargetRow(
            row.id, row.version, row.channel, row.masked, name or code or "", row.department_id is not None,
            row.language, row.added_at, row.verified_at, sent.get(row.id), errors.get(row.id),
        )
        for row, name, code in rows
    )  # fmt: skip


def _last_of(ctx: Context, targets: list[int]) -> tuple[Mapping[int, Any], Mapping[int, Any]]:
    """When each address was last sent something, and what went wrong at its newest sending, if anything did."""
    one = NotificationDelivery
    sent = select(one.target_id, func.max(one.sent_at)).where(one.target_id.in_(targets)).group_by(one.target_id)
    newest = select(func.max(one.id)).where(one.target_id.in_(targets)).group_by(one.target_id)
    wrong = select(one.target_id, one.error).where(
        one.id.in_(newest), one.state.in_((DeliveryState.FAILED, DeliveryState.GIVEN_UP))
    )
    return (
        {target: at for target, at in ctx.session.execute(sent)},
        {target: error for target, error in ctx.session.execute(wrong)},
    )
