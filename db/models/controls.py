"""Measures against risky customers (clause 3.1)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, CustomerScoped, Instant, Money, Ratio, Versioned, one_of
from db.enums import (
    ControlEnd,
    ControlForce,
    ControlKind,
    ControlState,
    RiskLevel,
    Role,
    SettingProposalState,
)
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
        CheckConstraint(
            "state <> 'lifted' OR ended_as IN ('replaced', 'withdrawn') OR btrim(coalesce(end_reason, '')) <> ''",
            name="lifted_with_reason",
        ),
        CheckConstraint("approved_by_id <> proposed_by_id", name="approved_by_another"),
        CheckConstraint(
            "proposed_by_id IS NULL OR state NOT IN ('active', 'expired') OR approved_by_id IS NOT NULL",
            name="approved_when_active",
        ),
        CheckConstraint("ended_on >= starts_on", name="ended_after_start"),
        CheckConstraint(
            "(kind = 'trade_limit' OR (order_limit IS NULL AND month_limit IS NULL AND exposure_limit IS NULL)) "
            "AND (kind IN ('trade_limit', 'prepayment') OR terms_days IS NULL) "
            "AND (kind = 'prepayment' OR prepaid_share IS NULL) "
            "AND (kind = 'guarantee' OR (guarantee_value IS NULL AND coverage_ratio IS NULL)) "
            "AND (kind = 'monitoring' OR monitoring_days IS NULL)",
            name="demands_of_kind",
        ),
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
        Index("ix_control_ended_on", "ended_on", "customer_id", "id", postgresql_where=text("ended_on IS NOT NULL")),
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
    #: What the rule saw of the customer: whether it grew worse since is told by it.
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'::jsonb"), default=dict)
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
    reviewed_on: Mapped[dt.date | None]
    reviewed_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id", ondelete="RESTRICT"))
    ended_on: Mapped[dt.date | None]
    ended_as: Mapped[str | None]
    end_reason: Mapped[str | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id", ondelete="RESTRICT"))


class ControlPlanEdition(Base, Versioned):
    """What one rule of the plan says from a day on: proposed by one person, approved by another, never changed after.

    At most one edition of a rule waits. The editions that ship with the product stand in services/controls.
    """

    __tablename__ = "control_plan_edition"
    __table_args__ = (
        one_of("state", SettingProposalState),
        CheckConstraint("edition > 0", name="edition_from_1"),
        CheckConstraint("btrim(reason) <> ''", name="reason_given"),
        CheckConstraint("decided_by_id <> proposed_by_id OR state = 'withdrawn'", name="decided_by_another"),
        CheckConstraint("(state = 'proposed') = (decided_at IS NULL)", name="decided_when_decided"),
        UniqueConstraint("rule", "edition"),
        Index(
            "uq_control_plan_edition_waiting", "rule", unique=True, postgresql_where=text("state = 'proposed'"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    rule: Mapped[str]
    edition: Mapped[int]
    state: Mapped[str]
    effective_from: Mapped[dt.date]
    definition: Mapped[dict[str, Any]] = mapped_column(JSONB)
    reason: Mapped[str]
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("app_user.id", ondelete="RESTRICT"))
    proposed_at: Mapped[Instant]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id", ondelete="RESTRICT"))
    decided_at: Mapped[Instant | None]
    decision_note: Mapped[str | None]
