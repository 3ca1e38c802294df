"""Names against listed customers and watch lists (policy 2.3)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from services.context import Context
from services.errors import RefusedError
from services.screening import MatchSource, screen
from tests.services.makers import ago, make_customer, make_listing, make_watchlist_entry

CODE, OTHER_CODE = "91350211M000100Y43", "914403001922038216"


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
