"""Notices to people and departments, where they are sent, and how each sending went."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, Identity, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from db.base import LOCAL, Base, Instant, Versioned, one_of
from db.enums import DeliveryState, Language, MailSecurity, NoticeChannel, NoticeMedium, NoticeMode

_ONE_RECIPIENT = "(user_id IS NULL) <> (department_id IS NULL)"


class Notification(Base):
    """One notice to one person; or to a department, whose addresses get it once."""

    __tablename__ = "notification"
    __placement__ = LOCAL
    __table_args__ = (
        CheckConstraint(_ONE_RECIPIENT, name="one_recipient"),
        Index("ix_notification_user_id", "user_id", "id"),
        Index("ix_notification_unread", "user_id", "id", postgresql_where=text("read_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    user_id: Mapped[int | None]
    department_id: Mapped[int | None]
    kind: Mapped[str]
    subject: Mapped[str]
    params: Mapped[dict[str, Any]]
    link: Mapped[str]
    is_urgent: Mapped[bool]
    created_at: Mapped[Instant]
    read_at: Mapped[Instant | None]


class NotificationTarget(Base, Versioned):
    """An address of a person or a department. `secret` is encrypted with a key that the database does not hold."""

    __tablename__ = "notification_target"
    __placement__ = LOCAL
    __table_args__ = (
        one_of("channel", NoticeChannel),
        one_of("language", Language, optional=True),
        CheckConstraint(_ONE_RECIPIENT, name="one_owner"),
        CheckConstraint("secret <> '' AND masked <> ''", name="address_given"),
        Index("ix_notification_target_user_id", "user_id"),
        Index("ix_notification_target_department_id", "department_id"),
        Index(
            "uq_notification_target_address", "user_id", "department_id", "fingerprint", unique=True,
            postgresql_where=text("removed_at IS NULL"), postgresql_nulls_not_distinct=True,
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    user_id: Mapped[int | None]
    department_id: Mapped[int | None]
    channel: Mapped[str]
    secret: Mapped[str]
    masked: Mapped[str]
    fingerprint: Mapped[str]
    language: Mapped[str | None]
    added_by: Mapped[str]
    added_at: Mapped[Instant]
    verified_at: Mapped[Instant | None]
    removed_at: Mapped[Instant | None]


class NotificationPreference(Base):
    """When a person wants one kind of notice by one medium; no row: the kind's default."""

    __tablename__ = "notification_preference"
    __placement__ = LOCAL
    __table_args__ = (one_of("medium", NoticeMedium), one_of("mode", NoticeMode))

    user_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(primary_key=True)
    medium: Mapped[str] = mapped_column(primary_key=True)
    mode: Mapped[str]


class NotificationHours(Base):
    """A person's quiet hours and the hour of the daily message, on the company's clocks; no row: the defaults."""

    __tablename__ = "notification_hours"
    __placement__ = LOCAL
    __table_args__ = (
        CheckConstraint("digest_hour BETWEEN 0 AND 23", name="digest_hour_range"),
        CheckConstraint("(quiet_from IS NULL) = (quiet_until IS NULL)", name="quiet_both_ends"),
        CheckConstraint("quiet_from <> quiet_until", name="quiet_not_empty"),
    )

    user_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    quiet_from: Mapped[dt.time | None]
    quiet_until: Mapped[dt.time | None]
    digest_hour: Mapped[int]


class NotificationDepartment(Base):
    """When the messages of a department's addresses are sent; no row, or no mode: each kind's default."""

    __tablename__ = "notification_department"
    __placement__ = LOCAL
    __table_args__ = (
        one_of("mode", NoticeMode, optional=True),
        CheckConstraint("digest_hour BETWEEN 0 AND 23", name="digest_hour_range"),
        CheckConstraint("(quiet_from IS NULL) = (quiet_until IS NULL)", name="quiet_both_ends"),
        CheckConstraint("quiet_from <> quiet_until", name="quiet_not_empty"),
    )

    department_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    mode: Mapped[str | None]
    quiet_from: Mapped[dt.time | None]
    quiet_until: Mapped[dt.time | None]
    digest_hour: Mapped[int]


class NotificationDelivery(Base):
    """The sending of one notice to one address. While it is `sending`, `next_at` is when it counts as lost."""

    __tablename__ = "notification_delivery"
    __placement__ = LOCAL
    __table_args__ = (
        one_of("state", DeliveryState),
        UniqueConstraint("notification_id", "target_id"),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent_at_some_time"),
        CheckConstraint("state NOT IN ('failed', 'given_up') OR error IS NOT NULL", name="failed_for_a_reason"),
        CheckConstraint("attempts >= 0", name="attempts_counted"),
        Index(
            "ix_notification_delivery_due", "next_at",
            postgresql_where=text("state IN ('queued', 'sending', 'failed')"),
        ),
        Index("ix_notification_delivery_target_id", "target_id", "id"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    notification_id: Mapped[int]
    target_id: Mapped[int]
    state: Mapped[str]
    is_folded: Mapped[bool]
    attempts: Mapped[int] = mapped_column(server_default="0", default=0)
    queued_at: Mapped[Instant]
    next_at: Mapped[Instant]
    sent_at: Mapped[Instant | None]
    error: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))


class NotificationSending(Base, Versioned):
    """How notices leave the house: one row. The mail server's password is encrypted as addresses are."""

    __tablename__ = "notification_sending"
    __placement__ = LOCAL
    __table_args__ = (
        one_of("smtp_security", MailSecurity),
        CheckConstraint("id = 1", name="one_row"),
        CheckConstraint("smtp_port BETWEEN 1 AND 65535", name="smtp_port_range"),
    )

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    smtp_host: Mapped[str]
    smtp_port: Mapped[int]
    smtp_security: Mapped[str]
    smtp_user: Mapped[str]
    smtp_secret: Mapped[str]
    mail_from: Mapped[str]
    public_url: Mapped[str]
    allows_private: Mapped[bool]
