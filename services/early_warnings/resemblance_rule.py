"""The rule that names newcomers who resemble somebody listed (SPEC 6): it reads what screening found.

Who resembles whom is compared in one place, services/screening; each run of the rules brings that up to date first.
"""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Select,
    Subquery,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import aliased

from db.enums import ListingState, MatchState, RiskLevel
from db.models import Customer, Listing, ScreeningMatch, WatchlistEntry
from services.context import Context
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
    ratio_text,
)
from services.errors import N_


def _matches(frame: Frame, limits: Thresholds) -> Subquery:
    """Matches of newcomers with what was listed on the day, but those that a reviewer cleared; with how certain they
    are: 3 the same credit code, 2 the same phone, account or words, 1 a similar name."""
    match, entry = ScreeningMatch, WatchlistEntry
    listed = exists().where(
        Listing.customer_id == match.other_customer_id,
        Listing.state.in_((ListingState.CONFIRMED, ListingState.RESTORED)), Listing.decided_on <= frame.day,
        or_(Listing.restored_on.is_(None), Listing.restored_on > frame.day),
    ).correlate(match)  # fmt: skip
    watched = exists().where(
        entry.source == match.list_source, entry.entry_no == match.entry_no,
        or_(entry.listed_on.is_(None), entry.listed_on <= frame.day),
        or_(entry.ended_on.is_(None), entry.ended_on > frame.day),
    ).correlate(match)  # fmt: skip
    other = aliased(Customer)
    other_no = select(other.customer_no).where(other.customer_id == match.other_customer_id).scalar_subquery()
    is_new = and_(Customer.since <= frame.day, Customer.since > frame.days_ago(limits["new_days"]))
    ref = case((match.entry_no.is_(None), other_no), else_=func.concat(match.list_source, " ", match.entry_no))
    is_sure = or_(match.score >= 1, _has("phone"), _has("bank_account"))
    certainty = case((_has("uscc"), 3), (is_sure, 2), else_=1)
    return (
        select(
            match.customer_id, Customer.credit_limit, match.name, match.score, ref.label("ref"),
            certainty.label("certainty"),
        )
        .join(Customer, Customer.customer_id == match.customer_id)
        .where(
            is_new, frame.only(match.customer_id), match.state != MatchState.CLEARED,
            or_(match.score >= limits["similarity"], _has("uscc")), or_(listed, watched),
        )
        .subquery("match")
    )  # fmt: skip


def _has(code: str) -> ColumnElement[bool]:
    """Whether a match has a feature."""
    return ScreeningMatch.features.bool_op("@>")(cast(literal(f'{{"features": [{{"code": "{code}"}}]}}'), JSONB))


def _resembles_listed(frame: Frame, limits: Thresholds) -> Select[tuple[object, ...]]:
    """A customer of the last `new_days` days that shares a credit code, a phone or much of a name with a listed one.

    At risk is what it owes already, or what it may come to owe.
    """
    match, owed = _matches(frame, limits), exposure(frame)
    best = (match.c.certainty.desc(), match.c.score.desc(), match.c.ref)
    strength = func.max(match.c.certainty)
    return (
        found(
            match.c.customer_id,
            money=func.greatest(func.max(owed.c.money), func.max(match.c.credit_limit)),
            severity=case((strength == 3, RiskLevel.CRITICAL), (strength == 2, RiskLevel.HIGH), else_=RiskLevel.MEDIUM),
            items=newest_items(match.c.ref, *best),
            facts={
                "name": first_of(match.c.name, *best), "entry": first_of(match.c.ref, *best),
                "alike": ratio_text(func.max(match.c.score)),
            },
        )
        .outerjoin(owed, owed.c.customer_id == match.c.customer_id)
        .group_by(match.c.customer_id)
    )  # fmt: skip


def _whom_it_concerns(ctx: Context, customers: tuple[int, ...]) -> tuple[int, ...] | None:
    """The named customers; everybody where one of them was ever listed: a newcomer may resemble it since just now."""
    listed = select(Listing.customer_id).where(
        Listing.customer_id == func.any(cast(list(customers), ARRAY(BigInteger))),
        Listing.state.in_((ListingState.CONFIRMED, ListingState.RESTORED)),
    )
    return None if ctx.session.execute(listed.limit(1)).first() else customers


RESEMBLES_LISTED = WarningRule(
    code="resembles_listed",
    severity=RiskLevel.MEDIUM,
    title=N_("New customer resembles a listed one"),
    why=N_("Resembles %(name)s (%(entry)s), names alike by %(alike)s"),
    likelihood=Decimal("0.30"),
    addressed=Addressed.RISK,
    facts={"name": FactKind.TEXT, "entry": FactKind.TEXT, "alike": FactKind.RATIO},
    thresholds={"new_days": 90, "similarity": Decimal("0.80")},
    findings=_resembles_listed,
    scope=_whom_it_concerns,
)
