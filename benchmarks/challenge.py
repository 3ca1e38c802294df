"""The expert card and a fitted one on two real ledgers, replayed month by month in the product itself.

    DATABASE_URL=postgresql://... python -m benchmarks.challenge --data ../shared/data

Loads each ledger into the (empty) database inside one transaction that is rolled back, fits on the older month ends,
and ranks customers on the newer ones, whose outcomes took no part. Prints AUC with 95 % interval over customers.
"""

from __future__ import annotations

import argparse
import datetime as dt
import time
from collections.abc import Callable
from pathlib import Path

import polars as pl
from sqlalchemy import text

from db.session import engine, open_session
from db.upgrade import upgrade
from services.context import SYSTEM, Context
from services.imports.run import import_file
from services.metrics.upkeep import refresh
from services.policy import set_policy
from services.scoring import ensure_default_scorecard
from services.scoring.challenger.run import Fit, fit
from services.scoring.comparison.statistics import Area
from services.scoring.outcomes import BAD_90, LATE_5_OPEN, LATE_30

FLAGGED_DAYS_LATE = 6


def bring_in(ctx: Context, kind: str, rows: pl.DataFrame, **defaults: str) -> None:
    """Import rows in the product's own columns."""
    import_file(
        ctx, kind, rows.write_csv().encode(), file_name=f"{kind}.csv", mapping={}, defaults=defaults,
        defers_figures=True,
    )  # fmt: skip


def highradius(ctx: Context, folder: Path) -> None:
    """The first ledger, as known on 2019-09-30."""
    raw = pl.read_csv(folder / "highradius_ar" / "ledger_asof_2019-09-30.csv", infer_schema=False)
    rows = raw.filter(pl.col("amount").cast(pl.Float64) > 0).select(
        invoice_no="invoice_key", customer_no="cust_number", issued_on="invoice_date_est", due_on="due_date",
        amount="amount", settled_on="clear_date",
    )  # fmt: skip
    bring_in(ctx, "customers", rows.select("customer_no", name="customer_no").unique(maintain_order=True))
    bring_in(ctx, "invoices", rows, currency="USD")


def datarisk(ctx: Context, folder: Path) -> None:
    """The second ledger, as of 2021-02-28: paid on the due day, or on the sixth day after where flagged late."""
    raw = pl.read_csv(folder / "datarisk_b2b" / "charges_until_2021-02.csv", infer_schema=False)
    late = (pl.col("late_ge5d") == "1").cast(pl.Int64) * FLAGGED_DAYS_LATE
    rows = raw.filter(pl.col("due_date") >= pl.col("issue_date")).select(
        invoice_no="orig_row", customer_no="ID_CLIENTE", issued_on="issue_date", due_on="due_date",
        amount="VALOR_A_PAGAR", settled_on=pl.col("due_date").str.to_date() + pl.duration(days=late),
    )  # fmt: skip
    sizes = pl.col("PORTE").replace_strict({"PEQUENO": "small", "MEDIO": "medium", "GRANDE": "large"}, default=None)
    register = pl.read_csv(folder / "datarisk_b2b" / "base_cadastral.csv", separator=";", infer_schema=False).select(
        customer_no="ID_CLIENTE", name="ID_CLIENTE", size=sizes, since="DATA_CADASTRO"
    )
    others = rows.select("customer_no", name="customer_no").unique().join(register, on="customer_no", how="anti")
    bring_in(ctx, "customers", pl.concat([register, others], how="diagonal"))
    bring_in(ctx, "invoices", rows, currency="BRL")


LEDGERS: dict[str, tuple[Callable[[Context, Path], None], dt.date, str, tuple[str, ...]]] = {
    "highradius": (highradius, dt.date(2019, 9, 30), "USD", (LATE_30, BAD_90)),
    "datarisk": (datarisk, dt.date(2021, 2, 28), "BRL", (LATE_5_OPEN, LATE_30)),
}


def one_line_rules(ctx: Context, first: dt.date) -> dict[str, float]:
    """AUC of the one-line rules of the data's README on the month ends kept back."""
    found = {}
    for name, expression in RULES.items():
        rows = ctx.session.execute(text(_RULE.format(rule=expression)), {"first": first}).all()
        found[name] = _auc([float(row[0]) for row in rows], [bool(row[1]) for row in rows])
    return found


