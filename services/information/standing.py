"""How far everything that must be known is known: one set-based statement over all customers, for any day (clause 2.2).

The worklist, the warning rule, the freshness of a score's figures and the data-quality board all read this statement,
or the table that it fills.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    ColumnElement,
    Date,
    Integer,
    Select,
    Subquery,
    Text,
    and_,
    any_,
    case,
    cast,
    column,
    func,
    literal,
    or_,
    select,
    true,
    type_coerce,
    union_all,
    values,
)
from sqlalchemy.dialects.postgresql import distinct_on

from db.enums import AssessmentStage, AssessmentState, ControlKind, CustomerKind, InformationState, RiskLevel
from db.models import (
    Assessment,
    Contract,
    ContractEvent,
    Control,
    CreditReport,
    Customer,
    FinancialStatement,
    IndustryOutlook,
    InformationCheck,
    InformationLimit,
    ReputationEvent,
    Score,
    Scorecard,
)
from services.information.catalogue import (
    CONTRACTS,
    CREDIT_RATING,
    CREDIT_REPORT,
    FINANCIALS,
    INDUSTRY,
    ITEMS,
    LEVELS_BY_URGENCY,
    MASTER,
    MASTER_FIELDS,
    REPUTATION,
)
from services.policy import Policy
from services.scores_of_record import was_in_force

#: Due since ever: nothing is known, not even since when the customer is one.
SINCE_EVER = dt.date(1900, 1, 1)
#: What is due within a quarter of its greatest age, at most so many days, is due soon.
SOON_DAYS, SOON_PART = 14, 4

Column = ColumnElement[Any]
Query = Select[*tuple[Any, ...]]

# --- rules


def rhythm_days(policy: Policy, level: str) -> int:
    """The refresh rhythm of a level (SPEC 6)."""
    return int(getattr(policy, f"refresh_days_{level}"))


def due_after(known_on: dt.date | None, since: dt.date | None, days: int, first_days: int) -> dt.date:
    """The last day on which an item is fresh: its greatest age after it was known.

    What was never known is due by the refresh rhythm of the level from the day the customer joined; without that day it
    has been due since ever.
    """
    if known_on is not None:
        return known_on + dt.timedelta(days=days)
    return SINCE_EVER if since is None else since + dt.timedelta(days=first_days)


def soon_from(due_on: dt.date, days: int) -> dt.date:
    """The day from which an item stands on the worklist."""
    return due_on - dt.timedelta(days=min(SOON_DAYS, days // SOON_PART))


def state_on(day: dt.date, known_on: dt.date | None, due_on: dt.date, soon_on: dt.date) -> InformationState:
    """Where an item stands on a day. On its due day it is not overdue yet."""
    if known_on is None:
        return InformationState.NEVER
    if due_on < day:
        return InformationState.OVERDUE
    return InformationState.DUE_SOON if soon_on <= day else InformationState.FRESH


def is_late(day: dt.date, due_on: dt.date) -> bool:
    """Whether an item's due day is over."""
    return due_on < day


# --- the statement


def standing(day: dt.date, policy: Policy, customer_ids: Sequence[int] | None = None) -> Query:
    """Every customer (or these) and every item asked of it, as known at the end of a day.

    Columns: `customer_id`, `item`, `department_id`, `level`, `urgency` (0 critical), `known_on` (null: never),
    `due_on`, `soon_on`, `missing` (register fields that are blank, by comma). The register carries no day of its own:
    it is taken as it stands, known on the day it was last changed.
    """
    who = _Concerned(customer_ids)
    level, limit, known = _levels(day, who), _limits(day, policy), _known(day, policy, who)
    stands = func.coalesce(level.c.level, RiskLevel.LOW.value)
    first = case({one.value: rhythm_days(policy, one) for one in RiskLevel}, value=stands)
    monitored = _monitored(day, who)
    days = case((limit.c.item.in_(_FOLLOW_RHYTHM), func.least(limit.c.days, monitored.c.days)), else_=limit.c.days)
    due = func.coalesce(
        _later(known.c.known_on, days), _later(Customer.since, cast(first, Integer)), literal(SINCE_EVER, Date)
    )
    early = func.least(SOON_DAYS, cast(func.div(days, SOON_PART), Integer))
    return (
        select(
            Customer.customer_id, limit.c.item, Customer.owner_department_id.label("department_id"),
            stands.label("level"), case(_URGENCY, value=stands).label("urgency"), known.c.known_on,
            due.label("due_on"), type_coerce(due - early, Date).label("soon_on"),
            case((limit.c.item == MASTER, _missing())).label("missing"),
        )
        .join(level, level.c.customer_id == Customer.customer_id, isouter=True)
        .join(limit, and_(limit.c.level == stands, _is_asked(limit.c.item)))
        .join(known, and_(known.c.customer_id == Customer.customer_id, known.c.item == limit.c.item), isouter=True)
        .join(monitored, monitored.c.customer_id == Customer.customer_id, isouter=True)
        .where(Customer.customer_id > 0, who.are(Customer.customer_id))
    )  # fmt: skip


