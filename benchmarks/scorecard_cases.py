"""What two real ledgers say of their customers on a day, and what came after it (read with docs/scorecard.md).

The product measures in SQL; this second reading shares nothing with it but the document. Indicators use rows dated on
or before the day alone, outcomes only what the file shows by its end.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path

import polars as pl

HORIZON_DAYS, LATE_DAYS, GRACE_DAYS, FOLDS = 60, 30, 5, 5
#: A late charge of the second ledger carries a flag, not a day: it is taken as paid on the sixth day.
FLAGGED_DAYS_LATE = 6
#: What is assumed of a habit: late from so many days, so many late, of so many invoices.
LATE, SERIOUS = (5, 0.5, 5), (15, 0.25, 10)
#: One-line rules: column and name.
RULES = {
    "rule_worst": "worst past lateness",
    "rule_mean": "mean lateness",
    "rule_share": "share late",
    "rule_oldest": "oldest overdue, days",
    "rule_amount": "overdue amount",
}
#: Readings of "30 or more days late within 60 days": column and words.
OUTCOMES = {
    "crosses": "an invoice passes 30 days late",
    "due_later": "one that falls due after D passes 30",
    "issued_later": "one that is issued after D passes 30",
    "due_in_60": "one due in the 60 days ends 30+ late",
    "issued_in_60": "one issued in them ends 30+ late",
    "is_or_crosses": "passes 30, or is 30+ late and open on D",
}
#: The same for 5 or more days.
MILD_OUTCOMES = {
    "mild": "an invoice passes 5 days late",
    "mild_due_later": "one that falls due after D passes 5",
    "mild_issued_later": "one that is issued after D passes 5",
}


def highradius(folder: Path) -> pl.DataFrame:
    """The first ledger: customer, amount, issued_on, due_on, paid_on (null: open when the file ends)."""
    raw = pl.read_csv(folder / "highradius_ar" / "ledger_asof_2019-09-30.csv", infer_schema=False)
    return raw.select(
        customer="cust_number",
        amount=pl.col("amount").cast(pl.Float64),
        issued_on=pl.col("invoice_date_est").str.to_date(),
        due_on=pl.col("due_date").str.to_date(),
        paid_on=pl.col("clear_date").str.to_date(),
    ).filter(pl.col("amount") > 0)


def datarisk(folder: Path) -> pl.DataFrame:
    """The second ledger in the same columns; paid on the due day, or on the sixth day after it where flagged late."""
    raw = pl.read_csv(folder / "datarisk_b2b" / "charges_until_2021-02.csv", infer_schema=False)
    late = (pl.col("late_ge5d") == "1").cast(pl.Int64)
    return raw.select(
        customer="ID_CLIENTE",
        amount=pl.col("VALOR_A_PAGAR").cast(pl.Float64),
        issued_on=pl.col("issue_date").str.to_date(),
        due_on=pl.col("due_date").str.to_date(),
        paid_on=pl.col("due_date").str.to_date() + pl.duration(days=FLAGGED_DAYS_LATE * late),
    ).filter(pl.col("amount") > 0)


def known_on(ledger: pl.DataFrame, day: dt.date) -> pl.DataFrame:
    """Invoices issued by `day` with what was known of their lateness that evening (docs/scorecard.md, terms)."""
    settled = pl.col("paid_on").is_not_null() & (pl.col("paid_on") <= day)
    end = pl.when(settled).then("paid_on").otherwise(day)
    return ledger.filter(pl.col("issued_on") <= day).with_columns(
        open=~settled,
        overdue=~settled & (pl.col("due_on") < day),
        proof=settled | (pl.col("due_on") < day),
        proof_age=(day - end).dt.total_days(),
        days_late=pl.max_horizontal(pl.lit(0), (end - pl.col("due_on")).dt.total_days()),
        age=(day - pl.col("issued_on")).dt.total_days(),
    )


def indicators_on(ledger: pl.DataFrame, day: dt.date) -> pl.DataFrame:
    """One row per customer known by `day`: the indicators that a bare ledger can feed, and the one-line rules."""
    late, opened, overdue = pl.col("days_late"), pl.col("open"), pl.col("overdue")

    def proof(first: int, last: int = 0) -> pl.Expr:
        return pl.col("proof") & (pl.col("proof_age") < first) & (pl.col("proof_age") >= last)

    def habit(what: tuple[int, float, int]) -> pl.Expr:
        days, assumed, seen = what
        return ((proof(730) & (late >= days)).sum() + assumed) / (proof(730).sum() + seen)

    slower = late.filter(proof(90)).mean() - late.filter(proof(455, 90)).mean()
    enough = (proof(90).sum() >= 3) & (proof(455, 90).sum() >= 3)
    return (
        known_on(ledger, day)
        .group_by("customer", maintain_order=True)
        .agg(
            overdue_days_now=late.filter(overdue).max().fill_null(0),
            overdue_count_now=overdue.sum(),
            worst_days_late_365=late.filter(proof(365)).max(),
            expected_late_open=opened.sum() * habit(LATE),
            expected_serious_90=(pl.col("age") < 90).sum() * habit(SERIOUS),
            late_habit_730=pl.when(proof(730).any()).then(habit(LATE)),
            slower_than_habit=pl.when(enough).then(slower),
            open_invoices=opened.sum(),
            rule_worst=late.filter(pl.col("proof")).max().fill_null(0),
            rule_mean=late.filter(pl.col("proof")).mean().fill_null(0),
            rule_share=(late > 0).filter(pl.col("proof")).mean().fill_null(0),
            rule_oldest=late.filter(overdue).max().fill_null(0),
            rule_amount=pl.col("amount").filter(overdue).sum(),
            exposed=opened.any(),
        )
        .with_columns(as_of=pl.lit(day))
    )


def outcomes_after(ledger: pl.DataFrame, day: dt.date, file_ends: dt.date) -> pl.DataFrame:
    """Per customer what came after `day`: the outcomes' columns, the money that passed 30, charges and late ones."""
    until = day + dt.timedelta(days=HORIZON_DAYS)
    issued, due, paid = pl.col("issued_on"), pl.col("due_on"), pl.col("paid_on")

    def passes(days: int) -> tuple[pl.Expr, pl.Expr]:
        mark = due + pl.duration(days=days)
        return (paid.is_null() | (paid >= mark)), (mark > day) & (mark <= until)

    unpaid, inside = passes(LATE_DAYS)
    mild_unpaid, mild_inside = passes(GRACE_DAYS)
    mark = due + pl.duration(days=LATE_DAYS)
    ends_late = unpaid & (mark <= file_ends)
    late_already = (issued <= day) & (paid.is_null() | (paid > day)) & (mark <= day)
    new = (issued > day) & (due <= until)
    return ledger.group_by("customer").agg(
        crosses=(unpaid & inside).any(),
        due_later=(unpaid & inside & (due > day)).any(),
        issued_later=(unpaid & inside & (issued > day)).any(),
        due_in_60=(ends_late & (due > day) & (due <= until)).any(),
        issued_in_60=(ends_late & (issued > day) & (issued <= until)).any(),
        is_or_crosses=((unpaid & inside) | late_already).any(),
        mild=(mild_unpaid & mild_inside).any(),
        mild_due_later=(mild_unpaid & mild_inside & (due > day)).any(),
        mild_issued_later=(mild_unpaid & mild_inside & (issued > day)).any(),
        late_money=pl.col("amount").filter(unpaid & inside).sum(),
        charges=new.sum(),
        late_charges=(new & mild_unpaid).sum(),
    )


def cases_on(ledger: pl.DataFrame, days: list[dt.date], file_ends: dt.date) -> pl.DataFrame:
    """Every customer known on each of `days`: indicators, rules, outcomes, and the customer's fold."""
    frames = [
        indicators_on(ledger, day).join(outcomes_after(ledger, day, file_ends), on="customer", maintain_order="left")
        for day in days
    ]
    cases = pl.concat(frames)
    folds = {name: int(hashlib.sha256(name.encode()).hexdigest(), 16) % FOLDS for name in cases["customer"].unique()}
    return cases.with_columns(fold=pl.col("customer").replace_strict(folds, return_dtype=pl.Int64))
