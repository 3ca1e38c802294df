"""What officers do with a warning (SPEC 4). Each command is one transaction and one ledger entry a warning.

Single commands take the warning's key and the version that was seen; the `_all` variants take picks and a reason, and
change all of them or none.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import select

from db.enums import Role, WarningOutcome, WarningState
from db.models import AppUser, Department, EarlyWarning
from services.context import Context
from services.early_warnings.lifecycle import LONGEST_SNOOZE_DAYS, company_clock, company_zone, later_by_days
from services.early_warnings.rows import WarningRow
from services.early_warnings.steps import Step, begin_next_step, take_all, take_one
from services.early_warnings.telling import tell_assigned
from services.errors import N_, NotFoundError, RefusedError
from services.picks import Pick
from services.reasons import stated

_WORKING_ROLES = (Role.BUSINESS, Role.RISK, Role.LEGAL, Role.FINANCE)

_ACKNOWLEDGE = Step(
    "early_warning.acknowledge", "early_warning.acknowledged", WarningState.ACKNOWLEDGED, begin_next_step
)
_ACT = Step("early_warning.act", "early_warning.acting", WarningState.ACTING, begin_next_step)


def acknowledge(ctx: Context, customer_id: int, warning_id: int, version: int, note: str | None = None) -> WarningRow:
    """Take note of a warning: raised -> acknowledged. Who acknowledges one without an owner becomes its owner.

    Raises:
        NotAllowedError, NotFoundError, StaleError, IllegalMoveError: nothing was changed.
    """
    return take_one(ctx, _ACKNOWLEDGE, Pick(customer_id, warning_id, version), note)


def acknowledge_all(ctx: Context, picks: Sequence[Pick], reason: str) -> tuple[WarningRow, ...]:
    """`acknowledge` for many. Raises BulkRefusedError with every row that can't, RefusedError without a reason."""
    return take_all(ctx, _ACKNOWLEDGE, picks, stated(reason))


def act(ctx: Context, customer_id: int, warning_id: int, version: int, note: str | None = None) -> WarningRow:
    """Start acting on a warning: acknowledged -> acting.

    Raises:
        NotAllowedError, NotFoundError, StaleError, IllegalMoveError: nothing was changed.
    """
    return take_one(ctx, _ACT, Pick(customer_id, warning_id, version), note)


def act_all(ctx: Context, picks: Sequence[Pick], reason: str) -> tuple[WarningRow, ...]:
    """`act` for many. Raises BulkRefusedError with every row that can't, RefusedError without a reason."""
    return take_all(ctx, _ACT, picks, stated(reason))


def resolve(
    ctx: Context, customer_id: int, warning_id: int, version: int, outcome: WarningOutcome | str, note: str
) -> WarningRow:
    """Close a warning with how it ended: acting -> resolved. Its evidence will not raise it again (`verdict`).

    Raises:
        NotAllowedError, NotFoundError, StaleError, IllegalMoveError, RefusedError: nothing was changed.
    """
    return take_one(ctx, _resolving(outcome, note), Pick(customer_id, warning_id, version), stated(note))


def resolve_all(
    ctx: Context, picks: Sequence[Pick], outcome: WarningOutcome | str, reason: str
) -> tuple[WarningRow, ...]:
    """`resolve` for many with one outcome. Raises BulkRefusedError with every row that can't."""
    return take_all(ctx, _resolving(outcome, reason), picks, stated(reason))


def _resolving(outcome: WarningOutcome | str, note: str) -> Step:
    if outcome not in set(WarningOutcome):
        raise RefusedError(N_("A warning can't be resolved as “%(outcome)s”."), outcome=outcome)
    ended, words = WarningOutcome(outcome), stated(note)

    def close(ctx: Context, row: EarlyWarning) -> None:
        row.outcome, row.resolution_note, row.resolved_at = ended, words, company_clock(ctx)
        row.snoozed_until, row.snooze_reason = None, None

    return Step("early_warning.resolve", "early_warning.resolved", WarningState.RESOLVED, close)


