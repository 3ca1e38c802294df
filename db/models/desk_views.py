"""Filters of the triage desk that a person keeps under a name."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Instant, Versioned


class DeskView(Base, Versioned):
    """The filters of the address bar under a name. `department_id`: who of that department sees it too."""

    __tablename__ = "desk_view"
    __table_args__ = (
        UniqueConstraint("user_id", "name"),
        CheckConstraint("name = btrim(name) AND length(name) BETWEEN 1 AND 60", name="name_given"),
        CheckConstraint("filters <> '{}'::jsonb", name="filters_something"),
        Index("ix_desk_view_department_id", "department_id"),
    )

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id", ondelete="RESTRICT"))
    name: Mapped[str]
    filters: Mapped[dict[str, Any]]
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id", ondelete="RESTRICT"))
    kept_at: Mapped[Instant]
