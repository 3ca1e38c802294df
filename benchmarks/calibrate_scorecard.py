"""Calibrate and check the default scorecard on two real ledgers (policy 2.1, SPEC 6; read with docs/scorecard.md).

    python benchmarks/calibrate_scorecard.py --data ../shared/data [--bins] [--refit]

Every indicator is computed as of a day D from rows dated on or before D; outcomes come from the 60 days after D.
Bins, points and weights were chosen on the as-of days FIT_DAYS alone, whose outcomes end before HOLD_OUT begins.
`--bins` prints what each bin held on the fit days; `--refit` fits points and weights afresh on four fifths of the
customers and scores the last fifth, so that neither the day nor the customer was seen.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
from scorecard_fit import card_scores, fed_indicators, fitted_points, points_of, refitted, values_of

CARD = Path(__file__).parent.parent / "services" / "default_scorecard.json"
FIT_DAYS = [dt.date(2019, month, day) for month, day in ((2, 28), (3, 15), (3, 31), (4, 15), (4, 30), (5, 15), (5, 31))]
HOLD_OUT = dt.date(2019, 7, 31)
LEDGER_ENDS = dt.date(2019, 9, 30)
HORIZON_DAYS, LATE_DAYS, FOLDS = 60, 30, 5
RULES = {"worst past lateness": "rule_worst", "mean lateness": "rule_mean", "share late": "rule_share"}
OUTCOMES = {
    "crosses": "an invoice passes 30 days late",
    "is_or_crosses": "as before, or one is 30+ late and open",
    "falls_due": "an invoice due after D ends 30+ late",
}
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


# Measures


def auc(score: Floats, bad: Bools) -> float:
    """Chance that a bad customer scores above a good one; ties count half. NaN where one class is empty."""
    ranks = pl.Series(score).rank("average").to_numpy()
    bads = int(bad.sum())
    goods = len(bad) - bads
    if not bads or not goods:
        return float("nan")
    return float((ranks[bad].sum() - bads * (bads + 1) / 2) / (bads * goods))


def ks(score: Floats, bad: Bools) -> float:
    """Largest distance between the score's distribution among bad and among good customers, 0 to 1."""
    cuts = np.unique(score)
    bad_below = np.searchsorted(np.sort(score[bad]), cuts, side="right") / max(1, bad.sum())
    good_below = np.searchsorted(np.sort(score[~bad]), cuts, side="right") / max(1, (~bad).sum())
    return float(np.abs(bad_below - good_below).max())


def caught(score: Floats, money: Floats, share: float) -> float:
    """Part of the late money that sits with the `share` of customers scored worst; a tie at the cut counts in part."""
    places = share * len(score)
    cut = np.sort(score)[::-1][int(places) - 1]
    above, tied = score > cut, score == cut
    found = money[above].sum() + money[tied].sum() * (places - above.sum()) / tied.sum()
    return float(found / money.sum()) if money.sum() else float("nan")


# Indicators and outcomes


def ledger_of(folder: Path) -> pl.DataFrame:
    """The highradius ledger: customer, amount, issued_on, due_on, paid_on (null: open on 2019-09-30)."""
    raw = pl.read_csv(folder / "highradius_ar" / "ledger_asof_2019-09-30.csv", infer_schema=False)
    return raw.select(
        customer="cust_number",
        amount=pl.col("amount").cast(pl.Float64),
        issued_on=pl.col("invoice_date_est").str.to_date(),
        due_on=pl.col("due_date").str.to_date(),
        paid_on=pl.col("clear_date").str.to_date(),
    )


def known_on(ledger: pl.DataFrame, day: dt.date) -> pl.DataFrame:
    """Invoices issued by `day` with what was known of their lateness that evening (docs/scorecard.md, terms)."""
    settled = pl.col("paid_on").is_not_null() & (pl.col("paid_on") <= day)
    known = ledger.filter((pl.col("issued_on") <= day) & (pl.col("amount") > 0))
    end = pl.when(settled).then("paid_on").otherwise(day)
    return known.with_columns(
        open=~settled,
        overdue=~settled & (pl.col("due_on") < day),
        proof=settled | (pl.col("due_on") < day),
        proof_age=(day - end).dt.total_days(),
        days_late=pl.max_horizontal(pl.lit(0), (end - pl.col("due_on")).dt.total_days()),
        age=(day - pl.col("issued_on")).dt.total_days(),
        terms=(pl.col("due_on") - pl.col("issued_on")).dt.total_days(),
    )


