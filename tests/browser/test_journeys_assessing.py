"""From information that is due to the resolved warning, in each language.

The business department collects and proposes, risk management decides and works the warning, a leader sees what came of
it. Each language has a customer of its own, the first on the list then, so that one portfolio serves all three.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import expect

from dashboard.catalogues import LANGUAGES
from services.information.catalogue import BY_CODE, REPUTATION
from tests.browser.languages import foreign_words, said
from tests.browser.visit import PHONE, WIDE, Visitor

#: A minute for the worker to warn, looked at often.
LOOKS = 60
OPENS = '[class*="st-key-glopen-"] button'
WARNINGS = '.st-key-triage-list [class*="st-key-glrow-"]'
DIALOG = '[role="dialog"]'
CHOICES = '[data-testid="stButtonGroup"] button'
Colleague = Callable[[str], Visitor]


@dataclass(frozen=True)
class Words:
    """What officers write, in their language."""

    headline: str
    reason: str
    ruling: str
    measure: str


WRITTEN = {
    "en": Words(
        "Accounts frozen by order of two courts", "Two courts have frozen its accounts",
        "Seen in the courts' register", "Trade is suspended, the debt is secured",
    ),
    "zh_Hans": Words(
        "两家法院裁定冻结账户", "两家法院已冻结其账户", "已在法院公告中核实", "已暂停供货，欠款已取得担保"
    ),
    "zh_Hant": Words(
        "兩家法院裁定凍結帳戶", "兩家法院已凍結其帳戶", "已於法院公告中查證", "已暫停供貨，欠款已取得擔保"
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Story:
    """One customer's way, told in one language."""

    language: str
    customer_no: str
    name: str

    @property
    def written(self) -> Words:
        """What the officers write."""
        return WRITTEN[self.language]

    def said(self, message: str) -> str:
        """What the product says."""
        return said(self.language, message)

    def look_at(self, visitor: Visitor) -> None:
        """Nothing on the page is of another language (but for the customer's name), an error, or too wide."""
        words = {one.replace(self.name, "") for one in visitor.words()}
        assert foreign_words(words, self.language) == []
        assert visitor.alerts() == []
        assert visitor.overflow() <= 0


def choose(visitor: Visitor, words: str) -> None:
    """Choose one of the words that stand side by side in the form or the drawer that is open."""
    visitor.page.locator(CHOICES, has_text=words).last.click()
    visitor.settle()


def write_reason(visitor: Visitor, words: str) -> None:
    """Fill the text area of the form or the drawer that is open."""
    field = visitor.page.locator("textarea").last
    field.fill(words)
    field.blur()
    visitor.settle()


def first_with_reputation_due(north: Visitor, language: str) -> Story:
    """The first customer of medium risk whom nobody looked up for too long, opened from the worklist."""
    north.open(f"/information?item={REPUTATION}&level=medium")
    assert foreign_words(north.words(), language) == []
    north.page.locator(OPENS).first.click()
    north.settle()
    return Story(language, north.query()["customer"], north.page.locator(".gl-inform-head h1").inner_text())


def collect(north: Visitor, story: Story) -> None:
    """What the courts' register says is filled in, and nothing more is due of it."""
    due = north.page.locator(".gl-due", has_text=story.said(BY_CODE[REPUTATION].title))
    expect(due).to_have_count(1)
    choose(north, story.said("Reputation events"))
    form = f"inform-{story.customer_no}-reputation_events"
    north.write(f"{form}-occurred_on", "2025-06-29")
    north.choose(f"{form}-kind", story.said("Court"))
    north.write(f"{form}-title", story.written.headline)
    story.look_at(north)
    north.click("information-store-reputation_events")
    story.look_at(north)
    expect(due).to_have_count(0)


