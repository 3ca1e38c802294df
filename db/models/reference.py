"""Small shared tables: departments, people, settings, scorecards, rates, watch list, profiles, incentives."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Instant, Money, Ratio, Versioned, one_of
from db.enums import (
    DepartmentKind,
    IncentiveKind,
    IncentiveMeasure,
    IncentiveState,
    Language,
    Role,
    ScorecardKind,
    ScorecardState,
    SettingProposalState,
)


class Department(Base):
    """A department (clause 1.2). Imports create unknown ones as business departments, by code."""

    __tablename__ = "department"
    __table_args__ = (one_of("kind", DepartmentKind),)

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    name_en: Mapped[str]
    name_zh_hans: Mapped[str]
    name_zh_hant: Mapped[str]


class AppUser(Base, Versioned):
    """A person who may sign in; passwords only as argon2 hashes."""

    __tablename__ = "app_user"
    __table_args__ = (one_of("role", Role), one_of("language", Language, optional=True))

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    login: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id", ondelete="RESTRICT"))
    role: Mapped[str]
    language: Mapped[str | None]
    email: Mapped[str | None]
    password_hash: Mapped[str]
    is_active: Mapped[bool] = mapped_column(server_default=text("true"), default=True)
    is_sample: Mapped[bool] = mapped_column(server_default=text("false"), default=False)
    overview_seen_at: Mapped[Instant | None]


class CustomerKey(Base):
    """The one place where a business number is unique; the id it maps to leads every customer-scoped key."""

    __tablename__ = "customer_key"

    customer_no: Mapped[str] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(Identity(always=False), unique=True)


class Scorecard(Base, Versioned):
    """A versioned scorecard as data (clause 2.1); at most one is active.

    It is proposed while `proposed_by` is set and `approved_by` is not. `based_on_id` is the card it was drafted from.
    The definition changes only while it is a draft that nobody has proposed.
    """

    __tablename__ = "scorecard"
    __table_args__ = (
        one_of("state", ScorecardState),
        one_of("kind", ScorecardKind),
        UniqueConstraint("name", "edition"),
        CheckConstraint("approved_by <> proposed_by", name="approved_by_another"),
        CheckConstraint("(proposed_by IS NULL) = (proposed_at IS NULL)", name="proposed_at_some_time"),
        CheckConstraint("proposed_by IS NULL OR proposal_reason <> ''", name="proposed_with_reason"),
        CheckConstraint("state <> 'shadow' OR shadow_since IS NOT NULL", name="shadow_since_some_day"),
        Index("uq_scorecard_active", "state", unique=True, postgresql_where=text("state = 'active'")),
    )

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    name: Mapped[str]
    edition: Mapped[int]
    state: Mapped[str]
    definition: Mapped[dict[str, Any]]
    kind: Mapped[str] = mapped_column(server_default="expert", default=ScorecardKind.EXPERT)
    based_on_id: Mapped[int | None]
    note: Mapped[str | None]
    drafted_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id", ondelete="RESTRICT"))
    drafted_at: Mapped[Instant | None]
    shadow_since: Mapped[dt.date | None]
    proposed_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id", ondelete="RESTRICT"))
    proposed_at: Mapped[Instant | None]
    proposal_reason: Mapped[str | None]
    shadow_skipped: Mapped[str | None]
    rejection: Mapped[str | None]
    activated_on: Mapped[dt.date | None]
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id", ondelete="RESTRICT"))
    approved_at: Mapped[Instant | None]
    retired_on: Mapped[dt.date | None]


class Setting(Base):
    """One value of one policy setting from a date on. Rows are added, never changed: closed months keep their value."""

    __tablename__ = "setting"
    __table_args__ = (UniqueConstraint("key", "effective_from", "set_at"),)

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    key: Mapped[str]
    value: Mapped[dict[str, Any]]
    effective_from: Mapped[dt.date]
    set_at: Mapped[Instant] = mapped_column(server_default=func.now())
    set_by: Mapped[str]


class SettingProposal(Base, Versioned):
    """A value proposed for a setting; it becomes a `setting` when another person approves it (four eyes)."""

    __tablename__ = "setting_proposal"
    __table_args__ = (
        one_of("state", SettingProposalState),
        CheckConstraint("(state = 'proposed') = (decided_by IS NULL)", name="decided_by_somebody"),
        CheckConstraint("(decided_by IS NULL) = (decided_at IS NULL)", name="decided_at_some_time"),
        CheckConstraint(
            "state NOT IN ('approved', 'rejected') OR decided_by <> proposed_by", name="decided_by_another"
        ),
        CheckConstraint("state <> 'rejected' OR decision_note <> ''", name="rejected_with_reason"),
        Index("uq_setting_proposal_open", "key", unique=True, postgresql_where=text("state = 'proposed'")),
    )

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    key: Mapped[str]
    value: Mapped[dict[str, Any]]
    effective_from: Mapped[dt.date]
    state: Mapped[str]
    reason: Mapped[str]
    proposed_by: Mapped[int] = mapped_column(ForeignKey("app_user.id", ondelete="RESTRICT"))
    proposed_at: Mapped[Instant]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id", ondelete="RESTRICT"))
    decided_at: Mapped[Instant | None]
    decision_note: Mapped[str | None]


class FxRate(Base):
    """Base units for one unit of a currency, from a day on."""

    __tablename__ = "fx_rate"
    __table_args__ = (CheckConstraint("rate > 0", name="rate_positive"),)

    currency: Mapped[str] = mapped_column(primary_key=True)
    as_of: Mapped[dt.date] = mapped_column(primary_key=True)
    rate: Mapped[Ratio]


class IndustryOutlook(Base):
    """Trend, market and policy of an industry at a date (clause 2.1, industry background)."""

    __tablename__ = "industry_outlook"
    __table_args__ = (
        CheckConstraint("outlook BETWEEN 0 AND 100", name="outlook_range"),
        CheckConstraint("trend BETWEEN -2 AND 2", name="trend_range"),
        CheckConstraint("policy BETWEEN -2 AND 2", name="policy_range"),
    )

    industry_code: Mapped[str] = mapped_column(primary_key=True)
    as_of: Mapped[dt.date] = mapped_column(primary_key=True)
    outlook: Mapped[Ratio | None]
    trend: Mapped[Ratio | None]
    policy: Mapped[Ratio | None]
    default_rate: Mapped[Ratio | None]


class WatchlistEntry(Base):
    """A name on a list of others (sanctions, courts, peers) to screen customers against.

    An entry that its list no longer carries has ended; it is kept.
    """

    __tablename__ = "watchlist_entry"

    source: Mapped[str] = mapped_column(primary_key=True)
    entry_no: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    aliases: Mapped[str | None]
    uscc: Mapped[str | None]
    listed_on: Mapped[dt.date | None]
    ended_on: Mapped[dt.date | None]


class ImportProfile(Base):
    """A saved mapping from somebody's headers to ours."""

    __tablename__ = "import_profile"
    __table_args__ = (UniqueConstraint("kind", "name"),)

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]
    mapping: Mapped[dict[str, Any]]
    defaults: Mapped[dict[str, Any]]
    saved_by: Mapped[str]
    saved_at: Mapped[Instant] = mapped_column(server_default=func.now())


class Incentive(Base, Versioned):
    """A reward or a penalty of clause 5.3, tied to its reason."""

    __tablename__ = "incentive"
    __table_args__ = (
        one_of("kind", IncentiveKind),
        one_of("measure", IncentiveMeasure),
        one_of("state", IncentiveState),
        CheckConstraint(
            "(kind = 'reward') = (measure IN ('bonus', 'certificate', 'promotion', 'commendation'))",
            name="measure_fits_kind",
        ),
        Index("ix_incentive_decided_on", "decided_on"),
    )

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    incentive_no: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    measure: Mapped[str]
    state: Mapped[str]
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id", ondelete="RESTRICT"))
    person: Mapped[str | None]
    amount: Mapped[Money | None]
    currency: Mapped[str | None]
    decided_on: Mapped[dt.date]
    reason: Mapped[str]