#: Items without an age of their own: they follow the refresh rhythm, and so the shorter one of a monitoring.
_FOLLOW_RHYTHM = tuple(one.code for one in ITEMS if one.days is None)
_URGENCY = {level.value: place for place, level in enumerate(LEVELS_BY_URGENCY)}


class _Concerned:
    """All customers, or some."""

    def __init__(self, ids: Sequence[int] | None) -> None:
        self._ids = ids

    def are(self, owner: Any) -> ColumnElement[bool]:  # noqa: ANN401  (a column)
        if self._ids is None:
            return true()
        return cast(owner == any_(literal(list(self._ids), ARRAY(BigInteger))), Boolean)


def _monitored(day: dt.date, who: _Concerned) -> Subquery:
    """The rhythm of the monitoring in force of each customer that has one (clause 3.1): `customer_id`, `days`."""
    return (
        select(Control.customer_id, cast(func.min(Control.monitoring_days), Integer).label("days"))
        .where(
            Control.kind == ControlKind.MONITORING.value, Control.starts_on <= day,
            or_(Control.ended_on.is_(None), Control.ended_on > day), who.are(Control.customer_id),
        )
        .group_by(Control.customer_id)
        .subquery("monitored")
    )  # fmt: skip


def _later(day: Any, days: Any) -> Column:  # noqa: ANN401  (columns)
    return type_coerce(day + days, Date)


def _limits(day: dt.date, policy: Policy) -> Subquery:
    """The greatest age of each item at each level on a day: `item`, `level`, `days` (whole)."""
    shipped = values(column("item", Text), column("level", Text), column("days", Integer), name="shipped").data(
        [
            (one.code, level.value, one.days[level] if one.days else rhythm_days(policy, level))
            for one in ITEMS
            for level in RiskLevel
        ]
    )
    newest = (
        select(InformationLimit.item, InformationLimit.level, InformationLimit.days)
        .ext(distinct_on(InformationLimit.item, InformationLimit.level))
        .where(InformationLimit.effective_from <= day)
        .order_by(
            InformationLimit.item, InformationLimit.level, InformationLimit.effective_from.desc(),
            InformationLimit.id.desc(),
        )
        .subquery("newest_limit")
    )  # fmt: skip
    days = cast(func.coalesce(newest.c.days, shipped.c.days), Integer)
    return (
        select(shipped.c.item, shipped.c.level, days.label("days"))
        .join_from(
            shipped, newest, and_(newest.c.item == shipped.c.item, newest.c.level == shipped.c.level), isouter=True
        )
        .subquery("information_limit_on_day")
    )


def _is_asked(item: Any) -> ColumnElement[bool]:  # noqa: ANN401  (a column)
    """Persons file no statements; an outlook is asked for where an industry is known."""
    of_companies = [one.code for one in ITEMS if not one.of_individuals]
    return and_(
        or_(Customer.kind != CustomerKind.INDIVIDUAL.value, item.not_in(of_companies)),
        or_(item != INDUSTRY, func.nullif(func.btrim(Customer.industry_code), "").is_not(None)),
    )


def _missing() -> Column:
    """The register fields of the customer's kind that are blank, by comma; null where none is."""
    return case(
        {
            kind: func.nullif(func.concat_ws(",", *(_if_blank(name) for name in names)), "")
            for kind, names in MASTER_FIELDS.items()
        },
        value=Customer.kind,
    )


def _if_blank(name: str) -> Column:
    field = getattr(Customer, name)
    return case((func.coalesce(func.btrim(cast(field, Text)), "") == "", literal(name, Text)))


