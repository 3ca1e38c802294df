"""The record of what happened: ledger, imports, jobs, sessions, and the figures derived for the metrics."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Identity, Index, LargeBinary, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from db.base import CUSTOMER_SCOPED, LOCAL, Base, CustomerScoped, Instant, Money, Ratio, one_of
from db.enums import ImportState, JobState


class LedgerEntry(Base):
    """One change: who changed what from what to what. Chained by hash per customer; 0 is the system itself."""

    __tablename__ = "ledger_entry"
    __placement__ = CUSTOMER_SCOPED
    __table_args__ = (Index("ix_ledger_entry_at", "at"),)

    customer_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[Instant]
    actor: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str]
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    after: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    note: Mapped[str | None]
    previous_hash: Mapped[bytes] = mapped_column(LargeBinary)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class LedgerSeal(Base):
    """One day's heads of all chains, sealed together."""

    __tablename__ = "ledger_seal"
    __placement__ = LOCAL

    sealed_on: Mapped[dt.date] = mapped_column(primary_key=True)
    sealed_at: Mapped[Instant]
    chains: Mapped[int]
    entries: Mapped[int]
    previous_hash: Mapped[bytes] = mapped_column(LargeBinary)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class ImportBatch(Base):
    """One file brought in: its hash, its counts, what it replaced."""

    __tablename__ = "import_batch"
    __placement__ = LOCAL
    __table_args__ = (one_of("state", ImportState),)

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    kind: Mapped[str]
    file_name: Mapped[str]
    file_sha256: Mapped[str]
    state: Mapped[str]
    started_at: Mapped[Instant] = mapped_column(server_default=func.now())
    finished_at: Mapped[Instant | None]
    imported_by: Mapped[str]
    counts: Mapped[dict[str, Any]]
    rejects: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))


class ImportChange(Base):
    """A row's values before an import replaced them."""

    __tablename__ = "import_change"
    __placement__ = LOCAL
    __table_args__ = (Index("ix_import_change_batch_id", "batch_id"),)

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    batch_id: Mapped[int]
    customer_id: Mapped[int]
    key: Mapped[str]
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]


class Job(Base):
    """Work for the worker process: done once, whatever the number of workers."""

    __tablename__ = "job"
    __placement__ = LOCAL
    __table_args__ = (
        one_of("state", JobState),
        Index("ix_job_queued", "run_at", "id", postgresql_where=text("state = 'queued'")),
        Index("uq_job_waiting", "name", "unique_key", unique=True, postgresql_where=text("state = 'queued'")),
    )

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    name: Mapped[str]
    unique_key: Mapped[str]
    arguments: Mapped[dict[str, Any]]
    state: Mapped[str]
    run_at: Mapped[Instant]
    started_at: Mapped[Instant | None]
    finished_at: Mapped[Instant | None]
    attempts: Mapped[int] = mapped_column(server_default="0", default=0)
    error: Mapped[str | None]
    progress: Mapped[Ratio | None]


class AppSession(Base):
    """A signed-in browser. Only the hash of its token is stored."""

    __tablename__ = "app_session"
    __placement__ = LOCAL
    __table_args__ = (Index("ix_app_session_user_id", "user_id"),)

    token_sha256: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    user_id: Mapped[int]
    created_at: Mapped[Instant]
    last_seen_at: Mapped[Instant]
    expires_at: Mapped[Instant]
    ip: Mapped[str | None]
    browser: Mapped[str | None]


class SignInAttempt(Base):
    """A refused sign-in, counted to slow guessing down."""

    __tablename__ = "sign_in_attempt"
    __placement__ = LOCAL
    __table_args__ = (Index("ix_sign_in_attempt_login_at", "login", "at"),)

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    login: Mapped[str]
    ip: Mapped[str | None]
    at: Mapped[Instant]


class DataVersion(Base):
    """A counter per topic that goes up with each change: the cheap key of every cache."""

    __tablename__ = "data_version"
    __placement__ = LOCAL

    topic: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]
    changed_at: Mapped[Instant]


class DirtyCustomer(Base):
    """A customer whose derived figures (allocations, metric contributions) are to be made again, and since when."""

    __tablename__ = "dirty_customer"
    __placement__ = CUSTOMER_SCOPED

    customer_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    since: Mapped[Instant] = mapped_column(server_default=func.now())


class MetricContribution(CustomerScoped):
    """What one customer adds to one metric from one day on (services/metrics). Rollups are sums of these.

    `known_on` is the day the fact is known from; `month` the calendar month it counts in (its first day);
    `neighbour` the other month that decides whether a customer counts once in a longer period.
    """

    __tablename__ = "metric_contribution"
    __table_args__ = (Index("ix_metric_contribution_metric_month", "metric", "month", "customer_id"),)

    metric: Mapped[str]
    measure: Mapped[str]
    department_id: Mapped[int | None]
    month: Mapped[dt.date]
    neighbour: Mapped[dt.date | None]
    known_on: Mapped[dt.date]
    amount: Mapped[Money]
    subject: Mapped[str | None]
    score: Mapped[Ratio | None]


class MetricRollup(Base):
    """Sums of contributions over customers; kept by deltas in the transaction that replaces the contributions."""

    __tablename__ = "metric_rollup"
    __placement__ = LOCAL
    __table_args__ = (
        Index(
            "uq_metric_rollup_cell",
            "metric",
            "measure",
            "department_id",
            "month",
            "neighbour",
            "known_on",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
    )

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    metric: Mapped[str]
    measure: Mapped[str]
    department_id: Mapped[int | None]
    month: Mapped[dt.date]
    neighbour: Mapped[dt.date | None]
    known_on: Mapped[dt.date]
    amount: Mapped[Money]
