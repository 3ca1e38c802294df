"""What the company decided about a customer: scores, assessments, warnings, cases, complaints."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from db.base import CustomerScoped, Instant, Money, Ratio, Versioned, one_of
from db.enums import (
    AssessmentStage,
    AssessmentState,
    CaseOutcome,
    CaseState,
    ComplaintCause,
    RiskLevel,
    WarningOutcome,
    WarningState,
)
from db.models.customer import of_customer

#: At most one at a time for each customer, of those made here (services/assessments).
OPEN_ASSESSMENT = "stage = 'initial' AND state <> 'final' AND assessor_id IS NOT NULL"

#: At most one a customer, day and stage: another decision of the same day supersedes the one before it.
STANDING_ASSESSMENT = "NOT is_superseded AND (state = 'final' OR assessor_id IS NULL)"


class Score(CustomerScoped):
    """One computed score as of a day. Rows are only added; `points` holds each indicator's value and points."""

    __tablename__ = "score"
    __table_args__ = (
        of_customer(),
        one_of("level", RiskLevel, optional=True),
        Index("ix_score_customer_id_as_of", "customer_id", "as_of"),
        Index(
            "ix_score_of_scorecard", "scorecard_id", "customer_id", "as_of", "id", postgresql_include=["score", "level"]
        ),
    )

    scorecard_id: Mapped[int] = mapped_column(ForeignKey("scorecard.id", ondelete="RESTRICT"))
    as_of: Mapped[dt.date]
    score: Mapped[Ratio | None]
    level: Mapped[str | None]
    floor: Mapped[str | None]
    coverage: Mapped[Ratio]
    dimensions: Mapped[dict[str, Any]]
    points: Mapped[dict[str, Any]]
    computed_at: Mapped[Instant] = mapped_column(server_default=func.now())


class Assessment(CustomerScoped, Versioned):
    """One risk assessment: initial by a business department or final by risk management (clause 2.2).

    Both grades are kept: the initial row carries the lifecycle, and when risk management finalises it a row of the
    final stage refers to it. Rows with an `assessor_id` were made here; what a history file brought has none, and the
    rules about persons, reasons and overrides do not look at it.

    The composite foreign key copies the initial assessor and department into the final row, so that a plain CHECK can
    refuse that they finalise their own.
    """

    __tablename__ = "assessment"
    __table_args__ = (
        of_customer(),
        ForeignKeyConstraint(
            ["customer_id", "initial_id", "initial_assessor_id", "initial_department_id"],
            ["assessment.customer_id", "assessment.id", "assessment.assessor_id", "assessment.department_id"],
            name="fk_assessment_initial",
            ondelete="RESTRICT",
        ),
        one_of("stage", AssessmentStage),
        one_of("state", AssessmentState),
        one_of("level", RiskLevel),
        one_of("computed_level", RiskLevel, optional=True),
        CheckConstraint("score BETWEEN 0 AND 100", name="score_range"),
        CheckConstraint("stage = 'initial' OR state = 'final'", name="final_is_final"),
        CheckConstraint(
            "(stage = 'final' AND assessor_id IS NOT NULL) = (initial_id IS NOT NULL) "
            "AND (initial_id IS NULL) = (initial_assessor_id IS NULL) "
            "AND (initial_id IS NULL) = (initial_department_id IS NULL)",
            name="final_names_initial",
        ),
        CheckConstraint("initial_assessor_id <> assessor_id", name="final_by_another_person"),
        CheckConstraint("initial_department_id <> department_id", name="final_by_another_department"),
        CheckConstraint(
            "assessor_id IS NULL OR state = 'draft' OR level IS NOT DISTINCT FROM computed_level "
            "OR btrim(coalesce(reason, '')) <> ''",
            name="deviation_has_reason",
        ),
        CheckConstraint(
            "is_override = (stage = 'final' AND assessor_id IS NOT NULL AND level IS DISTINCT FROM computed_level)",
            name="override_is_deviation",
        ),
        CheckConstraint("is_override = (expires_on IS NOT NULL)", name="override_expires"),
        CheckConstraint("expires_on > assessed_on", name="override_expires_later"),
        CheckConstraint(
            "state <> 'returned' OR btrim(coalesce(returned_reason, '')) <> ''", name="returned_with_reason"
        ),
        CheckConstraint("NOT is_superseded OR state = 'final'", name="superseded_was_final"),
        Index(
            "uq_assessment_standing", "customer_id", "assessed_on", "stage", unique=True,
            postgresql_where=text(STANDING_ASSESSMENT),
        ),
        UniqueConstraint("customer_id", "id", "assessor_id", "department_id", name="uq_assessment_by_whom"),
        UniqueConstraint("customer_id", "initial_id", name="uq_assessment_initial"),
        Index("ix_assessment_assessed_on", "assessed_on"),
        Index("uq_assessment_open", "customer_id", unique=True, postgresql_where=text(OPEN_ASSESSMENT)),
        Index(
            "ix_assessment_open_submitted_at",
            "submitted_at", "customer_id", "id",
            postgresql_where=text(OPEN_ASSESSMENT),
        ),
        Index("ix_assessment_override", "expires_on", postgresql_where=text("is_override AND ended_on IS NULL")),
    )  # fmt: skip

    assessed_on: Mapped[dt.date]
    stage: Mapped[str]
    state: Mapped[str]
    level: Mapped[str]
    score: Mapped[Ratio | None]
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id", ondelete="RESTRICT"))
    assessor: Mapped[str | None]
    reason: Mapped[str | None]
    assessor_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id", ondelete="RESTRICT"))
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id", ondelete="RESTRICT"))
    initial_id: Mapped[int | None]
    initial_assessor_id: Mapped[int | None]
    initial_department_id: Mapped[int | None]
    scorecard_id: Mapped[int | None] = mapped_column(ForeignKey("scorecard.id", ondelete="RESTRICT"))
    computed_score: Mapped[Ratio | None]
    computed_level: Mapped[str | None]
    dimension_levels: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"), default=dict)
    is_override: Mapped[bool] = mapped_column(server_default=text("false"), default=False)
    expires_on: Mapped[dt.date | None]
    ended_on: Mapped[dt.date | None]
    submitted_at: Mapped[Instant | None]
    decided_at: Mapped[Instant | None]
    returned_reason: Mapped[str | None]
    is_superseded: Mapped[bool] = mapped_column(server_default=text("false"), default=False)


