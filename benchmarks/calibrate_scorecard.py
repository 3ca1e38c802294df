"""How well the default scorecard ranks customers of two real ledgers (policy 2.1, SPEC 6; read with docs/scorecard.md).

    python benchmarks/calibrate_scorecard.py --data ../shared/data [--each-day] [--refit] [--bins]

Month ends from January to July 2019; what is measured as of a day uses rows dated on or before it, outcomes lie in the
60 days after it. The card is set against the one-line rules; intervals draw customers, with all their days, anew.
`--each-day` adds every month end; `--refit` adds a card whose points and weights were fitted without the customers it
ranks and without any day closer than 60 days to the one it ranks on; `--bins` prints what each bin holds.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
from scorecard_cases import FOLDS, HORIZON_DAYS, MILD_OUTCOMES, OUTCOMES, RULES, cases_on, datarisk, highradius
from scorecard_fit import card_scores, fed_indicators, fitted_points, points_of, refitted, values_of

CARD = Path(__file__).parent.parent / "services" / "default_scorecard.json"
MONTH_ENDS = [dt.date(2019, month, day) for month, day in enumerate((31, 28, 31, 30, 31, 30, 31), start=1)]
#: Fitting takes the middles of the months too.
FIT_DAYS = sorted(MONTH_ENDS + [dt.date(2019, month, 15) for month in range(2, 8)])
HIGHRADIUS_ENDS, DATARISK_ENDS = dt.date(2019, 9, 30), dt.date(2021, 2, 28)
DATARISK_DAYS = [
    dt.date(2019, 6, 30), dt.date(2019, 9, 30), dt.date(2019, 12, 31), dt.date(2020, 3, 31), dt.date(2020, 6, 30),
    dt.date(2020, 9, 30), dt.date(2020, 12, 31),
]  # fmt: skip
#: What is fitted: the readings of the outcome mixed, so that the card leans on none of them alone.
MIX = {
    "crosses": 0.25, "due_later": 0.15, "due_in_60": 0.1, "issued_later": 0.1, "issued_in_60": 0.1,
    "is_or_crosses": 0.2, "mild": 0.05, "mild_issued_later": 0.05,
}  # fmt: skip
DRAWS = 300
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Rankings = Mapping[str, Floats]


# Measures


def auc(score: Floats, bad: Bools) -> float:
    """Chance that a bad customer scores above a good one; ties count half. NaN where one class is empty."""
    _, place, count = np.unique(score, return_inverse=True, return_counts=True)
    rank = (np.cumsum(count) - (count - 1) / 2)[place]
    bads = int(bad.sum())
    goods = len(bad) - bads
    return float((rank[bad].sum() - bads * (bads + 1) / 2) / (bads * goods)) if bads and goods else float("nan")


def mean_auc(score: Floats, bad: Bools, days: Floats) -> float:
    """Mean over as-of days of the AUC among the customers of the day."""
    return float(np.nanmean([auc(score[days == day], bad[days == day]) for day in np.unique(days)]))


def caught(score: Floats, money: Floats, share: float) -> float:
    """Part of the late money that sits with the `share` of customers scored worst; a tie at the cut counts in part."""
    places = share * len(score)
    cut = np.sort(score)[::-1][int(places) - 1]
    above, tied = score > cut, score == cut
    found = money[above].sum() + money[tied].sum() * (places - above.sum()) / tied.sum()
    return float(found / money.sum()) if money.sum() else float("nan")


def lead_interval(ours: Floats, rule: Floats, bad: Bools, cases: pl.DataFrame) -> tuple[float, float]:
    """90 % interval of the lead in mean AUC: customers are drawn with replacement, each with all its days."""
    chance = np.random.default_rng(20190731)
    days = cases["as_of"].to_numpy()
    rows = cases.with_row_index().group_by("customer", maintain_order=True).agg("index")["index"].to_list()
    leads = []
    for _ in range(DRAWS):
        drawn = np.concatenate([rows[one] for one in chance.integers(0, len(rows), len(rows))]).astype(int)
        leads.append(mean_auc(ours[drawn], bad[drawn], days[drawn]) - mean_auc(rule[drawn], bad[drawn], days[drawn]))
    low, high = np.nanquantile(leads, [0.05, 0.95])
    return float(low), float(high)


def rankings_of(card: dict[str, Any], cases: pl.DataFrame, fresh: Floats | None = None) -> dict[str, Floats]:
    """Scores by name: the card, the refitted card where there is one, the one-line rules."""
    found = {"CARD": card_scores(card, cases)}
    if fresh is not None:
        found["card refitted, unseen"] = fresh
    return found | {name: values_of(cases, code) for code, name in RULES.items()}


def refitted_scores(card: dict[str, Any], fit: pl.DataFrame, cases: pl.DataFrame) -> Floats:
    """Scores of `cases` by cards that have seen neither the customer nor a day within 60 days of the case's."""
    scores = np.full(cases.height, np.nan)
    for day in MONTH_ENDS:
        far = [one for one in FIT_DAYS if abs((one - day).days) >= HORIZON_DAYS]
        for fold in range(FOLDS):
            fresh = refitted(card, fit.filter(pl.col("as_of").is_in(far) & (pl.col("fold") != fold)), MIX)
            here = (cases["as_of"] == day) & (cases["fold"] == fold)
            scores[here.to_numpy()] = card_scores(fresh, cases.filter(here))
    return scores