def _levels(day: dt.date, who: _Concerned) -> Subquery:
    """Each customer's level on a day: of the newest final assessment, else of the newest score."""
    final = (
        select(Assessment.customer_id, Assessment.level)
        .ext(distinct_on(Assessment.customer_id))
        .where(
            Assessment.stage == AssessmentStage.FINAL.value, Assessment.state == AssessmentState.FINAL.value,
            Assessment.assessed_on <= day, who.are(Assessment.customer_id),
        )
        .order_by(Assessment.customer_id, Assessment.assessed_on.desc())
        .subquery("information_final")
    )  # fmt: skip
    score = (
        select(Score.customer_id, Score.level)
        .ext(distinct_on(Score.customer_id))
        .join(Scorecard, Scorecard.id == Score.scorecard_id)
        .where(Score.as_of <= day, Score.level.is_not(None), was_in_force(), who.are(Score.customer_id))
        .order_by(Score.customer_id, Score.as_of.desc(), Score.id.desc())
        .subquery("information_score")
    )
    return (
        select(Customer.customer_id, func.coalesce(final.c.level, score.c.level).label("level"))
        .join(final, final.c.customer_id == Customer.customer_id, isouter=True)
        .join(score, score.c.customer_id == Customer.customer_id, isouter=True)
        .where(who.are(Customer.customer_id))
        .subquery("information_level")
    )


def _known(day: dt.date, policy: Policy, who: _Concerned) -> Subquery:
    """The newest day on which each item of each customer was known: `customer_id`, `item`, `known_on`."""
    rated = func.btrim(CreditReport.rating) != ""
    dated: tuple[tuple[str, Any, Any, ColumnElement[bool]], ...] = (
        (FINANCIALS, FinancialStatement.customer_id, FinancialStatement.period_end, true()),
        (CREDIT_REPORT, CreditReport.customer_id, CreditReport.reported_on, true()),
        (CREDIT_RATING, CreditReport.customer_id, CreditReport.reported_on, rated),
        (CONTRACTS, Contract.customer_id, Contract.signed_on, true()),
        (CONTRACTS, ContractEvent.customer_id, ContractEvent.occurred_on, true()),
        (REPUTATION, ReputationEvent.customer_id, ReputationEvent.occurred_on, true()),
    )
    parts: list[Query] = [
        select(owner.label("customer_id"), literal(item, Text).label("item"), func.max(on).label("known_on"))
        .where(on <= day, condition, who.are(owner))
        .group_by(owner)
        for item, owner, on, condition in dated
    ]
    parts += [*_registered(day, policy, who), _outlooks(day, who), _looked(day, who)]
    each = union_all(*parts).subquery("information_part")
    return (
        select(each.c.customer_id, each.c.item, func.max(each.c.known_on).label("known_on"))
        .group_by(each.c.customer_id, each.c.item)
        .subquery("information_known")
    )


def _registered(day: dt.date, policy: Policy, who: _Concerned) -> list[Query]:
    """A complete register entry, and a rating that the register holds, are known since the entry was last changed."""
    changed_on = func.least(cast(func.timezone(policy.time_zone, Customer.changed_at), Date), literal(day, Date))
    rated = func.btrim(Customer.credit_rating) != ""
    return [
        select(Customer.customer_id, literal(item, Text).label("item"), changed_on.label("known_on")).where(
            condition, who.are(Customer.customer_id)
        )
        for item, condition in ((MASTER, _missing().is_(None)), (CREDIT_RATING, rated))
    ]


def _outlooks(day: dt.date, who: _Concerned) -> Query:
    newest = (
        select(IndustryOutlook.industry_code, func.max(IndustryOutlook.as_of).label("as_of"))
        .where(IndustryOutlook.as_of <= day)
        .group_by(IndustryOutlook.industry_code)
        .subquery("information_outlook")
    )
    return (
        select(Customer.customer_id, literal(INDUSTRY, Text).label("item"), newest.c.as_of.label("known_on"))
        .join(newest, newest.c.industry_code == Customer.industry_code)
        .where(who.are(Customer.customer_id))
    )


def _looked(day: dt.date, who: _Concerned) -> Query:
    """Looks that found nothing to enter count as knowledge of their day."""
    check = InformationCheck
    return (
        select(check.customer_id, check.item, func.max(check.checked_on).label("known_on"))
        .where(check.checked_on <= day, check.withdrawn_at.is_(None), who.are(check.customer_id))
        .group_by(check.customer_id, check.item)
    )
