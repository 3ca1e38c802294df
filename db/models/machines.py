"""What machines are told and may ask: events, tokens of the HTTP API, webhooks and how each call went."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ARRAY, CheckConstraint, Identity, Index, LargeBinary, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from db.base import LOCAL, Base, Instant, Versioned, one_of
from db.enums import ApiScope, DeliveryState


class MachineEvent(Base):
    """Something that other systems are told. `position` is given once it has committed: readers follow that order."""

    __tablename__ = "machine_event"
    __placement__ = LOCAL
    __table_args__ = (
        CheckConstraint("position > 0", name="position_positive"),
        Index("uq_machine_event_position", "position", unique=True),
        Index("ix_machine_event_unplaced", "id", postgresql_where=text("position IS NULL")),
        Index("ix_machine_event_at", "at"),
    )

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    position: Mapped[int | None]
    at: Mapped[Instant]
    kind: Mapped[str]
    customer_id: Mapped[int | None]
    payload: Mapped[dict[str, Any]]


class ApiToken(Base, Versioned):
    """A machine's key: only its SHA-256 is kept. `department_id` narrows whose customers it sees."""

    __tablename__ = "api_token"
    __placement__ = LOCAL
    __table_args__ = (
        UniqueConstraint("name"),
        UniqueConstraint("fingerprint"),
        CheckConstraint("octet_length(fingerprint) = 32", name="fingerprint_is_sha256"),
        CheckConstraint("btrim(name) <> ''", name="named"),
        CheckConstraint(
            "cardinality(scopes) > 0 AND scopes <@ ARRAY[" + ", ".join(f"'{one.value}'" for one in ApiScope) + "]",
            name="scopes_known",
        ),
        CheckConstraint("expires_at > made_at", name="expires_later"),
        CheckConstraint("per_minute BETWEEN 1 AND 1000000", name="rate_range"),
        CheckConstraint("(revoked_at IS NULL) = (revoked_by IS NULL)", name="revoked_by_somebody"),
    )

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    name: Mapped[str]
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary)
    #: What is left to recognise it by.
    hint: Mapped[str]
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    department_id: Mapped[int | None]
    per_minute: Mapped[int]
    made_by: Mapped[str]
    made_at: Mapped[Instant]
    expires_at: Mapped[Instant]
    last_used_at: Mapped[Instant | None]
    revoked_at: Mapped[Instant | None]
    revoked_by: Mapped[str | None]


class Webhook(Base, Versioned):
    """An address that is called with events of some kinds. `secret` is encrypted with a key that is not in here.

    `rests_until`: after a failed call nothing is sent before then, so that a dead receiver delays no other.
    """

    __tablename__ = "webhook"
    __placement__ = LOCAL
    __table_args__ = (
        CheckConstraint("btrim(url) <> '' AND secret <> ''", name="address_given"),
        CheckConstraint("cardinality(kinds) > 0", name="kinds_given"),
        CheckConstraint("removed_at IS NULL OR NOT is_active", name="removed_is_quiet"),
        CheckConstraint("failures >= 0", name="failures_counted"),
        Index("uq_webhook_url", "url", unique=True, postgresql_where=text("removed_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    url: Mapped[str]
    kinds: Mapped[list[str]] = mapped_column(ARRAY(Text))
    secret: Mapped[str]
    is_active: Mapped[bool]
    added_by: Mapped[str]
    added_at: Mapped[Instant]
    removed_at: Mapped[Instant | None]
    failures: Mapped[int] = mapped_column(server_default="0", default=0)
    rests_until: Mapped[Instant | None]
    #: Since when administrators know that calls were given up; null again after one that arrived.
    told_at: Mapped[Instant | None]


class WebhookDelivery(Base):
    """One event on its way to one webhook. While it is `sending`, `next_at` is when it counts as lost."""

    __tablename__ = "webhook_delivery"
    __placement__ = LOCAL
    __table_args__ = (
        one_of("state", DeliveryState),
        UniqueConstraint("webhook_id", "event_id"),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent_at_some_time"),
        CheckConstraint("state NOT IN ('failed', 'given_up') OR error IS NOT NULL", name="failed_for_a_reason"),
        CheckConstraint("attempts >= 0", name="attempts_counted"),
        Index(
            "ix_webhook_delivery_due", "next_at",
            postgresql_where=text("state IN ('queued', 'sending', 'failed')"),
        ),
        Index("ix_webhook_delivery_event_id", "event_id"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    webhook_id: Mapped[int]
    event_id: Mapped[int]
    state: Mapped[str]
    attempts: Mapped[int] = mapped_column(server_default="0", default=0)
    queued_at: Mapped[Instant]
    next_at: Mapped[Instant]
    sent_at: Mapped[Instant | None]
    status_code: Mapped[int | None]
    took_ms: Mapped[int | None]
    error: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