# The report


def report_ranking(title: str, rankings: Rankings, cases: pl.DataFrame, outcomes: Mapping[str, str]) -> None:
    """Mean AUC over the as-of days for each reading of the outcome, and the card's lead over the best rule."""
    days = cases["as_of"].to_numpy()
    print(f"\n{title}: {cases.height} cases, {cases['customer'].n_unique()} customers, {len(np.unique(days))} days")
    print(f"  {'':24}" + "".join(f"{name:>18}" for name in outcomes))
    bads = {name: cases[name].to_numpy() for name in outcomes}
    print(f"  {'bad cases':24}" + "".join(f"{int(bad.sum()):>18}" for bad in bads.values()))
    areas = {label: [mean_auc(scores, bad, days) for bad in bads.values()] for label, scores in rankings.items()}
    for label, row in areas.items():
        print(f"  {label:24}" + "".join(f"{area:>18.3f}" for area in row))
    leads, ranges = [], []
    for place, bad in enumerate(bads.values()):
        best = max(RULES.values(), key=lambda name: areas[name][place])
        low, high = lead_interval(rankings["CARD"], rankings[best], bad, cases)
        leads.append(areas["CARD"][place] - areas[best][place])
        ranges.append(f"{low:+.3f}..{high:+.3f}")
    print(f"  {'lead over the best rule':24}" + "".join(f"{lead:>+18.3f}" for lead in leads))
    print(f"  {'  90 % interval':24}" + "".join(f"{one:>18}" for one in ranges))


def report_days(title: str, rankings: Rankings, cases: pl.DataFrame, outcomes: Mapping[str, str]) -> None:
    """The same AUC day by day."""
    print(f"\n{title}, each day")
    for name, words in outcomes.items():
        print(f"  {name}: {words}")
        print(f"    {'as of':12}{'n':>5}{'bad':>5}" + "".join(f"{label:>22}" for label in rankings))
        for day in cases["as_of"].unique().sort():
            here = (cases["as_of"] == day).to_numpy()
            bad = cases[name].to_numpy()[here]
            cells = "".join(f"{auc(scores[here], bad):>22.3f}" for scores in rankings.values())
            print(f"    {day!s:12}{here.sum():>5}{bad.sum():>5}{cells}")


def report_money(rankings: Rankings, cases: pl.DataFrame) -> None:
    """How much of the money that passed 30 days sat with the customers ranked worst, mean over the days."""
    days, money = cases["as_of"].to_numpy(), cases["late_money"].to_numpy()
    print("\nlate money found among the worst 10 % / 20 % of customers")
    for label, scores in rankings.items():
        found = [
            np.mean([caught(scores[days == day], money[days == day], share) for day in np.unique(days)])
            for share in (0.1, 0.2)
        ]
        print(f"  {label:24}" + "".join(f"{one:>8.1%}" for one in found))


def report_levels(title: str, card: dict[str, Any], cases: pl.DataFrame) -> None:
    """Customers and bad rates per level, the 90-day floor applied."""
    bands = card["bands"]
    level = np.digitize(card_scores(card, cases), [bands["medium"], bands["high"], bands["critical"]])
    level[cases["overdue_days_now"].to_numpy() >= 90] = 3
    print(f"\n{title}\n  {'':10}{'':14}" + "".join(f"{name:>20}" for name in (OUTCOMES | MILD_OUTCOMES)))
    for place, name in enumerate(("low", "medium", "high", "critical")):
        here = cases.filter(pl.Series(level == place))
        rates = "".join(f"{here[one].mean() or 0:>20.1%}" for one in (OUTCOMES | MILD_OUTCOMES))
        print(f"  {name:10}{here.height:>6}{here.height / cases.height:>8.1%}{rates}")


