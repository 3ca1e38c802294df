"""From the worklist to the resolved warning: business proposes, risk management decides and works the warning."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.visit import PHONE, Visitor

#: A minute for the worker to warn, looked at often.
LOOKS = 60
FIRST_ROW = '[class*="st-key-glrow-row-"]'


def pick_level(visitor: Visitor, level: str) -> None:
    """Choose a level in the form or the drawer that is open."""
    visitor.page.locator('[data-testid="stButtonGroup"] button', has_text=level).last.click()
    visitor.settle()


def write_reason(visitor: Visitor, words: str) -> None:
    """Fill the text area of the form or the drawer that is open."""
    field = visitor.page.locator("textarea").last
    field.fill(words)
    field.blur()
    visitor.settle()


def warned(risk: Visitor, number: str) -> None:
    """Open the warning about the customer, as soon as the worker has raised it."""
    for _look in range(LOOKS):
        risk.open(f"/early_warnings?search={number}&rule=level_high")
        if risk.page.locator('[class*="st-key-glopen-"]').count():
            return
        risk.page.wait_for_timeout(500)
    raise AssertionError(f"nobody was warned of {number}")


def test_an_assessment_from_the_worklist_to_the_resolved_warning(visit: Callable[..., Visitor]) -> None:
    north = visit("north").open("/assessments?kind=overdue")
    north.page.locator(f"{FIRST_ROW} button").first.click()
    north.settle()
    number = north.query()["customer"]
    pick_level(north, "critical")
    expect(north.at("assessments-work")).to_contain_text("deviates from the computed one")
    write_reason(north, "Two courts have frozen its accounts")
    north.click("assessments-submit")
    assert north.alerts() == []

    risk = visit("risk").open(f"/assessments?search={number}")
    expect(risk.at("triage-detail")).to_contain_text("Two courts have frozen its accounts")
    risk.press("a")
    expect(risk.at("assessments-finalise")).to_be_visible()
    risk.press("e")
    expect(risk.page.locator('[role="dialog"]')).to_contain_text("The departments concerned are warned.")
    write_reason(risk, "Seen in the court's register")
    risk.click("drawer-save")
    assert risk.alerts() == []

    warned(risk, number)
    risk.press("a")
    risk.press("a")
    expect(risk.at("triage-detail")).to_contain_text("Being acted on")
    risk.press("e")
    write_reason(risk, "Trade is suspended, the debt is secured")
    risk.click("drawer-save")
    assert risk.alerts() == []
    risk.open(f"/early_warnings?search={number}&rule=level_high")
    expect(risk.page.locator('[class*="st-key-glopen-"]')).to_have_count(0)

    phone = visit("north", size=PHONE).open(f"/customer?customer={number}&tab=assessments")
    expect(phone.page.locator(".gl-in-force")).to_contain_text("Critical risk")
    expect(phone.page.locator(".gl-history-line").first).to_contain_text("override")
    assert phone.overflow() <= 0
    assert (north.faults, risk.faults, phone.faults) == ([], [], [])
