"""Work on scorecards: unsaved changes, what was saved, and reports of comparisons and fits (clause 2.1)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Instant, one_of
from db.enums import ScorecardReportKind, ScorecardReportState


class ScorecardWork(Base):
    """What one person has changed on a draft and not saved yet; it need not be a card that can be used."""

    __tablename__ = "scorecard_work"

    scorecard_id: Mapped[int] = mapped_column(ForeignKey("scorecard.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id", ondelete="CASCADE"), primary_key=True)
    definition: Mapped[dict[str, Any]]
    based_on_version: Mapped[int]
    changed_at: Mapped[Instant]


class ScorecardSave(Base):
    """What a draft looked like before a save, so that it can be undone; a row leaves when it is brought back."""

    __tablename__ = "scorecard_save"
    __table_args__ = (UniqueConstraint("scorecard_id", "version"),)

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    scorecard_id: Mapped[int] = mapped_column(ForeignKey("scorecard.id", ondelete="CASCADE"))
    version: Mapped[int]
    definition: Mapped[dict[str, Any]]
    saved_by: Mapped[int] = mapped_column(ForeignKey("app_user.id", ondelete="RESTRICT"))
    saved_at: Mapped[Instant]


class ScorecardShadow(Base):
    """Derived: how the scores of a card in shadow compared with the customers' own when the worker last looked."""

    __tablename__ = "scorecard_shadow"

    scorecard_id: Mapped[int] = mapped_column(ForeignKey("scorecard.id", ondelete="CASCADE"), primary_key=True)
    taken_at: Mapped[Instant]
    summary: Mapped[dict[str, Any]]


class ScorecardReport(Base):
    """One comparison of scorecards on the company's history, or one fit: asked for, run by the worker, kept."""

    __tablename__ = "scorecard_report"
    __table_args__ = (
        one_of("kind", ScorecardReportKind),
        one_of("state", ScorecardReportState),
        CheckConstraint("state <> 'done' OR result IS NOT NULL", name="done_with_result"),
        CheckConstraint("(state IN ('done', 'failed')) = (finished_at IS NOT NULL)", name="finished_at_some_time"),
        Index("ix_scorecard_report_scorecard_id", "scorecard_id", text("asked_at DESC")),
    )

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    scorecard_id: Mapped[int] = mapped_column(ForeignKey("scorecard.id", ondelete="RESTRICT"))
    against_id: Mapped[int | None] = mapped_column(ForeignKey("scorecard.id", ondelete="RESTRICT"))
    kind: Mapped[str]
    arguments: Mapped[dict[str, Any]]
    result: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    state: Mapped[str]
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id", ondelete="RESTRICT"))
    asked_at: Mapped[Instant]
    finished_at: Mapped[Instant | None]
