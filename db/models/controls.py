"""Measures against risky customers (clause 3.1)."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import CustomerScoped, Instant, Money, Ratio, Versioned, one_of
from db.enums import ControlEnd, ControlForce, ControlKind, ControlState, RiskLevel, Role
from db.models.customer import of_customer


class Control(CustomerScoped, Versioned):
    """A measure against one customer: at most one of a kind is in force, and at most one waits for approval.

    What it demands stands in the columns of its kind; null demands nothing. Money is in the base currency. An order
    against an `absolute` control is denied; against an `overridable` one it is held for `override_role`.
    """

    __tablename__ = "control"
    __table_args__ = (
        of_customer(),
        one_of("kind", ControlKind),
        one_of("state", ControlState),
        one_of("force", ControlForce),
        one_of("override_role", Role, optional=True),
        one_of("ended_as", ControlEnd, optional=True),
        one_of("level", RiskLevel, optional=True),
        CheckConstraint("(force = 'overridable') = (override_role IS NOT NULL)", name="override_role_if_overridable"),
        CheckConstraint("(state IN ('active', 'expired')) <= (starts_on IS NOT NULL)", name="starts_when_active"),
        CheckConstraint("(state = 'lifted') = (ended_as IS NOT NULL)", name="lifted_as_something"),
        CheckConstraint("(state IN ('lifted', 'expired')) = (ended_on IS NOT NULL)", name="ended_when_ended"),
        CheckConstraint("state <> 'lifted' OR btrim(coalesce(end_reason, '')) <> ''", name="lifted_with_reason"),
        CheckConstraint("approved_by_id <> proposed_by_id", name="approved_by_another"),
        CheckConstraint("expires_on >= starts_on AND review_on >= starts_on", name="days_in_order"),
        CheckConstraint(
            "order_limit >= 0 AND month_limit >= 0 AND exposure_limit >= 0 AND guarantee_value >= 0 "
            "AND terms_days >= 0 AND monitoring_days > 0 AND coverage_ratio >= 0 AND prepaid_share BETWEEN 0 AND 1",
            name="demands_in_range",
        ),
        Index(
            "uq_control_in_force", "customer_id", "kind",
            unique=True, postgresql_where=text("state = 'active'"),
        ),
        Index(
            "uq_control_waiting", "customer_id", "kind",
            unique=True, postgresql_where=text("state = 'proposed'"),
        ),
        Index("ix_control_review_on", "review_on", postgresql_where=text("state = 'active'")),
        Index("ix_control_expires_on", "expires_on", postgresql_where=text("state = 'active'")),
        Index(
            "ix_control_proposed_at", "proposed_at", "customer_id", "id",
            postgresql_where=text("state = 'proposed'"),
        ),
    )  # fmt: skip

    kind: Mapped[str]
    state: Mapped[str]
    force: Mapped[str]
    override_role: Mapped[str | None]
    order_limit: Mapped[Money | None]
    month_limit: Mapped[Money | None]
    exposure_limit: Mapped[Money | None]
    terms_days: Mapped[int | None]
    prepaid_share: Mapped[Ratio | None]
    guarantee_value: Mapped[Money | None]
    coverage_ratio: Mapped[Ratio | None]
    monitoring_days: Mapped[int | None]
    #: The plan rule that proposed it (services/controls); null: a person did.
    plan_rule: Mapped[str | None]
    plan_rule_edition: Mapped[int | None]
    level: Mapped[str | None]
    reason: Mapped[str]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id", ondelete="RESTRICT"))
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id", ondelete="RESTRICT"))
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id", ondelete="RESTRICT"))
    proposed_at: Mapped[Instant]
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id", ondelete="RESTRICT"))
    approved_at: Mapped[Instant | None]
    starts_on: Mapped[dt.date | None]
    review_on: Mapped[dt.date | None]
    expires_on: Mapped[dt.date | None]
    #: What the latest review saw the measure do.
    effect: Mapped[str | None]
    ended_on: Mapped[dt.date | None]
    ended_as: Mapped[str | None]
    end_reason: Mapped[str | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id", ondelete="RESTRICT"))
