"""Orders that asked the gate (SPEC 8), what it answered, and what a person decided on those held."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from db.base import CustomerScoped, Instant, Money, Versioned, one_of
from db.enums import ControlKind, GateDecision, HeldOrderState, OverrideState, Role
from db.models.customer import of_customer


class GateOrder(CustomerScoped, Versioned):
    """One order number of one customer as the gate answered it first: asking again gives the same answer.

    `state` is set for orders that were held (at once, or afterwards when the customer was listed or suspended) and for
    orders that were withdrawn. What counts against limits is `amount` in the base currency of orders allowed or
    released, until they are invoiced. `away_decision` is what was answered from the last known state while the
    database was away.
    """

    __tablename__ = "gate_order"
    __table_args__ = (
        of_customer(),
        one_of("decision", GateDecision),
        one_of("away_decision", GateDecision, optional=True),
        one_of("state", HeldOrderState, optional=True),
        one_of("release_role", Role, optional=True),
        CheckConstraint("decision <> 'hold' OR state IS NOT NULL", name="state_when_held"),
        CheckConstraint("decision <> 'deny' OR state IS NULL", name="denied_is_final"),
        CheckConstraint(
            "state IS NULL OR state = 'withdrawn' OR (held_at IS NOT NULL AND release_role IS NOT NULL)",
            name="held_for_somebody",
        ),
        CheckConstraint(
            "(state IS NULL OR state = 'waiting') = (settled_at IS NULL)", name="settled_when_settled"
        ),
        CheckConstraint("state NOT IN ('released', 'refused') OR btrim(coalesce(settled_reason, '')) <> ''",
                        name="settled_with_reason"),
        CheckConstraint("original_amount > 0 AND prepaid_amount >= 0 AND terms_days >= 0", name="order_in_range"),
        UniqueConstraint("customer_id", "order_no"),
        Index("ix_gate_order_order_no", "order_no"),
        Index("ix_gate_order_asked_on", "customer_id", "asked_on"),
        Index("ix_gate_order_asked_at", "asked_at", "customer_id", "id"),
        Index("ix_gate_order_waiting", "held_at", "customer_id", "id", postgresql_where=text("state = 'waiting'")),
    )  # fmt: skip

    order_no: Mapped[str]
    asked_on: Mapped[dt.date]
    asked_at: Mapped[Instant]
    asked_by: Mapped[str]
    original_amount: Mapped[Money]
    currency: Mapped[str | None]
    amount: Mapped[Money | None]
    prepaid_amount: Mapped[Money | None]
    terms_days: Mapped[int | None]
    decision: Mapped[str]
    away_decision: Mapped[str | None]
    #: [{code, params, control_id, decision, role}]: sentences are made from them in the reader's language.
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=text("'[]'::jsonb"), default=list)
    controls: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=text("'[]'::jsonb"), default=list)
    limit_left: Mapped[Money | None]
    #: The permissions that let it pass a measure: what it costs of their limits.
    override_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), server_default=text("'{}'"), default=list)
    state: Mapped[str | None]
    held_at: Mapped[Instant | None]
    #: Whose decision it waits for: the measure's override role; leadership where measures name several.
    release_role: Mapped[str | None]
    settled_at: Mapped[Instant | None]
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id", ondelete="RESTRICT"))
    settled_reason: Mapped[str | None]
    #: Where a release ends by itself if the order is not placed by then.
    released_until: Mapped[dt.date | None]


class GateOverride(CustomerScoped, Versioned):
    """A permission to pass one kind of measure against a customer until a day, up to an amount in all.

    It never passes a listing, nor a measure that is absolute. One person asks for it, another gives it.
    """

    __tablename__ = "gate_override"
    __table_args__ = (
        of_customer(),
        one_of("kind", ControlKind),
        one_of("state", OverrideState),
        CheckConstraint("approved_by_id <> proposed_by_id", name="approved_by_another"),
        CheckConstraint("(state = 'approved') <= (approved_at IS NOT NULL)", name="approved_when_approved"),
        CheckConstraint("state NOT IN ('declined', 'ended') OR btrim(coalesce(ended_reason, '')) <> ''",
                        name="ended_with_reason"),
        CheckConstraint("btrim(reason) <> ''", name="proposed_with_reason"),
        CheckConstraint("until_on >= starts_on AND limit_amount > 0", name="in_range"),
        Index(
            "uq_gate_override_open", "customer_id", "kind",
            unique=True, postgresql_where=text("state IN ('proposed', 'approved')"),
        ),
        Index("ix_gate_override_until_on", "until_on", postgresql_where=text("state IN ('proposed', 'approved')")),
    )  # fmt: skip

    kind: Mapped[str]
    state: Mapped[str]
    starts_on: Mapped[dt.date]
    until_on: Mapped[dt.date]
    limit_amount: Mapped[Money | None]
    reason: Mapped[str]
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id", ondelete="RESTRICT"))
    proposed_at: Mapped[Instant]
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id", ondelete="RESTRICT"))
    approved_at: Mapped[Instant | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id", ondelete="RESTRICT"))
    ended_reason: Mapped[str | None]
