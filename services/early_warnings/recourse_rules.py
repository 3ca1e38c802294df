"""Rules that read what was decided and what may still be claimed: relapse after restoration, limitation of a claim."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import Date, Integer, Select, Subquery, and_, case, cast, func, literal, or_, select, union_all

from db.enums import ListingState, ReputationKind, RiskLevel
from db.models import DunningNotice, Listing, PaymentAllocation, ReputationEvent
from services.early_warnings.exposure import exposure, open_invoices
from services.early_warnings.rule import (
    Addressed,
    FactKind,
    Frame,
    Thresholds,
    WarningRule,
    found,
    newest_items,
)
from services.errors import N_

_AUTHORITIES = (ReputationKind.COURT, ReputationKind.REGULATOR)


def _restored_lately(frame: Frame, limits: Thresholds) -> Subquery:
    """Customers on probation: `customer_id, restored_on`."""
    return (
        select(Listing.customer_id, func.max(Listing.restored_on).label("restored_on"))
        .where(
            Listing.state == ListingState.RESTORED, Listing.restored_on <= frame.day,
            Listing.restored_on > frame.days_ago(limits["probation_days"]), frame.only(Listing.customer_id),
        )
        .group_by(Listing.customer_id)
        .subquery("restored")
    )  # fmt: skip


def _relapse_signs(frame: Frame, limits: Thresholds) -> Subquery:
    """Invoices late again, and bad events at courts and regulators: `customer_id, item, on, severity`."""
    invoice, event = open_invoices(frame), ReputationEvent
    late_on = cast(invoice.c.due_on + cast(literal(int(limits["days"])), Integer), Date)
    late = select(
        invoice.c.customer_id, invoice.c.invoice_no.label("item"), late_on.label("on"),
        literal(RiskLevel.HIGH.value).label("severity"),
    ).where(invoice.c.is_disputed.is_(False), invoice.c.due_on <= frame.days_ago(limits["days"]))  # fmt: skip
    met = select(event.customer_id, event.event_no, event.occurred_on, literal(RiskLevel.CRITICAL.value)).where(
        event.kind.in_(_AUTHORITIES), func.coalesce(event.sentiment, -1) < 0, event.occurred_on <= frame.day,
        frame.only(event.customer_id),
    )  # fmt: skip
    return union_all(late, met).subquery("relapse_sign")


def _probation_relapse(frame: Frame, limits: Thresholds) -> Select[Any]:
    """A restored customer on probation is late again, or meets a court or a regulator, after its restoration."""
    restored, sign, owed = _restored_lately(frame, limits), _relapse_signs(frame, limits), exposure(frame)
    is_critical = func.bool_or(sign.c.severity == RiskLevel.CRITICAL)
    return (
        found(
            sign.c.customer_id,
            money=func.max(owed.c.money),
            severity=case((is_critical, RiskLevel.CRITICAL), else_=RiskLevel.HIGH),
            items=newest_items(sign.c.item, sign.c.on.desc(), sign.c.item),
            facts={
                "count": func.count(),
                "restored_on": func.max(restored.c.restored_on),
                "last_on": func.max(sign.c.on),
            },
        )
        .join(restored, restored.c.customer_id == sign.c.customer_id)
        .outerjoin(owed, owed.c.customer_id == sign.c.customer_id)
        .where(sign.c.on > restored.c.restored_on)
        .group_by(sign.c.customer_id)
    )


def _claims(frame: Frame, barred_after: int, soon: int) -> Subquery:
    """Old open invoices with the last act on each, from which its period runs: due date, demand or part payment."""
    invoice = open_invoices(frame)
    demand = func.max(DunningNotice.sent_on).filter(DunningNotice.sent_on > invoice.c.due_on)
    last_paid = (
        select(func.max(PaymentAllocation.paid_on))
        .where(
            PaymentAllocation.customer_id == invoice.c.customer_id,
            PaymentAllocation.invoice_id == invoice.c.invoice_id, PaymentAllocation.paid_on <= frame.day,
        )
        .scalar_subquery()
    )  # fmt: skip
    return (
        select(
            invoice.c.customer_id, invoice.c.invoice_no, invoice.c.due_on, invoice.c.balance,
            func.greatest(invoice.c.due_on, demand, last_paid).label("last_act"),
        )
        .outerjoin(
            DunningNotice,
            and_(
                DunningNotice.customer_id == invoice.c.customer_id, DunningNotice.sent_on <= frame.day,
                or_(DunningNotice.invoice_id.is_(None), DunningNotice.invoice_id == invoice.c.invoice_id),
            ),
        )
        .where(invoice.c.due_on <= frame.days_ago(barred_after - soon))
        .group_by(
            invoice.c.customer_id, invoice.c.invoice_id, invoice.c.invoice_no, invoice.c.due_on, invoice.c.balance
        )
        .subquery("claim")
    )  # fmt: skip


def _limitation_near(frame: Frame, limits: Thresholds) -> Select[Any]:
    """An open invoice whose claim is soon barred: the period runs anew from each demand and each part payment."""
    barred_after, soon = int(limits["limitation_days"]), int(limits["days"])
    claim = _claims(frame, barred_after, soon)
    ends_on = cast(func.min(claim.c.last_act) + cast(literal(barred_after), Integer), Date)
    return (
        found(
            claim.c.customer_id,
            money=func.sum(claim.c.balance),
            severity=case((ends_on <= frame.days_ago(-limits["days_high"]), RiskLevel.HIGH), else_=RiskLevel.MEDIUM),
            items=newest_items(claim.c.invoice_no, claim.c.due_on.desc(), claim.c.invoice_no),
            facts={"count": func.count(), "barred_on": ends_on},
        )
        .where(
            claim.c.last_act <= frame.days_ago(barred_after - soon),
            claim.c.last_act >= frame.days_ago(barred_after + limits["days_after"]),
        )
        .group_by(claim.c.customer_id)
    )


RECOURSE_RULES: tuple[WarningRule, ...] = (
    WarningRule(
        code="probation_relapse",
        severity=RiskLevel.HIGH,
        title=N_("Relapse on probation"),
        why=N_("Restored on %(restored_on)s and conspicuous again: %(count)s signs, the last on %(last_on)s"),
        likelihood=Decimal("0.40"),
        addressed=Addressed.RISK,
        facts={"count": FactKind.COUNT, "restored_on": FactKind.DATE, "last_on": FactKind.DATE},
        thresholds={"probation_days": 365, "days": 15},
        findings=_probation_relapse,
    ),
    WarningRule(
        code="limitation_near",
        severity=RiskLevel.MEDIUM,
        title=N_("Limitation date near"),
        why=N_("Claims soon barred by limitation: %(count)s, the first on %(barred_on)s"),
        likelihood=Decimal("0.60"),
        addressed=Addressed.OWNER,
        facts={"count": FactKind.COUNT, "barred_on": FactKind.DATE},
        thresholds={"limitation_days": 1095, "days": 90, "days_high": 30, "days_after": 30},
        findings=_limitation_near,
    ),
)  # fmt: skip
