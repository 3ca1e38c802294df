"""The settings as people read them: in force, to come, and every value there was."""

from __future__ import annotations

import datetime as dt
from dataclasses import fields

import pytest

from services.context import Context
from services.policy import DEFINITIONS, Policy, set_policy
from services.policy_settings import UNITS, DatedValue, in_force, settings_on, to_come
from services.scorecard_in_force import scorecard_in_force
from services.scoring import ensure_default_scorecard

NOW = dt.datetime(2025, 6, 30, 4, tzinfo=dt.UTC)


@pytest.fixture
def ctx(rolled_back: Context) -> Context:
    return rolled_back


def value(number: int, since: dt.date | None) -> DatedValue:
    return DatedValue(number, since, "admin", NOW)


def day(number: int) -> dt.date:
    return dt.date(2025, 6, number)


FIRST, FIFTH, FIFTH_AGAIN, TENTH = value(1, None), value(5, day(5)), value(6, day(5)), value(10, day(10))


@pytest.mark.parametrize(
    ("values", "on", "now", "later"),
    [
        ([], day(5), None, ()),
        ([FIFTH], day(4), None, (FIFTH,)),
        ([FIFTH], day(5), FIFTH, ()),
        ([FIRST, FIFTH, TENTH], day(4), FIRST, (FIFTH, TENTH)),
        ([FIRST, FIFTH, TENTH], day(9), FIFTH, (TENTH,)),
        # Set later for an earlier day: it does not go before the value of the later day.
        ([TENTH, FIFTH], day(10), TENTH, ()),
        # Two values of one day: the one set last.
        ([FIFTH, FIFTH_AGAIN], day(5), FIFTH_AGAIN, ()),
        ([FIFTH, FIFTH_AGAIN], day(1), None, (FIFTH_AGAIN,)),
    ],
)
def test_the_value_of_a_day_and_what_is_to_come(
    values: list[DatedValue], on: dt.date, now: DatedValue | None, later: tuple[DatedValue, ...]
) -> None:
    assert (in_force(values, on), to_come(values, on)) == (now, later)


def test_every_setting_has_a_definition_and_a_unit() -> None:
    keys = {one.name for one in fields(Policy)}
    assert {one.key for one in DEFINITIONS} == keys
    assert set(UNITS) == keys


def test_settings_nobody_set_are_the_ones_that_ship(ctx: Context) -> None:
    rows = settings_on(ctx)
    assert [one.key for one in rows] == [one.key for one in DEFINITIONS]
    assert all(one.is_default and one.current is None and one.coming == one.history == () for one in rows)


def test_a_setting_with_its_day_and_its_future(ctx: Context) -> None:
    set_policy(ctx, "arrears_days", "60")
    set_policy(ctx, "arrears_days", "45", dt.date(2025, 8, 1))
    row = next(one for one in settings_on(ctx) if one.key == "arrears_days")
    assert (row.value, row.default, row.is_default, row.clause) == (60, 90, False, "2.3")
    assert row.current == DatedValue(60, None, "system", ctx.now)
    assert row.coming == (DatedValue(45, dt.date(2025, 8, 1), "system", ctx.now),)
    assert [one.value for one in row.history] == [45, 60]
    later = next(one for one in settings_on(ctx, dt.date(2025, 8, 1)) if one.key == "arrears_days")
    assert (later.value, later.coming) == (45, ())


def test_the_scorecard_in_force(ctx: Context) -> None:
    assert scorecard_in_force(ctx) is None
    ensure_default_scorecard(ctx)
    found = scorecard_in_force(ctx)
    assert found is not None
    assert (found.name, found.edition, found.activated_on, found.approved_by) == (
        "default", 1, dt.date(2025, 6, 30), None,
    )  # fmt: skip
    assert {one.name: one.weight for one in found.card.dimensions} == {
        "credit": 25, "operations": 20, "transactions": 30, "industry": 10, "reputation": 15,
    }  # fmt: skip