def propose(north: Visitor, story: Story) -> None:
    """From the customer's page to a proposal that is handed in, with its reason since it deviates."""
    north.open(f"/customer?customer={story.customer_no}&tab=assessments")
    north.click("customer-assess")
    choose(north, story.said("critical"))
    deviates = "This level deviates from the computed one. It can be saved, but not handed in without a reason."
    expect(north.at("assessments-work")).to_contain_text(story.said(deviates))
    story.look_at(north)
    write_reason(north, story.written.reason)
    north.click("assessments-submit")
    story.look_at(north)


def review_and_finalise(risk: Visitor, story: Story) -> None:
    """Take the proposal up and decide as proposed, which is an override of the computed level."""
    risk.open(f"/assessments?search={story.customer_no}")
    expect(risk.at("triage-detail")).to_contain_text(story.written.reason)
    story.look_at(risk)
    risk.press("a")
    expect(risk.at("assessments-finalise")).to_be_visible()
    risk.press("e")
    expect(risk.page.locator(DIALOG)).to_contain_text(story.said("The override holds until"))
    write_reason(risk, story.written.ruling)
    story.look_at(risk)
    risk.click("drawer-save")
    story.look_at(risk)


def warned(risk: Visitor, customer_no: str) -> str:
    """Open the list with the one warning about the customer, as soon as the worker has raised it; its address."""
    for _look in range(LOOKS):
        risk.open(f"/early_warnings?search={customer_no}&rule=level_high")
        if risk.page.locator(WARNINGS).count():
            found = re.search(r"glrow-(\d+)-(\d+)", str(risk.page.locator(WARNINGS).get_attribute("class")))
            assert found is not None
            return f"/early_warnings?warning={found[1]}.{found[2]}"
        risk.page.wait_for_timeout(500)
    raise AssertionError(f"nobody was warned of {customer_no}")


def act_and_resolve(risk: Visitor, story: Story) -> None:
    """Acknowledge the warning, act on it and resolve it, by keys."""
    story.look_at(risk)
    risk.press("a")
    expect(risk.at("triage-detail")).to_contain_text(story.said("Acknowledged"))
    risk.press("a")
    expect(risk.at("triage-detail")).to_contain_text(story.said("Being acted on"))
    risk.press("e")
    risk.page.locator(DIALOG).get_by_text(story.said("Risk mitigated"), exact=True).click()
    write_reason(risk, story.written.measure)
    story.look_at(risk)
    risk.click("drawer-save")
    expect(risk.page.locator(WARNINGS)).to_have_count(0)
    story.look_at(risk)


def see_the_level(leader: Visitor, story: Story) -> None:
    """The customer's page says which level is in force, that it is an override, and why; on a phone too."""
    leader.resize(PHONE).open(f"/customer?customer={story.customer_no}&tab=assessments")
    expect(leader.page.locator(".gl-in-force")).to_contain_text(story.said("Critical risk"))
    expect(leader.page.locator(".gl-history-line").first).to_contain_text(story.said("override"))
    expect(leader.page.locator(".gl-grades").first).to_contain_text(story.written.ruling)
    story.look_at(leader)
    leader.resize(WIDE)


def see_the_outcome(leader: Visitor, story: Story, warning: str) -> None:
    """The overview counts what rose, and the warning says how it ended."""
    leader.open("/overview")
    expect(leader.at("overview-news-bar")).to_be_visible()
    story.look_at(leader)
    leader.open(warning)
    expect(leader.at("triage-detail")).to_contain_text(story.said("Risk mitigated"))
    expect(leader.at("triage-detail")).to_contain_text(story.written.measure)
    story.look_at(leader)


@pytest.mark.parametrize("language", LANGUAGES)
def test_from_information_that_is_due_to_the_resolved_warning(colleague: Colleague, language: str) -> None:
    north, risk, leader = (colleague(login).speak(language) for login in ("north", "risk", "leader"))
    story = first_with_reputation_due(north, language)
    collect(north, story)
    propose(north, story)
    review_and_finalise(risk, story)
    see_the_level(leader, story)
    warning = warned(risk, story.customer_no)
    act_and_resolve(risk, story)
    see_the_outcome(leader, story, warning)
    assert (north.faults, risk.faults, leader.faults) == ([], [], [])