def assign(
    ctx: Context, customer_id: int, warning_id: int, version: int, user_id: int, note: str | None = None
) -> WarningRow:
    """Give a warning to a person who may work it: of the department addressed, or of risk, legal or finance.

    Raises:
        NotAllowedError, NotFoundError, StaleError, IllegalMoveError, RefusedError: nothing was changed.
    """
    row = take_one(ctx, _assigning(ctx, user_id), Pick(customer_id, warning_id, version), note)
    tell_assigned(ctx, user_id, [row])
    return row


def assign_all(ctx: Context, picks: Sequence[Pick], user_id: int, reason: str) -> tuple[WarningRow, ...]:
    """`assign` for many. Raises BulkRefusedError with every row that can't, RefusedError without a reason."""
    rows = take_all(ctx, _assigning(ctx, user_id), picks, stated(reason))
    tell_assigned(ctx, user_id, rows)
    return rows


def _assigning(ctx: Context, user_id: int) -> Step:
    person = ctx.session.get(AppUser, user_id)

    def check(_ctx: Context, row: EarlyWarning) -> None:
        if person is None or not person.is_active:
            raise NotFoundError(N_("This person can't take warnings on: the account is closed or does not exist."))
        if person.role not in _WORKING_ROLES:
            raise RefusedError(N_("%(name)s can't take warnings on: the role does not allow it."), name=person.name)
        if person.role == Role.BUSINESS and person.department_id != row.department_id:
            raise RefusedError(N_("%(name)s belongs to another department than this warning."), name=person.name)

    def give(_ctx: Context, row: EarlyWarning) -> None:
        row.assignee_id = user_id

    return Step("early_warning.assign", "early_warning.assigned", None, give, check)


def snooze(
    ctx: Context, customer_id: int, warning_id: int, version: int, until: dt.date | None, reason: str
) -> WarningRow:
    """Put a warning to sleep until the morning of a day. Its deadline moves by as many days: the clock stands still.

    Raises:
        NotAllowedError, NotFoundError, StaleError, IllegalMoveError, RefusedError: nothing was changed.
    """
    return take_one(ctx, _snoozing(ctx, until, reason), Pick(customer_id, warning_id, version), stated(reason))


def snooze_all(ctx: Context, picks: Sequence[Pick], until: dt.date | None, reason: str) -> tuple[WarningRow, ...]:
    """`snooze` for many. Raises BulkRefusedError with every row that can't, RefusedError without a reason or an end."""
    return take_all(ctx, _snoozing(ctx, until, reason), picks, stated(reason))


def _snoozing(ctx: Context, until: dt.date | None, reason: str) -> Step:
    words = stated(reason)
    today = ctx.today
    if until is None or until <= today:
        raise RefusedError(N_("Give a day after today on which the warning comes back."))
    if until > today + dt.timedelta(days=LONGEST_SNOOZE_DAYS):
        raise RefusedError(N_("A warning can sleep for at most %(days)s days."), days=LONGEST_SNOOZE_DAYS)
    end = until

    def put_to_sleep(ctx: Context, row: EarlyWarning) -> None:
        asleep_until = max(row.snoozed_until or today, today)
        row.due_at = later_by_days(row.due_at, (end - asleep_until).days, company_zone(ctx))
        row.snoozed_until, row.snooze_reason = end, words

    return Step("early_warning.snooze", "early_warning.snoozed", None, put_to_sleep)


def people_for(ctx: Context, department_code: str | None = None) -> tuple[tuple[int, str], ...]:
    """Who a warning of a department can be assigned to: (user id, name), by name."""
    query = (
        select(AppUser.id, AppUser.name)
        .join(Department, Department.id == AppUser.department_id)
        .where(AppUser.is_active, AppUser.role.in_(_WORKING_ROLES))
        .where((AppUser.role != Role.BUSINESS) | (Department.code == department_code))
        .order_by(AppUser.name, AppUser.id)
    )
    return tuple((row.id, row.name) for row in ctx.session.execute(query))
