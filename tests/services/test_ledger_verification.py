"""Tampering of any kind is found and named."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import text

from services import ledger
from services.context import SYSTEM, Context, unit_of_work
from services.ledger_verification import seal, verify

DAY = dt.date(2025, 6, 30)


@pytest.fixture
def written(ctx: Context) -> Context:
    for number in range(4):
        ledger.record(ctx, "policy.set", "setting:x", after={"value": number})
    ledger.record(ctx, "early_warning.raised", "early_warning:7:1", customer_id=7, after={"state": "raised"})
    assert seal(ctx, DAY) is True
    assert seal(ctx, DAY) is False
    ctx.session.execute(text("ALTER TABLE ledger_entry DISABLE TRIGGER USER"))
    ctx.session.expire_all()
    return ctx


def broken(ctx: Context) -> list[str]:
    return [one.template % one.params for one in verify(ctx).breaks]


def test_an_untouched_ledger_is_whole(written: Context) -> None:
    found = verify(written)
    assert (found.entries, found.chains, found.seals, found.breaks) == (5, 2, 1, ())


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (
            "UPDATE ledger_entry SET after = '{\"value\": 9}' WHERE customer_id = 0 AND seq = 2",
            ["Chain 0: entry 2 was changed."],
        ),
        (
            "DELETE FROM ledger_entry WHERE customer_id = 0 AND seq = 2",
            ["Chain 0: entries before 3 are missing."],
        ),
        (
            "DELETE FROM ledger_entry WHERE customer_id = 0 AND seq = 4",
            ["The seal of 2025-06-30 does not fit the entries."],
        ),
        ("DELETE FROM ledger_entry WHERE customer_id = 7", ["The seal of 2025-06-30 does not fit the entries."]),
    ],
)
def test_an_edit_a_gap_and_a_cut_tail_are_named(written: Context, statement: str, expected: list[str]) -> None:
    written.session.execute(text(statement))
    assert broken(written) == expected


def test_a_forged_entry_with_a_right_hash_of_its_own_does_not_follow(written: Context) -> None:
    written.session.execute(
        text(
            "UPDATE ledger_entry SET previous_hash = decode(repeat('00', 32), 'hex') WHERE customer_id = 0 AND seq = 3"
        )
    )
    assert "Chain 0: entry 3 does not follow the one before it." in broken(written)


def test_entries_of_later_days_do_not_touch_an_earlier_seal(database: str) -> None:
    with unit_of_work(SYSTEM, now=dt.datetime(2025, 6, 30, 4, tzinfo=dt.UTC)) as ctx:
        ledger.record(ctx, "policy.set", "setting:x")
        seal(ctx, DAY)
    with unit_of_work(SYSTEM, now=dt.datetime(2025, 7, 1, 4, tzinfo=dt.UTC)) as ctx:
        ledger.record(ctx, "policy.set", "setting:x")
        assert verify(ctx).breaks == ()
        assert seal(ctx, dt.date(2025, 7, 1)) is True
        assert verify(ctx).seals == 2
