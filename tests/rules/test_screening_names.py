"""Names taken apart and compared: pure rules (policy 2.3)."""

from __future__ import annotations

import pytest

from services.screening.keys import keys_of
from services.screening.likeness import likeness, score_of
from services.screening.name_parts import parts_of
from services.screening.normal_forms import address_form, person_form, phone_form, uscc_fault


@pytest.mark.parametrize(
    ("name", "places", "core", "trades", "form", "branch"),
    [
        ("苏州利博优美网络服务有限公司", ("苏州",), "利博优美", ("网络", "服务"), "有限公司", ""),
        ("江蘇省蘇州市工業園區利博貿易公司", ("江苏", "苏州"), "利博", ("贸易",), "公司", ""),
        ("灵动传媒科技(绍兴)有限公司", ("绍兴",), "灵动", ("传媒", "科技"), "有限公司", ""),
        ("常州途畅互联网科技有限公司合肥分公司", ("常州",), "途畅", ("互联网", "科技"), "有限公司", "合肥分公司"),
        ("合肥珩纵信市政工程有限公司", ("合肥",), "珩纵信", ("市政", "工程"), "有限公司", ""),
        ("柳州国联运输集团有限公司", ("柳州",), "国联", ("运输",), "集团有限公司", ""),
        ("北京银行", (), "北京银行", (), "", ""),
        ("漢來美食", (), "汉来美食", (), "", ""),
        ("虎门科技-KY", (), "虎门", ("科技",), "", ""),
    ],
)
def test_a_chinese_name_is_taken_apart(
    name: str, places: tuple[str, ...], core: str, trades: tuple[str, ...], form: str, branch: str
) -> None:
    found = parts_of(name)
    assert (found.places, found.core, found.trades, found.form, found.branch) == (places, core, trades, form, branch)


@pytest.mark.parametrize(
    ("name", "words", "trades", "places", "form"),
    [
        ("Suzhou Libo Network Service Co., Ltd.", ("libo",), ("网络", "服务"), ("suzhou",), "co ltd"),
        ("ACEROS S. A. DE C. V.", ("aceros",), (), (), "sa cv"),
        ("LLC Koksokhimtrans", ("koksokhimtrans",), (), (), "llc"),
        ("Société Générale", ("societe", "generale"), (), (), ""),
        ("The China Bank", ("china", "bank"), (), (), ""),
    ],
)
def test_a_latin_name_is_taken_apart(
    name: str, words: tuple[str, ...], trades: tuple[str, ...], places: tuple[str, ...], form: str
) -> None:
    found = parts_of(name)
    assert (found.words, found.trades, found.places, found.form) == (words, trades, places, form)


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("台泥", "亞泥", False), ("台泥", "臺泥股份有限公司", True), ("北京银行", "上海银行", False),
        ("苏州宏达商贸有限公司", "苏州宏达餐饮有限公司", False),
        ("苏州宏达商贸有限公司", "常州宏达商贸有限公司", False),
        ("苏州宏达商贸有限公司", "苏州洪达商贸有限公司", True), ("苏州宏达商贸有限公司", "宏达商贸", True),
        ("苏州宏达商贸有限公司", "苏州宏发商贸有限公司", False), ("苏州天王商贸有限公司", "苏州夫王商贸有限公司", True),
        ("济南常青藤图书有限公司", "济南常藤青图书有限公司", True),
        ("杭州映月书房电子商务有限公司", "HANG ZHOU YING YUE SHU FANG DIAN ZI SHANG WU YOU XIAN GONG SI", True),
        ("SMITH, John Albert", "john smith", True), ("SMITH, John", "SMITH, Peter", False),
        ("ABC TRADING LLC", "abctradingllc", True), ("MEDIA STAR II LTD", "MEDIA STAR III LTD", False),
        ("GADDAFI, Muammar", "QADHAFI, Muammar", True),
    ],
)  # fmt: skip
def test_two_names_are_one_firm_or_two(one: str, other: str, is_same: bool) -> None:
    assert (score_of(likeness(one, other)) >= 0.8) is is_same
    assert score_of(likeness(one, other)) == pytest.approx(score_of(likeness(other, one)))
    if is_same:
        assert set(keys_of(one)) & set(keys_of(other, is_asked=True))


@pytest.mark.parametrize("name", ["台泥", "A", "株式会社", "有限公司", "（）", "123", "😀", "Ltd", "x" * 300, "é́"])
def test_a_name_is_itself_whatever_it_is(name: str) -> None:
    assert score_of(likeness(name, name)) == 1.0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("+86 21-5555 0101", "(021)55550101"),
        ("0086 139 1234 5678", "１３９１２３４５６７８"),
        ("5555 0101 ext 7", "55550101"),
    ],
)
def test_phones_are_one_however_they_are_written(one: str, other: str) -> None:
    assert phone_form(one) == phone_form(other) is not None


def test_forms_of_addresses_persons_and_codes() -> None:
    assert phone_form("110") is None
    assert address_form("江苏省苏州市望江路12号") == address_form("江苏苏州望江路１２號")
    assert person_form("Smith, John") == person_form("JOHN SMITH")
    assert [uscc_fault(code) for code in ("91350211M000100Y46", "91350211M000100Y43", "1")] == [False, True, True]
