"""The rule that compares newcomers with everybody listed: by credit code, by phone, by name (SPEC 6).

Names are compared by shared trigrams of their words, as pg_trgm does: shared / (all of both). The trigrams are made
here because pg_trgm drops every character that the database's lc_ctype does not call a letter: with lc_ctype C, common
where text shall be fast, a Chinese name has no trigram at all. Joining on trigrams is also cheaper than comparing every
newcomer with every entry.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ARRAY,
    CTE,
    BigInteger,
    ColumnElement,
    Integer,
    Numeric,
    Select,
    Subquery,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)

from db.enums import ListingState, RiskLevel
from db.models import Customer, Listing, WatchlistEntry
from services.context import Context
from services.early_warnings.exposure import exposure
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

#: What names have in common without being alike: legal forms, punctuation, blanks (half and full width).
_LEGAL_FORMS = (
    "股份有限公司|有限責任公司|有限责任公司|有限公司|集团|集團|公司|"
    r"\m(co|ltd|limited|inc|llc|corp|corporation|company|gmbh|plc|sa|bv)\M|[[:punct:][:space:]（）．，、·　]+"
)
_ALIAS_BREAKS = "[;；|、\n]+"
_LEAST_PHONE_DIGITS = 7


def _core_of(name: SqlValue) -> ColumnElement[Any]:
    """A name without what names have in common: likeness then speaks of what is their own."""
    return func.btrim(func.regexp_replace(func.lower(name), _LEGAL_FORMS, " ", "g"))


def _digits_of(phone: SqlValue) -> ColumnElement[Any]:
    digits = func.regexp_replace(phone, "[^0-9]", "", "g")
    return case((func.length(digits) >= _LEAST_PHONE_DIGITS, digits))


def _known_names(frame: Frame) -> CTE:
    """Everybody a newcomer is compared with: listed customers, watch-list entries, and their aliases.

    Materialised on purpose: the list is small, read once, and there is no customer_id to carry along.
    """
    listed = (
        select(
            Listing.customer_id.label("known_id"), Customer.name, Customer.customer_no.label("ref"), Customer.uscc,
            _digits_of(Customer.phone).label("phone"),
        )
        .join(Customer, Customer.customer_id == Listing.customer_id)
        .where(
            Listing.state.in_((ListingState.CONFIRMED, ListingState.RESTORED)), Listing.decided_on <= frame.day,
            or_(Listing.restored_on.is_(None), Listing.restored_on > frame.day),
        )
    )  # fmt: skip
    entry, nothing = WatchlistEntry, null()
    on_time = or_(entry.listed_on.is_(None), entry.listed_on <= frame.day)
    ref = func.concat(entry.source, " ", entry.entry_no)
    watched = select(nothing, entry.name, ref, entry.uscc, nothing).where(on_time)
    alias = func.regexp_split_to_table(entry.aliases, _ALIAS_BREAKS)
    aliases = select(nothing, alias, ref, nothing, nothing).where(on_time, entry.aliases.is_not(None))
    everybody = union_all(listed, watched, aliases).subquery("everybody")
    columns = (everybody, _core_of(everybody.c.name).label("core"), func.row_number().over().label("key"))
    return _materialised(select(*columns), "known_name")


def _newcomers(frame: Frame, limits: Thresholds) -> CTE:
    columns = (
        Customer.customer_id.label("key"), _core_of(Customer.name).label("core"), Customer.uscc,
        Customer.credit_limit, _digits_of(Customer.phone).label("phone"),
    )  # fmt: skip
    is_new = and_(Customer.since <= frame.day, Customer.since > frame.days_ago(limits["new_days"]))
    return _materialised(select(*columns).where(is_new, frame.only(Customer.customer_id)), "newcomer")


def _materialised(query: Select[Any], name: str) -> CTE:
    return query.cte(name).prefix_with("MATERIALIZED", dialect="postgresql")


def _grams(names: CTE, name: str) -> Subquery:
    """The trigrams of each name: `key, gram, size` (how many the name has). Words are padded as pg_trgm pads them."""
    words = select(names.c.key, func.regexp_split_to_table(names.c.core, " +").label("word")).subquery(f"{name}_word")
    places = (
        select(words.c.key, words.c.word, func.generate_series(1, func.length(words.c.word) + 1).label("place"))
        .where(words.c.word != "")
        .subquery(f"{name}_place")
    )
    gram = func.substr(func.concat("  ", places.c.word, " "), cast(places.c.place, Integer), 3)
    each = select(places.c.key, gram.label("gram")).distinct().subquery(f"{name}_gram")
    size = func.count().over(partition_by=each.c.key)
    return select(each.c.key, each.c.gram, size.label("size")).subquery(name)


def _pairs(new: CTE, known: CTE, limits: Thresholds) -> Subquery:
    """Newcomers and those they may be: `new_key, known_key, alike` (0 where only code or phone agree)."""
    mine, theirs = _grams(new, "new_grams"), _grams(known, "known_grams")
    shared = func.count()
    all_of_both = func.min(mine.c.size) + func.min(theirs.c.size) - shared
    alike = cast(shared, Numeric) / all_of_both
    by_name = (
        select(mine.c.key.label("new_key"), theirs.c.key.label("known_key"), alike.label("alike"))
        .join(theirs, theirs.c.gram == mine.c.gram)
        .group_by(mine.c.key, theirs.c.key)
        .having(alike >= limits["similarity"])
    )
    unlike = literal(0, Numeric)
    by_code = select(new.c.key, known.c.key, unlike).join(known, known.c.uscc == new.c.uscc)
    by_phone = select(new.c.key, known.c.key, unlike).join(known, known.c.phone == new.c.phone)
    each = union_all(by_name, by_code, by_phone).subquery("each_pair")
    best = select(each.c.new_key, each.c.known_key, func.max(each.c.alike).label("alike"))
    return best.group_by(each.c.new_key, each.c.known_key).subquery("pair")


def _matches(frame: Frame, limits: Thresholds) -> Subquery:
    """Pairs with how certain they are: 3 the same credit code, 2 the same phone or words, 1 a similar name."""
    new, known = _newcomers(frame, limits), _known_names(frame)
    pair = _pairs(new, known, limits)
    same_words = pair.c.alike == 1
    certainty = case((new.c.uscc == known.c.uscc, 3), (or_(new.c.phone == known.c.phone, same_words), 2), else_=1)
    return (
        select(
            new.c.key.label("customer_id"), new.c.credit_limit, known.c.ref, known.c.name, pair.c.alike,
            certainty.label("certainty"),
        )
        .select_from(pair)
        .join(new, new.c.key == pair.c.new_key)
        .join(known, known.c.key == pair.c.known_key)
        .where(or_(known.c.known_id.is_(None), known.c.known_id != new.c.key))
        .subquery("match")
    )  # fmt: skip


def _resembles_listed(frame: Frame, limits: Thresholds) -> Select[Any]:
    """A customer of the last `new_days` days that shares a credit code, a phone or much of a name with a listed one.

    At risk is what it owes already, or what it may come to owe.
    """
    match, owed = _matches(frame, limits), exposure(frame)
    best = (match.c.certainty.desc(), match.c.alike.desc(), match.c.ref)
    strength = func.max(match.c.certainty)
    return (
        found(
            match.c.customer_id,
            money=func.greatest(func.max(owed.c.money), func.max(match.c.credit_limit)),
            severity=case((strength == 3, RiskLevel.CRITICAL), (strength == 2, RiskLevel.HIGH), else_=RiskLevel.MEDIUM),
            items=newest_items(match.c.ref, *best),
            facts={
                "name": first_of(match.c.name, *best), "entry": first_of(match.c.ref, *best),
                "alike": ratio_text(func.max(match.c.alike)),
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
    thresholds={"new_days": 90, "similarity": Decimal("0.6")},
    findings=_resembles_listed,
    scope=_whom_it_concerns,
)
