"""Departments (policy 1.2): small, shared, read by every page that filters or names one."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from db.enums import DepartmentKind
from db.models import Department
from services.context import Context


@dataclass(frozen=True)
class DepartmentRow:
    """One department: its code travels, its name in three languages is shown."""

    code: str
    kind: str
    name_en: str
    name_zh_hans: str
    name_zh_hant: str


# --- reads


def departments(ctx: Context) -> tuple[DepartmentRow, ...]:
    """All departments in the order they were made. Everybody may know them."""
    found = select(
        Department.code, Department.kind, Department.name_en, Department.name_zh_hans, Department.name_zh_hant
    ).order_by(Department.id)
    return tuple(DepartmentRow(*row) for row in ctx.session.execute(found))


def department_of_kind(ctx: Context, kind: DepartmentKind) -> int | None:
    """The department that stands for a kind: the first of it; None where there is none."""
    found = select(Department.id).where(Department.kind == kind).order_by(Department.id).limit(1)
    return ctx.session.execute(found).scalar_one_or_none()
