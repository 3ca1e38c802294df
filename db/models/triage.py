"""Who has which warning open on the triage desk right now."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from db.base import CUSTOMER_SCOPED, Base, Instant


class EarlyWarningHold(Base):
    """A warning that is open before somebody who may act on it: others leave it alone until `until`.

    One a warning. A row that is past its end holds nothing and is written over by whoever comes next.
    """

    __tablename__ = "early_warning_hold"
    __placement__ = CUSTOMER_SCOPED
    __table_args__ = (
        ForeignKeyConstraint(
            ["customer_id", "early_warning_id"], ["early_warning.customer_id", "early_warning.id"], ondelete="CASCADE"
        ),
        CheckConstraint("until > since", name="ends_after_its_start"),
        Index("ix_early_warning_hold_user_id", "user_id"),
        Index("ix_early_warning_hold_until", "until"),
    )

    customer_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    early_warning_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id", ondelete="RESTRICT"))
    since: Mapped[Instant]
    until: Mapped[Instant]
