"""Warning rules as data: the editions of each rule, and replays of changed thresholds on history (SPEC 6)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, ForeignKey, Identity, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from db.base import CUSTOMER_SCOPED, Base, Instant, Money, Ratio, Versioned, one_of
from db.enums import LikelihoodSource, RiskLevel, SimulationState


class WarningRuleEdition(Base):
    """What a warning rule is from a day on. Rows are added, never changed; without one the product's own holds."""

    __tablename__ = "warning_rule_edition"
    __table_args__ = (
        one_of("severity", RiskLevel),
        one_of("likelihood_source", LikelihoodSource),
        UniqueConstraint("rule", "edition"),
        CheckConstraint("edition > 0", name="edition_counts_from_one"),
        CheckConstraint("likelihood BETWEEN 0 AND 1", name="likelihood_range"),
        CheckConstraint("(likelihood_source = 'stated') = (likelihood_cases IS NULL)", name="likelihood_has_cases"),
        CheckConstraint("to_owner OR to_risk OR cardinality(department_ids) > 0", name="addressed_to_somebody"),
        CheckConstraint("reason <> ''", name="changed_with_reason"),
    )

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    rule: Mapped[str]
    edition: Mapped[int]
    effective_from: Mapped[dt.date]
    is_active: Mapped[bool]
    thresholds: Mapped[dict[str, Any]]
    severity: Mapped[str]
    likelihood: Mapped[Ratio]
    likelihood_source: Mapped[str]
    likelihood_cases: Mapped[int | None]
    to_owner: Mapped[bool]
    to_risk: Mapped[bool]
    department_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    deadline_hours: Mapped[dict[str, Any]]
    reason: Mapped[str]
    changed_by: Mapped[str]
    changed_at: Mapped[Instant]


class RuleSimulation(Base, Versioned):
    """A replay of one rule on history, with the thresholds in force and with others, a week at a time."""

    __tablename__ = "rule_simulation"
    __table_args__ = (
        one_of("state", SimulationState),
        CheckConstraint("since <= until", name="span_runs_forward"),
        CheckConstraint("weeks_done BETWEEN 0 AND weeks", name="weeks_done_range"),
        CheckConstraint("(state = 'done') = (result IS NOT NULL)", name="result_when_done"),
        Index("ix_rule_simulation_rule", "rule", "id"),
    )

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    rule: Mapped[str]
    thresholds_now: Mapped[dict[str, Any]]
    thresholds_new: Mapped[dict[str, Any]]
    since: Mapped[dt.date]
    until: Mapped[dt.date]
    state: Mapped[str]
    weeks: Mapped[int]
    weeks_done: Mapped[int] = mapped_column(server_default="0", default=0)
    result: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    asked_by: Mapped[str]
    asked_at: Mapped[Instant]
    finished_at: Mapped[Instant | None]


class SimulatedSign(Base):
    """A stretch of time in which a replayed rule found one customer, with the thresholds in force or the new ones."""

    __tablename__ = "simulated_sign"
    __placement__ = CUSTOMER_SCOPED
    __table_args__ = (Index("ix_simulated_sign_simulation_id", "simulation_id", "is_new", "first_on", "customer_id"),)

    customer_id: Mapped[int] = mapped_column(
        ForeignKey("customer.customer_id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    simulation_id: Mapped[int] = mapped_column(
        ForeignKey("rule_simulation.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    is_new: Mapped[bool] = mapped_column(primary_key=True, server_default=text("false"))
    first_on: Mapped[dt.date] = mapped_column(primary_key=True)
    last_on: Mapped[dt.date]
    money_at_risk: Mapped[Money]
