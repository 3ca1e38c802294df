"""What must be known, and since when it is not: each boundary day, and the statement against plain Python."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

import pytest
from sqlalchemy import text

from db.enums import InformationFinding, InformationState, RiskLevel
from db.models import Contract, ContractEvent, Customer, InformationCheck
from services.context import Context
from services.information.catalogue import BY_CODE, INDUSTRY, ITEMS, MASTER_FIELDS
from services.information.limits import set_limit
from services.information.standing import SINCE_EVER, due_after, rhythm_days, soon_from, standing, state_on
from services.policy import set_policy
from tests.services.makers import (
    DAY,
    ago,
    make_assessment,
    make_customer,
    make_news,
    make_outlook,
    make_report,
    make_score,
    make_statement,
)

COMPLETE = {
    "uscc": "91", "region": "North", "size": "large", "industry_code": "C34", "registered_capital": 1,
    "established_on": dt.date(2001, 1, 1), "legal_representative": "Wei",
}  # fmt: skip
MORNING = dt.datetime(2025, 6, 1, 1, tzinfo=dt.UTC)


@pytest.fixture
def ctx(rolled_back: Context) -> Context:
    return rolled_back


def stood(ctx: Context, customer: Customer, day: dt.date = DAY) -> dict[str, Any]:
    rows = ctx.session.execute(standing(day, ctx.policy_history.on(day), [customer.customer_id]))
    return {row.item: row for row in rows}


def check(ctx: Context, customer: Customer, item: str, on: dt.date, **values: Any) -> None:
    ctx.session.add(
        InformationCheck(
            customer_id=customer.customer_id, item=item, checked_on=on, checked_by="north", checked_at=ctx.now,
            finding=InformationFinding.NOTHING_NEW.value, **values,
        )
    )  # fmt: skip
    ctx.session.flush()


@pytest.mark.parametrize(
    ("age", "state"),
    [(0, "fresh"), (22, "fresh"), (23, "due_soon"), (30, "due_soon"), (31, "overdue")],
)
def test_the_days_around_the_greatest_age(ctx: Context, age: int, state: str) -> None:
    """High risk: 30 days, due soon from a quarter before; on its due day it is not overdue yet."""
    customer = make_customer(ctx)
    make_score(ctx, customer, ago(400), "high")
    make_news(ctx, customer, ago(age), "media", 0)
    row = stood(ctx, customer)["reputation"]
    assert (row.known_on, row.due_on) == (ago(age), ago(age - 30))
    assert state_on(DAY, row.known_on, row.due_on, row.soon_on) == state


@pytest.mark.parametrize(("level", "days"), [("critical", 7), ("high", 30), ("medium", 90), ("low", 180)])
def test_what_can_be_looked_up_any_day_follows_the_rhythm_and_a_statement_has_its_own(
    ctx: Context, level: str, days: int
) -> None:
    customer = make_customer(ctx)
    make_assessment(ctx, customer, ago(1), level)
    make_score(ctx, customer, ago(1), "low")
    make_news(ctx, customer, ago(3), "media", 0)
    make_statement(ctx, customer, ago(100))
    found = stood(ctx, customer)
    assert found["reputation"].due_on == ago(3 - days)
    assert found["financials"].due_on == ago(100 - BY_CODE["financials"].days[RiskLevel(level)])  # type: ignore[index]


def test_what_was_never_known_is_due_by_the_rhythm_from_the_day_of_joining(ctx: Context) -> None:
    joined, unknown = make_customer(ctx, since=ago(180)), make_customer(ctx)
    assert {row.due_on for row in stood(ctx, joined).values()} == {DAY}
    assert {row.due_on for row in stood(ctx, unknown).values()} == {SINCE_EVER}


def test_a_look_without_a_finding_counts_until_it_is_withdrawn(ctx: Context) -> None:
    customer = make_customer(ctx)
    check(ctx, customer, "reputation", ago(5))
    check(ctx, customer, "reputation", ago(2), withdrawn_by="north", withdrawn_at=ctx.now)
    assert stood(ctx, customer)["reputation"].known_on == ago(5)
    assert stood(ctx, customer, ago(6))["reputation"].known_on is None


def test_the_register_is_known_once_no_field_is_blank(ctx: Context) -> None:
    blank = make_customer(ctx, region="North", size=" ")
    full = make_customer(ctx, changed_at=MORNING, **COMPLETE)
    later = make_customer(ctx, changed_at=MORNING + dt.timedelta(days=90), **COMPLETE)
    assert stood(ctx, blank)["master"].missing == (
        "uscc,size,industry_code,registered_capital,established_on,legal_representative"
    )
    assert (stood(ctx, full)["master"].known_on, stood(ctx, full)["master"].missing) == (dt.date(2025, 6, 1), None)
    assert stood(ctx, later)["master"].known_on == DAY


def test_persons_file_no_statements_and_an_outlook_needs_an_industry(ctx: Context) -> None:
    person = make_customer(ctx, kind="individual", region="North")
    company = make_customer(ctx, industry_code="C34")
    make_outlook(ctx, "C34", ago(50), 60)
    assert set(stood(ctx, person)) == {"master", "credit_report", "contracts", "reputation"}
    assert stood(ctx, person)["master"].missing == "phone"
    assert stood(ctx, company)["industry_outlook"].known_on == ago(50)
    assert set(stood(ctx, company)) == set(BY_CODE)


def test_a_limit_holds_from_its_day_on(ctx: Context) -> None:
    customer = make_customer(ctx)
    make_statement(ctx, customer, ago(100))
    set_limit(ctx, "financials", RiskLevel.LOW, 90, ago(-1), "The bank asks for quarters")
    assert stood(ctx, customer)["financials"].due_on == ago(100 - 540)
    assert stood(ctx, customer, ago(-1))["financials"].due_on == ago(10)
    set_limit(ctx, "financials", RiskLevel.LOW, None, ago(-2), "Back to the year")
    assert stood(ctx, customer, ago(-2))["financials"].due_on == ago(100 - 540)


def test_a_changed_rhythm_applies_from_its_day_on(ctx: Context) -> None:
    customer = make_customer(ctx)
    make_news(ctx, customer, ago(100), "media", 0)
    set_policy(ctx, "refresh_days_low", "60", DAY)
    assert stood(ctx, customer, ago(1))["reputation"].due_on == ago(100 - 180)
    assert stood(ctx, customer)["reputation"].due_on == ago(40)


class _History:
    """Random rows of one customer, kept twice: in the database and as plain lists."""

    def __init__(self, ctx: Context, rng: random.Random) -> None:
        self.rng, self.ctx = rng, ctx
        self.is_person = rng.random() < 0.3
        self.since = rng.choice((None, self._day()))
        fields = {name: value for name, value in COMPLETE.items() if rng.random() < 0.85}
        self.customer = make_customer(
            ctx, kind="individual" if self.is_person else "company", since=self.since, changed_at=MORNING,
            phone=rng.choice((None, "1")), credit_rating=rng.choice((None, "", "AA")), **fields,
        )  # fmt: skip
        self.known: dict[str, list[dt.date]] = {one.code: [] for one in ITEMS}
        self.levels: list[tuple[dt.date, int, str]] = []
        for _ in range(rng.randrange(9)):
            self._add(self._day())

    def _day(self) -> dt.date:
        return ago(self.rng.choice((-3, 0, 1, 6, 7, 8, 29, 30, 31, 89, 90, 91, 180, 181, 365, 500, 541)))

    def _add(self, day: dt.date) -> None:
        what = self.rng.randrange(8)
        if what == 0 and day not in self.known["financials"]:
            make_statement(self.ctx, self.customer, day)
            self.known["financials"].append(day)
        elif what == 1 and day not in self.known["credit_report"]:
            rating = self.rng.choice(("", "BB"))
            make_report(self.ctx, self.customer, day, rating)
            self.known["credit_report"].append(day)
            self.known["credit_rating"] += [day] if rating else []
        elif what == 2:
            make_news(self.ctx, self.customer, day, "media", 0)
            self.known["reputation"].append(day)
        elif what == 3:
            self._contract(day)
        elif what == 4:
            item = self.rng.choice(("master", "contracts", "reputation"))
            check(self.ctx, self.customer, item, day)
            self.known[item].append(day)
        elif what == 5:
            level = self.rng.choice(list(RiskLevel))
            make_score(self.ctx, self.customer, day, level)
            self.levels.append((day, 0, level))
        elif what == 6 and not any(one[:2] == (day, 1) for one in self.levels):
            level = self.rng.choice(list(RiskLevel))
            make_assessment(self.ctx, self.customer, day, level)
            self.levels.append((day, 1, level))

    def _contract(self, day: dt.date) -> None:
        number = f"K{self.customer.customer_id}-{self.rng.random()}"
        contract = Contract(customer_id=self.customer.customer_id, contract_no=number, signed_on=day)
        self.ctx.session.add(contract)
        self.ctx.session.flush()
        happened = day + dt.timedelta(days=self.rng.randrange(30))
        self.ctx.session.add(
            ContractEvent(
                customer_id=self.customer.customer_id, contract_id=contract.id, event_no=number, occurred_on=happened,
                kind="fulfilled",
            )
        )  # fmt: skip
        self.known["contracts"] += [day, happened]

    def expected(self, day: dt.date) -> dict[str, tuple[Any, ...]]:
        one, policy = self.customer, self.ctx.policy_history.on(day)
        finals = [row for row in self.levels if row[1] == 1 and row[0] <= day]
        scores = [(row[0], place, row[2]) for place, row in enumerate(self.levels) if row[1] == 0 and row[0] <= day]
        level = RiskLevel(max(finals)[2] if finals else max(scores)[2] if scores else "low")
        known = {item: [each for each in days if each <= day] for item, days in self.known.items()}
        changed = min(MORNING.date(), day)
        blank = [name for name in MASTER_FIELDS[one.kind] if getattr(one, name) in (None, "")]
        known["master"] += [] if blank else [changed]
        known["credit_rating"] += [changed] if one.credit_rating else []
        found: dict[str, tuple[Any, ...]] = {}
        for item in ITEMS:
            if (self.is_person and not item.of_individuals) or (item.code == INDUSTRY and not one.industry_code):
                continue
            rhythm = rhythm_days(policy, level)
            days = item.days[level] if item.days else rhythm
            newest = max(known[item.code], default=None)
            due = due_after(newest, self.since, days, rhythm)
            missing = ",".join(blank) or None if item.code == "master" else None
            found[item.code] = (level.value, newest, due, soon_from(due, days), missing)
        return found


def test_the_statement_agrees_with_plain_arithmetic_on_random_histories(ctx: Context) -> None:
    rng = random.Random(20250630)
    histories = [_History(ctx, rng) for _ in range(60)]
    for day in (DAY, ago(30), ago(365)):
        rows = ctx.session.execute(standing(day, ctx.policy_history.on(day))).all()
        found: dict[int, dict[str, tuple[Any, ...]]] = {}
        for row in rows:
            found.setdefault(row.customer_id, {})[row.item] = (
                row.level, row.known_on, row.due_on, row.soon_on, row.missing,
            )  # fmt: skip
        for one in histories:
            assert found[one.customer.customer_id] == one.expected(day)


def test_the_database_refuses_what_makes_no_sense(ctx: Context) -> None:
    customer = make_customer(ctx)
    for statement, rule in (
        ("INSERT INTO information_limit (item, level, days, effective_from, reason, set_by) "
         "VALUES ('master', 'low', 0, '2025-01-01', 'r', 'x')", "days_positive"),
        ("INSERT INTO information_limit (item, level, days, effective_from, reason, set_by) "
         "VALUES ('master', 'low', 9, '2025-01-01', '', 'x')", "reason_given"),
        ("INSERT INTO information_check (customer_id, item, checked_on, finding, checked_by, checked_at) "
         f"VALUES ({customer.customer_id}, 'master', '2025-01-01', 'not_available', 'x', now())", "absence_explained"),
        ("INSERT INTO information_check (customer_id, item, checked_on, finding, checked_by, checked_at, withdrawn_by) "
         f"VALUES ({customer.customer_id}, 'master', '2025-01-01', 'nothing_new', 'x', now(), 'x')",
         "withdrawn_by_somebody"),
    ):  # fmt: skip
        with pytest.raises(Exception, match=rule), ctx.session.begin_nested():
            ctx.session.execute(text(statement))
    set_limit(ctx, "master", RiskLevel.LOW, 9, DAY, "r")
    with pytest.raises(Exception, match="only grows"), ctx.session.begin_nested():
        ctx.session.execute(text("UPDATE information_limit SET days = 1"))
    assert InformationState("never") is InformationState.NEVER
