"""People for tests that sign in."""

from __future__ import annotations

import datetime as dt

from db.models import Setting
from services.context import unit_of_work
from services.users import UserRow, add_department, add_user

PASSWORD = "correct horse"


def add_person(login: str, role: str = "risk", *, language: str | None = None, is_sample: bool = False) -> UserRow:
    """A person of a department of the same name as the role, with PASSWORD."""
    kind = {"viewer": "administration", "auditor": "internal_audit", "leader": "leadership", "admin": "administration"}
    with unit_of_work() as ctx:
        add_department(ctx, role.upper(), kind.get(role, role))
        return add_user(
            ctx,
            login=login,
            name=login.title(),
            role=role,
            department_code=role.upper(),
            password=PASSWORD,
            language=language,
            is_sample=is_sample,
        )


def stand_still(day: str = "2025-06-30") -> None:
    """Fix the business date, as the sample does."""
    with unit_of_work() as ctx:
        since = dt.date(1900, 1, 1)
        row = Setting(key="business_date", value={"text": day}, effective_from=since, set_at=ctx.now, set_by="system")
        ctx.session.add(row)
