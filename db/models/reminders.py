"""Which deadlines people were reminded of: each once, and once more when it goes up."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import CUSTOMER_SCOPED, Base, Instant, one_of
from db.enums import ReminderSubject
from db.models.customer import of_customer


class Reminder(Base):
    """One deadline that passed and was told of; the key makes a second time impossible.

    `step` 1: whose work it is; 2: who stands above them. `subject_id` is 0 where the customer itself is the subject.
    """

    __tablename__ = "reminder"
    __placement__ = CUSTOMER_SCOPED
    __table_args__ = (
        of_customer(),
        one_of("subject", ReminderSubject),
        CheckConstraint("step IN (1, 2)", name="step_known"),
        CheckConstraint("told_on > due_on", name="told_when_over"),
    )

    customer_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    subject: Mapped[str] = mapped_column(primary_key=True)
    subject_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    due_on: Mapped[dt.date] = mapped_column(primary_key=True)
    step: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    told_on: Mapped[dt.date]
    told_at: Mapped[Instant]
