"""What must be known of customers (clause 2.2): greatest ages, looks that found nothing, where each item stands."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, Identity, Index, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from db.base import CUSTOMER_SCOPED, LOCAL, Base, CustomerScoped, Instant, Versioned, one_of
from db.enums import InformationFinding, QualitySide, RiskLevel
from db.models.customer import of_customer


class InformationLimit(Base):
    """The greatest age of one kind of information at one level, from a day on. `days` null: as shipped. Only added."""

    __tablename__ = "information_limit"
    __table_args__ = (
        one_of("level", RiskLevel),
        CheckConstraint("days > 0", name="days_positive"),
        CheckConstraint("reason <> ''", name="reason_given"),
    )

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    item: Mapped[str]
    level: Mapped[str]
    days: Mapped[int | None]
    effective_from: Mapped[dt.date]
    reason: Mapped[str]
    set_by: Mapped[str]
    set_at: Mapped[Instant] = mapped_column(server_default=func.now())


class InformationCheck(CustomerScoped, Versioned):
    """Somebody looked on a day: nothing new, or not to be had (then the note says why). Withdrawn ones don't count."""

    __tablename__ = "information_check"
    __table_args__ = (
        of_customer(),
        one_of("finding", InformationFinding),
        CheckConstraint("finding <> 'not_available' OR (note IS NOT NULL AND note <> '')", name="absence_explained"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_by IS NULL)", name="withdrawn_by_somebody"),
        Index("ix_information_check_customer_id_item", "customer_id", "item", "checked_on"),
    )

    item: Mapped[str]
    checked_on: Mapped[dt.date]
    finding: Mapped[str]
    note: Mapped[str | None]
    checked_by: Mapped[str]
    checked_at: Mapped[Instant]
    withdrawn_by: Mapped[str | None]
    withdrawn_at: Mapped[Instant | None]


class InformationStanding(Base):
    """Derived: how far one item of one customer is known and when it is due; item `any`: the customer's most urgent.

    Only days are kept, so the clock alone changes nothing here: what is due is read by comparing with the day.
    """

    __tablename__ = "information_standing"
    __placement__ = CUSTOMER_SCOPED
    __table_args__ = (
        of_customer(),
        one_of("level", RiskLevel),
        Index("ix_information_standing_worklist", "item", "department_id", "urgency", "due_on", "customer_id"),
        Index("ix_information_standing_everywhere", "item", "urgency", "due_on", "customer_id"),
    )

    customer_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    item: Mapped[str] = mapped_column(primary_key=True)
    department_id: Mapped[int | None]
    level: Mapped[str]
    urgency: Mapped[int]
    known_on: Mapped[dt.date | None]
    due_on: Mapped[dt.date]
    soon_on: Mapped[dt.date]
    missing: Mapped[str | None]


class QualityDay(Base):
    """One figure of the data-quality board as it stood on a day: a part of a whole, by department or by source."""

    __tablename__ = "quality_day"
    __placement__ = LOCAL
    __table_args__ = (
        one_of("side", QualitySide),
        UniqueConstraint("taken_on", "side", "name", "measure"),
    )

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    taken_on: Mapped[dt.date]
    side: Mapped[str]
    name: Mapped[str]
    measure: Mapped[str]
    part: Mapped[int]
    whole: Mapped[int]
    is_reconstructed: Mapped[bool]
