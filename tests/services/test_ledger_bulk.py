"""Many rows in one step: one ledger entry each, chained as if they had been changed one by one."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from db.models import LedgerEntry
from services import ledger
from services.context import Context
from services.ledger_verification import verify
from tests.services.makers import make_customer, make_early_warning


@pytest.fixture
def ctx(rolled_back: Context) -> Context:
    return rolled_back


def entries(ctx: Context, customer_id: int) -> list[LedgerEntry]:
    found = select(LedgerEntry).where(LedgerEntry.customer_id == customer_id).order_by(LedgerEntry.seq)
    return list(ctx.session.execute(found).scalars())


def test_each_row_has_its_entry_and_every_chain_goes_on(ctx: Context) -> None:
    first, second = make_customer(ctx, "C1"), make_customer(ctx, "C2")
    rows = [
        make_early_warning(ctx, first, "overdue_30"), make_early_warning(ctx, second, "overdue_30"),
        make_early_warning(ctx, first, "limit_use"),
    ]  # fmt: skip
    ledger.record(ctx, "customer.seen", "customer", customer_id=first.customer_id)
    with ledger.change_all(ctx, "early_warning.acknowledged", rows, "Seen"):
        for row in rows:
            row.state = "acknowledged"
    assert [(one.seq, one.action) for one in entries(ctx, first.customer_id)] == [
        (1, "customer.seen"), (2, "early_warning.acknowledged"), (3, "early_warning.acknowledged"),
    ]  # fmt: skip
    (only,) = entries(ctx, second.customer_id)
    assert (only.seq, only.subject, only.note, only.actor) == (
        1, f"early_warning:{second.customer_id}:{rows[1].id}", "Seen", "system",
    )  # fmt: skip
    assert only.before == {"state": "raised", "version": 1, "changed_at": only.before["changed_at"]}
    assert only.after == {"state": "acknowledged", "version": 2, "changed_at": ctx.now.isoformat()}
    assert [row.version for row in rows] == [2, 2, 2]
    assert verify(ctx).breaks == ()


def test_no_rows_leave_no_entry(ctx: Context) -> None:
    with ledger.change_all(ctx, "early_warning.acknowledged", []):
        pass
    assert ctx.session.execute(select(LedgerEntry)).first() is None