RULES = {
    "worst past lateness": "coalesce(max(late), 0)",
    "mean lateness": "coalesce(avg(late), 0)",
    "share late": "coalesce(avg((late > 0)::int), 0)",
    "oldest overdue, days": "coalesce(max(late) FILTER (WHERE is_open), 0)",
}
_RULE = """
WITH seen AS (
    SELECT r.as_of, r.customer_id, r.bad_on,
           (s.paid_off_on IS NULL OR s.paid_off_on > r.as_of) AS is_open,
           CASE WHEN s.paid_off_on <= r.as_of OR i.due_on < r.as_of
                THEN greatest(0, least(s.paid_off_on, r.as_of) - i.due_on) END AS late
      FROM replayed r
      JOIN invoice i ON i.customer_id = r.customer_id AND i.issued_on <= r.as_of
      LEFT JOIN invoice_settlement s ON s.customer_id = i.customer_id AND s.invoice_id = i.id
     WHERE r.as_of >= :first AND NOT r.is_left_out AND r.is_trading
)
SELECT {rule}, bool_or(bad_on IS NOT NULL) FROM seen GROUP BY as_of, customer_id
"""


def _auc(score: list[float], bad: list[bool]) -> float:
    import numpy as np

    from services.scoring.comparison.statistics import area

    found = area(np.array(score), np.array(bad), np.arange(len(bad))).value
    return float("nan") if found is None else found


def written(area: Area) -> str:
    """An AUC with its interval."""
    if area.value is None:
        return "—"
    interval = "" if area.low is None else f" [{area.low:.3f}, {area.high:.3f}]"
    return f"{area.value:.4f}{interval}"


def report(ctx: Context, outcome: str) -> Fit | None:
    """Fit and print; None where the product refuses."""
    from services.errors import RefusedError

    start = time.perf_counter()
    try:
        found = fit(ctx, outcome, stores=False)
    except RefusedError as refusal:
        print(f"  {outcome}: refused: {refusal}")
        return None
    took = time.perf_counter() - start
    for name, part in (("fitted on", found.train), ("kept back", found.test)):
        print(
            f"  {outcome} {name} {part.first}..{part.last}: {part.month_ends} month ends, {part.cases} cases, "
            f"{part.bad_cases} bad ({part.bad_customers} customers)"
        )
    print(f"    challenger {written(found.quality.area)}  KS {found.quality.ks:.3f}   ({took:.1f} s)")
    print(f"    expert card {written(found.active_quality.area)}  KS {found.active_quality.ks:.3f}")
    gap = found.difference
    if gap.value is not None and gap.low is not None:
        print(f"    difference {gap.value:+.4f} [{gap.low:+.4f}, {gap.high:+.4f}], p = {gap.p:.3f}")
    for name, area in one_line_rules(ctx, found.test.first).items():
        print(f"    rule: {name:24}{area:.4f}")
    print("    " + ", ".join(f"{one.code} {one.part:.0%}" for one in found.indicators))
    return found


def main() -> None:
    """Read the arguments, run the reports."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with highradius_ar and datarisk_b2b")
    parser.add_argument("--only", choices=sorted(LEDGERS), help="one of the two ledgers")
    options = parser.parse_args()
    upgrade(engine())
    for name, (load, today, currency, outcomes) in LEDGERS.items():
        if options.only in (None, name):
            session = open_session()
            ctx = Context(session=session, actor=SYSTEM, now=dt.datetime.combine(today, dt.time(12), dt.UTC))
            set_policy(ctx, "base_currency", currency)
            load(ctx, options.data)
            # Autovacuum does not see what is not committed.
            session.execute(text("ANALYZE"))
            refresh(ctx)
            session.execute(text("ANALYZE"))
            ensure_default_scorecard(ctx)
            print(f"{name}, as of {today}")
            for outcome in outcomes:
                report(ctx, outcome)
            session.rollback()


if __name__ == "__main__":
    main()
