"""The rule that reads the obedience check: a measure was disobeyed (SPEC 6, clause 3.1)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import Select, case, func, or_

from db.enums import BreachJudgement, Demand, GateDecision, RiskLevel
from db.models import ControlBreach
from services.early_warnings.exposure import exposure
from services.early_warnings.rule import Addressed, FactKind, Frame, Thresholds, WarningRule, found, newest_items
from services.errors import N_


def _measure_disobeyed(frame: Frame, limits: Thresholds) -> Select[Any]:
    """Orders and invoices against a measure or a listing. Grave where trade was stopped or the gate had not let it by.

    Without a judgement by a person a breach counts; excused ones do not.
    """
    breach, owed = ControlBreach, exposure(frame)
    is_defiant = or_(
        breach.demand.in_((Demand.LISTED, Demand.SUSPENSION)),
        breach.gate_decision.in_((GateDecision.DENY, GateDecision.HOLD)),
    )
    severity = case((func.bool_or(is_defiant), RiskLevel.CRITICAL), else_=RiskLevel.HIGH)
    return (
        found(
            breach.customer_id,
            money=func.max(owed.c.money),
            severity=severity,
            items=newest_items(breach.document_no, breach.occurred_on.desc(), breach.document_no),
            facts={
                "count": func.count(func.distinct(breach.document_no)), "last_on": func.max(breach.occurred_on),
                "first_on": func.min(breach.occurred_on),
            },
        )
        .outerjoin(owed, owed.c.customer_id == breach.customer_id)
        .where(
            breach.withdrawn_on.is_(None), breach.judged_as.is_distinct_from(BreachJudgement.EXCUSED),
            breach.occurred_on <= frame.day, breach.occurred_on > frame.days_ago(limits["newer_than_days"]),
            frame.only(breach.customer_id),
        )
        .group_by(breach.customer_id)
    )  # fmt: skip


MEASURE_DISOBEYED = WarningRule(
    code="measure_disobeyed",
    severity=RiskLevel.HIGH,
    title=N_("Measure disobeyed"),
    why=N_("Orders or invoices against a measure: %(count)s, the last on %(last_on)s"),
    likelihood=Decimal("0.35"),
    addressed=Addressed.OWNER,
    facts={"count": FactKind.COUNT, "last_on": FactKind.DATE, "first_on": FactKind.DATE},
    thresholds={"newer_than_days": 90},
    findings=_measure_disobeyed,
)
