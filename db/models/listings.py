"""Listings (clause 2.3), the signs that call for them, and the evidence of a proposal."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from db.base import CustomerScoped, Instant, Versioned, one_of
from db.enums import (
    CandidateSource,
    CandidateState,
    Criterion,
    EvidenceKind,
    Grade,
    ListingEnd,
    ListingState,
    ListingStep,
    ReplyChannel,
)
from db.models.customer import of_customer

#: At most one of a customer and criterion is not over.
OPEN_CANDIDATE = "state IN ('open', 'proposed')"
LARGEST_EVIDENCE_BYTES = 20 * 1024 * 1024


class Listing(CustomerScoped, Versioned):
    """The decision that a customer is grey or black (clause 2.3).

    Rows with a `proposer_id` were proposed here: `step` says where they stand before the decision. What a history file
    brought has neither, and the rules about persons do not look at it.
    """

    __tablename__ = "listing"
    __table_args__ = (
        of_customer(),
        one_of("criterion", Criterion),
        one_of("grade", Grade),
        one_of("state", ListingState),
        one_of("step", ListingStep, optional=True),
        one_of("reply_channel", ReplyChannel, optional=True),
        one_of("ended_as", ListingEnd, optional=True),
        CheckConstraint("(state = 'proposed') = (decided_on IS NULL)", name="decided_when_decided"),
        CheckConstraint("(state = 'restored') = (restored_on IS NOT NULL)", name="restored_when_restored"),
        CheckConstraint("restored_on >= decided_on", name="restored_after_decision"),
        CheckConstraint(
            "(state = 'proposed' AND proposer_id IS NOT NULL) = (step IS NOT NULL)", name="step_while_proposed"
        ),
        CheckConstraint("decider_id <> proposer_id", name="decided_by_another"),
        CheckConstraint("reviewer_id <> proposer_id", name="reviewed_by_another"),
        CheckConstraint("corrected_by_id <> correction_by_id", name="corrected_by_another"),
        CheckConstraint(
            "(correction_by_id IS NULL) = (correction_reason IS NULL) "
            "AND (correction_by_id IS NULL) = (correction_at IS NULL)",
            name="correction_whole",
        ),
        CheckConstraint("ended_as IS NULL OR state = 'restored'", name="ended_when_restored"),
        CheckConstraint(
            "ended_as IS DISTINCT FROM 'unfounded' OR corrected_by_id IS NOT NULL", name="unfounded_by_two"
        ),
        CheckConstraint(
            "(reply_offered_on IS NULL) = (reply_channel IS NULL) "
            "AND (reply_offered_on IS NULL) = (reply_due_on IS NULL) AND reply_due_on >= reply_offered_on",
            name="reply_offered_whole",
        ),
        CheckConstraint(
            "(reply_closed_on IS NULL) = (has_reply IS NULL) AND reply_closed_on >= reply_offered_on "
            "AND (has_reply IS NOT TRUE OR btrim(coalesce(reply_text, '')) <> '')",
            name="reply_closed_whole",
        ),
        CheckConstraint("trigger_on <= decided_on OR proposer_id IS NULL", name="trigger_before_decision"),
        UniqueConstraint("customer_id", "listing_no"),
        Index("ix_listing_listing_no", "listing_no"),
        Index(
            "uq_listing_proposed", "customer_id",
            unique=True, postgresql_where=text("state = 'proposed' AND proposer_id IS NOT NULL"),
        ),
        Index("ix_listing_proposed", "trigger_on", "customer_id", "id", postgresql_where=text("state = 'proposed'")),
        Index("ix_listing_decided", "decided_on", "customer_id", "id", postgresql_where=text("state <> 'proposed'")),
    )  # fmt: skip

    listing_no: Mapped[str]
    criterion: Mapped[str]
    grade: Mapped[str]
    state: Mapped[str]
    trigger_on: Mapped[dt.date]
    listed_on: Mapped[dt.date | None]
    decided_on: Mapped[dt.date | None]
    restored_on: Mapped[dt.date | None]
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id", ondelete="RESTRICT"))
    step: Mapped[str | None]
    also_criteria: Mapped[list[str]] = mapped_column(ARRAY(Text()), server_default="{}", default=list)
    statement: Mapped[str | None]
    grade_reason: Mapped[str | None]
    proposer_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id", ondelete="RESTRICT"))
    handed_in_at: Mapped[Instant | None]
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id", ondelete="RESTRICT"))
    reviewed_at: Mapped[Instant | None]
    asked_for: Mapped[str | None]
    asked_due_on: Mapped[dt.date | None]
    answer: Mapped[str | None]
    recommendation: Mapped[str | None]
    decider_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id", ondelete="RESTRICT"))
    decided_at: Mapped[Instant | None]
    decision_reason: Mapped[str | None]
    #: What was missing when it was decided: the codes of services/listings/completeness.
    gaps: Mapped[list[str]] = mapped_column(ARRAY(Text()), server_default="{}", default=list)
    #: The customer's right of reply: offered how and until when, and what came of it.
    reply_offered_on: Mapped[dt.date | None]
    reply_channel: Mapped[str | None]
    reply_due_on: Mapped[dt.date | None]
    reply_closed_on: Mapped[dt.date | None]
    has_reply: Mapped[bool | None]
    reply_text: Mapped[str | None]
    #: A listing found wrong: one person asks for its end, another one ends it.
    ended_as: Mapped[str | None]
    correction_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id", ondelete="RESTRICT"))
    correction_at: Mapped[Instant | None]
    correction_reason: Mapped[str | None]
    corrected_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id", ondelete="RESTRICT"))


class ListingCandidate(CustomerScoped, Versioned):
    """A sign that a customer may have to be listed, with what shows it and the day it must be decided by.

    `subject` is what set it off (`invoice:ID`, `contract_event:ID`, ...): the same sign is found once. Somebody's tip
    has none. `again_on`: put aside until that day, then the same sign is found again.
    """

    __tablename__ = "listing_candidate"
    __table_args__ = (
        of_customer(),
        ForeignKeyConstraint(
            ["customer_id", "listing_id"], ["listing.customer_id", "listing.id"], name="fk_listing_candidate_listing",
            ondelete="RESTRICT",
        ),
        one_of("criterion", Criterion),
        one_of("state", CandidateState),
        one_of("source", CandidateSource),
        CheckConstraint("deadline_on >= trigger_on", name="deadline_after_trigger"),
        CheckConstraint("(source = 'test') = (subject IS NOT NULL)", name="test_has_subject"),
        CheckConstraint(
            "(source = 'tip') = (reporter_id IS NOT NULL) AND (source = 'test' OR btrim(coalesce(words, '')) <> '')",
            name="tip_has_reporter_and_words",
        ),
        CheckConstraint("(state IN ('open', 'proposed')) = (closed_on IS NULL)", name="closed_when_closed"),
        CheckConstraint("state <> 'proposed' OR listing_id IS NOT NULL", name="proposed_names_listing"),
        CheckConstraint(
            "state <> 'put_aside' OR (btrim(coalesce(closed_reason, '')) <> '' AND closed_by_id IS NOT NULL)",
            name="put_aside_with_reason",
        ),
        Index(
            "uq_listing_candidate_open", "customer_id", "criterion",
            unique=True, postgresql_where=text(OPEN_CANDIDATE),
        ),
        Index(
            "ix_listing_candidate_deadline", "deadline_on", "customer_id", "id",
            postgresql_where=text(OPEN_CANDIDATE),
        ),
        Index("ix_listing_candidate_closed", "closed_on", "customer_id", "id",
              postgresql_where=text("closed_on IS NOT NULL")),
        Index("ix_listing_candidate_listing", "customer_id", "listing_id"),
    )  # fmt: skip

    criterion: Mapped[str]
    state: Mapped[str]
    source: Mapped[str]
    subject: Mapped[str | None]
    trigger_on: Mapped[dt.date]
    deadline_on: Mapped[dt.date]
    found_on: Mapped[dt.date]
    #: [{table, id, no, on}]: the rows that show it.
    facts: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=text("'[]'::jsonb"), default=list)
    words: Mapped[str | None]
    reporter_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id", ondelete="RESTRICT"))
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id", ondelete="RESTRICT"))
    listing_id: Mapped[int | None]
    closed_on: Mapped[dt.date | None]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id", ondelete="RESTRICT"))
    closed_reason: Mapped[str | None]
    again_on: Mapped[dt.date | None]
    #: How far people were reminded: 0 not yet, 1 before the deadline, 2 and 3 after it (services/listings/reminding).
    reminded: Mapped[int] = mapped_column(server_default="0", default=0)


class ListingEvidence(CustomerScoped):
    """A piece of evidence of a proposal or of a tip: a row of the database by its name, or a file kept whole.

    `sha256` is of the bytes kept. A file is never part of the ledger's values, only its name and hash are. A piece that
    was taken out again stays: what was once shown can be shown again.
    """

    __tablename__ = "listing_evidence"
    __table_args__ = (
        of_customer(),
        ForeignKeyConstraint(
            ["customer_id", "listing_id"], ["listing.customer_id", "listing.id"], name="fk_listing_evidence_listing",
            ondelete="RESTRICT",
        ),
        ForeignKeyConstraint(
            ["customer_id", "candidate_id"], ["listing_candidate.customer_id", "listing_candidate.id"],
            name="fk_listing_evidence_candidate", ondelete="RESTRICT",
        ),
        one_of("kind", EvidenceKind),
        CheckConstraint("listing_id IS NOT NULL OR candidate_id IS NOT NULL", name="belongs_somewhere"),
        CheckConstraint("(subject IS NULL) = (content IS NOT NULL)", name="row_or_file"),
        CheckConstraint(
            "(content IS NULL) = (sha256 IS NULL) AND (content IS NULL) = (file_name IS NULL) "
            "AND (content IS NULL) = (media_type IS NULL) AND (content IS NULL) = (size IS NULL)",
            name="file_whole",
        ),
        CheckConstraint(
            f"size BETWEEN 1 AND {LARGEST_EVIDENCE_BYTES} AND size = octet_length(content)", name="size_range"
        ),
        CheckConstraint("(removed_at IS NULL) = (removed_by_id IS NULL)", name="removed_by_somebody"),
        Index("ix_listing_evidence_listing", "customer_id", "listing_id"),
        Index("ix_listing_evidence_candidate", "customer_id", "candidate_id"),
        Index(
            "uq_listing_evidence_row", "customer_id", "listing_id", "subject",
            unique=True, postgresql_where=text("removed_at IS NULL AND subject IS NOT NULL"),
        ),
        Index(
            "uq_listing_evidence_file", "customer_id", "listing_id", "sha256",
            unique=True, postgresql_where=text("removed_at IS NULL AND sha256 IS NOT NULL"),
        ),
    )  # fmt: skip

    listing_id: Mapped[int | None]
    candidate_id: Mapped[int | None]
    kind: Mapped[str]
    #: A row by its table and id, `invoice:12`, and how people call it.
    subject: Mapped[str | None]
    title: Mapped[str | None]
    happened_on: Mapped[dt.date | None]
    file_name: Mapped[str | None]
    media_type: Mapped[str | None]
    sha256: Mapped[str | None]
    size: Mapped[int | None]
    content: Mapped[bytes | None] = mapped_column(LargeBinary)
    added_by_id: Mapped[int] = mapped_column(ForeignKey("app_user.id", ondelete="RESTRICT"))
    added_at: Mapped[Instant]
    removed_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id", ondelete="RESTRICT"))
    removed_at: Mapped[Instant | None]
