"""Three languages, two appearances, and the way in and out."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from services.metrics.figures import METRICS
from tests.browser.languages import foreign_words
from tests.browser.visit import READY, Visitor

#: Parts of pages that have an address of their own; the pages themselves are in test_every_page.
PARTS = (
    *(f"/overview?metric={metric}" for metric in METRICS), "/overview?list=incentives", "/overview?list=levels",
    "/exports?kind=invoices", *(f"/policy?part={part}" for part in ("open", "scorecard", "rules", "metrics")),
)  # fmt: skip
#: What is the same in every language: kinds of files.
SAME = re.compile(r"[•\s]*[A-Z, ]+")

CONTRAST = """() => {
  const parsed = (text) => {
    const found = (text.match(/-?[\\d.]+(e-?\\d+)?/g) ?? []).map(Number)
    const scale = text.startsWith("color(") ? 255 : 1
    return { rgb: found.slice(0, 3).map((one) => one * scale), alpha: found.length > 3 ? found[3] : 1 }
  }
  const over = (front, back) => front.rgb.map((one, i) => one * front.alpha + back[i] * (1 - front.alpha))
  const behind = (element) => {
    if (!element) return [255, 255, 255]
    const own = parsed(getComputedStyle(element).backgroundColor)
    return own.alpha === 1 ? own.rgb : over(own, behind(element.parentElement))
  }
  const light = (rgb) => {
    const part = rgb.map((one) => one / 255).map((one) => one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4)
    return 0.2126 * part[0] + 0.7152 * part[1] + 0.0722 * part[2]
  }
  const main = document.querySelector('[data-testid="stMain"]')
  const poor = []
  let count = 0
  const walker = document.createTreeWalker(main, NodeFilter.SHOW_TEXT)
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement
    if (!node.nodeValue.trim() || !element.checkVisibility()) continue
    if (element.closest('svg, style, :disabled, span[translate="no"]')) continue
    const style = getComputedStyle(element)
    if (style.opacity === "0" || element.getBoundingClientRect().width < 2) continue
    const back = behind(element)
    const [one, two] = [light(over(parsed(style.color), back)), light(back)].sort((a, b) => b - a)
    count += 1
    const ratio = (one + 0.05) / (two + 0.05)
    if (ratio < 4.5) poor.push(`${node.nodeValue.trim()} ${ratio.toFixed(2)}`)
  }
  return { ground: light(behind(main)), poor, count }
}"""


def html_language(visitor: Visitor) -> str:
    """What the page says of its language."""
    return str(visitor.page.evaluate("document.documentElement.lang"))


def test_the_language_switch_changes_every_word_also_those_that_streamlit_brings(visit: Callable[..., Visitor]) -> None:
    legal = visit("legal").open("/imports")
    english = legal.words()
    assert {"Imports", "Upload", "Sign out", "Recent imports"} <= english
    assert html_language(legal) == "en"
    for name, tag, uploader in (
        ("简体中文", "zh-Hans", ("上传", "每个文件不超过 200MB")),
        ("繁體中文", "zh-Hant", ("上傳", "每個檔案不超過 200MB")),
    ):  # fmt: skip
        with legal.page.expect_navigation():
            legal.page.get_by_role("button", name=name).click()
        legal.settle()
        assert html_language(legal) == tag
        assert legal.path() == "/imports"
        for words in uploader:
            expect(legal.page.locator('[data-testid="stFileUploader"]')).to_contain_text(words)
        kept = {one for one in legal.words() & english if re.search("[A-Za-z]{2}", one) and not SAME.fullmatch(one)}
        assert kept == {"Greyledger"} & kept


@pytest.mark.parametrize("language", ["en", "zh_Hant"])
def test_no_part_of_a_page_mixes_the_scripts(visit: Callable[..., Visitor], language: str) -> None:
    risk = visit("risk", language=language)
    found = {part: foreign_words(risk.open(part).words(), language) for part in PARTS}
    assert found == {part: [] for part in PARTS}


@pytest.mark.parametrize(("appearance", "darkest", "lightest"), [("Dark", 0, 0.05), ("Light", 1, 1)])
def test_dark_is_dark_light_is_white_and_text_can_be_read(
    visit: Callable[..., Visitor], appearance: str, darkest: float, lightest: float
) -> None:
    viewer = visit("viewer", dark=appearance == "Light").open("/overview")
    with viewer.page.expect_navigation():
        viewer.page.get_by_role("button", name=appearance, exact=True).click()
    viewer.settle()
    for address in ("/overview", "/early_warnings", "/customer?customer=C100007"):
        seen = viewer.open(address).page.evaluate(CONTRAST)
        assert darkest <= seen["ground"] <= lightest, address
        assert seen["poor"] == [], address
        assert seen["count"] > 40, address


def test_signing_out_ends_the_session_in_another_tab_too(visit: Callable[..., Visitor]) -> None:
    north = visit("north").open("/customers")
    other = north.context.new_page()
    other.goto(f"{north.address}/customers")
    other.wait_for_selector(READY, state="attached")
    north.page.get_by_role("button", name="Sign out").click()
    north.page.wait_for_url("**/sign-in")
    other.locator(".st-key-customers-next button").click()
    expect(other.get_by_text("You are signed out.", exact=False)).to_be_visible()
    expect(other.locator(".gl-row")).to_have_count(0)
    other.get_by_role("link", name="Sign in").click()
    other.wait_for_url("**/sign-in*")
    other.goto(f"{north.address}/customers")
    assert urlsplit(other.url).path == "/sign-in"


def test_a_link_followed_while_signed_out_leads_back_after_signing_in(visit: Callable[..., Visitor]) -> None:
    guest = visit(None)
    guest.page.goto(f"{guest.address}/customer?customer=C100007")
    assert guest.path() == "/sign-in"
    assert parse_qs(urlsplit(guest.page.url).query) == {"next": ["/customer?customer=C100007"]}
    guest.sign_in("finance")
    assert guest.path() == "/customer"
    assert guest.query() == {"customer": "C100007"}
    assert "C100007" in guest.text()
