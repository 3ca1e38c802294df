"""The worked examples of docs/metrics.md, computed."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from services.context import Context
from services.metrics.figures import figures
from tests.oracle.small_history import SmallHistory
from tests.services.history_rows import store

AS_OF = dt.date(2025, 12, 31)


def day(written: str) -> dt.date:
    return dt.date.fromisoformat(written)


def row(kind: list[dict[str, object]], **values: object) -> None:
    kind.append(values)


def history() -> SmallHistory:
    told = SmallHistory()
    told.customers.clear()
    for number in ("C1", "C2"):
        row(told.customers, customer_no=number, name=number, owner_department="North")
    return told


def invoice(told: SmallHistory, number: str, issued: str, due: str, amount: int, customer: str = "C1") -> None:
    row(
        told.invoices, invoice_no=number, customer_no=customer, issued_on=day(issued), due_on=day(due),
        amount=Decimal(amount), disputed=False, settled_on=None,
    )  # fmt: skip


def pay(told: SmallHistory, number: str, paid: str, amount: int, names: str | None = None) -> None:
    row(told.payments, payment_no=number, customer_no="C1", invoice_no=names, paid_on=day(paid), amount=Decimal(amount))


def counted(ctx: Context, metric: str, first: str, last: str) -> tuple[int, int] | None:
    found = figures(ctx, day(first), day(last), as_of=AS_OF, metrics=[metric])
    return (int(found[0].numerator), int(found[0].denominator)) if found else None


def test_accuracy(ctx: Context) -> None:
    told = history()
    invoice(told, "I1", "2025-01-01", "2025-01-31", 100)
    row(
        told.assessments, customer_no="C1", assessed_on=day("2025-01-01"), stage="final", level="high",
            score=Decimal(70),
        department="Risk",
    )  # fmt: skip
    store(ctx, told)
    assert counted(ctx, "assessment_accuracy", "2025-06-01", "2025-06-01") == (1, 1)
    assert counted(ctx, "assessment_accuracy", "2025-05-01", "2025-05-01") is None


@pytest.mark.parametrize(
    ("decided", "paid", "expected"),
    [("2025-04-25", None, (1, 1)), ("2025-04-26", None, (0, 1)), (None, "2025-04-25", None)],
)
def test_timeliness(ctx: Context, decided: str | None, paid: str | None, expected: tuple[int, int] | None) -> None:
    told = history()
    invoice(told, "I1", "2025-01-01", "2025-01-10", 100)
    for number, sent in (("D1", "2025-02-01"), ("D2", "2025-03-01")):
        row(told.dunning, dunning_no=number, customer_no="C1", invoice_no="I1", sent_on=day(sent))
    if decided:
        row(
            told.listings, listing_no="L1", customer_no="C1", criterion="arrears", grade="grey",
            trigger_on=day("2025-04-10"),
            decision="confirmed", decided_on=day(decided), restored_on=None, department=None,
        )  # fmt: skip
    if paid:
        pay(told, "P1", paid, 100, names="I1")
    store(ctx, told)
    assert counted(ctx, "identification_timeliness", "2025-04-01", "2025-04-01") == expected


def test_recovery(ctx: Context) -> None:
    told = history()
    invoice(told, "I1", "2024-10-01", "2024-11-01", 1000)
    row(told.cases, case_no="K1", customer_no="C1", opened_on=day("2025-03-10"), closed_on=None)
    row(told.case_debts, case_no="K1", invoice_no="I1", added_on=day("2025-03-10"), amount=Decimal(1000))
    pay(told, "P1", "2025-03-20", 300)
    pay(told, "P2", "2025-04-05", 200)
    store(ctx, told)
    metric = "arrears_recovery_rate"
    assert counted(ctx, metric, "2025-03-01", "2025-03-01") == (300, 1000)
    assert counted(ctx, metric, "2025-04-01", "2025-04-01") == (200, 700)
    assert counted(ctx, metric, "2025-03-01", "2025-04-01") == (500, 1000)


def test_complaint_rate(ctx: Context) -> None:
    told = history()
    invoice(told, "I1", "2025-05-02", "2025-06-01", 10)
    invoice(told, "I2", "2025-05-03", "2025-06-02", 10, customer="C2")
    row(
        told.complaints,
        complaint_no="B1",
        customer_no="C1",
        received_on=day("2025-05-20"),
        cause="blackgrey_management",
    )
    store(ctx, told)
    assert counted(ctx, "complaint_rate", "2025-05-01", "2025-05-01") == (1, 2)
    (found,) = figures(ctx, day("2025-05-01"), day("2025-05-01"), as_of=AS_OF, metrics=["complaint_rate"])
    assert found.value == 500
