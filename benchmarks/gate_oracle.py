"""What the gate must answer, worked out a second time: plain rows of one customer, added up by hand in Python."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from decimal import ROUND_DOWN, Decimal
from typing import Any

from sqlalchemy import text

from services.context import unit_of_work
from services.gate import OrderAsked

_DAYS = 90
_UNIT = Decimal("0.0001")


class Oracle:
    """Remembers what was allowed, as the gate has to."""

    def __init__(self) -> None:
        self.placed: dict[str, list[tuple[str, Decimal]]] = defaultdict(list)
        with unit_of_work() as ctx:
            self.day: dt.date = ctx.today
            self.rates = {}
            for currency, _, rate in ctx.session.execute(
                text("SELECT currency, as_of, rate FROM fx_rate WHERE as_of <= :day ORDER BY as_of"), {"day": self.day}
            ):
                self.rates[currency] = Decimal(rate)

    def worth(self, amount: Decimal, currency: str | None) -> Decimal | None:
        """In the base currency, or None."""
        if currency in (None, "CNY"):
            return amount
        return amount * self.rates[currency] if currency in self.rates else None

    def note(self, order: OrderAsked, decision: str) -> None:
        """What was allowed counts from now on."""
        amount = self.worth(order.amount, order.currency)
        if decision == "allow" and amount is not None and order.order_no:
            self.placed[order.customer_no].append((order.order_no, amount))

    def answer(self, order: OrderAsked) -> tuple[str, frozenset[str], Decimal | None]:
        """Decision, codes of the reasons, limit left."""
        rows = self._rows(order.customer_no)
        codes, denied, held = set(), False, False
        lefts: list[Decimal] = []
        amount = self.worth(order.amount, order.currency)
        if rows["listing"]:
            codes.add("listed")
            denied = True
        if amount is None:
            codes.add("rate_unknown")
            held = True
        owed, ordered, month, unknown = self._totals(order.customer_no, rows)
        secured = sum((self.worth(g.value, g.currency) or 0 for g in rows["guarantee"]
                       if g.valid_from <= self.day <= g.expires_on), Decimal(0))  # fmt: skip
        for c in rows["control"]:
            if c.starts_on > self.day or (c.expires_on and c.expires_on < self.day):
                continue
            found = self._against(c, order, amount, owed + ordered, month, secured, rows["customer"][0])
            lefts += self._left(c, owed + ordered, month, secured)
            if unknown and (c.month_limit is not None or c.exposure_limit is not None or c.coverage_ratio is not None):
                codes.add("balance_unknown")
                held = True
            if found:
                codes |= found
                denied, held = denied or c.force == "absolute", held or c.force == "overridable"
        left = max(min(lefts), Decimal(0)).quantize(_UNIT, ROUND_DOWN) if lefts else None
        if rows["listing"]:
            left = Decimal(0)
        return "deny" if denied else "hold" if held else "allow", frozenset(codes), left

    def _rows(self, customer_no: str) -> dict[str, list[Any]]:
        with unit_of_work() as ctx:
            (number,) = ctx.session.execute(
                text("SELECT customer_id FROM customer_key WHERE customer_no = :no"), {"no": customer_no}
            ).one()
            states = {"listing": " AND state = 'confirmed'", "control": " AND state = 'active'"}
            return {
                table: list(
                    ctx.session.execute(
                        text(f"SELECT * FROM {table} WHERE customer_id = :number{states.get(table, '')}"),
                        {"number": number},
                    )
                )
                for table in ("customer", "listing", "control", "invoice", "payment_allocation", "sales_order",
                              "guarantee")
            }  # fmt: skip

    def _totals(self, customer_no: str, rows: dict[str, list[Any]]) -> tuple[Decimal, Decimal, Decimal, int]:
        paid: dict[int, Decimal] = defaultdict(Decimal)
        for one in rows["payment_allocation"]:
            paid[one.invoice_id] += one.amount
        unknown, owed = 0, Decimal(0)
        since, names, loose = self.day - dt.timedelta(days=_DAYS), set(), []
        numbers = {one.order_no for one in rows["sales_order"]}
        for one in rows["invoice"]:
            balance = one.amount - paid[one.id]
            worth = self.worth(balance, one.currency)
            names |= {one.invoice_no, one.contract_no}
            if balance > 0:
                owed, unknown = owed + (worth or 0), unknown + (worth is None)
            if one.issued_on >= since and not numbers & {one.invoice_no, one.contract_no}:
                whole = self.worth(one.amount, one.currency)
                unknown += whole is None
                loose.append((one.issued_on, 1, -(whole or Decimal(0))))
        open_orders, month = [], Decimal(0)
        for one in rows["sales_order"]:
            worth = self.worth(one.amount, one.currency)
            if one.order_no not in names:
                open_orders.append((one.ordered_on, 0, worth))
            if one.ordered_on.replace(day=1) == self.day.replace(day=1):
                month += worth or 0
        for _number, worth in self.placed[customer_no]:
            open_orders.append((self.day, 0, worth))
            month += worth
        ordered = Decimal(0)
        for _day, _rank, change in sorted(open_orders + loose):
            ordered = max(Decimal(0), ordered + change)
        return owed, ordered, month, unknown

    def _against(
        self, c: Any, order: OrderAsked, amount: Decimal | None, owed: Decimal, month: Decimal, secured: Decimal,
        customer: Any,
    ) -> set[str]:  # fmt: skip
        found = {"suspended"} if c.kind == "suspension" else set()
        terms = customer.payment_terms_days if order.terms_days is None else order.terms_days
        if c.terms_days is not None and terms > c.terms_days:
            found.add("terms_too_long")
        if amount is None:
            return found
        paid = self.worth(order.prepaid_amount or Decimal(0), order.currency) or Decimal(0)
        checks = {
            "order_limit": c.order_limit is not None and amount > c.order_limit,
            "month_limit": c.month_limit is not None and month + amount > c.month_limit,
            "exposure_limit": c.exposure_limit is not None and owed + amount > c.exposure_limit,
            "prepaid_missing": c.prepaid_share is not None and paid < c.prepaid_share * amount,
            "guarantee_short": c.guarantee_value is not None
            and secured < max(c.guarantee_value, c.coverage_ratio * (owed + amount)),
        }
        return found | {name for name, is_broken in checks.items() if is_broken}

    def _left(self, c: Any, owed: Decimal, month: Decimal, secured: Decimal) -> list[Decimal]:
        found = [Decimal(0)] if c.kind == "suspension" else []
        found += [c.order_limit] if c.order_limit is not None else []
        found += [c.month_limit - month] if c.month_limit is not None else []
        found += [c.exposure_limit - owed] if c.exposure_limit is not None else []
        if c.coverage_ratio is not None:
            found.append(secured / c.coverage_ratio - owed)
        if c.guarantee_value is not None and secured < c.guarantee_value:
            found.append(Decimal(0))
        return found
