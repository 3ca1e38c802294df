"""The random histories are repeatable, well-formed, and dense enough to reach every branch of the rules."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

from tests.oracle.histories import COLUMNS, History, random_history, telling_days, write_csv
from tests.oracle.ledger import Ledger
from tests.oracle.units import Settings, assessment_units, known_by, received_on_debt, trigger_units

AS_OF = date(2025, 2, 15)
SEEDS = range(8)
KEYS = {
    "customers": ("customer_no",),
    "invoices": ("invoice_no",),
    "payments": ("payment_no",),
    "dunning": ("dunning_no",),
    "complaints": ("complaint_no",),
    "assessments": ("customer_no", "assessed_on", "stage"),
    "listings": ("listing_no",),
    "cases": ("case_no",),
    "case_debts": ("case_no", "invoice_no"),
    "incentives": ("incentive_no",),
}


def test_the_same_seed_gives_the_same_history_and_another_seed_another() -> None:
    assert random_history(3) == random_history(3)
    assert random_history(3) != random_history(4)


def test_telling_days_are_repeatable_and_lie_in_the_later_half() -> None:
    history = random_history(3)
    days = telling_days(history, seed=1, count=6)
    assert days == telling_days(history, seed=1, count=6)
    assert len(days) == 6
    paid = sorted(payment["paid_on"] for payment in history.payments)
    assert all(paid[len(paid) // 2] - timedelta(days=1) <= day <= paid[-1] for day in days)


def test_every_kind_has_rows_with_unique_keys() -> None:
    history = random_history(5)
    for kind, key in KEYS.items():
        keys = [tuple(row[column] for column in key) for row in getattr(history, kind)]
        assert len(keys) >= 10, kind
        assert len(set(keys)) == len(keys), kind


def test_rows_refer_to_each_other_within_one_customer_and_in_order_of_time() -> None:
    for seed in SEEDS:
        history = random_history(seed)
        owner = {invoice["invoice_no"]: invoice["customer_no"] for invoice in history.invoices}
        cases = {case["case_no"]: case for case in history.cases}
        for row in history.payments + history.dunning:
            assert row["invoice_no"] is None or owner[row["invoice_no"]] == row["customer_no"]
        for debt in history.case_debts:
            case = cases[debt["case_no"]]
            assert owner[debt["invoice_no"]] == case["customer_no"]
            assert case["opened_on"] <= debt["added_on"] <= (case["closed_on"] or date.max)
            assert debt["amount"] > 0
        assert all(invoice["issued_on"] <= invoice["due_on"] for invoice in history.invoices)
        assert all(row["decided_on"] < (row["restored_on"] or date.max) for row in history.listings)
        assert all(payment["amount"] > 0 for payment in history.payments)


def test_one_csv_for_each_kind_with_the_headers_of_the_specification(tmp_path: Path) -> None:
    history = random_history(1, customers=3)
    paths = write_csv(history, tmp_path / "csv")
    assert list(paths) == list(COLUMNS)
    for kind, path in paths.items():
        with path.open(encoding="utf-8", newline="") as file:
            header, *lines = list(csv.reader(file))
        assert tuple(header) == COLUMNS[kind]
        assert len(lines) == len(getattr(history, kind))
    with paths["invoices"].open(encoding="utf-8", newline="") as file:
        first = next(csv.DictReader(file))
    invoice = history.invoices[0]
    assert first["issued_on"] == invoice["issued_on"].isoformat()
    assert first["amount"] == str(invoice["amount"])
    assert first["disputed"] == {True: "true", False: "false"}[invoice["disputed"]]
    assert first["contract_no"] == ""


def test_a_few_histories_reach_every_branch_of_the_rules() -> None:
    reached: Counter[object] = Counter()
    for seed in SEEDS:
        known = known_by(random_history(seed), AS_OF)
        ledger = Ledger(known)
        reached.update(_trigger_branches(known, ledger))
        reached.update(_assessment_branches(known, ledger))
        reached.update(_debt_branches(known, ledger))
    expected = {
        *((kind, how) for kind in ("A", "B") for how in ("early", "on the deadline", "a day late", "late")),
        *(("A", how) for how in ("never decided", "withdrawn", "withdrawn on the deadline", "same day")),
        *(("A", how) for how in ("on day 90", "by a later notice or end", "again the same customer")),
        *(("bad", p, a, False) for p in (True, False) for a in (True, False)),
        "already bad",
        *(("debt", how) for how in ("unpaid", "part", "capped", "paid")),
        *(("debt", how) for how in ("receipt on the day added", "receipt on the day closed", "receipt after closing")),
    }
    assert expected - set(reached) == set()


def _trigger_branches(known: History, ledger: Ledger) -> list[object]:
    branches: list[object] = []
    seen = set()
    for unit in trigger_units(known, ledger, AS_OF, Settings()):
        if unit.withdrawn_on is not None:
            branches.append((unit.kind, "withdrawn"))
            branches += [(unit.kind, "withdrawn on the deadline")] if unit.withdrawn_on == unit.deadline else []
        elif unit.decided_on is None:
            branches.append((unit.kind, "never decided"))
        else:
            days = (unit.decided_on - unit.deadline).days
            late = "a day late" if days == 1 else "late"
            branches.append((unit.kind, "early" if days < 0 else "on the deadline" if days == 0 else late))
            branches += [(unit.kind, "same day")] if unit.decided_on == unit.trigger_on else []
        if unit.invoice_no is not None:
            exactly = (unit.trigger_on - ledger.invoices[unit.invoice_no]["due_on"]).days == 90
            branches.append((unit.kind, "on day 90" if exactly else "by a later notice or end"))
            branches += [(unit.kind, "again the same customer")] if unit.customer_no in seen else []
            seen.add(unit.customer_no)
    return branches


def _assessment_branches(known: History, ledger: Ledger) -> list[object]:
    units = assessment_units(known, ledger, AS_OF, Settings())
    return [
        "already bad" if unit.already_bad else ("bad", unit.predicted_bad, unit.actually_bad, False) for unit in units
    ]


def _debt_branches(known: History, ledger: Ledger) -> list[object]:
    cases = {case["case_no"]: case for case in known.cases}
    branches: list[object] = []
    for debt in known.case_debts:
        case = cases[debt["case_no"]]
        closed_on = case["closed_on"] or AS_OF
        days = [day for day, money in ledger.received[debt["invoice_no"]].items() if money]
        received = received_on_debt(debt, case, ledger, AS_OF)
        everything = sum(
            money for day, money in ledger.received[debt["invoice_no"]].items() if debt["added_on"] <= day <= closed_on
        )
        branches.append(("debt", "unpaid" if not received else "part" if received < debt["amount"] else "paid"))
        branches += [("debt", "capped")] if everything > received else []
        branches += [("debt", "receipt on the day added")] if debt["added_on"] in days else []
        branches += [("debt", "receipt on the day closed")] if case["closed_on"] in days else []
        branches += [("debt", "receipt after closing")] if max(days, default=closed_on) > closed_on else []
    return branches
