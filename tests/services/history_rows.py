"""Writes a history (rows in the import formats) straight into the tables, for tests of what is computed from them."""

from __future__ import annotations

from sqlalchemy import insert, text

from db import models as m
from services.context import Context
from services.metrics.upkeep import mark_dirty, refresh
from tests.oracle.import_rows import History


class _Ids:
    def __init__(self) -> None:
        self.customer: dict[str, int] = {}
        self.invoice: dict[str, int] = {}
        self.case: dict[str, int] = {}
        self.department: dict[str, int] = {}


def store(ctx: Context, history: History) -> None:
    """All rows of a history, then the figures made from them."""
    ids = _Ids()
    session = ctx.session
    names = {row["owner_department"] for row in history.customers}
    names |= {row["department"] for row in [*history.assessments, *history.listings, *history.incentives]}
    for number, name in enumerate(sorted(one for one in names if one), start=1):
        ids.department[name] = number
        session.execute(
            insert(m.Department).values(
                id=number, code=name, kind="business", name_en=name, name_zh_hans=name, name_zh_hant=name
            )
        )
    for number, row in enumerate(history.customers, start=1):
        ids.customer[row["customer_no"]] = number
        session.execute(insert(m.CustomerKey).values(customer_no=row["customer_no"], customer_id=number))
        session.execute(
            insert(m.Customer).values(
                customer_id=number, customer_no=row["customer_no"], name=row["name"],
                owner_department_id=ids.department.get(row["owner_department"]),
            )
        )  # fmt: skip
    _store_trade(ctx, history, ids)
    _store_decisions(ctx, history, ids)
    for table, column in (("customer_key", "customer_id"), ("department", "id")):
        # Ids were given here; the next one that the database gives must not meet them.
        session.execute(text(f"SELECT setval(pg_get_serial_sequence('{table}', '{column}'), 10000)"))
    # As autovacuum does after a load: without figures on its tables the planner guesses, and may guess badly.
    session.execute(text("ANALYZE"))
    mark_dirty(ctx, ids.customer.values())
    refresh(ctx)


def _store_trade(ctx: Context, history: History, ids: _Ids) -> None:
    for number, row in enumerate(history.invoices, start=1):
        ids.invoice[row["invoice_no"]] = number
        ctx.session.execute(
            insert(m.Invoice).values(
                customer_id=ids.customer[row["customer_no"]], id=number, invoice_no=row["invoice_no"],
                issued_on=row["issued_on"], due_on=row["due_on"], amount=row["amount"],
                is_disputed=bool(row["disputed"]), settled_on=row["settled_on"],
            )
        )  # fmt: skip
    for number, row in enumerate(history.payments, start=1):
        ctx.session.execute(
            insert(m.Payment).values(
                customer_id=ids.customer[row["customer_no"]], id=number, payment_no=row["payment_no"],
                invoice_id=ids.invoice.get(row["invoice_no"]), paid_on=row["paid_on"], amount=row["amount"],
            )
        )  # fmt: skip
    for number, row in enumerate(history.dunning, start=1):
        ctx.session.execute(
            insert(m.DunningNotice).values(
                customer_id=ids.customer[row["customer_no"]], id=number, dunning_no=row["dunning_no"],
                invoice_id=ids.invoice.get(row["invoice_no"]), sent_on=row["sent_on"],
            )
        )  # fmt: skip


def _store_decisions(ctx: Context, history: History, ids: _Ids) -> None:
    for row in history.assessments:
        ctx.session.execute(
            insert(m.Assessment).values(
                customer_id=ids.customer[row["customer_no"]], assessed_on=row["assessed_on"], stage=row["stage"],
                state="final", level=row["level"], score=row["score"],
                department_id=ids.department[row["department"]],
            )
        )  # fmt: skip
    for row in history.listings:
        state = "rejected" if row["decision"] == "rejected" else "restored" if row["restored_on"] else "confirmed"
        ctx.session.execute(
            insert(m.Listing).values(
                customer_id=ids.customer[row["customer_no"]], listing_no=row["listing_no"], criterion=row["criterion"],
                grade=row["grade"], state=state, trigger_on=row["trigger_on"], decided_on=row["decided_on"],
                restored_on=row["restored_on"] if state == "restored" else None,
            )
        )  # fmt: skip
    for number, row in enumerate(history.cases, start=1):
        ids.case[row["case_no"]] = number
        ctx.session.execute(
            insert(m.RecoveryCase).values(
                customer_id=ids.customer[row["customer_no"]], id=number, case_no=row["case_no"],
                state="closed" if row["closed_on"] else "recovering", opened_on=row["opened_on"],
                closed_on=row["closed_on"],
            )
        )  # fmt: skip
    owner = {row["case_no"]: ids.customer[row["customer_no"]] for row in history.cases}
    for row in history.case_debts:
        ctx.session.execute(
            insert(m.CaseDebt).values(
                customer_id=owner[row["case_no"]], case_id=ids.case[row["case_no"]],
                invoice_id=ids.invoice[row["invoice_no"]], added_on=row["added_on"], amount=row["amount"],
            )
        )  # fmt: skip
    for row in history.complaints:
        ctx.session.execute(
            insert(m.Complaint).values(
                customer_id=ids.customer[row["customer_no"]], complaint_no=row["complaint_no"],
                received_on=row["received_on"], cause=row["cause"],
            )
        )  # fmt: skip
    for row in history.incentives:
        ctx.session.execute(
            insert(m.Incentive).values(
                incentive_no=row["incentive_no"], kind=row["kind"], measure=row["measure"], state="executed",
                department_id=ids.department[row["department"]], amount=row["amount"], decided_on=row["decided_on"],
                reason=row["reason"] or "-",
            )
        )  # fmt: skip
