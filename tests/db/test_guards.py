"""The database refuses what the code must never do."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from db.models import (
    Assessment,
    Customer,
    CustomerKey,
    Department,
    EarlyWarning,
    Incentive,
    LedgerEntry,
    Listing,
    RecoveryCase,
)  # fmt: skip
from services import ledger
from services.context import Context

DAY = dt.date(2025, 6, 1)


@pytest.fixture
def customer(ctx: Context) -> int:
    ctx.session.add(Department(id=1, code="NORTH", kind="business", name_en="N", name_zh_hans="北", name_zh_hant="北"))
    ctx.session.add(CustomerKey(customer_no="C1", customer_id=1))
    ctx.session.flush()
    ctx.session.add(Customer(customer_id=1, customer_no="C1", name="One"))
    ctx.session.flush()
    return 1


def refused(ctx: Context, statement: str) -> str:
    with pytest.raises(DBAPIError) as caught, ctx.session.begin_nested():
        ctx.session.execute(text(statement))
    return str(caught.value.orig)


@pytest.mark.parametrize(
    "statement", ["UPDATE ledger_entry SET note = 'x'", "DELETE FROM ledger_entry", "TRUNCATE ledger_entry"]
)
def test_the_ledger_only_grows(ctx: Context, statement: str) -> None:
    ledger.record(ctx, "policy.set", "setting:x", after={"value": "1"})
    assert "only grows" in refused(ctx, statement)


def test_a_ledger_entry_hashes_to_what_is_stored_after_a_round_trip(ctx: Context) -> None:
    ledger.record(ctx, "policy.set", "setting:x", before={"value": 1.50}, after={"day": DAY, "名": "值"}, note="n")
    ledger.record(ctx, "policy.set", "setting:x", before={"value": 2})
    ctx.session.expire_all()
    first, second = ctx.session.query(LedgerEntry).order_by(LedgerEntry.seq).all()
    assert first.previous_hash == ledger.GENESIS
    assert first.hash == ledger.entry_hash(ledger.GENESIS, ledger.content_of(first))
    assert second.previous_hash == first.hash
    assert second.hash == ledger.entry_hash(first.hash, ledger.content_of(second))


def test_illegal_moves_are_refused_by_the_database_too(ctx: Context, customer: int) -> None:
    ctx.session.add(RecoveryCase(customer_id=1, case_no="K1", state="open", opened_on=DAY))
    ctx.session.add(
        Listing(customer_id=1, listing_no="L1", criterion="fraud", grade="black", state="proposed", trigger_on=DAY)
    )
    ctx.session.add(
        Assessment(customer_id=1, assessed_on=DAY, stage="initial", state="draft", level="low", department_id=1)
    )
    ctx.session.add(
        Incentive(
            incentive_no="I1",
            kind="reward",
            measure="bonus",
            state="proposed",
            department_id=1,
            decided_on=DAY,
            reason="r",
        )
    )
    ctx.session.flush()
    assert "illegal transition" in refused(ctx, "UPDATE recovery_case SET state = 'closed', closed_on = '2025-06-02'")
    assert "illegal transition" in refused(
        ctx, "UPDATE listing SET state = 'restored', decided_on = '2025-06-02', restored_on = '2025-06-03'"
    )
    assert "illegal transition" in refused(ctx, "UPDATE assessment SET state = 'final'")
    assert "illegal transition" in refused(ctx, "UPDATE incentive SET state = 'executed'")


def test_one_open_warning_per_customer_and_rule(ctx: Context, customer: int) -> None:
    def warning(rule: str) -> EarlyWarning:
        return EarlyWarning(
            customer_id=1, rule=rule, severity="high", state="raised", raised_on=DAY, raised_at=ctx.now, due_at=ctx.now,
            money_at_risk=1, likelihood=1, priority=1, evidence={}, evidence_on=DAY,
        )  # fmt: skip

    ctx.session.add_all([warning("overdue_30"), warning("overdue_60")])
    ctx.session.flush()
    savepoint = ctx.session.begin_nested()
    ctx.session.add(warning("overdue_30"))
    with pytest.raises(DBAPIError, match="uq_early_warning_open"):
        ctx.session.flush()
    savepoint.rollback()


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ("INSERT INTO fx_rate VALUES ('USD', '2025-01-01', 0)", "rate_positive"),
        ("UPDATE customer SET kind = 'alien'", "kind_known"),
        ("UPDATE customer SET risk_level = 'bad'", "risk_level_known"),
        (
            "INSERT INTO incentive (incentive_no, kind, measure, state, department_id, decided_on, reason) "
            "VALUES ('I2', 'reward', 'dismissal', 'proposed', 1, '2025-01-01', 'r')",
            "measure_fits_kind",
        ),
    ],
)
def test_values_outside_their_lists_are_refused(ctx: Context, customer: int, statement: str, rule: str) -> None:
    assert rule in refused(ctx, statement)
