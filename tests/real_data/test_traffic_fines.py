"""10,000 real debts, brought in by the product's own import, give the figures that are known of them.

Handed to collection: cases led by the collection office / all cases = 33.9 %.
Recovered by value, two ways to count:
* all money that came in / all that was owed (the penalised amount if any, else the fine, plus costs), money beyond a
  debt included, a payment being a tenth of `paymentamount`: 37.0 %, the figure the data set is known by;
* the product's arrears recovery rate over the whole span (SPEC 5.3): the same money, but only up to the debt: 34.9 %.
They differ because 19 fines write a hundred times what was paid in `paymentamount`, not ten times: as the running total
of the same row shows, 11,259.50 of 221,755.40 never came in. By the running total all money is 35.1 % of what was owed,
and the arrears recovery rate is 34.9 % again: a cap at the debt is what makes a figure proof against such rows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

import polars as pl
import pytest
from sqlalchemy import text

from services.context import SYSTEM, Context, unit_of_work
from services.imports.run import ImportResult, import_file
from services.metrics.figures import figures
from services.metrics.upkeep import refresh
from services.policy import set_policy
from tests.conftest import REAL_DATA
from tests.real_data.traffic_fines import COLLECTION, OFFICE, as_csv, event_log, import_files, payments

pytestmark = pytest.mark.real_data

FIRST, LAST = dt.date(2006, 6, 1), dt.date(2012, 3, 31)
#: The last evening of the log: open cases are laid out month by month up to the present.
NOW = dt.datetime(2012, 3, 31, 12, 0, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def log() -> pl.DataFrame:
    if not REAL_DATA.is_dir():
        pytest.skip(f"the real data sets are not at {REAL_DATA} (set GREYLEDGER_TEST_DATA)")
    return event_log(REAL_DATA)


@pytest.fixture(scope="module")
def imported(module_database: str, log: pl.DataFrame) -> dict[str, ImportResult]:
    """All files, brought in once for the tests of this module."""
    results = {}
    with unit_of_work(SYSTEM, now=NOW) as ctx:
        set_policy(ctx, "base_currency", "EUR", dt.date(1900, 1, 1))
        for kind, content in import_files(log).items():
            results[kind] = import_file(ctx, kind, content, file_name=f"{kind}.csv", defers_figures=True)
    with unit_of_work(SYSTEM, now=NOW) as ctx:
        ctx.session.execute(text("ANALYZE"))
        refresh(ctx)
    return results


@pytest.fixture
def ctx(imported: dict[str, ImportResult]) -> Iterator[Context]:
    """A transaction on what was brought in, taken back afterwards."""
    with unit_of_work(SYSTEM, now=NOW) as context:
        yield context
        context.session.rollback()


def recovery(ctx: Context, *by: str) -> dict[str | None, tuple[Decimal, Decimal, Decimal | None]]:
    found = figures(ctx, FIRST, LAST, by=by, as_of=LAST, metrics=["arrears_recovery_rate"])
    return {one.department: (one.numerator, one.denominator, one.value) for one in found}


def cash_and_owed(ctx: Context) -> tuple[Decimal, Decimal]:
    sums = text("SELECT (SELECT sum(amount) FROM payment), (SELECT sum(amount) FROM invoice)")
    return tuple(ctx.session.execute(sums).one())


def shown(ratio: Decimal | None) -> str:
    assert ratio is not None
    return f"{ratio:.1%}"


def test_every_row_comes_in(imported: dict[str, ImportResult]) -> None:
    assert {kind: (one.inserted, one.rejected) for kind, one in imported.items()} == {
        "customers": (10_000, 0), "invoices": (21_205, 0), "payments": (4_910, 0), "dunning": (4_635, 0),
        "cases": (10_000, 0), "case_debts": (21_205, 0),
    }  # fmt: skip


def test_a_third_was_handed_to_collection(ctx: Context) -> None:
    led = (
        "SELECT count(*) FILTER (WHERE d.code = :code), count(*) FROM recovery_case c "
        "JOIN department d ON d.id = c.lead_department_id"
    )
    handed_over, cases = ctx.session.execute(text(led), {"code": COLLECTION}).one()
    assert (handed_over, cases) == (3_387, 10_000)
    assert shown(Decimal(handed_over) / cases) == "33.9%"


def test_money_that_came_in_over_money_owed(ctx: Context) -> None:
    cash, owed = cash_and_owed(ctx)
    assert (cash, owed) == (Decimal("221755.4000"), Decimal("599499.6000"))
    assert shown(cash / owed) == "37.0%"


def test_the_recovery_rate_counts_money_up_to_the_debt(ctx: Context, log: pl.DataFrame) -> None:
    """Against an independent count from the log: money by case, at most what the case owed."""
    by_case = log.group_by("case_id").agg(
        fine=pl.col("amount").filter(pl.col("activity") == "Create Fine").first(),
        total=pl.col("amount").filter(pl.col("activity") == "Add penalty").last(),
        costs=pl.col("expense").sum(),
        paid=pl.col("paymentamount").sum() / 10,
    )
    owed = pl.coalesce("total", "fine") + pl.col("costs")
    received, outstanding = by_case.select(pl.min_horizontal("paid", owed).sum().alias("r"), owed.sum().alias("o")).row(
        0
    )
    numerator, denominator, value = recovery(ctx)[None]
    assert (numerator, denominator) == (received, outstanding) == (Decimal("209294.6"), Decimal("599499.6"))
    assert shown(value) == "34.9%"


def test_by_department_the_parts_add_up(ctx: Context) -> None:
    whole, parts = recovery(ctx)[None], recovery(ctx, "department")
    assert {code: shown(part[2]) for code, part in parts.items()} == {COLLECTION: "1.4%", OFFICE: "65.0%"}
    assert tuple(sum(part[place] for part in parts.values()) for place in (0, 1)) == whole[:2]


def test_the_corrected_payments_brought_in_over_the_first(ctx: Context, log: pl.DataFrame) -> None:
    corrected = as_csv(payments(log, by_running_total=True))
    result = import_file(ctx, "payments", corrected, file_name="payments.csv")
    assert (result.inserted, result.updated, result.unchanged, result.rejected) == (0, 42, 4_868, 0)
    cash, owed = cash_and_owed(ctx)
    assert (cash, shown(cash / owed)) == (Decimal("210495.9000"), "35.1%")
    assert shown(recovery(ctx)[None][2]) == "34.9%"
