"""Warnings raised by hand: a tip that no rule can see (SPEC 6)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import select

from db.enums import RiskLevel, WarningState
from db.models import Customer, EarlyWarning
from services import access, data_versions, ledger
from services.context import Context
from services.early_warnings.editions import rule_history
from services.early_warnings.exposure import exposure
from services.early_warnings.lifecycle import (
    company_clock,
    company_zone,
    severity_rank,
    step_deadline,
    stored_priority,
)
from services.early_warnings.publishing import publish_raised
from services.early_warnings.queue import warning_by_id
from services.early_warnings.raising import departments_addressed, risk_department_of
from services.early_warnings.rows import WarningRow
from services.early_warnings.rule import MOST_ITEMS, Frame
from services.early_warnings.rules import TIP
from services.early_warnings.storing import key_of
from services.errors import N_, NotFoundError, RefusedError
from services.reasons import stated


def raise_by_hand(
    ctx: Context, customer_no: str, severity: RiskLevel | str, report: str, money_at_risk: Decimal | None = None
) -> WarningRow:
    """Raise a warning on a tip, or add the tip to the one that is open. Money: as stated (base currency), else what the
    customer owes today.

    Raises:
        NotAllowedError, NotFoundError, RefusedError: nothing was changed.
    """
    access.ensure_may(ctx, "early_warning.raise")
    words = stated(report)
    if severity not in set(RiskLevel):
        raise RefusedError(N_("“%(severity)s” is not a severity."), severity=severity)
    if money_at_risk is not None and not (money_at_risk.is_finite() and money_at_risk >= 0):
        raise RefusedError(N_("Money at risk can't be negative."))
    customer = _locked_customer(ctx, customer_no)
    money = _owed(ctx, customer.customer_id) if money_at_risk is None else money_at_risk
    row = _open_tip(ctx, customer.customer_id)
    if row is None:
        row = _new_tip(ctx, customer, RiskLevel(severity), words, money)
    else:
        _add_tip(ctx, row, RiskLevel(severity), words, money)
    data_versions.bump(ctx, "early_warnings")
    return warning_by_id(ctx, row.customer_id, row.id)


def _locked_customer(ctx: Context, customer_no: str) -> Customer:
    """The customer, locked against a second tip at the same moment: the one then joins the other."""
    found = select(Customer).where(Customer.customer_no == customer_no).with_for_update(key_share=True)
    customer = ctx.session.execute(found).scalar_one_or_none()
    if customer is None:
        raise NotFoundError(N_("Customer %(no)s is not known."), no=customer_no)
    return customer


def _open_tip(ctx: Context, customer_id: int) -> EarlyWarning | None:
    found = (
        select(EarlyWarning)
        .where(
            EarlyWarning.customer_id == customer_id, EarlyWarning.rule == TIP.code,
            EarlyWarning.state != WarningState.RESOLVED,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )  # fmt: skip
    return ctx.session.execute(found).scalar_one_or_none()


def _owed(ctx: Context, customer_id: int) -> Decimal:
    owed = exposure(Frame(ctx.today, ctx.policy_history.on(ctx.today)))
    query = select(owed.c.money).where(owed.c.customer_id == customer_id)
    return ctx.session.execute(query).scalar_one_or_none() or Decimal(0)


def _facts(ctx: Context, words: str) -> dict[str, Any]:
    return {"report": words, "reported_by": ctx.actor.name, "reported_on": ctx.today.isoformat()}


def _new_tip(ctx: Context, customer: Customer, severity: RiskLevel, words: str, money: Decimal) -> EarlyWarning:
    clock, edition = company_clock(ctx), rule_history(ctx).on(TIP.code, ctx.today)
    first, *also = departments_addressed(edition, customer.owner_department_id, risk_department_of(ctx))
    row = EarlyWarning(
        customer_id=customer.customer_id, rule=TIP.code, severity=severity, state=WarningState.RAISED,
        raised_on=ctx.today, raised_at=clock,
        due_at=step_deadline(severity, clock, company_zone(ctx), edition.deadline_hours),
        department_id=first, also_department_ids=also, money_at_risk=money, rule_edition=edition.edition,
        likelihood=edition.rule.likelihood, priority=stored_priority(money, edition.rule.likelihood),
        evidence={"items": [words], "facts": _facts(ctx, words)}, evidence_on=ctx.today, changed_at=ctx.now,
    )  # fmt: skip
    with ledger.change(ctx, "early_warning.raised", row, words):
        ctx.session.add(row)
    publish_raised(ctx, [key_of(row.customer_id, row.id)])
    return row


def _add_tip(ctx: Context, row: EarlyWarning, severity: RiskLevel, words: str, money: Decimal) -> None:
    """Further evidence: the newest report is the reason shown, all of them are kept; severity and money only rise."""
    with ledger.change(ctx, "early_warning.joined", row, words):
        if severity_rank(severity) > severity_rank(row.severity):
            row.severity = severity
            row.due_at = min(row.due_at, step_deadline(severity, company_clock(ctx), company_zone(ctx)))
            row.snoozed_until, row.snooze_reason = None, None
        row.money_at_risk = max(row.money_at_risk, money)
        row.priority = stored_priority(row.money_at_risk, row.likelihood)
        earlier = [item for item in row.evidence.get("items", []) if item != words]
        row.evidence = {"items": [words, *earlier][:MOST_ITEMS], "facts": _facts(ctx, words)}
        row.evidence_on = ctx.today