def indicators_on(ledger: pl.DataFrame, day: dt.date) -> pl.DataFrame:
    """One row per customer known by `day` with the indicators that this ledger can feed, and the one-line rules."""
    late, amount, age = pl.col("days_late"), pl.col("amount"), pl.col("age")
    opened, overdue = pl.col("open"), pl.col("overdue")

    def proof(first: int, last: int = 0) -> pl.Expr:
        return pl.col("proof") & (pl.col("proof_age") < first) & (pl.col("proof_age") >= last)

    def issued(first: int, last: int = 0) -> pl.Expr:
        return amount.filter((age < first) & (age >= last)).sum()

    turnover = amount.filter(opened).sum() * 90 / issued(90)
    terms = pl.max_horizontal(pl.lit(1.0), pl.col("terms").filter(age < 365).mean())
    multiple = pl.when(~opened.any()).then(0.0).when(issued(90) == 0).then(99.0).otherwise(turnover / terms)
    habit = late.filter(proof(90)).mean() - late.filter(proof(455, 90)).mean()
    enough = (proof(90).sum() >= 3) & (proof(455, 90).sum() >= 3)
    comparable = (issued(180, 90) > 0) & (age.max() >= 180)
    return (
        known_on(ledger, day)
        .group_by("customer", maintain_order=True)
        .agg(
            overdue_days_now=late.filter(overdue).max().fill_null(0),
            overdue_count_now=overdue.sum(),
            overdue_share_now=(amount.filter(overdue).sum() / amount.filter(opened).sum()).fill_nan(0),
            worst_days_late_180=late.filter(proof(180)).max(),
            mean_days_late_90=late.filter(proof(90)).mean(),
            late_share_365=(late >= 5).filter(proof(365)).mean(),
            slower_than_habit=pl.when(enough).then(habit),
            open_invoices=opened.sum(),
            turnover_to_terms=multiple,
            amount_trend=pl.when(comparable).then(issued(90) / issued(180, 90)),
            rule_worst=late.filter(pl.col("proof")).max().fill_null(0),
            rule_mean=late.filter(pl.col("proof")).mean().fill_null(0),
            rule_share=(late > 0).filter(pl.col("proof")).mean().fill_null(0),
            exposed=opened.any(),
        )
        .with_columns(as_of=pl.lit(day))
    )


def outcomes_after(ledger: pl.DataFrame, day: dt.date) -> pl.DataFrame:
    """Per customer what the 60 days after `day` brought: the columns of OUTCOMES, and the money that crossed."""
    until = day + dt.timedelta(days=HORIZON_DAYS)
    crossing = pl.col("due_on") + pl.duration(days=LATE_DAYS)
    unpaid_then = pl.col("paid_on").is_null() | (pl.col("paid_on") >= crossing)
    crosses = unpaid_then & (crossing > day) & (crossing <= until)
    open_then = (pl.col("issued_on") <= day) & (pl.col("paid_on").is_null() | (pl.col("paid_on") > day))
    falls_due = (pl.col("due_on") > day) & (pl.col("due_on") <= until) & unpaid_then & (crossing <= LEDGER_ENDS)
    return ledger.group_by("customer").agg(
        crosses=crosses.any(),
        is_or_crosses=(crosses | (open_then & (crossing <= day))).any(),
        falls_due=falls_due.any(),
        late_money=pl.col("amount").filter(crosses).sum(),
    )


def cases_on(ledger: pl.DataFrame, days: list[dt.date]) -> pl.DataFrame:
    """Customers with an open invoice on each of `days`: indicators, outcomes, and the customer's fold."""
    frames = [
        indicators_on(ledger, day).join(outcomes_after(ledger, day), on="customer", maintain_order="left")
        for day in days
    ]
    cases = pl.concat(frames)
    folds = {name: int(hashlib.sha256(name.encode()).hexdigest(), 16) % FOLDS for name in cases["customer"].unique()}
    return cases.with_columns(fold=pl.col("customer").replace_strict(folds, return_dtype=pl.Int64))


def target_of(cases: pl.DataFrame) -> Floats:
    """What is fitted: the three readings of the outcome, mixed so that the card leans on none of them alone."""
    mixed = 0.4 * pl.col("crosses") + 0.3 * pl.col("is_or_crosses") + 0.3 * pl.col("falls_due")
    return cases.select(mixed.alias("target"))["target"].to_numpy()


# The report


