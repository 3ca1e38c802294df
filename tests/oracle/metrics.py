"""SPEC section 5 sentence by sentence, the aging and the tallies of SPEC 8. Naive on purpose."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tests.oracle.import_rows import History, Row
from tests.oracle.ledger import NOTHING, Ledger
from tests.oracle.units import (
    Settings,
    assessment_units,
    known_by,
    received_on_debt,
    trigger_units,
)

# Days past due at which an aging bucket ends; SPEC 8 names no bounds.
BUCKET_ENDS = (29, 59, 89, 179, 364)

AGREED = Settings()


@dataclass(frozen=True)
class Period:
    """Whole calendar months from ``start`` to ``end``; ``month`` is its name where figures are grouped by month."""

    month: str | None
    start: date
    end: date

    def holds(self, day: date) -> bool:
        return self.start <= day <= self.end


def periods(first_month: str, last_month: str, by: set[str]) -> list[Period]:
    """Each month as a period of its own when grouped by month, else one period over all of them."""
    months = []
    start = date.fromisoformat(first_month + "-01")
    while start.isoformat()[:7] <= last_month:
        next_start = (start + timedelta(days=31)).replace(day=1)
        months.append(Period(start.isoformat()[:7], start, next_start - timedelta(days=1)))
        start = next_start
    if "month" in by or not months:
        return months
    return [Period(None, months[0].start, months[-1].end)]


def metrics(
    history: History,
    first_month: str,
    last_month: str,
    by: set[str],
    as_of: date,
    settings: Settings = AGREED,
) -> list[Row]:
    """The four metrics over the months ``first_month`` to ``last_month`` ("YYYY-MM"), as known at the end of ``as_of``.

    Rows of metric, month, department, numerator, denominator, value; month and department are None where not in
    ``by``. Numerators and denominators are counts (int) or money (Decimal); value is a float, None without
    denominator. A group without any data (both 0) is no row.
    """
    _only({"month", "department"}, by)
    known = known_by(history, as_of)
    ledger = Ledger(known)
    figures: dict[str, _Accuracy | _Timeliness | _Recovery | _Complaints] = {
        "assessment_accuracy": _Accuracy(known, ledger, as_of, settings),
        "identification_timeliness": _Timeliness(known, ledger, as_of, settings),
        "arrears_recovery_rate": _Recovery(known, ledger, as_of),
        "complaint_rate": _Complaints(known, ledger, as_of),
    }
    rows = []
    for metric, figure in figures.items():
        for period in periods(first_month, last_month, by):
            for department, customers in _groups(history.customers, "department" in by):
                numerator, denominator = figure.count(period, customers)
                if numerator == 0 and denominator == 0:
                    continue
                row: Row = {"metric": metric, "month": period.month, "department": department}
                row |= {"numerator": numerator, "denominator": denominator}
                row["value"] = _value(metric, numerator, denominator)
                rows.append(row)
    return rows


def _value(metric: str, numerator: int | Decimal, denominator: int | Decimal) -> float | None:
    """The quotient, for complaints per 1,000; denominator 0 has no value."""
    per = 1000 if metric == "complaint_rate" else 1
    return float(per * Fraction(numerator) / Fraction(denominator)) if denominator else None


def by_key(rows: list[Row]) -> dict[tuple[str, str | None, str | None], tuple[Any, Any, float | None]]:
    """Rows of ``metrics`` as {(metric, month, department): (numerator, denominator, value)}, to compare two of them."""
    return {
        (row["metric"], row["month"], row["department"]): (row["numerator"], row["denominator"], row["value"])
        for row in rows
    }


class _Accuracy:
    """Metric 1: of the final assessments whose window ended in the period, those that came true."""

    def __init__(self, known: History, ledger: Ledger, as_of: date, settings: Settings) -> None:
        self.units = assessment_units(known, ledger, as_of, settings)

    def count(self, period: Period, customers: set[str]) -> tuple[int, int]:
        counted = [
            unit
            for unit in self.units
            if unit.customer_no in customers and period.holds(unit.matures_on) and not unit.already_bad
        ]
        agreeing = [unit for unit in counted if unit.predicted_bad == unit.actually_bad]
        return len(agreeing), len(counted)


class _Timeliness:
    """Metric 2: of the triggers whose deadline lies in the period, those decided on or before it."""

    def __init__(self, known: History, ledger: Ledger, as_of: date, settings: Settings) -> None:
        self.as_of = as_of
        self.units = trigger_units(known, ledger, as_of, settings)

    def count(self, period: Period, customers: set[str]) -> tuple[int, int]:
        counted = [
            unit
            for unit in self.units
            if unit.customer_no in customers and period.holds(unit.deadline) and unit.is_counted(self.as_of)
        ]
        return len([unit for unit in counted if unit.is_on_time]), len(counted)


class _Recovery:
    """Metric 3: money received on case debts, of what was outstanding at the start or was added.

    Reading: a period that begins after the as-of day has no figure. A disputed invoice that was brought into a case
    is a case debt like any other.
    """

    def __init__(self, known: History, ledger: Ledger, as_of: date) -> None:
        self.known, self.ledger, self.as_of = known, ledger, as_of
        self.cases = {case["case_no"]: case for case in known.cases}

    def count(self, period: Period, customers: set[str]) -> tuple[Decimal, Decimal]:
        received, owed = NOTHING, NOTHING
        if period.start > self.as_of:
            return received, owed
        day_before = period.start - timedelta(days=1)
        for debt in self.known.case_debts:
            case = self.cases[debt["case_no"]]
            if case["customer_no"] not in customers:
                continue
            earlier = received_on_debt(debt, case, self.ledger, day_before)
            received += received_on_debt(debt, case, self.ledger, min(period.end, self.as_of)) - earlier
            was_open = case["opened_on"] < period.start and (
                case["closed_on"] is None or case["closed_on"] >= period.start
            )
            if debt["added_on"] < period.start and was_open:
                owed += debt["amount"] - earlier
            elif period.holds(debt["added_on"]):
                owed += debt["amount"]
        return received, owed


class _Complaints:
    """Metric 4: complaints caused by the policy's own measures, and the customers active in the period.

    Reading: a period that begins after the as-of day has no figure. The customer who complains need not be active.
    """

    def __init__(self, known: History, ledger: Ledger, as_of: date) -> None:
        self.known, self.ledger, self.as_of = known, ledger, as_of

    def count(self, period: Period, customers: set[str]) -> tuple[int, int]:
        if period.start > self.as_of:
            return 0, 0
        complaints = [
            complaint
            for complaint in self.known.complaints
            if complaint["customer_no"] in customers
            and complaint["cause"] == "blackgrey_management"
            and period.holds(complaint["received_on"])
        ]
        return len(complaints), len(self._active(period) & customers)

    def _active(self, period: Period) -> set[str]:
        active = set()
        for invoice in self.known.invoices:
            issued = period.holds(invoice["issued_on"]) and invoice["issued_on"] <= self.as_of
            settled = invoice["settled_on"] is not None and period.holds(invoice["settled_on"])
            owing = self.ledger.balance(invoice["invoice_no"], period.start - timedelta(days=1)) > 0
            if issued or settled or owing:
                active.add(invoice["customer_no"])
        for payment in self.known.payments:
            if period.holds(payment["paid_on"]):
                active.add(payment["customer_no"])
        return active


def aging(
    history: History, as_of: date, by_department: bool = False, bucket_ends: tuple[int, ...] = BUCKET_ENDS
) -> list[Row]:
    """What is open at the end of ``as_of``, by days past due: one row, or one per department with customers.

    Rows as in SPEC 8 and ``department`` (None where not grouped). The first bucket (from_days None, to_days 0) is not
    yet due, which includes due today; the last has to_days None. Empty buckets are there with 0.
    Reading: a disputed invoice is no arrears, but it is open and past due, and so it is here.
    """
    ledger = Ledger(known_by(history, as_of))
    rows = []
    for department, customers in _groups(history.customers, by_department):
        open_invoices = []  # (customer_no, days past due, balance)
        for invoice in history.invoices:
            balance = ledger.balance(invoice["invoice_no"], as_of)
            if invoice["customer_no"] in customers and balance > 0:
                open_invoices.append((invoice["customer_no"], (as_of - invoice["due_on"]).days, balance))
        overdue = [(number, days, balance) for number, days, balance in open_invoices if days > 0]
        rows.append(
            {
                "department": department,
                "open_count": len(open_invoices),
                "open_amount": sum((balance for _, _, balance in open_invoices), NOTHING),
                "overdue_count": len(overdue),
                "overdue_amount": sum((balance for _, _, balance in overdue), NOTHING),
                "overdue_customers": len({number for number, _, _ in overdue}),
                "buckets": _buckets([(days, balance) for _, days, balance in open_invoices], bucket_ends),
            }
        )
    return rows


def _buckets(open_invoices: list[tuple[int, Decimal]], ends: tuple[int, ...]) -> list[Row]:
    """Counts and sums of (days past due, balance): not yet due, 1 to the first end, and so on, and the rest."""
    starts = [end + 1 for end in ends]
    bounds: list[tuple[int | None, int | None]] = [(None, 0), *zip([1, *starts], [*ends, None], strict=True)]
    buckets = []
    for from_days, to_days in bounds:
        inside = [
            balance
            for days, balance in open_invoices
            if (from_days is None or days >= from_days) and (to_days is None or days <= to_days)
        ]
        buckets.append(
            {"from_days": from_days, "to_days": to_days, "count": len(inside), "amount": sum(inside, NOTHING)}
        )
    return buckets


def tally(history: History, first_month: str, last_month: str, by: set[str]) -> list[Row]:
    """Rewards and penalties decided in the months: rows of kind, measure, department, month, count, amount.

    Always by kind and measure, and by what is in ``by``; the department is the one rewarded or punished. An incentive
    without an amount counts and adds nothing.
    """
    _only({"month", "department"}, by)
    groups: dict[tuple[str, str, str | None, str | None], list[Row]] = defaultdict(list)
    for incentive in history.incentives:
        for period in periods(first_month, last_month, by):
            if period.holds(incentive["decided_on"]):
                department = incentive["department"] if "department" in by else None
                groups[incentive["kind"], incentive["measure"], department, period.month].append(incentive)
    return [
        {
            "kind": kind,
            "measure": measure,
            "department": department,
            "month": month,
            "count": len(incentives),
            "amount": sum((incentive["amount"] or NOTHING for incentive in incentives), NOTHING),
        }
        for (kind, measure, department, month), incentives in groups.items()
    ]


def _groups(customers: list[Row], by_department: bool) -> list[tuple[str | None, set[str]]]:
    """The customer numbers of each owner department, or of all customers under None."""
    if not by_department:
        return [(None, {customer["customer_no"] for customer in customers})]
    departments = sorted({customer["owner_department"] for customer in customers})
    return [(name, {c["customer_no"] for c in customers if c["owner_department"] == name}) for name in departments]


def _only(allowed: set[str], by: set[str]) -> None:
    if by - allowed:
        raise ValueError(f"cannot group by {sorted(by - allowed)}")
