"""Every kind of file of SPEC 7 is brought in once, to the value, and once more without changing anything."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from services.context import Context
from services.imports.kinds import KINDS
from services.imports.run import import_file

DAY = dt.date(2025, 3, 7)

#: Kind -> file, the query for what is stored, the rows that come back.
FILES: dict[str, tuple[str, str, list[tuple[Any, ...]]]] = {
    "customers": (
        "customer_no,name,uscc,kind,industry_code,region,size,owner_department,account_manager,registered_capital,"
        "established_on,legal_representative,phone,address,bank_account,credit_rating,credit_limit,payment_terms_days,since\n"
        "007,甲公司,91110000600037341L,company,C34,华东,large,North,Li,￥1万,2001-01-02,王,１３８,上海,6222020000000000123,A,1000,30,2020/1/5\n",
        "SELECT customer_no, c.name, uscc, c.kind, industry_code, region, size, d.code, account_manager, "
        "registered_capital, established_on, legal_representative, phone, address, bank_account, credit_rating, "
        "credit_limit, payment_terms_days, since FROM customer c JOIN department d ON d.id = owner_department_id "
        "WHERE customer_no = '007'",
        [
            (
                "007",
                "甲公司",
                "91110000600037341L",
                "company",
                "C34",
                "华东",
                "large",
                "North",
                "Li",
                Decimal("10000.0000"),
                dt.date(2001, 1, 2),
                "王",
                "138",
                "上海",
                "6222020000000000123",
                "A",
                Decimal("1000.0000"),
                30,
                dt.date(2020, 1, 5),
            )
        ],
    ),
    "invoices": (
        "invoice_no,customer_no,contract_no,issued_on,due_on,amount,currency,disputed,settled_on\n"
        'I2,C1,K1,2025-03-07,2025-04-07,"1,234.50",usd,是,2025-05-01\n',
        "SELECT invoice_no, contract_no, issued_on, due_on, amount, currency, is_disputed, settled_on FROM "
        "invoice WHERE invoice_no = 'I2'",
        [("I2", "K1", DAY, dt.date(2025, 4, 7), Decimal("1234.5000"), "USD", True, dt.date(2025, 5, 1))],
    ),
    "payments": (
        "payment_no,customer_no,invoice_no,paid_on,amount,currency,channel\nP1,C1,I1,20250307,50,,bank\nP2,C1,,2025/3/7,5,CNY,\n",
        "SELECT payment_no, invoice_id IS NOT NULL, paid_on, amount, currency, channel FROM payment ORDER "
        "BY payment_no",
        [("P1", True, DAY, Decimal("50.0000"), None, "bank"), ("P2", False, DAY, Decimal("5.0000"), "CNY", None)],
    ),
    "contracts": (
        "contract_no,customer_no,signed_on,ends_on,amount,currency\nK2,C1,2025-03-07,2026-03-07,100,CNY\n",
        "SELECT contract_no, signed_on, ends_on, amount, currency FROM contract WHERE contract_no = 'K2'",
        [("K2", DAY, dt.date(2026, 3, 7), Decimal("100.0000"), "CNY")],
    ),
    "contract_events": (
        "event_no,contract_no,occurred_on,kind,severity,note\nE1,K1,2025-03-07,质量问题,3,late\n",
        "SELECT event_no, occurred_on, kind, severity, note FROM contract_event",
        [("E1", DAY, "quality", 3, "late")],
    ),
    "financials": (
        "customer_no,period_end,revenue,net_profit,total_assets,total_liabilities,current_assets,current_liabilities,"
        "operating_cash_flow,currency\nC1,2025-03-07,100,(5),50,40,20,10,3,CNY\n",
        "SELECT period_end, revenue, net_profit, total_assets, total_liabilities, current_assets, current_liabilities, "
        "operating_cash_flow, currency FROM financial_statement",
        [
            (
                DAY,
                Decimal("100.0000"),
                Decimal("-5.0000"),
                Decimal("50.0000"),
                Decimal("40.0000"),
                Decimal("20.0000"),
                Decimal("10.0000"),
                Decimal("3.0000"),
                "CNY",
            )
        ],
    ),
    "credit_reports": (
        "customer_no,reported_on,source,rating,overdue_count,overdue_amount,enforcement_count\nC1,2025-03-07,PBoC,AA,2,10.5,0\n",
        "SELECT reported_on, source, rating, overdue_count, overdue_amount, enforcement_count FROM credit_report",
        [(DAY, "PBoC", "AA", 2, Decimal("10.5000"), 0)],
    ),
    "industry_outlooks": (
        "industry_code,as_of,outlook,trend,policy,default_rate\nC34,2025-03-07,60,-1,2,2.5%\n",
        "SELECT industry_code, as_of, outlook, trend, policy, default_rate FROM industry_outlook",
        [("C34", DAY, Decimal("60.000000"), Decimal("-1.000000"), Decimal("2.000000"), Decimal("0.025000"))],
    ),
    "reputation_events": (
        "event_no,customer_no,occurred_on,source,kind,sentiment,title,url\nE1,C1,2025-03-07,新华,法院,-2,判决,https://example.com\n",
        "SELECT event_no, occurred_on, source, kind, sentiment, title, url FROM reputation_event",
        [("E1", DAY, "新华", "court", -2, "判决", "https://example.com")],
    ),
    "dunning": (
        "dunning_no,customer_no,invoice_no,sent_on,channel,response,promised_on\nD1,C1,I1,2025-03-07,phone,承诺,2025-04-01\nD2,C1,,2025-03-07,,无,\n",
        "SELECT dunning_no, invoice_id IS NOT NULL, sent_on, channel, response, promised_on FROM "
        "dunning_notice ORDER BY dunning_no",
        [("D1", True, DAY, "phone", "promise", dt.date(2025, 4, 1)), ("D2", False, DAY, None, "none", None)],
    ),
    "complaints": (
        "complaint_no,customer_no,received_on,cause,department,closed_on,upheld\nX1,C1,2025-03-07,黑灰客户管理,North,2025-03-09,否\n",
        "SELECT complaint_no, received_on, cause, d.code, closed_on, is_upheld FROM complaint JOIN "
        "department d ON d.id = department_id",
        [("X1", DAY, "blackgrey_management", "North", dt.date(2025, 3, 9), False)],
    ),
    "assessments": (
        "customer_no,assessed_on,stage,level,score,department,assessor\nC1,2025-03-07,initial,medium,40,North,a\nC1,2025-03-07,复评,高,81.5,Risk,b\n",
        "SELECT assessed_on, stage, level, score, state, d.code, assessor FROM assessment JOIN department d "
        "ON d.id = department_id ORDER BY stage",
        [
            (DAY, "final", "high", Decimal("81.500000"), "final", "Risk", "b"),
            (DAY, "initial", "medium", Decimal("40.000000"), "final", "North", "a"),
        ],
    ),
    "listings": (
        "listing_no,customer_no,criterion,grade,trigger_on,listed_on,decision,decided_on,restored_on,department\n"
        "L1,C1,arrears,grey,2025-01-01,2025-01-09,confirmed,2025-01-08,2025-03-07,North\nL2,C1,欺诈,黑,2025-02-01,,驳回,2025-02-03,,\n",
        "SELECT listing_no, criterion, grade, trigger_on, listed_on, state, decided_on, restored_on FROM "
        "listing ORDER BY listing_no",
        [
            ("L1", "arrears", "grey", dt.date(2025, 1, 1), dt.date(2025, 1, 9), "restored", dt.date(2025, 1, 8), DAY),
            ("L2", "fraud", "black", dt.date(2025, 2, 1), None, "rejected", dt.date(2025, 2, 3), None),
        ],
    ),
    "cases": (
        "case_no,customer_no,opened_on,closed_on,outcome,lead_department\nZ2,C1,2025-01-01,2025-03-07,部分追回,North\nZ3,C1,2025-04-01,,,\n",
        "SELECT case_no, opened_on, closed_on, outcome, state FROM recovery_case WHERE case_no <> 'Z1' "
        "ORDER BY case_no",
        [
            ("Z2", dt.date(2025, 1, 1), DAY, "partly_recovered", "closed"),
            ("Z3", dt.date(2025, 4, 1), None, None, "recovering"),
        ],
    ),
    "case_debts": (
        "case_no,invoice_no,added_on,amount\nZ1,I1,2025-03-07,60\n",
        "SELECT added_on, amount FROM case_debt",
        [(DAY, Decimal("60.0000"))],
    ),
    "guarantees": (
        "guarantee_no,customer_no,kind,value,currency,valid_from,expires_on\nG1,C1,质押,500,CNY,2025-03-07,2026-03-07\n",
        "SELECT guarantee_no, kind, value, currency, valid_from, expires_on FROM guarantee",
        [("G1", "pledge", Decimal("500.0000"), "CNY", DAY, dt.date(2026, 3, 7))],
    ),
    "orders": (
        "order_no,customer_no,ordered_on,amount,currency,terms_days\nO1,C1,2025-03-07,9.99,CNY,30\n",
        "SELECT order_no, ordered_on, amount, currency, terms_days FROM sales_order",
        [("O1", DAY, Decimal("9.9900"), "CNY", 30)],
    ),
    "fx_rates": (
        "currency,as_of,rate\nusd,2025-03-07,7.25\n",
        "SELECT currency, as_of, rate FROM fx_rate",
        [("USD", DAY, Decimal("7.250000"))],
    ),
    "watchlist": (
        "entry_no,name,aliases,uscc,source,listed_on\n36,AEROCARIBBEAN,AERO-CARIBBEAN,,OFAC,2025-03-07\n",
        "SELECT entry_no, name, aliases, uscc, source, listed_on FROM watchlist_entry",
        [("36", "AEROCARIBBEAN", "AERO-CARIBBEAN", None, "OFAC", DAY)],
    ),
    "incentives": (
        "incentive_no,kind,measure,department,person,amount,currency,decided_on,reason\nN1,奖励,奖金,North,Li,1000,CNY,2025-03-07,good\n",
        "SELECT incentive_no, i.kind, measure, d.code, person, amount, currency, decided_on, reason, state "
        "FROM incentive i JOIN department d ON d.id = department_id",
        [("N1", "reward", "bonus", "North", "Li", Decimal("1000.0000"), "CNY", DAY, "good", "executed")],
    ),
}

GROUND = {
    "customers": "customer_no,name\nC1,One\n",
    "contracts": "contract_no,customer_no,signed_on\nK1,C1,2025-01-01\n",
    "invoices": "invoice_no,customer_no,issued_on,due_on,amount\nI1,C1,2025-01-01,2025-02-01,100\n",
    "cases": "case_no,customer_no,opened_on\nZ1,C1,2025-03-01\n",
}


@pytest.fixture
def ctx(rolled_back: Context) -> Iterator[Context]:
    for kind, content in GROUND.items():
        import_file(rolled_back, kind, content.encode(), file_name=f"{kind}.csv")
    return rolled_back


def counts(result: object) -> tuple[int, ...]:
    return tuple(getattr(result, name) for name in ("rows", "inserted", "updated", "unchanged", "rejected"))


def test_every_kind_has_a_file_here() -> None:
    assert FILES.keys() == KINDS.keys()
    assert len(KINDS) == 20


@pytest.mark.parametrize("kind", FILES)
def test_a_kind_is_brought_in_and_once_more_nothing_changes(ctx: Context, kind: str) -> None:
    content, query, expected = FILES[kind]
    rows = content.count("\n") - 1
    assert counts(import_file(ctx, kind, content.encode(), file_name="a.csv")) == (rows, rows, 0, 0, 0)
    assert [tuple(row) for row in ctx.session.execute(text(query))] == expected
    assert counts(import_file(ctx, kind, content.encode(), file_name="a.csv")) == (rows, 0, 0, rows, 0)


@pytest.mark.parametrize("kind", FILES)
def test_a_file_of_headers_alone_changes_nothing(ctx: Context, kind: str) -> None:
    headers = FILES[kind][0].splitlines()[0]
    assert counts(import_file(ctx, kind, headers.encode(), file_name="a.csv")) == (0, 0, 0, 0, 0)


@pytest.mark.parametrize(
    ("kind", "content", "rejects"),
    [
        (
            "invoices",
            "invoice_no,customer_no,issued_on,due_on,amount\nA,C9,2025-01-01,2025-02-01,1\nB,C1,2025-02-01,2025-01-01,1\n,C1,2025-01-01,2025-02-01,1\n",
            [
                (2, "customer_no", "C9", "This customer is not known. Import customers first."),
                (3, "due_on", "2025-01-01", "Due on a day before it was issued (2025-02-01)."),
                (4, "invoice_no", None, "This must not be blank."),
            ],
        ),
        (
            "payments",
            "payment_no,customer_no,invoice_no,paid_on,amount\nA,C1,I9,2025-01-01,1\n",
            [(2, "invoice_no", "I9", "This invoice is not known. Import invoices first.")],
        ),
        (
            "case_debts",
            "case_no,invoice_no,added_on,amount\nZ9,I1,2025-01-01,1\n",
            [(2, "case_no", "Z9", "This case is not known. Import cases first.")],
        ),
        (
            "contract_events",
            "event_no,contract_no,occurred_on,kind\nA,K9,2025-01-01,quality\n",
            [(2, "contract_no", "K9", "This contract is not known. Import contracts first.")],
        ),
        (
            "listings",
            "listing_no,customer_no,criterion,grade,trigger_on,decision,decided_on,restored_on\nA,C1,fraud,black,2025-01-01,rejected,2025-01-02,2025-01-03\n",
            [(2, "restored_on", "2025-01-03", "A listing that was rejected can't be restored.")],
        ),
        (
            "incentives",
            "incentive_no,kind,measure,department,decided_on,reason\nA,reward,dismissal,North,2025-01-01,x\n",
            [(2, "measure", "dismissal", "This measure does not fit “reward”.")],
        ),
        (
            "fx_rates",
            "currency,as_of,rate\nUSD,2025-01-01,0\n",
            [(2, "rate", "0", "This must lie between 0.000001 and 999,999.999999.")],
        ),
    ],
)
def test_a_wrong_row_says_what_is_wrong(
    ctx: Context, kind: str, content: str, rejects: list[tuple[int, str, str | None, str]]
) -> None:
    result = import_file(ctx, kind, content.encode(), file_name="a.csv")
    assert [(one.line, one.column, one.value, one.reason) for one in result.rejects] == rejects
    assert counts(result) == (len(rejects), 0, 0, 0, len(rejects))


def test_a_number_stays_with_its_customer(ctx: Context) -> None:
    import_file(ctx, "customers", b"customer_no,name\nC2,Two\n", file_name="c.csv")
    moved = b"invoice_no,customer_no,issued_on,due_on,amount\nI1,C2,2025-01-01,2025-02-01,100\n"
    result = import_file(ctx, "invoices", moved, file_name="i.csv")
    assert [(one.column, one.reason) for one in result.rejects] == [
        ("invoice_no", "This number belongs to another customer.")
    ]


def test_an_import_moves_a_case_only_forwards(ctx: Context) -> None:
    closed = b"case_no,customer_no,opened_on,closed_on\nZ1,C1,2025-03-01,2025-04-01\n"
    assert import_file(ctx, "cases", closed, file_name="a.csv").updated == 1
    again = import_file(ctx, "cases", closed.replace(b"2025-04-01", b""), file_name="b.csv")
    assert [one.reason for one in again.rejects] == ["This record is closed and an import can't move it to recovering."]
