"""Rules that read what others say: media, courts, the industry's outlook."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import (
    Select,
    Text,
    case,
    cast,
    func,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import distinct_on

from db.enums import ReputationKind, RiskLevel
from db.models import Customer, IndustryOutlook, ReputationEvent
from services.early_warnings.exposure import exposure
from services.early_warnings.rule import (
    Addressed,
    FactKind,
    Frame,
    Thresholds,
    WarningRule,
    first_of,
    found,
    newest_items,
)
from services.errors import N_

_PRESS = (ReputationKind.MEDIA, ReputationKind.PEER)
_AUTHORITIES = (ReputationKind.COURT, ReputationKind.REGULATOR)

_LONGEST_HEADLINE = 200


def _bad_news(frame: Frame, limits: Thresholds, kinds: tuple[ReputationKind, ...], severity: Any) -> Select[Any]:  # noqa: ANN401
    owed, event = exposure(frame), ReputationEvent
    newest = (event.occurred_on.desc(), event.event_no.desc())
    headline = func.coalesce(event.title, event.source, "")
    return (
        found(
            event.customer_id,
            money=func.max(owed.c.money),
            severity=severity,
            items=newest_items(event.event_no, *newest),
            facts={
                "count": func.count(), "last_on": func.max(event.occurred_on),
                "headline": func.left(first_of(headline, *newest), _LONGEST_HEADLINE),
            },
        )
        .outerjoin(owed, owed.c.customer_id == event.customer_id)
        .where(
            event.kind.in_(kinds),
            event.occurred_on <= frame.day,
            event.occurred_on > frame.days_ago(limits["newer_than_days"]),
            frame.only(event.customer_id),
        )
        .group_by(event.customer_id)
    )  # fmt: skip


def _negative_media(frame: Frame, limits: Thresholds) -> Select[Any]:
    """Bad press or bad word of mouth: one mild item is low, several are medium, a grave one is high."""
    worst, count = func.min(ReputationEvent.sentiment), func.count()
    severity = case(
        (worst <= limits["sentiment_high"], RiskLevel.HIGH),
        (count >= limits["count_medium"], RiskLevel.MEDIUM),
        else_=RiskLevel.LOW,
    )
    return _bad_news(frame, limits, _PRESS, severity).where(ReputationEvent.sentiment < 0)


def _court_event(frame: Frame, limits: Thresholds) -> Select[Any]:
    """Courts and regulators; an event without a stated sentiment is taken as bad, one that went well is not."""
    worst = func.min(func.coalesce(ReputationEvent.sentiment, -1))
    severity = case((worst <= limits["sentiment_high"], RiskLevel.HIGH), else_=RiskLevel.MEDIUM)
    return _bad_news(frame, limits, _AUTHORITIES, severity).where(func.coalesce(ReputationEvent.sentiment, -1) < 0)


def _industry_cut(frame: Frame, limits: Thresholds) -> Select[Any]:
    """The industry's newest outlook against its best within the window. Month-to-month wobble is not a cut."""
    window = (IndustryOutlook.as_of <= frame.day, IndustryOutlook.as_of > frame.days_ago(limits["window_days"]))
    newest = (
        select(IndustryOutlook.industry_code, IndustryOutlook.as_of, IndustryOutlook.outlook, IndustryOutlook.trend)
        .ext(distinct_on(IndustryOutlook.industry_code))
        .where(*window)
        .order_by(IndustryOutlook.industry_code, IndustryOutlook.as_of.desc())
        .subquery("newest_outlook")
    )
    best = (
        select(
            IndustryOutlook.industry_code, func.max(IndustryOutlook.outlook).label("outlook"),
            func.max(IndustryOutlook.trend).label("trend"),
        )
        .where(*window)
        .group_by(IndustryOutlook.industry_code)
        .subquery("best_outlook")
    )  # fmt: skip
    drop = func.coalesce(best.c.outlook - newest.c.outlook, 0)
    turn = func.coalesce(best.c.trend - newest.c.trend, 0)
    owed = exposure(frame)
    return (
        found(
            Customer.customer_id,
            money=owed.c.money,
            severity=case((drop >= limits["points_high"], RiskLevel.HIGH), else_=RiskLevel.MEDIUM),
            items=func.jsonb_build_array(Customer.industry_code),
            facts={
                "industry_code": Customer.industry_code, "as_of": newest.c.as_of,
                "points": cast(func.round(drop), Text), "steps": cast(func.round(turn), Text),
            },
        )
        .join(owed, owed.c.customer_id == Customer.customer_id)
        .join(newest, newest.c.industry_code == Customer.industry_code)
        .join(best, best.c.industry_code == Customer.industry_code)
        .where(or_(drop >= limits["points"], turn >= limits["steps"]), frame.only(Customer.customer_id))
    )  # fmt: skip


_NEWS_FACTS = {"count": FactKind.COUNT, "last_on": FactKind.DATE, "headline": FactKind.TEXT}

OUTSIDE_RULES: tuple[WarningRule, ...] = (
    WarningRule(
        code="negative_media",
        severity=RiskLevel.LOW,
        title=N_("Bad press or word of mouth"),
        why=N_("Bad reports: %(count)s, the last on %(last_on)s: %(headline)s"),
        likelihood=Decimal("0.10"),
        addressed=Addressed.OWNER,
        facts=_NEWS_FACTS,
        thresholds={"newer_than_days": 90, "sentiment_high": -2, "count_medium": 2},
        findings=_negative_media,
    ),
    WarningRule(
        code="court_event",
        severity=RiskLevel.MEDIUM,
        title=N_("Court or regulator"),
        why=N_("Court or regulator events: %(count)s, the last on %(last_on)s: %(headline)s"),
        likelihood=Decimal("0.30"),
        addressed=Addressed.RISK,
        facts=_NEWS_FACTS,
        thresholds={"newer_than_days": 180, "sentiment_high": -2},
        findings=_court_event,
    ),
    WarningRule(
        code="industry_cut",
        severity=RiskLevel.MEDIUM,
        title=N_("Industry outlook cut"),
        why=N_("The outlook of industry %(industry_code)s fell by %(points)s points, its trend by %(steps)s steps"),
        likelihood=Decimal("0.05"),
        addressed=Addressed.RISK,
        facts={
            "industry_code": FactKind.TEXT, "as_of": FactKind.DATE, "points": FactKind.COUNT, "steps": FactKind.COUNT,
        },
        thresholds={"window_days": 180, "points": 10, "points_high": 20, "steps": 2},
        findings=_industry_cut,
    ),
)  # fmt: skip