def report_bins(card: dict[str, Any], cases: pl.DataFrame) -> None:
    """Per bin of each fed indicator: points, cases, and the rate of the mixed target."""
    target = cases.select(sum((pl.col(name) * share for name, share in MIX.items()), pl.lit(0.0)).alias("mix"))["mix"]
    rates = target.to_numpy()
    for item in (one for items in fed_indicators(card, cases.columns).values() for one in items):
        values = values_of(cases, item["code"])
        edges = [one["upto"] for one in item["bins"][:-1]]
        places = np.where(np.isnan(values), -1, np.searchsorted(edges, values, side="right"))
        print(f"\n{item['code']}  (weight {item['weight']}; fitted {fitted_points(item, values, rates)})")
        for place in np.unique(places):
            here = places == place
            label = "missing" if place < 0 else f"< {edges[place]}" if place < len(edges) else "rest"
            points = item["missing"] if place < 0 else item["bins"][place]["points"]
            print(f"  {label:10}points {points!s:>5} n {here.sum():>5} bad {rates[here].mean():>6.1%}")


def report_indicators(card: dict[str, Any], cases: pl.DataFrame) -> None:
    """Mean AUC of each indicator's points alone, missing counted as 0."""
    days = cases["as_of"].to_numpy()
    print("\neach indicator alone, every known customer")
    for item in (one for items in fed_indicators(card, cases.columns).values() for one in items):
        points = np.nan_to_num(points_of(item, values_of(cases, item["code"])))
        cells = "".join(f"{mean_auc(points, cases[name].to_numpy(), days):>18.3f}" for name in OUTCOMES)
        print(f"  {item['code']:24}{cells}")


def report_charges(rankings: Rankings, cases: pl.DataFrame) -> None:
    """Mean AUC where every charge of the next 60 days counts by itself and takes its customer's score."""
    print("\nsecond ledger, charges issued and due in the 60 days, '5+ days late', AUC over charges")
    for label, scores in rankings.items():
        areas = []
        for day in cases["as_of"].unique().sort():
            here = (cases["as_of"] == day).to_numpy()
            count, late = (cases[name].to_numpy()[here].astype(int) for name in ("charges", "late_charges"))
            bad = np.concatenate([np.arange(n) < k for n, k in zip(count, late, strict=True)])
            areas.append(auc(np.repeat(scores[here], count), bad))
        print(f"  {label:24}{np.mean(areas):>8.3f}   " + " ".join(f"{one:.3f}" for one in areas))


def report_first_ledger(card: dict[str, Any], options: argparse.Namespace) -> None:
    """Everything that the first ledger can say."""
    fit = cases_on(highradius(options.data), FIT_DAYS, HIGHRADIUS_ENDS)
    cases = fit.filter(pl.col("as_of").is_in(MONTH_ENDS))
    fresh = refitted_scores(card, fit, cases) if options.refit else None
    everyone = rankings_of(card, cases, fresh)
    exposed = cases["exposed"].to_numpy()
    outcomes = OUTCOMES | MILD_OUTCOMES
    for title, kept in (("every known customer", np.full(len(exposed), True)), ("with an open invoice", exposed)):
        part = cases.filter(pl.Series(kept))
        rankings = {label: scores[kept] for label, scores in everyone.items()}
        report_ranking(title, rankings, part, outcomes)
        if options.each_day:
            report_days(title, rankings, part, dict(list(outcomes.items())[:3]))
        report_money(rankings, part)
        report_levels(f"levels, {title}", card, part)
    report_indicators(card, cases)
    if options.bins:
        report_bins(card, fit)


def report_second_ledger(card: dict[str, Any], options: argparse.Namespace) -> None:
    """The second ledger, which took no part in choosing bins of lateness in days: it knows late from not late only."""
    cases = cases_on(datarisk(options.data), DATARISK_DAYS, DATARISK_ENDS)
    rankings = rankings_of(card, cases)
    report_ranking("second ledger, every known customer", rankings, cases, MILD_OUTCOMES)
    trading = (cases["charges"] > 0).to_numpy()
    report_ranking(
        "second ledger, customers that trade on", {label: scores[trading] for label, scores in rankings.items()},
        cases.filter(pl.Series(trading)), MILD_OUTCOMES,
    )  # fmt: skip
    if options.each_day:
        report_days("second ledger, every known customer", rankings, cases, MILD_OUTCOMES)
    report_charges(rankings, cases)


def main() -> None:
    """Read the arguments, run the reports."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with highradius_ar and datarisk_b2b")
    parser.add_argument("--each-day", action="store_true", help="print every as-of day")
    parser.add_argument("--refit", action="store_true", help="add a card fitted on other customers and other months")
    parser.add_argument("--bins", action="store_true", help="print cases and bad rate per bin")
    options = parser.parse_args()
    card = json.loads(CARD.read_text(encoding="utf-8"))
    report_first_ledger(card, options)
    report_second_ledger(card, options)


if __name__ == "__main__":
    main()
