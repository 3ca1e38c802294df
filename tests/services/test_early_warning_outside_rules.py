"""Warning rules over media, courts, industries and lists."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from db.models import Customer
from services.context import Context
from services.early_warnings import findings, rule_by_code
from services.screening import run_screening
from tests.services.makers import (
    DAY,
    ago,
    make_customer,
    make_invoice,
    make_listing,
    make_news,
    make_outlook,
    make_watchlist_entry,
)


def found(ctx: Context, code: str, day: dt.date = DAY) -> list[tuple[int, Decimal, str]]:
    run_screening(ctx)
    return [(one.customer_id, one.money, one.severity) for one in findings(ctx, rule_by_code(code), day)]


@pytest.fixture
def ctx(rolled_back: Context) -> Context:
    return rolled_back


@pytest.fixture
def customer(ctx: Context) -> Customer:
    """A customer that owes 100, of industry X."""
    customer = make_customer(ctx, "C1", industry_code="X")
    make_invoice(ctx, customer, ago(-10), 100)
    return customer


def _expected(customer: Customer, severity: str | None) -> list[tuple[int, Decimal, str]]:
    return [(customer.customer_id, Decimal(100), severity)] if severity else []


@pytest.mark.parametrize(
    ("news", "severity"),
    [
        ([("media", 0)], None), ([("media", None)], None), ([("media", -1)], "low"), ([("peer", -1)], "low"),
        ([("media", -1), ("peer", -1)], "medium"), ([("media", -2)], "high"), ([("complaint", -2)], None),
        ([("court", -2)], None),
    ],
)  # fmt: skip
def test_negative_media(
    ctx: Context, customer: Customer, news: list[tuple[str, int | None]], severity: str | None
) -> None:
    for kind, sentiment in news:
        make_news(ctx, customer, ago(10), kind, sentiment)
    assert found(ctx, "negative_media") == _expected(customer, severity)


@pytest.mark.parametrize(("days", "is_found"), [(90, False), (89, True), (0, True), (-1, False)])
def test_negative_media_of_the_last_90_days(ctx: Context, customer: Customer, days: int, is_found: bool) -> None:
    make_news(ctx, customer, ago(days), "media", -1)
    assert found(ctx, "negative_media") == _expected(customer, "low" if is_found else None)


@pytest.mark.parametrize(
    ("kind", "sentiment", "severity"),
    [
        ("court", None, "medium"), ("court", -1, "medium"), ("court", -2, "high"), ("court", 0, None),
        ("court", 1, None), ("regulator", -2, "high"), ("media", -2, None),
    ],
)  # fmt: skip
def test_court_event(ctx: Context, customer: Customer, kind: str, sentiment: int | None, severity: str | None) -> None:
    make_news(ctx, customer, ago(179), kind, sentiment)
    assert found(ctx, "court_event") == _expected(customer, severity)
    assert found(ctx, "court_event", ago(-1)) == []


def test_news_evidence_tells_the_newest_headline(ctx: Context, customer: Customer) -> None:
    make_news(ctx, customer, ago(20), "court", -1, title="Sued by a supplier")
    make_news(ctx, customer, ago(5), "regulator", -1, title="停" * 300)
    (one,) = findings(ctx, rule_by_code("court_event"), DAY)
    assert one.evidence["facts"] == {"count": 2, "last_on": ago(5).isoformat(), "headline": "停" * 200}
    assert len(one.evidence["items"]) == 2


@pytest.mark.parametrize(
    ("before", "now", "severity"),
    [
        ((60, 0), (51, 0), None), ((60, 0), (50, 0), "medium"), ((60, 0), (41, 0), "medium"),
        ((60, 0), (40, 0), "high"), ((60, 1), (60, 0), None), ((60, 1), (60, -1), "medium"),
        ((None, 1), (None, -1), "medium"), ((50, 0), (60, 1), None),
    ],
)  # fmt: skip
def test_industry_cut(
    ctx: Context, customer: Customer, before: tuple[int, int], now: tuple[int, int], severity: str | None
) -> None:
    make_customer(ctx, "owes nothing", industry_code="X")
    make_outlook(ctx, "X", ago(150), *before)
    make_outlook(ctx, "X", ago(5), *now)
    make_outlook(ctx, "X", ago(-1), 1, -2)
    make_outlook(ctx, "Y", ago(5), 1, -2)
    assert found(ctx, "industry_cut") == _expected(customer, severity)


def test_industry_cut_is_judged_within_180_days(ctx: Context, customer: Customer) -> None:
    make_outlook(ctx, "X", ago(179), 60)
    make_outlook(ctx, "X", ago(5), 40)
    assert found(ctx, "industry_cut") == _expected(customer, "high")
    assert found(ctx, "industry_cut", ago(-1)) == []


def _newcomer(ctx: Context, name: str, **values: object) -> Customer:
    return make_customer(ctx, name=name, **({"since": ago(10)} | values))


@pytest.mark.parametrize(
    ("name", "severity"),
    [
        ("华东机电设备有限公司", "high"),
        ("华东机电设备集团股份有限公司", "high"),
        ("华东机电设备贸易公司", "medium"),
        ("西南食品有限公司", None),
        ("有限公司", None),
    ],
)
def test_newcomer_resembles_a_listed_name(ctx: Context, name: str, severity: str | None) -> None:
    listed = make_customer(ctx, "L1", name="华东机电设备有限公司", since=ago(3000))
    make_listing(ctx, listed, ago(50))
    newcomer = _newcomer(ctx, name)
    expected = [(newcomer.customer_id, Decimal(0), severity)] if severity else []
    assert found(ctx, "resembles_listed") == expected


@pytest.mark.parametrize(("days", "is_found"), [(90, False), (89, True), (0, True), (-1, False)])
def test_only_customers_of_the_last_90_days_are_new(ctx: Context, days: int, is_found: bool) -> None:
    make_watchlist_entry(ctx, "Bad Trading Ltd")
    newcomer = _newcomer(ctx, "BAD Trading Co., Ltd.", since=ago(days), credit_limit=500)
    expected = [(newcomer.customer_id, Decimal(500), "high")] if is_found else []
    assert found(ctx, "resembles_listed") == expected


def test_code_and_phone_give_a_newcomer_away(ctx: Context) -> None:
    listed = make_customer(ctx, "L1", name="Old Name", uscc="91310000X", phone="+86 21-5555 0101", since=ago(2))
    make_listing(ctx, listed, ago(1))
    same_code = _newcomer(ctx, "Quite Different", uscc="91310000X")
    same_phone = _newcomer(ctx, "Also Different", phone="86 (21) 55550101")
    _newcomer(ctx, "Short phones say nothing", phone="110")
    assert found(ctx, "resembles_listed") == [
        (same_code.customer_id, Decimal(0), "critical"), (same_phone.customer_id, Decimal(0), "high"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("decided", "values", "is_found"),
    [
        (0, {}, True), (-1, {}, False),
        (5, {"state": "rejected"}, False),
        (5, {"state": "restored", "restored_on": DAY}, False),
        (5, {"state": "restored", "restored_on": ago(-1)}, True),
    ],
)  # fmt: skip
def test_listed_means_listed_on_that_day(ctx: Context, decided: int, values: dict, is_found: bool) -> None:
    make_listing(ctx, make_customer(ctx, "L1", name="Sunrise Trading"), ago(decided), **values)
    _newcomer(ctx, "Sunrise Trading Ltd")
    assert len(found(ctx, "resembles_listed")) == int(is_found)


def test_watch_list_aliases_count_and_the_best_match_is_named(ctx: Context) -> None:
    make_watchlist_entry(ctx, "SMITH, John", "7", aliases="Johnny Smith; 史密斯")
    make_watchlist_entry(ctx, "Later Corp", "8", listed_on=ago(-1))
    _newcomer(ctx, "Later Corp")
    newcomer = _newcomer(ctx, "John Smith")
    run_screening(ctx)
    (one,) = findings(ctx, rule_by_code("resembles_listed"), DAY)
    assert one.customer_id == newcomer.customer_id
    assert one.evidence["facts"] == {"name": "SMITH, John", "entry": "LIST 7", "alike": "1.00"}
    assert one.severity == "high"
