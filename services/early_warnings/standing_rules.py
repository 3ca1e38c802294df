"""Rules that read a customer's standing: ratings, statements, final assessment, guarantees, age of what is known."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import (
    FunctionElement,
    Over,
    Select,
    Subquery,
    and_,
    case,
    func,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import distinct_on

from db.enums import AssessmentStage, AssessmentState, RiskLevel
from db.models import Assessment, CreditReport, FinancialStatement, Guarantee
from services.early_warnings.exposure import exposure, in_base, rates_on
from services.early_warnings.rule import (
    Addressed,
    FactKind,
    Frame,
    SqlValue,
    Thresholds,
    WarningRule,
    first_of,
    found,
    newest_items,
    ratio_text,
)
from services.errors import N_
from services.information.catalogue import OWN_ITEMS
from services.information.standing import SINCE_EVER, standing

#: Rating grades from best to worst, as agencies write them; a drop is counted in steps of this list.
GRADES = (
    "AAA", "AAA-", "AA+", "AA", "AA-", "A+", "A", "A-", "BBB+", "BBB", "BBB-", "BB+", "BB", "BB-", "B+", "B", "B-",
    "CCC+", "CCC", "CCC-", "CC", "C", "D",
)  # fmt: skip
_WORST_OF_ALL = GRADES.index("CCC+")
_HIGH_LEVELS = (RiskLevel.HIGH, RiskLevel.CRITICAL)


def _graded_reports(frame: Frame, name: str) -> Subquery:
    """Credit reports with a known grade, numbered from the newest back, each source by itself: scales differ."""
    rating = func.upper(func.btrim(CreditReport.rating))
    own = (CreditReport.customer_id, CreditReport.source)
    grade = case(*((rating == text, place) for place, text in enumerate(GRADES)))
    return (
        select(
            CreditReport.customer_id, CreditReport.source, CreditReport.reported_on, rating.label("rating"),
            grade.label("grade"),
            func.row_number().over(partition_by=own, order_by=CreditReport.reported_on.desc()).label("back"),
        )
        .where(CreditReport.reported_on <= frame.day, grade.is_not(None), frame.only(CreditReport.customer_id))
        .subquery(name)
    )  # fmt: skip


def _rating_downgrade(frame: Frame, limits: Thresholds) -> Select[Any]:
    """The newest credit report grades worse than the one before it of the same source."""
    now, before, owed = _graded_reports(frame, "newest"), _graded_reports(frame, "before"), exposure(frame)
    drop = now.c.grade - before.c.grade
    serious = or_(
        func.max(drop) >= limits["steps_high"],
        func.bool_or(and_(now.c.grade >= _WORST_OF_ALL, before.c.grade < _WORST_OF_ALL)),
    )
    worst = (drop.desc(), now.c.reported_on.desc(), now.c.source)
    return (
        found(
            now.c.customer_id,
            money=func.max(owed.c.money),
            severity=case((serious, RiskLevel.HIGH), else_=RiskLevel.MEDIUM),
            items=newest_items(
                func.concat(now.c.source, " ", now.c.reported_on), now.c.reported_on.desc(), now.c.source
            ),
            facts={
                "rating": first_of(now.c.rating, *worst), "rating_before": first_of(before.c.rating, *worst),
                "source": first_of(now.c.source, *worst), "reported_on": first_of(now.c.reported_on, *worst),
            },
        )
        .join(before, and_(before.c.customer_id == now.c.customer_id, before.c.source == now.c.source))
        .outerjoin(owed, owed.c.customer_id == now.c.customer_id)
        .where(now.c.back == 1, before.c.back == 2, drop >= limits["steps"])
        .where(now.c.reported_on > frame.days_ago(limits["newer_than_days"]))
        .group_by(now.c.customer_id)
    )  # fmt: skip


def _statements(frame: Frame) -> Subquery:
    """Statements with the result and the leverage of the one before, numbered from the newest back."""

    def beside(window: FunctionElement[Any]) -> Over[Any]:
        return window.over(partition_by=FinancialStatement.customer_id, order_by=FinancialStatement.period_end)

    leverage = FinancialStatement.total_liabilities / func.nullif(FinancialStatement.total_assets, 0)
    return (
        select(
            FinancialStatement.customer_id, FinancialStatement.period_end, FinancialStatement.net_profit,
            leverage.label("leverage"),
            beside(func.lag(FinancialStatement.net_profit)).label("profit_before"),
            beside(func.lag(leverage)).label("leverage_before"),
            beside(func.lead(FinancialStatement.period_end)).label("next_period_end"),
        )
        .where(FinancialStatement.period_end <= frame.day, frame.only(FinancialStatement.customer_id))
        .subquery("statement")
    )  # fmt: skip


def _newest_statement(
    frame: Frame,
    limits: Thresholds,
    severity: Any,  # noqa: ANN401  (a level, or an expression that says one)
    facts: dict[str, SqlValue],
    statement: Subquery,
) -> Select[Any]:
    owed = exposure(frame)
    return (
        found(
            statement.c.customer_id,
            money=owed.c.money,
            severity=severity,
            items=func.jsonb_build_array(statement.c.period_end),
            facts={"period_end": statement.c.period_end, **facts},
        )
        .outerjoin(owed, owed.c.customer_id == statement.c.customer_id)
        .where(
            statement.c.next_period_end.is_(None),
            statement.c.period_end > frame.days_ago(limits["newer_than_days"]),
        )
    )


def _financial_loss(frame: Frame, limits: Thresholds) -> Select[Any]:
    """A loss in the newest statement; a second one in a row is worse."""
    statement = _statements(frame)
    severity = case((statement.c.profit_before < 0, RiskLevel.HIGH), else_=RiskLevel.MEDIUM)
    return _newest_statement(frame, limits, severity, {}, statement).where(statement.c.net_profit < 0)


def _high_leverage(frame: Frame, limits: Thresholds) -> Select[Any]:
    """Liabilities to assets: very high, or high and not falling."""
    statement = _statements(frame)
    leverage, before = statement.c.leverage, statement.c.leverage_before
    severity = case(
        (leverage >= limits["leverage_critical"], RiskLevel.CRITICAL),
        (leverage >= limits["leverage_high"], RiskLevel.HIGH),
        else_=RiskLevel.MEDIUM,
    )
    not_falling = and_(leverage >= limits["leverage"], leverage >= func.coalesce(before, 0))
    return _newest_statement(frame, limits, severity, {"leverage": ratio_text(leverage)}, statement).where(
        or_(leverage >= limits["leverage_high"], not_falling)
    )


def _final_levels(frame: Frame) -> Subquery:
    """Each customer's newest final assessment: `customer_id`, `level`, `known_on`."""
    return (
        select(Assessment.customer_id, Assessment.level, Assessment.assessed_on.label("known_on"))
        .ext(distinct_on(Assessment.customer_id))
        .where(
            Assessment.stage == AssessmentStage.FINAL, Assessment.state == AssessmentState.FINAL,
            Assessment.assessed_on <= frame.day, frame.only(Assessment.customer_id),
        )
        .order_by(Assessment.customer_id, Assessment.assessed_on.desc())
        .subquery("final_level")
    )  # fmt: skip