def report_ranking(title: str, card: dict[str, Any], cases: pl.DataFrame) -> None:
    """AUC and KS of the card, the one-line rules and each indicator, averaged over the as-of days in `cases`."""
    fed = [item for items in fed_indicators(card, cases.columns).values() for item in items]
    columns = {"CARD": card_scores(card, cases)}
    columns |= {f"rule: {name}": values_of(cases, code) for name, code in RULES.items()}
    columns |= {item["code"]: np.nan_to_num(points_of(item, values_of(cases, item["code"]))) for item in fed}
    days = cases["as_of"].to_numpy()
    print(
        f"\n{title}: {cases.height} cases, {cases['customer'].n_unique()} customers, as-of days {len(np.unique(days))}"
    )
    print(f"  {'':28}" + "".join(f"{name:>22}" for name in OUTCOMES))
    print(f"  {'bad':28}" + "".join(f"{cases[name].mean():>22.1%}" for name in OUTCOMES))
    for label, scores in columns.items():
        cells = []
        for name in OUTCOMES:
            bad = cases[name].to_numpy()
            pairs = [(scores[days == day], bad[days == day]) for day in np.unique(days)]
            area, gap = (float(np.mean([measure(*pair) for pair in pairs])) for measure in (auc, ks))
            cells.append(f"{area:.3f} / {gap:.3f}")
        print(f"  {label:28}" + "".join(f"{cell:>22}" for cell in cells))


def report_margin(card: dict[str, Any], cases: pl.DataFrame, draws: int = 1000) -> None:
    """The card's lead in AUC over the best one-line rule with a 90 % interval (customers drawn with replacement)."""
    chance = np.random.default_rng(20190731)
    ours, worst = card_scores(card, cases), values_of(cases, RULES["worst past lateness"])
    print("\nlead of the card over worst past lateness, AUC, 90 % interval")
    for name in OUTCOMES:
        bad = cases[name].to_numpy()
        picks = chance.integers(0, len(bad), (draws, len(bad)))
        leads = np.array([auc(ours[pick], bad[pick]) - auc(worst[pick], bad[pick]) for pick in picks])
        low, high = np.nanquantile(leads, [0.05, 0.95])
        print(
            f"  {name:28}{auc(ours, bad) - auc(worst, bad):>+8.3f}   {low:+.3f} .. {high:+.3f}   bad {int(bad.sum())}"
        )


def report_money(card: dict[str, Any], cases: pl.DataFrame) -> None:
    """How much of the money that crossed 30 days sat with the customers ranked worst."""
    money = cases["late_money"].to_numpy()
    ranked = {"CARD": card_scores(card, cases)} | {name: values_of(cases, code) for name, code in RULES.items()}
    print("\nlate money found among the worst 10 % / 20 % of customers")
    for label, scores in ranked.items():
        print(f"  {label:28}{caught(scores, money, 0.1):>8.1%}{caught(scores, money, 0.2):>8.1%}")


def report_levels(title: str, card: dict[str, Any], cases: pl.DataFrame) -> None:
    """Customers and bad rate per level, the 90-day floor applied."""
    bands = card["bands"]
    level = np.digitize(card_scores(card, cases), [bands["medium"], bands["high"], bands["critical"]])
    level[cases["overdue_days_now"].to_numpy() >= 90] = 3
    print(f"\n{title}")
    for place, name in enumerate(("low", "medium", "high", "critical")):
        here = cases.filter(pl.Series(level == place))
        rates = "".join(f"{here[one].mean() or 0:>9.1%}" for one in OUTCOMES)
        print(f"  {name:10}{here.height:>6}{here.height / cases.height:>8.1%}  bad:{rates}")


def report_bins(card: dict[str, Any], cases: pl.DataFrame) -> None:
    """Per bin of each fed indicator: points, cases, and the rate of the mixed target."""
    target = target_of(cases)
    for item in (one for items in fed_indicators(card, cases.columns).values() for one in items):
        values = values_of(cases, item["code"])
        edges = [one["upto"] for one in item["bins"][:-1]]
        places = np.where(np.isnan(values), -1, np.searchsorted(edges, values, side="right"))
        print(f"\n{item['code']}  (weight {item['weight']}; fitted {fitted_points(item, values, target)})")
        for place in np.unique(places):
            here = places == place
            label = "missing" if place < 0 else f"< {edges[place]}" if place < len(edges) else "rest"
            points = item["missing"] if place < 0 else item["bins"][place]["points"]
            print(f"  {label:10}points {points!s:>5} n {here.sum():>5} bad {target[here].mean():>6.1%}")


