"""A leader looks into the figures, a risk officer works warnings, two people change a setting."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.visit import PHONE, Visitor

CURRENT = '[class*="st-key-glrow-"]:has(button[aria-current])'
REFUSAL = '[data-testid="stAlertContentError"]'
SENTENCE_OF_STALE = "Somebody changed this record while you were looking at it. Reload and decide again."


def test_a_wrong_password_is_answered_in_the_reader_s_language_and_the_right_one_leads_to_the_overview(
    visit: Callable[..., Visitor],
) -> None:
    leader = visit(None, language="zh_Hans")
    leader.page.goto(f"{leader.address}/sign-in")
    leader.page.fill("input[name=login]", "leader")
    leader.page.fill("input[name=password]", "not it")
    leader.page.press("input[name=password]", "Enter")
    expect(leader.page.locator("[role=alert]")).to_have_text("登录名或密码不正确，请核对后重试。")
    expect(leader.page.locator("input[name=login]")).to_have_value("leader")
    leader.sign_in("leader")
    assert leader.path() == "/overview"
    assert leader.scrolls_by() == 0
    assert leader.overflow() <= 0


def test_a_period_is_an_address_and_back_restores_the_one_before(visit: Callable[..., Visitor]) -> None:
    leader = visit("leader").open("/overview")
    period = leader.at("overview-period-quarter").locator("input")
    expect(period).to_have_value("Q2 2025")
    was = leader.at("glcard-identification_timeliness").inner_text()
    leader.choose("overview-period-quarter", "Q1 2025")
    assert leader.query() == {"period": "2025-Q1"}
    assert leader.at("glcard-identification_timeliness").inner_text() != was
    leader.back()
    assert leader.query() == {}
    expect(period).to_have_value("Q2 2025")
    assert leader.at("glcard-identification_timeliness").inner_text() == was


def test_a_metric_opens_its_rows_keeps_them_at_a_reload_and_leads_to_a_customer(visit: Callable[..., Visitor]) -> None:
    leader = visit("leader").open("/overview")
    leader.click("glopen-identification_timeliness")
    assert leader.query() == {"metric": "identification_timeliness"}
    expect(leader.page.get_by_role("heading", name="Identification timeliness", exact=True)).to_be_visible()
    rows = leader.page.locator("table.gl-table").last.locator("tbody tr")
    expect(rows).not_to_have_count(0)
    before = leader.text()
    leader.back()
    assert leader.query() == {}
    expect(leader.at("glcard-assessment_accuracy")).to_be_visible()

    leader.click("glopen-identification_timeliness")
    leader.page.reload()
    leader.settle()
    assert leader.text() == before
    customer = rows.first.locator("a").first
    number = customer.inner_text()
    customer.click()
    leader.page.wait_for_url(f"**/customer?customer={number}")
    leader.settle()
    assert number in leader.text()
    leader.back()
    assert leader.query() == {"metric": "identification_timeliness"}
    assert leader.faults == []


# --- warnings


def chosen(visitor: Visitor) -> str:
    """`customer.warning` of the row that is chosen."""
    classes = str(visitor.page.locator(CURRENT).get_attribute("class"))
    found = re.search(r"st-key-glrow-(\d+)-(\d+)", classes)
    assert found is not None
    return f"{found[1]}.{found[2]}"


def row_of(visitor: Visitor, warning: str) -> object:
    """The row of `customer.warning`, chosen or not."""
    key = warning.replace(".", "-")
    return visitor.page.locator(f".st-key-glrow-{key}")


def choose_row(visitor: Visitor, state: str | None) -> str:
    """Choose the first row in a state (None: new, without a chip); its `customer.warning`."""
    rows = visitor.page.locator('.st-key-triage-list [class*="st-key-glrow-"]')
    fitting = rows.filter(has_text=state) if state else rows.filter(has_not=visitor.page.locator(".gl-chip"))
    fitting.first.get_by_role("button").click()
    visitor.settle()
    return chosen(visitor)


def test_risk_lands_on_warnings_and_the_keys_move_search_and_help(visit: Callable[..., Visitor]) -> None:
    risk = visit("risk").open("/")
    assert risk.path() == "/early_warnings"
    first = choose_row(risk, None)
    second = chosen(risk.press("j"))
    third = chosen(risk.press("j"))
    assert len({first, second, third}) == 3
    assert risk.query() == {"warning": third}
    assert chosen(risk.press("k")) == second
    risk.press("/")
    search = risk.at("triage-search").locator("input")
    expect(search).to_be_focused()
    risk.page.keyboard.type("C1003")
    risk.press("Enter")
    assert risk.query()["search"] == "C1003"
    expect(search).not_to_be_focused()
    risk.press("?")
    expect(risk.page.get_by_role("dialog")).to_contain_text("acknowledge, then start acting")
    risk.press("Escape")
    expect(risk.page.get_by_role("dialog")).to_have_count(0)
    assert risk.faults == []


def test_a_acknowledges_and_the_next_warning_is_chosen(visit: Callable[..., Visitor]) -> None:
    risk = visit("risk").open("/early_warnings?severity=critical")
    done = choose_row(risk, None)
    following = chosen(risk.press("j"))
    risk.press("k")
    expect(row_of(risk, done)).not_to_contain_text("Acknowledged")
    risk.press("a")
    expect(row_of(risk, done)).to_contain_text("Acknowledged")
    assert chosen(risk) == following
    risk.open(f"/early_warnings?warning={done}")
    expect(risk.at("triage-step")).to_contain_text("Start acting")


def test_a_snooze_needs_a_reason_and_takes_the_warning_out_of_the_list(visit: Callable[..., Visitor]) -> None:
    risk = visit("risk").open("/early_warnings?severity=medium")
    asleep = choose_row(risk, None)
    risk.press("z")
    risk.click("drawer-save")
    expect(risk.page.get_by_role("dialog")).to_contain_text("Give a reason: it is kept with the decision.")
    risk.write("drawer-reason", "Transfer announced for Friday")
    risk.click("drawer-save")
    expect(risk.page.get_by_role("dialog")).to_have_count(0)
    expect(row_of(risk, asleep)).to_have_count(0)
    risk.open(f"/early_warnings?severity=medium&snoozed=1&warning={asleep}")
    expect(row_of(risk, asleep)).to_have_count(1)
    expect(risk.at("triage-detail")).to_contain_text("Transfer announced for Friday")


def test_a_warning_that_is_acted_on_is_resolved_with_its_outcome(visit: Callable[..., Visitor]) -> None:
    risk = visit("risk").open("/early_warnings?severity=critical")
    ended = choose_row(risk, "Being acted on")
    risk.press("e")
    risk.page.get_by_role("dialog").get_by_text("Risk mitigated", exact=True).click()
    risk.settle()
    risk.write("drawer-reason", "Instalments agreed and the first one paid")
    risk.click("drawer-save")
    expect(risk.page.get_by_role("dialog")).to_have_count(0)
    expect(row_of(risk, ended)).to_have_count(0)
    risk.open(f"/early_warnings?warning={ended}")
    expect(risk.at("triage-detail")).to_contain_text("Instalments agreed and the first one paid")


def test_who_decides_on_what_somebody_else_changed_meanwhile_is_told_so(visit: Callable[..., Visitor]) -> None:
    slow = visit("risk2").open("/early_warnings?severity=high")
    warning = choose_row(slow, None)
    quick = visit("risk").open(f"/early_warnings?severity=high&warning={warning}")
    # It is open before somebody: a key does nothing, a click takes it over.
    expect(quick.at("triage-detail")).to_contain_text("has had this warning open since")
    expect(quick.at("triage-step")).to_have_count(0)
    quick.click("triage-take-over")
    quick.press("a")
    expect(row_of(quick, warning)).to_contain_text("Acknowledged")
    slow.press("a")
    expect(slow.page.locator(REFUSAL)).to_have_text(re.compile(re.escape(SENTENCE_OF_STALE)))
    expect(row_of(slow, warning)).to_contain_text("Acknowledged")
    assert slow.query()["warning"] == warning
    # Nothing is open before anybody any more.
    slow.open("/early_warnings?search=nobody")
    quick.open("/early_warnings?search=nobody")


def test_after_a_drawer_is_closed_the_keys_go_on_and_back_walks_the_same_way(visit: Callable[..., Visitor]) -> None:
    risk = visit("risk").open("/early_warnings")
    landed = chosen(risk)
    second = chosen(risk.press("j"))
    third = chosen(risk.press("j"))
    for key in ("?", "s", "z"):
        risk.press(key)
        expect(risk.page.get_by_role("dialog")).to_have_count(1)
        risk.press("Escape")
        expect(risk.page.get_by_role("dialog")).to_have_count(0)
    assert chosen(risk.press("k")) == second
    risk.press("j")
    assert [chosen(risk.back()) for _ in range(4)] == [second, third, second, landed]
    assert "warning" not in risk.query()
    risk.press("z")
    risk.write("drawer-reason", "Transfer announced for Friday")
    risk.click("drawer-save")
    expect(row_of(risk, landed)).to_have_count(0)
    risk.press("u")
    expect(row_of(risk, landed)).to_have_count(1)
    assert chosen(risk) == landed
    assert risk.faults == []


def test_on_a_phone_a_tap_opens_a_warning_and_back_returns_to_the_list(visit: Callable[..., Visitor]) -> None:
    risk = visit("risk", size=PHONE).open("/early_warnings")
    listed, detail = risk.at("triage-list"), risk.at("triage-detail")
    row = risk.page.locator('.st-key-triage-list [class*="st-key-glrow-"]').nth(2)
    name = row.locator(".gl-strong").inner_text()
    row.get_by_role("button").click()
    risk.settle()
    expect(detail.locator(".gl-head-name")).to_have_text(name)
    expect(detail).to_be_visible()
    expect(listed).not_to_be_visible()
    assert risk.overflow() <= 0
    risk.click("triage-back")
    assert risk.query() == {}
    expect(listed).to_be_visible()
    expect(detail).not_to_be_visible()


# --- the policy


def test_a_setting_takes_two_people_and_both_stand_in_the_ledger(visit: Callable[..., Visitor]) -> None:
    admin = visit("admin").open("/policy")
    admin.choose("policy-key", "A rate over fewer cases than this is marked as uncertain")
    admin.write("policy-value", "25").write("policy-reason", "Agreed in the risk meeting")
    admin.click("policy-propose")
    waiting = admin.page.locator('[class*="st-key-proposal-"]').first
    expect(waiting).to_contain_text("20 cases becomes 25 cases")
    expect(waiting).to_contain_text("You proposed it, so another person decides")
    expect(admin.page.get_by_role("button", name="Approve value")).to_have_count(0)

    leader = visit("leader").open("/policy")
    expect(leader.page.locator('[class*="st-key-proposal-"]').first).to_contain_text("Agreed in the risk meeting")
    leader.page.get_by_role("button", name="Approve value").click()
    leader.settle()
    expect(leader.page.get_by_text("Waiting for a second person")).to_have_count(0)
    expect(leader.page.locator("tr", has_text="small_sample")).to_contain_text("25 cases")

    auditor = visit("auditor").open("/ledger?what=policy")
    entries = auditor.page.locator(".gl-entry")
    expect(entries.nth(0)).to_contain_text("approved a value for a setting")
    expect(entries.nth(1)).to_contain_text("proposed a value for a setting")
    expect(entries.nth(1)).to_contain_text("Agreed in the risk meeting")