def _high_since(frame: Frame) -> Subquery:
    """The first day of each customer's unbroken run of high or critical final assessments, up to the newest one."""
    is_final = (
        Assessment.stage == AssessmentStage.FINAL,
        Assessment.state == AssessmentState.FINAL,
        frame.only(Assessment.customer_id),
    )
    below = (
        select(Assessment.customer_id, func.max(Assessment.assessed_on).label("last_on"))
        .where(*is_final, Assessment.assessed_on <= frame.day, Assessment.level.not_in(_HIGH_LEVELS))
        .group_by(Assessment.customer_id)
        .subquery("below_high")
    )
    return (
        select(Assessment.customer_id, func.min(Assessment.assessed_on).label("since"))
        .outerjoin(below, below.c.customer_id == Assessment.customer_id)
        .where(*is_final, Assessment.assessed_on <= frame.day, Assessment.level.in_(_HIGH_LEVELS))
        .where(or_(below.c.last_on.is_(None), Assessment.assessed_on > below.c.last_on))
        .group_by(Assessment.customer_id)
        .subquery("high_since")
    )


def _level_high(frame: Frame, _limits: Thresholds) -> Select[Any]:
    """Policy 2.2: a final level of high or critical warns the departments concerned.

    What the warning is about is the day since which it is so: that a critical customer is found critical again a week
    later is no new sign. A graver level is.
    """
    final, since, owed = _final_levels(frame), _high_since(frame), exposure(frame)
    return (
        found(
            final.c.customer_id,
            money=owed.c.money,
            severity=final.c.level,
            items=func.jsonb_build_array(since.c.since),
            facts={"assessed_on": final.c.known_on},
        )
        .join(since, since.c.customer_id == final.c.customer_id)
        .outerjoin(owed, owed.c.customer_id == final.c.customer_id)
        .where(final.c.level.in_(_HIGH_LEVELS))
    )


def _guarantee_expiring(frame: Frame, limits: Thresholds) -> Select[Any]:
    """A guarantee ends soon, or ended lately, while money is owed."""
    owed, rates = exposure(frame), rates_on(frame)
    value = func.sum(in_base(Guarantee.value, Guarantee.currency, rates, frame))
    first = func.min(Guarantee.expires_on)
    return (
        found(
            Guarantee.customer_id,
            money=func.least(func.max(owed.c.money), value),
            severity=case((first <= frame.days_ago(-limits["days_high"]), RiskLevel.HIGH), else_=RiskLevel.MEDIUM),
            items=newest_items(Guarantee.guarantee_no, Guarantee.expires_on.desc(), Guarantee.guarantee_no),
            facts={"count": func.count(), "expires_on": first},
        )
        .join(owed, owed.c.customer_id == Guarantee.customer_id)
        .outerjoin(rates, rates.c.currency == Guarantee.currency)
        .where(
            Guarantee.expires_on <= frame.days_ago(-limits["days"]),
            Guarantee.expires_on >= frame.days_ago(limits["days_after"]),
            or_(Guarantee.valid_from.is_(None), Guarantee.valid_from <= frame.day),
            or_(Guarantee.released_on.is_(None), Guarantee.released_on > frame.day),
            frame.only(Guarantee.customer_id),
        )
        .group_by(Guarantee.customer_id)
    )


