"""From a customer that goes high to the order that is denied because it is listed, in two languages.

The rules of the plan propose, risk management approves and releases, leadership lists; an ERP asks the gate all along.
Who handed the assessment and the listing in did so at their own desks, and are not looked at here.
"""

from __future__ import annotations

import datetime as dt
import json
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import expect

from db.enums import ApiScope, AssessmentState
from services import assessments, controls, listings
from services.context import Context, unit_of_work
from services.customers import CustomerFilter, customer_by_no, customers, limit_use
from services.ledger_reads import LedgerFilter, LedgerRow, ledger_entries
from services.ledger_verification import verify
from services.listings import Writing
from services.machines.tokens import make_token
from services.users.sessions import actor_by_login
from tests.browser.languages import foreign_words, said
from tests.browser.visit import PHONE, WIDE, Visitor

#: Patience with the worker, which follows the plan, and with whoever is listed.
LOOKS = 60
#: How soon after the confirmation the gate knows of it.
AT_ONCE = dt.timedelta(seconds=3)
LARGE, SMALL = 5_000_000, 1_000
ROWS = '.st-key-triage-list [class*="st-key-glrow-"]'
DIALOG = '[role="dialog"]'
HIGH_RULE = "High: orders of half a month's purchases"
#: What the customer's chain holds of the journey, in this order.
STEPS = (
    "assessment.finalised", "control.approved", "gate.answered", "gate.released", "listing.drafted",
    "listing.handed_in", "listing.taken_up", "listing.found_ready", "listing.confirmed", "gate.held", "gate.answered",
)  # fmt: skip
Colleague = Callable[[str], Visitor]


@dataclass(frozen=True)
class Words:
    """What officers write, in their language."""

    assessed: str
    released: str
    happened: str
    decided: str


