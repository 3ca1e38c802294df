"""Framework contracts, one per customer and year, and what happened under them (clause 2.3, breach)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from services.sample.account import Account
from services.sample.customers import Customer
from services.sample.period import Period, money, workday, written

_NOTES: dict[str, tuple[str, ...]] = {
    "fulfilled": ("按期履约，双方无异议", "年度框架合同执行完毕", "质保期满，验收合格"),
    "spec_change": ("客户要求变更技术规格后拒绝签补充协议", "下单型号与合同附件不一致"),
    "place_change": ("客户未经同意变更交货地点", "货物被转运至合同以外地区"),
    "quality": ("客户返还我方供料时以次充好", "来料加工件抽检不合格"),
    "other_breach": ("未按约定办理验收", "逾期提货超过30天", "未按约定补足保证金"),
}
_NOTES_ABROAD: dict[str, str] = {
    "fulfilled": "出口合同按期履约，双方无遗留问题",
    "spec_change": "买方未签补充协议即变更技术规格",
    "place_change": "货物被转运至约定销售区域以外",
    "quality": "退回的旧件质量低于约定标准",
    "other_breach": "信用证晚开21天",
}
BREACHES = ("spec_change", "place_change", "quality", "other_breach")


def contract_number(customer: Customer, day: date) -> str:
    """The number of the contract under which the customer buys on a day."""
    return f"HT{day:%Y}-{customer.index:04d}"


def contract_rows(accounts: Iterable[Account], period: Period) -> list[dict[str, str]]:
    """The file kind `contracts`: one for each year in which an invoice names it."""
    found = []
    for account in accounts:
        customer = account.customer
        for number in sorted({invoice.contract for invoice in account.invoices if invoice.contract}):
            year = int(number[2:6])
            first = min(invoice.issued for invoice in account.invoices if invoice.contract == number)
            signed = max(date(year, 1, 1), customer.since, first - timedelta(days=customer.index % 20))
            found.append(
                {
                    "contract_no": number,
                    "customer_no": customer.number,
                    "signed_on": written(min(workday(signed), first)),
                    "ends_on": f"{year}-12-31",
                    "amount": money(int(customer.volume * customer.ticket * 12) // 1_000_000 * 1_000_000 + 1_000_000),
                    "currency": customer.currency,
                }
            )
    return sorted(found, key=lambda row: (row["signed_on"], row["contract_no"]))


def contract_event_rows(accounts: Iterable[Account], period: Period) -> list[dict[str, str]]:
    """The file kind `contract_events`: fulfilment at the year's end, breaches when business goes badly."""
    found: list[tuple[date, str, str, int, bool]] = []
    for account in accounts:
        rng = period.random("contract events", account.customer.index)
        abroad = account.customer.origin == "abroad"
        for number in sorted({invoice.contract for invoice in account.invoices if invoice.contract}):
            days = [invoice.issued for invoice in account.invoices if invoice.contract == number]
            last = workday(max(days) + timedelta(days=rng.randint(20, 40)))
            if rng.random() < 0.5 - 0.4 * account.strain_on(last):
                found.append((last, number, "fulfilled", 1, abroad))
            if rng.random() < 0.05 + 0.3 * account.strain_on(last):
                kind = rng.choice(BREACHES)
                found.append((workday(rng.choice(days) + timedelta(days=12)), number, kind, rng.randint(1, 4), abroad))
        used = sorted({invoice.contract for invoice in account.invoices if invoice.contract})
        for decision in account.decisions:
            if decision.criterion == "breach" and used:
                number = contract_number(account.customer, decision.trigger)
                found.append((decision.trigger, number if number in used else used[0], rng.choice(BREACHES), 5, abroad))
    found = sorted(event for event in found if event[0] <= period.until)
    return [_event(place, *event) for place, event in enumerate(found, start=1)]


def _event(place: int, day: date, number: str, kind: str, severity: int, abroad: bool) -> dict[str, str]:
    notes = _NOTES[kind]
    return {
        "event_no": f"HS{day:%y%m}{place:04d}",
        "contract_no": number,
        "occurred_on": written(day),
        "kind": kind,
        "severity": str(severity),
        "note": _NOTES_ABROAD[kind] if abroad else notes[place % len(notes)],
    }