def _information_stale(frame: Frame, _limits: Thresholds) -> Select[Any]:
    """What the owner department must know is late, by the very statement of its worklist, while money is owed."""
    owed = exposure(frame)
    now = standing(frame.day, frame.policy, frame.customers).subquery("stood")
    severity = case(
        (now.c.level == RiskLevel.CRITICAL, RiskLevel.HIGH), (now.c.level == RiskLevel.HIGH, RiskLevel.MEDIUM),
        else_=RiskLevel.LOW,
    )  # fmt: skip
    # Known, it is news when it gets late again; unknown, it is one sign for as long as nothing is brought in.
    sign = func.concat(now.c.item, " ", now.c.known_on)
    return (
        found(
            now.c.customer_id,
            money=func.max(owed.c.money),
            severity=severity,
            items=newest_items(sign, now.c.due_on.desc(), now.c.item),
            facts={
                "count": func.count(), "due_on": func.nullif(func.min(now.c.due_on), SINCE_EVER),
            },
        )
        .join(owed, owed.c.customer_id == now.c.customer_id)
        .where(now.c.item.in_(OWN_ITEMS), now.c.due_on < frame.day)
        .group_by(now.c.customer_id, now.c.level)
    )  # fmt: skip


STANDING_RULES: tuple[WarningRule, ...] = (
    WarningRule(
        code="level_high",
        severity=RiskLevel.HIGH,
        title=N_("Assessed as high risk"),
        why=N_("The final assessment of %(assessed_on)s puts the customer at high or critical risk"),
        likelihood=Decimal("0.30"),
        addressed=Addressed.OWNER,
        facts={"assessed_on": FactKind.DATE},
        thresholds={},
        findings=_level_high,
    ),
    WarningRule(
        code="rating_downgrade",
        severity=RiskLevel.MEDIUM,
        title=N_("Rating downgraded"),
        why=N_("%(source)s cut the rating from %(rating_before)s to %(rating)s on %(reported_on)s"),
        likelihood=Decimal("0.20"),
        addressed=Addressed.OWNER,
        facts={
            "rating": FactKind.TEXT, "rating_before": FactKind.TEXT, "source": FactKind.TEXT,
            "reported_on": FactKind.DATE,
        },
        thresholds={"steps": 1, "steps_high": 4, "newer_than_days": 180},
        findings=_rating_downgrade,
    ),
    WarningRule(
        code="financial_loss",
        severity=RiskLevel.MEDIUM,
        title=N_("Loss in the newest statement"),
        why=N_("The statement of %(period_end)s shows a loss"),
        likelihood=Decimal("0.15"),
        addressed=Addressed.OWNER,
        facts={"period_end": FactKind.DATE},
        thresholds={"newer_than_days": 548},
        findings=_financial_loss,
    ),
    WarningRule(
        code="high_leverage",
        severity=RiskLevel.MEDIUM,
        title=N_("High leverage"),
        why=N_("The statement of %(period_end)s shows liabilities of %(leverage)s of all assets"),
        likelihood=Decimal("0.15"),
        addressed=Addressed.OWNER,
        facts={"period_end": FactKind.DATE, "leverage": FactKind.RATIO},
        thresholds={
            "leverage": Decimal("0.7"), "leverage_high": Decimal("0.85"), "leverage_critical": Decimal("1"),
            "newer_than_days": 548,
        },
        findings=_high_leverage,
    ),
    WarningRule(
        code="guarantee_expiring",
        severity=RiskLevel.MEDIUM,
        title=N_("Guarantee expiring"),
        why=N_("Guarantees ending while money is owed: %(count)s, the first on %(expires_on)s"),
        likelihood=Decimal("0.10"),
        addressed=Addressed.OWNER,
        facts={"count": FactKind.COUNT, "expires_on": FactKind.DATE},
        thresholds={"days": 30, "days_high": 7, "days_after": 30},
        findings=_guarantee_expiring,
    ),
    WarningRule(
        code="information_stale",
        severity=RiskLevel.LOW,
        title=N_("Information out of date"),
        why=N_("Kinds of information out of date: %(count)s, the first was due on %(due_on)s"),
        likelihood=Decimal("0.05"),
        addressed=Addressed.OWNER,
        facts={"count": FactKind.COUNT, "due_on": FactKind.DATE},
        thresholds={},
        findings=_information_stale,
    ),
)  # fmt: skip
