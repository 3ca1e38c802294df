"""When the messages of a department's addresses are sent: at once, daily, or as each kind says; and its quiet hours."""

from __future__ import annotations

from dataclasses import asdict

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from db.enums import NoticeMode
from db.models import Department, NotificationDepartment
from services import access, data_versions, ledger
from services.context import Context
from services.errors import N_, NotFoundError, RefusedError
from services.notifications.choices import ensure_hours
from services.notifications.rhythm import DEFAULT_HOURS, Hours
from services.notifications.rows import DepartmentChoice

BY_KIND = DepartmentChoice(None, DEFAULT_HOURS)

# --- commands


def choose_for_department(ctx: Context, department_code: str, mode: str | None, hours: Hours) -> DepartmentChoice:
    """Keep when a department's addresses are sent to. Urgent notices are sent at once whatever is chosen.

    Raises:
        NotAllowedError, NotFoundError, RefusedError: not the administrator; no such department; hours that make no
            sense.
    """
    access.ensure_may(ctx, "notification.configure")
    if mode is not None and mode not in set(NoticeMode):
        raise RefusedError(N_("This choice does not exist. Reload the page and choose again."))
    ensure_hours(hours)
    found = select(Department.id).where(Department.code == department_code).with_for_update()
    department_id = ctx.session.execute(found).scalar_one_or_none()
    if department_id is None:
        raise NotFoundError(N_("There is no department with the code “%(code)s”."), code=department_code)
    before = choice_of_department(ctx, department_id)
    after = DepartmentChoice(None if mode is None else NoticeMode(mode), hours)
    kept = {"mode": after.mode, **asdict(hours)}
    row = insert(NotificationDepartment).values(department_id=department_id, **kept)
    ctx.session.execute(row.on_conflict_do_update(index_elements=[NotificationDepartment.department_id], set_=kept))
    ledger.record(
        ctx, "notification.department_chosen", f"department:{department_id}", before=_written(before),
        after=_written(after),
    )  # fmt: skip
    data_versions.bump(ctx, "notifications")
    return after


def _written(choice: DepartmentChoice) -> dict[str, str | None]:
    """A choice as the ledger keeps it."""
    times = {name: None if value is None else str(value) for name, value in asdict(choice.hours).items()}
    return {"mode": choice.mode, **times}


# --- reads


def choice_of_department(ctx: Context, department_id: int) -> DepartmentChoice:
    """When a department's addresses are sent to."""
    columns = (
        NotificationDepartment.mode, NotificationDepartment.quiet_from, NotificationDepartment.quiet_until,
        NotificationDepartment.digest_hour,
    )  # fmt: skip
    found = ctx.session.execute(
        select(*columns).where(NotificationDepartment.department_id == department_id)
    ).one_or_none()
    if found is None:
        return BY_KIND
    mode, start, end, hour = found
    return DepartmentChoice(None if mode is None else NoticeMode(mode), Hours(start, end, hour))


def department_choices(ctx: Context) -> dict[str, DepartmentChoice]:
    """When each department's addresses are sent to, by its code.

    Raises:
        NotAllowedError: the actor may not set them.
    """
    access.ensure_may(ctx, "notification.configure")
    every = ctx.session.execute(select(Department.code, Department.id).order_by(Department.id))
    return {code: choice_of_department(ctx, department_id) for code, department_id in every}
