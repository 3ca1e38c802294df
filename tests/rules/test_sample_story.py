"""The story that the sample portfolio tells (services/sample/story.py), counted again from its rows."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta
from decimal import Decimal

import pytest

from services.sample.company import STAFF
from services.sample.portfolio import generate
from services.sample.story import GROUP_NAME

UNTIL = date(2025, 6, 30)
Portfolio = dict[str, list[dict[str, str]]]


@pytest.fixture(scope="module")
def portfolio() -> Portfolio:
    return generate()


def by_customer(rows: list[dict[str, str]]) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows:
        found[row["customer_no"]].append(row)
    return found


def named(portfolio: Portfolio, part: str) -> list[dict[str, str]]:
    return [customer for customer in portfolio["customers"] if part in customer["name"]]


def quarter(day: date) -> str:
    return f"{day.year}Q{(day.month + 2) // 3}"


def on_time_by_department(portfolio: Portfolio) -> dict[tuple[str, str], list[bool]]:
    """(department, quarter of the deadline) -> decided on time? A crude count of our own.

    Decisions by their written trigger; and each customer never decided on that left an invoice open for 105 days.
    """
    owners = {row["customer_no"]: row["owner_department"] for row in portfolio["customers"]}
    found: dict[tuple[str, str], list[bool]] = defaultdict(list)
    decided = by_customer(portfolio["listings"])
    for number, rows in decided.items():
        for row in rows:
            deadline = date.fromisoformat(row["trigger_on"]) + timedelta(days=15)
            found[owners[number], quarter(deadline)].append(row["decided_on"] <= deadline.isoformat())
    lumps = {row["customer_no"] for row in portfolio["payments"] if not row["invoice_no"]}
    paid = {row["invoice_no"]: row["paid_on"] for row in portfolio["payments"]}
    for number, rows in by_customer(portfolio["invoices"]).items():
        for row in rows:
            deadline = date.fromisoformat(row["due_on"]) + timedelta(days=105)
            settled = row["settled_on"] or paid.get(row["invoice_no"], "9999")
            if deadline <= UNTIL and settled > deadline.isoformat() and row["disputed"] == "false":
                if number not in decided and number not in lumps:
                    found[owners[number], quarter(deadline)].append(False)
                break
    return found


def test_identification_is_latest_in_export_this_quarter(portfolio: Portfolio) -> None:
    counts = on_time_by_department(portfolio)
    shares = {key: sum(times) / len(times) for key, times in counts.items() if len(times) >= 4}
    assert min(shares, key=lambda key: shares[key]) == ("EXPORT", "2025Q2")
    assert shares["EXPORT", "2025Q2"] < 0.4

    def company(name: str, without: str = "") -> float:
        times = [time for (code, which), one in counts.items() if which == name and code != without for time in one]
        return sum(times) / len(times)

    assert 0.6 < company("2025Q2") < company("2025Q1") - 0.05
    assert company("2025Q2", without="EXPORT") > 0.8


def test_export_judged_the_group_more_softly_than_risk_management(portfolio: Portfolio) -> None:
    members = {row["customer_no"] for row in named(portfolio, GROUP_NAME)}
    scores: dict[str, list[float]] = defaultdict(list)
    first_trigger = min(row["trigger_on"] for row in portfolio["listings"] if row["customer_no"] in members)
    for row in portfolio["assessments"]:
        if row["customer_no"] in members and "2025-01-01" <= row["assessed_on"] < first_trigger:
            scores[row["stage"]].append(float(row["score"]))
    assert sum(scores["initial"]) / len(scores["initial"]) < sum(scores["final"]) / len(scores["final"]) - 8


def test_east_warned_first_and_was_rewarded(portfolio: Portfolio) -> None:
    affiliate = named(portfolio, "塔文霍特")[0]
    members = {row["customer_no"] for row in named(portfolio, GROUP_NAME)}
    listed = {row["customer_no"]: row["decided_on"] for row in portfolio["listings"]}
    assert affiliate["owner_department"] == "EAST"
    assert listed[affiliate["customer_no"]] < min(listed[number] for number in members if number in listed)
    rewards = [row for row in portfolio["incentives"] if affiliate["customer_no"] in row["reason"]]
    assert {(row["kind"], row["department"]) for row in rewards} == {("reward", "EAST")}
    assert {row["measure"] for row in rewards} == {"bonus", "promotion"}


def test_norths_plans_bring_money_until_one_breaks_its_promise(portfolio: Portfolio) -> None:
    players = [named(portfolio, name)[0]["customer_no"] for name in ("澜拓衡", "砺驰岳", "曜禾川")]
    cases = {row["customer_no"]: row for row in portfolio["cases"]}
    received: dict[str, list[str]] = defaultdict(list)
    for row in portfolio["payments"]:
        if row["customer_no"] in players and row["paid_on"] > cases[row["customer_no"]]["opened_on"]:
            received[row["customer_no"]].append(row["paid_on"])
    assert [cases[number]["closed_on"] for number in players] == ["", "", ""]
    for number in players[:2]:
        assert len({day[:7] for day in received[number]}) >= 5
        assert max(received[number]) > "2025-06-01"
    broken = players[2]
    promises = [
        row for row in portfolio["dunning"] if row["customer_no"] == broken and row["promised_on"] > "2025-06-01"
    ]
    assert len(promises) == 1
    assert promises[0]["promised_on"] < "2025-06-30"
    assert max(received[broken]) < promises[0]["sent_on"]


def test_the_wronged_customer_is_restored_and_complaints_rise_for_two_months(portfolio: Portfolio) -> None:
    wronged = named(portfolio, "翊朔源")[0]["customer_no"]
    listing = next(row for row in portfolio["listings"] if row["customer_no"] == wronged)
    case = next(row for row in portfolio["cases"] if row["customer_no"] == wronged)
    assert (listing["criterion"], listing["decided_on"], listing["restored_on"]) == (
        "fraud",
        "2025-03-18",
        "2025-05-20",
    )
    assert case["outcome"] == "unfounded"
    months = Counter(
        row["received_on"][:7] for row in portfolio["complaints"] if row["cause"] == "blackgrey_management"
    )
    assert [months["2025-04"], months["2025-05"]] == [3, 3]
    assert len(months) == 24
    assert max(count for month, count in months.items() if month not in ("2025-04", "2025-05")) == 2
    issued = [row["issued_on"] for row in portfolio["invoices"] if row["customer_no"] == wronged]
    assert not [day for day in issued if "2025-03-18" < day < "2025-05-20"]
    assert max(issued) > "2025-05-20"


def test_one_mended_and_one_relapsed(portfolio: Portfolio) -> None:
    mended, relapsed = (named(portfolio, name)[0]["customer_no"] for name in ("泓湛达", "煜诺成"))
    listings = by_customer(portfolio["listings"])
    assert [bool(row["restored_on"]) for row in listings[mended]] == [True]
    last = [row for row in portfolio["invoices"] if row["customer_no"] == mended][-1]
    assert last["issued_on"] > listings[mended][0]["restored_on"]
    assert [(row["grade"], bool(row["restored_on"])) for row in listings[relapsed]] == [
        ("grey", True),
        ("black", False),
    ]


def test_an_order_against_a_suspension_was_punished(portfolio: Portfolio) -> None:
    suspended = named(portfolio, "峤策联")[0]["customer_no"]
    listed = next(row["decided_on"] for row in portfolio["listings"] if row["customer_no"] == suspended)
    orders = [row["ordered_on"] for row in portfolio["orders"] if row["customer_no"] == suspended]
    against = [day for day in orders if day > listed]
    penalties = [row for row in portfolio["incentives"] if suspended in row["reason"] and row["kind"] == "penalty"]
    assert len(against) == 1
    assert [row["department"] for row in penalties] == ["WEST"]
    assert against[0] in penalties[0]["reason"]


def test_some_orders_break_limit_or_terms(portfolio: Portfolio) -> None:
    terms = {row["customer_no"]: int(row["payment_terms_days"]) for row in portfolio["customers"]}
    longer = [row for row in portfolio["orders"] if int(row["terms_days"]) > terms[row["customer_no"]]]
    limits = {row["customer_no"]: Decimal(row["credit_limit"] or 0) for row in portfolio["customers"]}
    above = [
        row
        for row in portfolio["orders"]
        if row["currency"] == "CNY" and Decimal(row["amount"]) > limits[row["customer_no"]]
    ]
    assert 2 <= len(longer) <= 20
    assert 2 <= len(above) <= 40


def test_the_watchlist_holds_two_that_resemble_customers(portfolio: Portfolio) -> None:
    names = {row["name"] for row in portfolio["watchlist"]}
    domestic = named(portfolio, "璟屿信")[0]["name"]
    assert domestic.replace("有限公司", "有限责任公司") in names
    assert sum(name.startswith("TARWENHOLT") for name in names) == 1


def test_incentives_cover_eighteen_months_and_say_why(portfolio: Portfolio) -> None:
    rows = portfolio["incentives"]
    assert len({row["decided_on"][:7] for row in rows}) == 18
    assert all(any(letter.isdigit() for letter in row["reason"]) for row in rows)
    for row in rows:
        assert bool(row["amount"]) == bool(row["currency"]) == (row["measure"] in ("bonus", "bonus_deduction"))
    dismissed = {row["person"] for row in rows if row["measure"] == "dismissal"}
    assert len(dismissed) == 1
    assert not dismissed & {name for names in STAFF.values() for name in names}