class EarlyWarning(CustomerScoped, Versioned):
    """A signal addressed to a department, with a deadline for the next step. One open warning per customer and rule."""

    __tablename__ = "early_warning"
    __table_args__ = (
        of_customer(),
        one_of("state", WarningState),
        one_of("outcome", WarningOutcome, optional=True),
        one_of("severity", RiskLevel),
        CheckConstraint("(state = 'resolved') = (outcome IS NOT NULL)", name="outcome_when_resolved"),
        CheckConstraint("likelihood BETWEEN 0 AND 1", name="likelihood_range"),
        CheckConstraint("(snoozed_until IS NULL) = (snooze_reason IS NULL)", name="snooze_has_reason"),
        CheckConstraint(
            "(acknowledged_at IS NULL) = (acknowledged_in_time IS NULL)", name="acknowledged_in_time_or_not"
        ),
        Index("ix_early_warning_rule_raised_on", "rule", "raised_on"),
        Index(
            "uq_early_warning_open",
            "customer_id",
            "rule",
            unique=True,
            postgresql_where=text("state <> 'resolved'"),
        ),
        Index(
            "ix_early_warning_open_priority",
            "priority",
            "customer_id",
            "id",
            postgresql_where=text("state <> 'resolved'"),
        ),
        Index("ix_early_warning_open_due_at", "due_at", postgresql_where=text("state <> 'resolved'")),
    )

    rule: Mapped[str]
    severity: Mapped[str]
    state: Mapped[str]
    outcome: Mapped[str | None]
    raised_on: Mapped[dt.date]
    raised_at: Mapped[Instant]
    due_at: Mapped[Instant]
    escalation: Mapped[int] = mapped_column(server_default="0", default=0)
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id", ondelete="RESTRICT"))
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id", ondelete="RESTRICT"))
    snoozed_until: Mapped[dt.date | None]
    snooze_reason: Mapped[str | None]
    money_at_risk: Mapped[Money]
    likelihood: Mapped[Ratio]
    priority: Mapped[Money]
    evidence: Mapped[dict[str, Any]]
    evidence_on: Mapped[dt.date]
    resolution_note: Mapped[str | None]
    resolved_at: Mapped[Instant | None]
    rule_edition: Mapped[int] = mapped_column(server_default="0", default=0)
    also_department_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), server_default="{}", default=list)
    acknowledged_at: Mapped[Instant | None]
    acknowledged_in_time: Mapped[bool | None]


class RecoveryCase(CustomerScoped, Versioned):
    """The work of a task force on a listed customer (clause 3.2). At most one per customer is not closed."""

    __tablename__ = "recovery_case"
    __table_args__ = (
        of_customer(),
        one_of("state", CaseState),
        one_of("outcome", CaseOutcome, optional=True),
        CheckConstraint("(state = 'closed') = (closed_on IS NOT NULL)", name="closed_when_closed"),
        UniqueConstraint("customer_id", "case_no"),
        Index("ix_recovery_case_case_no", "case_no"),
    )

    case_no: Mapped[str]
    state: Mapped[str]
    opened_on: Mapped[dt.date]
    closed_on: Mapped[dt.date | None]
    outcome: Mapped[str | None]
    lead_department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id", ondelete="RESTRICT"))


class CaseDebt(CustomerScoped):
    """An invoice brought into a case on a day for the balance it had."""

    __tablename__ = "case_debt"
    __table_args__ = (
        ForeignKeyConstraint(
            ["customer_id", "case_id"], ["recovery_case.customer_id", "recovery_case.id"], ondelete="RESTRICT"
        ),
        ForeignKeyConstraint(["customer_id", "invoice_id"], ["invoice.customer_id", "invoice.id"], ondelete="RESTRICT"),
        CheckConstraint("amount >= 0", name="amount_not_negative"),
        UniqueConstraint("customer_id", "case_id", "invoice_id"),
    )

    case_id: Mapped[int]
    invoice_id: Mapped[int]
    added_on: Mapped[dt.date]
    amount: Mapped[Money]


class Complaint(CustomerScoped):
    __tablename__ = "complaint"
    __table_args__ = (
        of_customer(),
        one_of("cause", ComplaintCause),
        UniqueConstraint("customer_id", "complaint_no"),
        Index("ix_complaint_complaint_no", "complaint_no"),
        Index("ix_complaint_received_on", "received_on"),
    )

    complaint_no: Mapped[str]
    received_on: Mapped[dt.date]
    cause: Mapped[str]
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id", ondelete="RESTRICT"))
    closed_on: Mapped[dt.date | None]
    is_upheld: Mapped[bool | None]
