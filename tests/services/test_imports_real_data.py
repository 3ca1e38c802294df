"""Real ledgers and lists, brought in by mapping: the figures that are known of them come out (issue "First light")."""

from __future__ import annotations

import csv
import datetime as dt
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import text

from services.context import Context
from services.imports.run import ImportResult, import_file
from services.receivables.ageing import ageing

pytestmark = pytest.mark.real_data

THAT_EVENING = dt.date(2019, 9, 30)
CUSTOMERS = {"customer_no": "cust_number", "name": "name_customer", "owner_department": "business_code"}
INVOICES = {
    "invoice_no": "invoice_key",
    "customer_no": "cust_number",
    "currency": "currency_guess",
    "amount": "amount",
    "issued_on": "invoice_date_est",
    "due_on": "due_date",
    "settled_on": "clear_date",
}


@pytest.fixture
def ctx(rolled_back: Context) -> Context:
    return rolled_back


def counts(result: ImportResult) -> tuple[int, ...]:
    return result.rows, result.inserted, result.updated, result.unchanged, result.rejected


def bring_in_ledger(ctx: Context, real_data: Path) -> tuple[ImportResult, ImportResult]:
    file = real_data / "highradius_ar" / "ledger_asof_2019-09-30.csv"
    # 324 customers have no name anywhere in the file: the default fills what merging leaves blank.
    customers = import_file(ctx, "customers", file, file_name=file.name, mapping=CUSTOMERS, defaults={"name": "?"})
    invoices = import_file(ctx, "invoices", file, file_name=file.name, mapping=INVOICES, defaults={"currency": "USD"})
    return customers, invoices


def test_the_ledger_of_a_creditor_ages_as_it_was_known_that_evening(ctx: Context, real_data: Path) -> None:
    import_file(ctx, "fx_rates", b"currency,as_of,rate\nCAD,2010-01-01,1\n", file_name="rates.csv")
    customers, invoices = bring_in_ledger(ctx, real_data)
    assert (customers.rows, customers.inserted, customers.rejected) == (26_928, 927, 0)
    assert counts(invoices) == (26_928, 26_928, 0, 0, 0)
    assert ctx.policy_history.newest.base_currency == "USD"
    seen = ageing(ctx, THAT_EVENING)[0]
    assert (seen.overdue_count, seen.overdue_amount, seen.overdue_customers) == (205, Decimal("5336221.54"), 75)
    assert seen.open_count == 1_654
    by_age = {bucket.from_days: bucket.count for bucket in seen.buckets}
    over = {days: sum(n for start, n in by_age.items() if start is not None and start >= days) for days in (30, 60)}
    assert over == {30: 36, 60: 18}
    again = bring_in_ledger(ctx, real_data)
    assert [(one.inserted, one.updated, one.rejected) for one in again] == [(0, 0, 0), (0, 0, 0)]
    assert ctx.session.execute(text("SELECT count(*) FROM import_change")).scalar_one() == 0


SDN = {"entry_no": "#1", "name": "#2"}


def names_of(file: Path) -> dict[str, str]:
    with file.open(encoding="utf-8", newline="") as lines:
        return {row[0].strip(): row[1].strip() for row in csv.reader(lines) if len(row) > 1}


def test_a_sanctions_list_without_headers_is_loaded_and_then_updated(ctx: Context, real_data: Path) -> None:
    old, new = (real_data / "ofac_sdn" / f"sdn_{year}.csv" for year in (2018, 2021))
    before, after = names_of(old), names_of(new)
    changed = sum(after[number] != name for number, name in before.items() if number in after)

    def load(file: Path) -> ImportResult:
        return import_file(ctx, "watchlist", file, file_name=file.name, mapping=SDN, defaults={"source": "OFAC SDN"})

    first = load(old)
    assert (first.inserted, first.updated, first.rejected) == (len(before), 0, 0)
    second = load(new)
    assert (second.inserted, second.updated, second.rejected) == (len(after.keys() - before.keys()), changed, 0)
    assert changed > 0
    stored = dict(ctx.session.execute(text("SELECT entry_no, name FROM watchlist_entry")).all())
    assert stored == {**before, **after}


def test_aliases_of_the_list_join_its_entries(ctx: Context, real_data: Path, tmp_path: Path) -> None:
    """Aliases come one a line; joined to one cell an entry they update the entries that are there."""
    load = {"mapping": SDN, "defaults": {"source": "OFAC SDN"}}
    old = real_data / "ofac_sdn" / "sdn_2018.csv"
    import_file(ctx, "watchlist", old, file_name=old.name, **load)  # type: ignore[arg-type]
    aliases: dict[str, list[str]] = defaultdict(list)
    with (real_data / "ofac_sdn" / "alt_2018.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.reader(lines):
            if len(row) > 3:
                aliases[row[0].strip()].append(row[3].strip())
    names, joined = names_of(old), tmp_path / "aliases.csv"
    with joined.open("w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["entry_no", "name", "aliases", "source"])
        writer.writerows([no, names[no], "; ".join(known), "OFAC SDN"] for no, known in aliases.items() if no in names)
    result = import_file(ctx, "watchlist", joined, file_name="aliases.csv")
    assert counts(result) == (len(aliases.keys() & names.keys()), 0, len(aliases.keys() & names.keys()), 0, 0)


def test_listed_firms_in_traditional_chinese(ctx: Context, real_data: Path) -> None:
    files = [real_data / "company_names" / f"{name}_stocks_only.csv" for name in ("twse", "tpex")]
    mapping = {"customer_no": "code", "name": "name", "industry_code": "group", "established_on": "start", "kind": ""}
    results = [import_file(ctx, "customers", file, file_name=file.name, mapping=mapping) for file in files]
    rows = [sum(1 for _ in csv.reader(file.open(encoding="utf-8", newline=""))) - 1 for file in files]
    assert [(one.rows, one.inserted, one.rejected) for one in results] == [(count, count, 0) for count in rows]
    assert sum(rows) == 1_925
    assert tuple(
        ctx.session.execute(
            text("SELECT name, industry_code, established_on FROM customer WHERE customer_no = '1101'")
        ).one()
    ) == ("台泥", "水泥工業", dt.date(1962, 2, 9))


def test_long_customer_numbers_of_a_register_keep_every_digit(ctx: Context, real_data: Path) -> None:
    file = real_data / "datarisk_b2b" / "base_cadastral.csv"
    with file.open(encoding="utf-8", newline="") as lines:
        numbers = {row["ID_CLIENTE"] for row in csv.DictReader(lines, delimiter=";")}
    import_file(
        ctx,
        "customers",
        file,
        file_name=file.name,
        mapping={"customer_no": "ID_CLIENTE", "region": "DDD"},
        defaults={"name": "?"},
    )
    stored = set(ctx.session.execute(text("SELECT customer_no FROM customer WHERE customer_id > 0")).scalars())
    assert stored == numbers
    assert max(map(len, numbers)) == 19
