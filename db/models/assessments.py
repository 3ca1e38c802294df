"""What a review of an assessment asks for: further information, and a visit with its report and photos (clause 2.2)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import CustomerScoped, Instant, Versioned, one_of
from db.enums import InformationRequestState, SiteVisitConclusion, SiteVisitState


def of_assessment() -> ForeignKeyConstraint:
    """The foreign key that ties a row to the assessment it is about."""
    return ForeignKeyConstraint(
        ["customer_id", "assessment_id"], ["assessment.customer_id", "assessment.id"], ondelete="RESTRICT"
    )


class InformationRequest(CustomerScoped, Versioned):
    """What the reviewer wants to know before deciding, and what the business department answered."""

    __tablename__ = "information_request"
    __table_args__ = (
        of_assessment(),
        one_of("state", InformationRequestState),
        CheckConstraint("btrim(items) <> ''", name="asks_something"),
        CheckConstraint(
            "(state = 'answered') = (answered_by IS NOT NULL) AND (answered_by IS NULL) = (answered_at IS NULL) "
            "AND (answered_by IS NULL) = (answer IS NULL)",
            name="answered_by_somebody",
        ),
        Index("ix_information_request_customer_id_assessment_id", "customer_id", "assessment_id"),
        Index("ix_information_request_open", "due_on", postgresql_where=text("state = 'open'")),
    )

    assessment_id: Mapped[int]
    state: Mapped[str]
    items: Mapped[str]
    due_on: Mapped[dt.date]
    asked_by: Mapped[int] = mapped_column(ForeignKey("app_user.id", ondelete="RESTRICT"))
    asked_at: Mapped[Instant]
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id", ondelete="RESTRICT"))
    answered_at: Mapped[Instant | None]
    answer: Mapped[str | None]


class SiteVisit(CustomerScoped, Versioned):
    """A visit to the customer: ordered by the reviewer, reported by who was sent."""

    __tablename__ = "site_visit"
    __table_args__ = (
        of_assessment(),
        one_of("state", SiteVisitState),
        one_of("conclusion", SiteVisitConclusion, optional=True),
        CheckConstraint("btrim(purpose) <> ''", name="has_purpose"),
        CheckConstraint(
            "(state = 'done') = (reported_by IS NOT NULL) AND (reported_by IS NULL) = (reported_at IS NULL) "
            "AND (reported_by IS NULL) = (visited_on IS NULL) AND (reported_by IS NULL) = (findings IS NULL) "
            "AND (reported_by IS NULL) = (conclusion IS NULL)",
            name="reported_when_done",
        ),
        CheckConstraint("reported_by = assignee_id", name="reported_by_assignee"),
        CheckConstraint("(state = 'cancelled') = (cancelled_reason IS NOT NULL)", name="cancelled_with_reason"),
        Index("ix_site_visit_customer_id_assessment_id", "customer_id", "assessment_id"),
        Index("ix_site_visit_ordered", "assignee_id", "due_on", postgresql_where=text("state = 'ordered'")),
    )

    assessment_id: Mapped[int]
    state: Mapped[str]
    purpose: Mapped[str]
    due_on: Mapped[dt.date]
    assignee_id: Mapped[int] = mapped_column(ForeignKey("app_user.id", ondelete="RESTRICT"))
    ordered_by: Mapped[int] = mapped_column(ForeignKey("app_user.id", ondelete="RESTRICT"))
    ordered_at: Mapped[Instant]
    visited_on: Mapped[dt.date | None]
    findings: Mapped[str | None]
    conclusion: Mapped[str | None]
    reported_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id", ondelete="RESTRICT"))
    reported_at: Mapped[Instant | None]
    cancelled_reason: Mapped[str | None]
    # SHA-256 -> file name of each photo: so the ledger's entry of the report vouches for them.
    photo_names: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"), default=dict)


class SiteVisitPhoto(CustomerScoped):
    """A photo of a report, kept whole in the database: a backup has it, and nobody can swap the file.

    `sha256` is of the bytes kept. Photos are never part of the ledger's values, only their names and hashes are.
    """

    __tablename__ = "site_visit_photo"
    __table_args__ = (
        ForeignKeyConstraint(
            ["customer_id", "visit_id"], ["site_visit.customer_id", "site_visit.id"], ondelete="RESTRICT"
        ),
        CheckConstraint("media_type IN ('image/jpeg', 'image/png', 'image/webp')", name="media_type_known"),
        CheckConstraint("size BETWEEN 1 AND 10485760 AND size = octet_length(content)", name="size_range"),
        UniqueConstraint("customer_id", "visit_id", "sha256"),
    )

    visit_id: Mapped[int]
    file_name: Mapped[str]
    media_type: Mapped[str]
    sha256: Mapped[str]
    size: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary)