def report_refit(card: dict[str, Any], fit: pl.DataFrame, held: pl.DataFrame) -> None:
    """AUC on the held-out day of cards fitted without the customers they score."""
    scores = np.zeros(held.height)
    for fold in range(FOLDS):
        rest = fit.filter(pl.col("fold") != fold)
        fresh = refitted(card, rest, target_of(rest))
        unseen = (held["fold"] == fold).to_numpy()
        scores[unseen] = card_scores(fresh, held.filter(pl.Series(unseen)))
        fed = [one for items in fed_indicators(fresh, held.columns).values() for one in items]
        weights = {one["code"]: round(one["weight"]) for one in fed}
        print(f"\nfitted without fold {fold}: {weights}")
    print("unseen day and unseen customers, AUC: ", end="")
    print(", ".join(f"{name} {auc(scores, held[name].to_numpy()):.3f}" for name in OUTCOMES))


def graded(item: dict[str, Any], cases: pl.DataFrame) -> Floats:
    """Points of one indicator, numeric or by category."""
    if "categories" in item:
        return cases[item["code"]].replace_strict(item["categories"], return_dtype=pl.Float64).to_numpy()
    return points_of(item, values_of(cases, item["code"]))


def report_datarisk(folder: Path, card: dict[str, Any]) -> None:
    """The second ledger (only a 5+ days late flag): late share, size and tenure against the next 60 days."""
    charges = pl.read_csv(folder / "datarisk_b2b" / "charges_until_2021-02.csv", infer_schema=False)
    register = pl.read_csv(folder / "datarisk_b2b" / "base_cadastral.csv", separator=";", infer_schema=False)
    charges = charges.with_columns(
        issued_on=pl.col("issue_date").str.to_date(),
        due_on=pl.col("due_date").str.to_date(),
        late=pl.col("late_ge5d") == "1",
    )
    size = pl.col("PORTE").replace_strict({"GRANDE": "large", "MEDIO": "medium", "PEQUENO": "small"}, default=None)
    items = {one["code"]: one for part in card["dimensions"].values() for one in part["indicators"]}
    found: dict[str, list[float]] = {"late_share_365": [], "firm_size": [], "tenure_years": []}
    for day in (dt.date(2019, 6, 30), dt.date(2019, 12, 31), dt.date(2020, 6, 30), dt.date(2020, 11, 30)):
        flagged = pl.col("due_on") <= day - dt.timedelta(days=5)
        past = charges.filter(flagged & (pl.col("due_on") > day - dt.timedelta(days=370)))
        ahead = (pl.col("issued_on") > day) & (pl.col("due_on") <= day + dt.timedelta(days=HORIZON_DAYS))
        tenure = (day - pl.col("DATA_CADASTRO").str.to_date()).dt.total_days() / 365.25
        shares = past.group_by("ID_CLIENTE").agg(late_share_365=pl.col("late").mean())
        cases = charges.filter(ahead).group_by("ID_CLIENTE").agg(bad=pl.col("late").any())
        cases = cases.join(shares, on="ID_CLIENTE", how="left").join(register, on="ID_CLIENTE", how="left")
        cases = cases.with_columns(tenure_years=tenure, firm_size=size)
        for code, results in found.items():
            known = cases.drop_nulls(code)
            results.append(auc(graded(items[code], known), known["bad"].to_numpy()))
    print("\ndatarisk, '5+ days late' in the next 60 days, mean AUC of the points over four as-of days")
    for code, results in found.items():
        print(f"  {code:28}{np.mean(results):>8.3f}")


def main() -> None:
    """Read the arguments, run the reports."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with highradius_ar and datarisk_b2b")
    parser.add_argument("--bins", action="store_true", help="print cases and bad rate per bin on the fit days")
    parser.add_argument("--refit", action="store_true", help="fit points and weights without each fold; about a minute")
    options = parser.parse_args()
    card = json.loads(CARD.read_text(encoding="utf-8"))
    ledger = ledger_of(options.data)
    fit, held = (cases_on(ledger, days).filter(pl.col("exposed")) for days in (FIT_DAYS, [HOLD_OUT]))
    print("cells are AUC / KS; an indicator stands for its points, missing counted as 0")
    report_ranking("fit days, customers with an open invoice", card, fit)
    report_ranking(f"held-out day {HOLD_OUT}, customers with an open invoice", card, held)
    report_ranking(f"held-out day {HOLD_OUT}, every known customer", card, cases_on(ledger, [HOLD_OUT]))
    report_margin(card, held)
    report_money(card, held)
    report_levels(f"levels on {HOLD_OUT}, customers with an open invoice", card, held)
    if options.bins:
        report_bins(card, fit)
    if options.refit:
        report_refit(card, fit, held)
    report_datarisk(options.data, card)


if __name__ == "__main__":
    main()
