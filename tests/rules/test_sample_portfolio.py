"""The sample portfolio: the same everywhere, whole in its references, and telling the story that it promises."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from stdnum.cn import uscc

from db.enums import (
    AssessmentStage,
    CaseOutcome,
    ComplaintCause,
    ContractEventKind,
    Criterion,
    CustomerKind,
    DepartmentKind,
    DunningResponse,
    Grade,
    GuaranteeKind,
    IncentiveKind,
    IncentiveMeasure,
    ReputationKind,
    RiskLevel,
    Role,
)
from services.sample.columns import COLUMNS, KEYS
from services.sample.company import BUSINESS_SHARES, DEPARTMENTS, STAFF, USERS
from services.sample.period import Period, workday
from services.sample.portfolio import generate

UNTIL = date(2025, 6, 30)
Portfolio = dict[str, list[dict[str, str]]]
DATES_THAT_MAY_LIE_AHEAD = {"due_on", "expires_on", "promised_on", "ends_on"}


@pytest.fixture(scope="module")
def portfolio() -> Portfolio:
    return generate()


def fingerprint(portfolio: Portfolio) -> str:
    return hashlib.sha256(json.dumps(portfolio, ensure_ascii=False).encode()).hexdigest()


def by_customer(rows: list[dict[str, str]]) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows:
        found[row["customer_no"]].append(row)
    return found


# The same everywhere


def test_the_same_seed_gives_the_same_bytes_in_another_process(portfolio: Portfolio) -> None:
    program = "import sys; from tests.rules.test_sample_portfolio import *; sys.stdout.write(fingerprint(generate()))"
    root = Path(__file__).parents[2]
    found = subprocess.run(
        [sys.executable, "-c", program],
        cwd=root,
        env={**os.environ, "PYTHONHASHSEED": "4711", "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert fingerprint(generate()) == fingerprint(portfolio) == found.stdout


def test_another_seed_gives_another_company(portfolio: Portfolio) -> None:
    other = generate(seed=7)
    assert {row["name"] for row in other["customers"]} != {row["name"] for row in portfolio["customers"]}
    assert len(other["customers"]) == 420


@pytest.mark.parametrize(
    ("until", "months"), [(date(2024, 2, 29), 12), (date(2025, 6, 11), 24), (date(2026, 1, 31), 36)]
)
def test_other_periods_work_and_stay_inside(until: date, months: int) -> None:
    found = generate(until=until, months=months)
    issued = [row["issued_on"] for row in found["invoices"]]
    first = Period.ending(until, months, 1).start
    assert first.day == 1
    assert first.isoformat() <= min(issued) <= (first + timedelta(days=4)).isoformat()
    assert max(issued) <= until.isoformat()
    assert_nothing_after(found, until)


def test_less_than_a_year_is_refused() -> None:
    assert Period.ending(UNTIL, 12, 1).start == date(2024, 7, 1)
    with pytest.raises(ValueError, match="at least 12 months, not 11"):
        generate(months=11)


def test_a_day_of_work_is_the_day_itself_or_the_monday_after() -> None:
    friday = date(2025, 6, 27)
    assert [workday(friday + timedelta(days=days)).day for days in range(4)] == [27, 30, 30, 30]


# Form


def test_every_kind_has_the_columns_of_the_specification_as_text(portfolio: Portfolio) -> None:
    assert list(portfolio) != []
    assert set(portfolio) == set(COLUMNS) == set(KEYS)
    for kind, rows in portfolio.items():
        for row in rows:
            assert tuple(row) == COLUMNS[kind]
            assert all(type(value) is str for value in row.values())


def test_keys_are_unique(portfolio: Portfolio) -> None:
    for kind, rows in portfolio.items():
        keys = [tuple(row[column] for column in KEYS[kind]) for row in rows]
        assert len(keys) == len(set(keys)), kind


def assert_nothing_after(portfolio: Portfolio, until: date) -> None:
    for rows in portfolio.values():
        for row in rows:
            for column, value in row.items():
                if value and (column.endswith("_on") or column in ("as_of", "period_end", "since", "valid_from")):
                    day = date.fromisoformat(value)
                    assert column in DATES_THAT_MAY_LIE_AHEAD or day <= until, (column, row)


def test_nothing_happens_after_the_end(portfolio: Portfolio) -> None:
    assert_nothing_after(portfolio, UNTIL)


def test_rows_refer_to_rows_that_exist(portfolio: Portfolio) -> None:
    customers = {row["customer_no"] for row in portfolio["customers"]}
    departments = {department.code for department in DEPARTMENTS}
    invoices = {row["invoice_no"]: row["customer_no"] for row in portfolio["invoices"]}
    contracts = {row["contract_no"]: row["customer_no"] for row in portfolio["contracts"]}
    cases = {row["case_no"]: row["customer_no"] for row in portfolio["cases"]}
    for kind, rows in portfolio.items():
        for row in rows:
            assert row.get("customer_no", next(iter(customers))) in customers, kind
            assert row.get("department", "RISK") in departments, kind
            if row.get("invoice_no") and "customer_no" in row:
                assert invoices[row["invoice_no"]] == row["customer_no"], kind
            if row.get("contract_no") and "customer_no" in row:
                assert contracts[row["contract_no"]] == row["customer_no"], kind
    assert {row["contract_no"] for row in portfolio["contract_events"]} <= set(contracts)
    assert all(invoices[row["invoice_no"]] == cases[row["case_no"]] for row in portfolio["case_debts"])
    assert {row["owner_department"] for row in portfolio["customers"]} == set(BUSINESS_SHARES)
    assert {row["lead_department"] for row in portfolio["cases"]} <= departments


def test_days_are_in_their_natural_order(portfolio: Portfolio) -> None:
    for row in portfolio["invoices"]:
        assert row["issued_on"] < row["due_on"]
    for row in portfolio["listings"]:
        assert row["trigger_on"] < row["decided_on"]
        assert not row["restored_on"] or row["decided_on"] < row["restored_on"]
    for row in portfolio["cases"]:
        assert bool(row["closed_on"]) == bool(row["outcome"])
        assert not row["closed_on"] or row["opened_on"] < row["closed_on"]
    signed = {row["contract_no"]: row["signed_on"] for row in portfolio["contracts"]}
    assert all(signed[row["contract_no"]] <= row["issued_on"] for row in portfolio["invoices"] if row["contract_no"])


def test_nobody_has_two_open_cases_or_two_standing_listings(portfolio: Portfolio) -> None:
    for rows in by_customer(portfolio["cases"]).values():
        assert sum(not row["closed_on"] for row in rows) <= 1
    for rows in by_customer(portfolio["listings"]).values():
        assert sum(row["decision"] == "confirmed" and not row["restored_on"] for row in rows) <= 1


def test_every_word_of_every_list_occurs(portfolio: Portfolio) -> None:
    lists = [
        ("customers", "kind", CustomerKind), ("contract_events", "kind", ContractEventKind),
        ("reputation_events", "kind", ReputationKind), ("dunning", "response", DunningResponse),
        ("complaints", "cause", ComplaintCause), ("assessments", "stage", AssessmentStage),
        ("assessments", "level", RiskLevel), ("listings", "criterion", Criterion), ("listings", "grade", Grade),
        ("guarantees", "kind", GuaranteeKind), ("incentives", "kind", IncentiveKind),
        ("incentives", "measure", IncentiveMeasure),
    ]  # fmt: skip
    for kind, column, words in lists:
        assert {row[column] for row in portfolio[kind]} == {word.value for word in words}, (kind, column)
    assert {row["decision"] for row in portfolio["listings"]} == {"confirmed", "rejected"}
    assert {row["outcome"] for row in portfolio["cases"]} == {"", *(outcome.value for outcome in CaseOutcome)}
    assert {row["upheld"] for row in portfolio["complaints"]} == {"true", "false", ""}
    assert {int(row["sentiment"]) for row in portfolio["reputation_events"]} == {-2, -1, 0, 1, 2}
    assert {row["severity"] for row in portfolio["contract_events"]} == {"1", "2", "3", "4", "5"}


def test_departments_and_users_cover_every_kind_and_role() -> None:
    assert {department.kind for department in DEPARTMENTS} == {kind.value for kind in DepartmentKind}
    assert Counter(user.role for user in USERS) == {
        **{role.value: 1 for role in Role}, "business": 2, "risk": 2,
    }  # fmt: skip
    assert {user.department for user in USERS} <= {department.code for department in DEPARTMENTS}
    assert {user.language for user in USERS} == {"zh_Hans", "zh_Hant", "en"}
    for user in USERS:
        if user.department in STAFF and user.role in ("business", "risk"):
            assert user.name_zh_hans in STAFF[user.department]


# Size and substance


def test_the_company_is_of_middle_size(portfolio: Portfolio) -> None:
    assert Counter(row["owner_department"] for row in portfolio["customers"]) == BUSINESS_SHARES
    assert len(portfolio["customers"]) == 420
    assert 14_000 <= len(portfolio["invoices"]) <= 18_000
    assert {row["currency"] for row in portfolio["invoices"]} == {"CNY", "USD", "EUR", "JPY"}
    assert len({row["name"] for row in portfolio["customers"]}) == 420


def test_credit_codes_are_valid_and_of_companies_only(portfolio: Portfolio) -> None:
    codes = [row["uscc"] for row in portfolio["customers"] if row["uscc"]]
    codes += [row["uscc"] for row in portfolio["watchlist"] if row["uscc"]]
    assert len(codes) > 320
    assert len(codes) == len(set(codes))
    assert [code for code in codes if not uscc.is_valid(code)] == []
    assert all(row["kind"] == "company" for row in portfolio["customers"] if row["uscc"])


def test_trade_is_seasonal(portfolio: Portfolio) -> None:
    months = Counter(row["issued_on"][:7] for row in portfolio["invoices"])
    assert len(months) == 24
    assert months["2024-02"] < 0.8 * months["2024-01"]
    assert months["2023-12"] > 1.2 * months["2023-10"]


def test_reality_is_dirty(portfolio: Portfolio) -> None:
    amounts = {row["invoice_no"]: Decimal(row["amount"]) for row in portfolio["invoices"]}
    paid: dict[str, list[Decimal]] = defaultdict(list)
    for row in portfolio["payments"]:
        if row["invoice_no"]:
            paid[row["invoice_no"]].append(Decimal(row["amount"]))
    assert sum(len(parts) > 1 for parts in paid.values()) > 200
    assert sum(sum(parts) > amounts[number] for number, parts in paid.items()) > 50
    assert sum(not row["invoice_no"] for row in portfolio["payments"]) > 200
    assert sum(row["disputed"] == "true" for row in portfolio["invoices"]) > 80
    assert sum(row["settled_on"] != "" for row in portfolio["invoices"]) > 200
    rated = {row["currency"] for row in portfolio["fx_rates"]}
    assert 1 <= sum(row["currency"] not in {"CNY", *rated} for row in portfolio["invoices"]) <= 20
    assert sum(not row["invoice_no"] for row in portfolio["dunning"]) > 300
    assert all(row["settled_on"] == "" or row["invoice_no"] not in paid for row in portfolio["invoices"])


def test_some_customers_have_nothing_but_the_register(portfolio: Portfolio) -> None:
    known = {
        row["customer_no"]
        for kind, rows in portfolio.items()
        if kind != "customers"
        for row in rows
        if "customer_no" in row
    }
    unknown = [row for row in portfolio["customers"] if row["customer_no"] not in known]
    assert len(unknown) >= 6
    assert sum(row["industry_code"] == "" for row in unknown) == 6


def test_most_customers_are_assessed_from_the_beginning_and_twice(portfolio: Portfolio) -> None:
    finals = [row for row in portfolio["assessments"] if row["stage"] == "final"]
    assert all(row["department"] == "RISK" for row in finals)
    early = {row["customer_no"] for row in finals if row["assessed_on"] <= "2023-10-01"}
    assert len(early) > 320
    owners = {row["customer_no"]: row["owner_department"] for row in portfolio["customers"]}
    initials = [row for row in portfolio["assessments"] if row["stage"] == "initial"]
    assert all(row["department"] == owners[row["customer_no"]] for row in initials)
    for row in portfolio["assessments"]:
        score = float(row["score"])
        assert row["level"] == (
            "low" if score < 30 else "medium" if score < 50 else "high" if score < 70 else "critical"
        )


def test_guarantees_expire_soon(portfolio: Portfolio) -> None:
    soon = {row["expires_on"] for row in portfolio["guarantees"] if "2025-06-30" < row["expires_on"] <= "2025-07-31"}
    assert len(soon) >= 4