WRITTEN = {
    "en": Words(
        "Orders tripled while payments stopped", "The first half was paid this morning",
        "The delivery notes that it handed in are forged", "The stamps were compared: they are not genuine",
    ),
    "zh_Hans": Words(
        "订单翻了三倍，回款却停了", "今早已收到首批货款，本单放行", "客户提交的签收单系伪造", "已比对印章，确认系伪造"
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Story:
    """One customer's way, told in one language."""

    language: str
    customer_no: str
    name: str
    address: str
    token: str

    @property
    def written(self) -> Words:
        """What the officers write."""
        return WRITTEN[self.language]

    @property
    def held_no(self) -> str:
        """The number of the order that is held."""
        return f"SO-{self.customer_no}-1"

    @property
    def denied_no(self) -> str:
        """The number of the order that comes after the listing."""
        return f"SO-{self.customer_no}-2"

    def said(self, message: str, **values: object) -> str:
        """What the product says."""
        return said(self.language, message, **values)

    def ask(self, path: str = "", **order: object) -> dict[str, Any]:
        """What the gate answers the ERP: to an order, or to the number of one that it asked for before."""
        headers = {"Authorization": f"Bearer {self.token}", "Accept-Language": self.language.replace("_", "-")}
        content = json.dumps({"customer_no": self.customer_no, **order}).encode() if order else None
        if content is not None:
            headers["Content-Type"] = "application/json"
        question = urllib.request.Request(f"{self.address}/v1/gate{path}", content, headers)
        with urllib.request.urlopen(question, timeout=60) as answer:
            return dict(json.load(answer))

    def look_at(self, visitor: Visitor) -> None:
        """Nothing on the page is of another language (but for the customer's name), an error, or too wide."""
        words = {one.replace(self.name, "") for one in visitor.words()}
        assert foreign_words(words, self.language) == []
        assert visitor.alerts() == []
        assert visitor.overflow() <= 0


# --- at other desks


def by(login: str, act: Callable[[Context], Any]) -> Any:
    """What somebody does, in a transaction of their own."""
    with unit_of_work() as ctx:
        actor = actor_by_login(ctx, login)
    assert actor is not None
    with unit_of_work(actor) as ctx:
        return act(ctx)


def quiet_customer(ctx: Context) -> tuple[str, str]:
    """One of medium risk in the North department, within its credit limit, against whom nothing was done yet."""
    for row in customers(ctx, CustomerFilter(department="NORTH", level="medium")).rows:
        number = row.customer_no
        is_over = (limit_use(row.exposure, customer_by_no(ctx, number).credit_limit) or 0) >= 1
        is_open = any(
            one.initial is not None and one.initial.state != AssessmentState.FINAL
            for one in assessments.assessments_of_customer(ctx, number).rows
        )
        if not (is_over or is_open or controls.history(ctx, number) or listings.listings_of_customer(ctx, number)):
            return number, row.name
    raise AssertionError("measures are on everybody")


def goes_high(story: Story) -> None:
    """The department proposes, risk management finalises; the worker then follows the plan."""
    row = by("north", lambda ctx: assessments.draft(ctx, story.customer_no, "high", story.written.assessed))
    row = by("north", lambda ctx: assessments.submit(ctx, row.customer_id, row.id, row.version))
    row = by("risk2", lambda ctx: assessments.take_up(ctx, row.customer_id, row.id, row.version))
    by(
        "risk2",
        lambda ctx: assessments.finalise(
            ctx, row.customer_id, row.id, row.version, "high", story.written.assessed,
            ctx.today + dt.timedelta(days=60),
        ),
    )  # fmt: skip


def proposed_for_listing(story: Story) -> None:
    """Legal proposes, risk management finds it ready."""
    writing = Writing(("fraud",), story.written.happened)
    row = by("legal", lambda ctx: listings.draft(ctx, story.customer_no, writing))
    row = by("legal", lambda ctx: listings.hand_in(ctx, row.customer_id, row.id, row.version))
    row = by("risk2", lambda ctx: listings.take_up(ctx, row.customer_id, row.id, row.version))
    by("risk2", lambda ctx: listings.find_ready(ctx, row.customer_id, row.id, row.version, story.written.happened))


@pytest.fixture(scope="module", autouse=True)
def _portfolio(product_database: str) -> Iterator[None]:
    """What is done at other desks goes into the product's own database."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", product_database)
        yield


@pytest.fixture
def story(address: str, language: str) -> Story:
    """A customer of the language's own, and an ERP with a token for the gate."""
    number, name = by("risk", quiet_customer)
    token = by("admin", lambda ctx: make_token(ctx, f"erp-{language}", [ApiScope.GATE]))
    return Story(language, number, name, address, token.secret)


# --- the journey


def first_row(visitor: Visitor, path: str) -> None:
    """Open a list, again until the worker has brought its first row."""
    for _look in range(LOOKS):
        visitor.open(path)
        if visitor.page.locator(ROWS).count():
            return
        visitor.page.wait_for_timeout(500)
    raise AssertionError(f"nothing came to {path}")


def write_reason(visitor: Visitor, words: str) -> None:
    """Fill the text area of the form or the drawer that is open."""
    field = visitor.page.locator("textarea").last
    field.fill(words)
    field.blur()
    visitor.settle()


def put_into_force(risk: Visitor, story: Story) -> None:
    """The rule's proposal says why; approved, it holds."""
    first_row(risk, f"/controls?search={story.customer_no}&kind=trade_limit")
    detail = risk.at("triage-detail")
    expect(detail).to_contain_text(story.name)
    expect(detail).to_contain_text(story.said(HIGH_RULE))
    expect(detail).to_contain_text(story.said("Rule of the plan"))
    story.look_at(risk)
    risk.press("a")
    expect(risk.page.locator(ROWS)).to_have_count(0)
    story.look_at(risk)
    risk.open(f"/controls?view=active&search={story.customer_no}")
    expect(risk.page.locator(ROWS)).to_have_count(1)
    story.look_at(risk)


def held(story: Story) -> None:
    """An order against the measure waits for the role that it names, and says why."""
    answer = story.ask(amount=LARGE, terms_days=60, order_no=story.held_no)
    assert (answer["decision"], answer["state"], answer["release_role"]) == ("hold", "waiting", "risk")
    codes = [one["code"] for one in answer["reasons"]]
    assert codes == ["terms_too_long", "order_limit", "month_limit"]
    assert story.said("The order asks for %(asked_days)s days to pay; %(limit_days)s are allowed.") % {
        "asked_days": 60, "limit_days": 30,
    } == answer["reasons"][0]["text"]  # fmt: skip


def release(risk: Visitor, leader: Visitor, story: Story) -> None:
    """Leadership sees whom the order waits for; risk management releases it with a reason."""
    path = f"/orders?customer={story.customer_no}&order={story.held_no}"
    leader.open(path)
    waits = story.said("waiting for: %(role)s", role=story.said("Risk officer"))
    expect(leader.at("triage-detail")).to_contain_text(waits)
    expect(leader.page.locator(".st-key-orders-release")).to_have_count(0)
    story.look_at(leader)
    risk.open(path)
    expect(risk.at("triage-detail")).to_contain_text(story.held_no)
    write_reason(risk, story.written.released)
    story.look_at(risk)
    risk.click("orders-release")
    story.look_at(risk)
    answer = story.ask(f"/{story.held_no}")
    assert (answer["decision"], answer["state"], answer["first_decision"]) == ("allow", "released", "hold")


def confirm(leader: Visitor, story: Story) -> None:
    """The drawer says what is missing and what follows; its button lists the customer."""
    leader.open(f"/listings?tab=proposals&search={story.customer_no}")
    expect(leader.at("triage-detail")).to_contain_text(story.written.happened)
    story.look_at(leader)
    leader.press("e")
    expect(leader.page.locator(DIALOG)).to_contain_text(
        story.said("Something is missing: the decision needs a reason.")
    )
    write_reason(leader, story.written.decided)
    story.look_at(leader)
    leader.at("drawer-save").locator("button").click()


def denied(leader: Visitor, story: Story) -> None:
    """Whatever is ordered is denied, before the page has said so, and what was released is stopped."""
    for _look in range(LOOKS):
        if story.ask(amount=SMALL, terms_days=0, dry_run=True)["decision"] == "deny":
            break
        leader.page.wait_for_timeout(100)
    answer = story.ask(amount=SMALL, terms_days=0, order_no=story.denied_no)
    assert (answer["decision"], answer["limit_left"]) == ("deny", 0)
    assert answer["reasons"][0]["code"] == "listed"
    grade = story.said("Black")
    assert answer["reasons"][0]["text"] == story.said("The customer is listed (%(grade)s): no trade.", grade=grade)
    assert story.ask(f"/{story.held_no}")["decision"] == "deny"
    expect(leader.page.locator(ROWS)).to_have_count(0)
    story.look_at(leader.settle())


def see_the_listing(north: Visitor, story: Story) -> None:
    """The customer's department is told on the customer's page, on a phone too."""
    north.resize(PHONE).open(f"/customer?customer={story.customer_no}&tab=orders")
    expect(north.page.locator(".gl-banner")).to_contain_text(story.said("Black"))
    expect(north.page.locator(".gl-customer")).to_contain_text(story.said("Critical risk"))
    story.look_at(north)
    north.resize(WIDE)


def entries(narrow: LedgerFilter) -> tuple[LedgerRow, ...]:
    """What the ledger holds, as leadership reads it, the newest first."""
    rows: tuple[LedgerRow, ...] = by("leader", lambda ctx: ledger_entries(ctx, narrow, limit=500).rows)
    return rows


def see_the_record(leader: Visitor, story: Story) -> None:
    """Every step stands in the ledger in its order, and the chains are whole."""
    steps = [row for row in reversed(entries(LedgerFilter(customer_no=story.customer_no))) if row.action in STEPS]
    assert tuple(row.action for row in steps) == STEPS
    at = {row.action: row.at for row in steps}
    assert at["gate.answered"] - at["listing.confirmed"] < AT_ONCE
    measure = next(row.subject.removeprefix("control:") for row in steps if row.action == "control.approved")
    planned = [row for row in entries(LedgerFilter(group="control")) if row.action == "control.planned"]
    named = [one for row in planned for change in row.changes if change.field == "control_rows" for one in change.after]
    assert measure in named
    assert by("leader", verify).breaks == ()
    leader.open(f"/ledger?customer={story.customer_no}")
    for words in (story.written.released, story.written.decided):
        expect(leader.page.locator(".gl-entry-note", has_text=words)).to_have_count(1)
    for order_no in (story.held_no, story.denied_no):
        expect(leader.page.locator(".gl-entry b", has_text=order_no)).to_have_count(1)
    story.look_at(leader)


@pytest.mark.parametrize("language", ["zh_Hans", "en"])
def test_from_high_risk_to_the_order_that_is_denied(colleague: Colleague, story: Story) -> None:
    risk, leader, north = (colleague(login).speak(story.language) for login in ("risk", "leader", "north"))
    assert story.ask(amount=LARGE, terms_days=60, dry_run=True)["decision"] == "allow"
    goes_high(story)
    put_into_force(risk, story)
    held(story)
    release(risk, leader, story)
    proposed_for_listing(story)
    confirm(leader, story)
    denied(leader, story)
    see_the_listing(north, story)
    see_the_record(leader, story)
    assert (risk.faults, leader.faults, north.faults) == ([], [], [])
