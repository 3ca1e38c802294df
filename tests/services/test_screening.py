"""Names against listed customers and watch lists (policy 2.3)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from db.enums import DepartmentKind, Role
from db.models import Customer, LedgerEntry, WatchlistEntry
from services.context import Context
from services.early_warnings import findings, rule_by_code
from services.errors import IllegalMoveError, NotAllowedError, RefusedError, StaleError
from services.policy import set_policy
from services.screening import (
    Chosen,
    MatchFilter,
    MatchSource,
    MatchState,
    Screened,
    clear_matches,
    confirm_match,
    match_page,
    reopen_match,
    run_screening,
    screen,
)
from tests.services.makers import (
    DAY,
    ago,
    as_actor,
    make_customer,
    make_department,
    make_listing,
    make_user,
    make_watchlist_entry,
)

CODE, OTHER_CODE = "91350211M000100Y46", "914403001922038216"


@pytest.fixture
def ctx(rolled_back: Context) -> Context:
    return rolled_back


def asked(ctx: Context, name: str, uscc: str | None = None) -> list[tuple[str, str]]:
    return [(one.customer_no or f"{one.list_source} {one.entry_no}", one.name) for one in screen(ctx, name, uscc=uscc)]


@pytest.mark.parametrize(
    ("listed", "name"),
    [
        ("苏州利博优美网络服务有限公司", "蘇州利博優美網絡服務有限公司"),
        ("苏州利博优美网络服务有限公司", "苏州市利博优美网络服务有限公司合肥分公司"),
        ("苏州利博优美网络服务有限公司", "Suzhou Libo Youmei Network Service Co., Ltd."),
        ("苏州利博优美网络服务有限公司", "suzhouliboyoumeiwangluofuwuyouxiangongsi"),
        ("苏州利博优美网络服务有限公司", "利博优美（苏州）网络服务"),
        ("SMITH, John Albert", "John SMITH"),
        ("ANGLO-CARIBBEAN CO., LTD.", "Anglo Caribean Company Limited"),
    ],
)
def test_a_listed_name_is_found_in_another_spelling(ctx: Context, listed: str, name: str) -> None:
    customer = make_customer(ctx, "C1", name=listed)
    make_listing(ctx, customer, ago(10))
    assert asked(ctx, name) == [("C1", listed)]


@pytest.mark.parametrize(
    "name", ["苏州天宏科技网络服务有限公司", "南京利博优美网络服务有限公司", "苏州利博优美餐饮有限公司"]
)
def test_another_core_place_or_line_of_business_is_another_firm(ctx: Context, name: str) -> None:
    make_listing(ctx, make_customer(ctx, "C1", name="苏州利博优美网络服务有限公司"), ago(10))
    assert asked(ctx, name) == []


def test_an_entry_is_found_by_its_alias_and_by_its_code(ctx: Context) -> None:
    make_watchlist_entry(ctx, "Bad Trading Ltd", "7", aliases="Johnny Smith; 史密斯", uscc=CODE)
    assert asked(ctx, "Smith Johnny") == [("LIST 7", "Johnny Smith")]
    (found,) = screen(ctx, "", uscc=CODE.lower())
    assert (found.source, found.score, [one.code for one in found.features]) == (
        MatchSource.WATCHLIST, Decimal(1), ["uscc"],
    )  # fmt: skip


def test_two_codes_speak_against_one_firm(ctx: Context) -> None:
    make_watchlist_entry(ctx, "Bad Trading Ltd", "7", uscc=CODE)
    (found,) = screen(ctx, "Bad Trading", uscc=OTHER_CODE)
    assert [one.code for one in found.features] == ["core", "place", "trade", "other_uscc"]
    assert found.score == sum(one.share for one in found.features)


def test_a_code_with_a_wrong_check_digit_is_refused(ctx: Context) -> None:
    with pytest.raises(RefusedError, match="is no valid unified social credit code"):
        screen(ctx, "Bad Trading", uscc=CODE[:-1] + "4")


@pytest.mark.parametrize("name", ["", "  ", "x" * 301])
def test_a_name_that_is_none_is_refused(ctx: Context, name: str) -> None:
    with pytest.raises(RefusedError):
        screen(ctx, name)


# --- runs over the register


def matches(ctx: Context, state: MatchState = MatchState.OPEN) -> list[tuple[str, str, Decimal]]:
    found = match_page(ctx, MatchFilter(state)).rows
    return [(one.customer_no, one.other_no, one.score) for one in found]


def test_both_directions_are_compared_and_a_second_run_changes_nothing(ctx: Context) -> None:
    make_watchlist_entry(ctx, "Sunrise Trading Ltd", "1")
    make_customer(ctx, "C1", name="SUNRISE TRADING CO., LTD.")
    later = make_customer(ctx, "C2", name="华东机电设备有限公司")
    make_customer(ctx, "C3", name="華東機電設備有限公司")
    assert run_screening(ctx) == Screened(names=4, found=1)
    assert run_screening(ctx) == Screened()
    make_listing(ctx, later, ago(1))
    assert run_screening(ctx) == Screened(found=1)
    make_watchlist_entry(ctx, "Huadong Jidian Shebei", "2")
    assert run_screening(ctx) == Screened(names=1, found=2)
    assert sorted(one[:2] for one in matches(ctx)) == [("C1", "1"), ("C2", "2"), ("C3", "2"), ("C3", "C2")]
    assert run_screening(ctx) == Screened()


def test_a_shared_phone_or_account_is_a_match_and_says_so(ctx: Context) -> None:
    listed = make_customer(ctx, "L1", name="Old Name", phone="+86 21-5555 0101", bank_account="6222 0000 1111 2222")
    make_listing(ctx, listed, ago(1))
    make_customer(ctx, "C1", name="Quite Different", phone="(021) 55550101", bank_account="6222000011112222")
    make_customer(ctx, "C2", name="Also Different", phone="110")
    run_screening(ctx)
    (row,) = match_page(ctx, MatchFilter()).rows
    assert (row.customer_no, row.other_no, row.grade) == ("C1", "L1", "grey")
    assert [(one.code, one.share) for one in row.features[:2]] == [
        ("bank_account", Decimal("0.8800")), ("phone", Decimal("0.0984")),
    ]  # fmt: skip


@pytest.fixture
def reviewer(ctx: Context) -> Context:
    return as_actor(ctx, make_user(ctx, "reviewer", Role.RISK, make_department(ctx, "RISK", DepartmentKind.RISK)))


@pytest.fixture
def customer(ctx: Context) -> Customer:
    """A customer with one open match."""
    make_watchlist_entry(ctx, "Sunrise Trading Ltd", "1")
    customer = make_customer(ctx, "C1", name="SUNRISE TRADING CO., LTD.", since=ago(5))
    run_screening(ctx)
    return customer


def chosen(ctx: Context, state: MatchState = MatchState.OPEN) -> list[Chosen]:
    return [Chosen(one.customer_id, one.id, one.version) for one in match_page(ctx, MatchFilter(state)).rows]


def test_a_cleared_pair_stays_cleared_until_one_of_its_sides_changes(
    ctx: Context, reviewer: Context, customer: Customer
) -> None:
    (cleared,) = clear_matches(reviewer, chosen(ctx), "another firm of that name")
    assert (cleared.state, cleared.reason, cleared.decided_by) == (
        MatchState.CLEARED, "another firm of that name", "Reviewer",
    )  # fmt: skip
    assert findings(ctx, rule_by_code("resembles_listed"), DAY) == []
    customer.credit_limit = Decimal(5)
    ctx.session.flush()
    assert run_screening(ctx) == Screened()
    customer.name = "Sunrise Trading Limited"
    ctx.session.flush()
    assert run_screening(ctx) == Screened(names=1, reopened=1)
    assert matches(ctx) == [("C1", "1", Decimal(1))]
    assert len(findings(ctx, rule_by_code("resembles_listed"), DAY)) == 1


def test_of_two_reviewers_the_second_is_told(ctx: Context, reviewer: Context, customer: Customer) -> None:
    seen = chosen(ctx)
    confirm_match(reviewer, seen[0], "the same owner, says the registry")
    with pytest.raises(StaleError):
        clear_matches(reviewer, seen, "another firm")
    assert [row[:2] for row in matches(ctx, MatchState.CONFIRMED)] == [("C1", "1")]
    reopen_match(reviewer, chosen(ctx, MatchState.CONFIRMED)[0], "wrong button, I am sorry")
    with pytest.raises(IllegalMoveError):
        reopen_match(reviewer, chosen(ctx)[0], "and once more again")
    actions = (
        select(LedgerEntry.action).where(LedgerEntry.customer_id == customer.customer_id).order_by(LedgerEntry.seq)
    )
    assert list(ctx.session.scalars(actions)) == ["screening_match.confirmed", "screening_match.reopened"]


def test_what_ends_takes_its_open_matches_along_and_what_differs_is_gone(ctx: Context, customer: Customer) -> None:
    entry = ctx.session.get_one(WatchlistEntry, ("LIST", "1"))
    entry.ended_on = DAY
    ctx.session.flush()
    assert run_screening(ctx) == Screened(lapsed=1)
    entry.ended_on = None
    ctx.session.flush()
    assert run_screening(ctx) == Screened(reopened=1)
    customer.name = "Nothing Of The Kind"
    ctx.session.flush()
    assert run_screening(ctx) == Screened(names=1, gone=1)
    assert matches(ctx) == []


def test_another_threshold_compares_everybody_again(ctx: Context, customer: Customer) -> None:
    make_customer(ctx, "C2", name="Sunrise Shipping Ltd")
    run_screening(ctx)
    assert [one[0] for one in matches(ctx)] == ["C1"]
    set_policy(ctx, "screening_threshold", "0.5", DAY)
    ctx.__dict__.pop("policy_history", None)
    assert run_screening(ctx) == Screened(found=1)


def test_a_verdict_needs_a_reason_and_the_right(ctx: Context, reviewer: Context, customer: Customer) -> None:
    with pytest.raises(RefusedError, match="Give a reason"):
        clear_matches(reviewer, chosen(ctx), " no ")
    viewer = as_actor(ctx, make_user(ctx, "v", Role.VIEWER, make_department(ctx, "SALES")))
    with pytest.raises(NotAllowedError):
        clear_matches(viewer, chosen(ctx), "another firm of that name")


@pytest.mark.parametrize(
    "change",
    [
        "state = 'cleared', reason = NULL, decided_by_id = NULL", "score = 1.5", "state = 'elsewhere'",
        "source = 'listing'", "list_source = NULL", "state = 'confirmed', decided_by_id = NULL",
    ],
)  # fmt: skip
def test_the_database_refuses_matches_that_can_not_be(ctx: Context, customer: Customer, change: str) -> None:
    with pytest.raises(IntegrityError), ctx.session.begin_nested():
        ctx.session.execute(text(f"UPDATE screening_match SET {change}"))
