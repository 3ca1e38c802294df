"""What happens to the rows of a file: good ones in, wrong ones back, old values kept, nothing twice."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from services.context import Context
from services.errors import NotFoundError, RefusedError, WrongFileError
from services.imports.batches import batch_by_id
from services.imports.profiles import delete_profile, profile_by_name, profiles, save_profile
from services.imports.rejects import rejects_csv
from services.imports.run import import_file
from tests.services.makers import make_department

HEADERS = "invoice_no,customer_no,issued_on,due_on,amount"


@pytest.fixture
def ctx(rolled_back: Context) -> Iterator[Context]:
    import_file(rolled_back, "customers", b"customer_no,name\nC1,One\nC2,Two\n", file_name="customers.csv")
    return rolled_back


def counts(result: object) -> tuple[int, ...]:
    return tuple(getattr(result, name) for name in ("rows", "inserted", "updated", "unchanged", "rejected"))


def stored(ctx: Context, query: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in ctx.session.execute(text(query))]


def a_thousand() -> tuple[str, dict[int, tuple[str, str | None, str]]]:
    """1,000 invoices of which 37 are wrong, and what is wrong by line."""
    spoiled = {
        0: ("amount", "ten", "This is not a number."),
        1: ("issued_on", "2025-02-30", "This is not a date. Write it as 2025-03-07."),
        2: ("customer_no", "C9", "This customer is not known. Import customers first."),
        3: ("invoice_no", None, "This must not be blank."),
    }
    lines, wrong = [HEADERS], {}
    for number in range(1000):
        row = {
            "invoice_no": f"I{number:04d}",
            "customer_no": "C1",
            "issued_on": "2025-01-01",
            "due_on": "2025-02-01",
            "amount": f"{number + 1}.50",
        }
        if number % 27 == 0 and len(wrong) < 37:
            column, value, reason = spoiled[len(wrong) % 4]
            row[column] = value or ""
            wrong[number + 2] = (column, value, reason)
        lines.append(",".join(row.values()))
    return "\n".join(lines) + "\n", wrong


def test_of_a_thousand_rows_37_come_back_and_963_are_in(ctx: Context) -> None:
    content, wrong = a_thousand()
    result = import_file(ctx, "invoices", content.encode(), file_name="invoices.csv")
    assert counts(result) == (1000, 963, 0, 0, 37)
    assert {one.line: (one.column, one.value, one.reason) for one in result.rejects} == wrong
    assert [one.line for one in result.rejects] == sorted(wrong)
    assert stored(ctx, "SELECT count(*), count(DISTINCT invoice_no) FROM invoice") == [(963, 963)]
    rows = list(csv.DictReader(io.StringIO(rejects_csv(result.rejected_rows).decode("utf-8-sig"))))
    assert [(int(row["line"]), row["column"], row["value"] or None, row["reason"]) for row in rows] == [
        (line, *told) for line, told in sorted(wrong.items())
    ]
    assert b"".join(result.rejects_file()) == rejects_csv(result.rejected_rows)
    assert batch_by_id(ctx, result.batch_id).rejected == result.rejected_rows


def test_the_rejected_rows_mended_complete_the_file(ctx: Context) -> None:
    content, _wrong = a_thousand()
    result = import_file(ctx, "invoices", content.encode(), file_name="invoices.csv")
    rows = list(csv.reader(io.StringIO(rejects_csv(result.rejected_rows).decode("utf-8-sig"))))
    for row in rows[1:]:
        row[4:] = [f"I{int(row[0]) - 2:04d}", "C1", "2025-01-01", "2025-02-01", f"{int(row[0]) - 1}.50"]
    mended = "\n".join(",".join(f'"{cell}"' for cell in row) for row in rows)
    assert counts(import_file(ctx, "invoices", mended.encode(), file_name="mended.csv")) == (37, 37, 0, 0, 0)
    assert stored(ctx, "SELECT count(*), sum(amount)::text FROM invoice") == [(1000, "501000.0000")]


def test_all_or_nothing_keeps_the_whole_file_out(ctx: Context) -> None:
    content, _wrong = a_thousand()
    result = import_file(ctx, "invoices", content.encode(), file_name="invoices.csv", all_or_nothing=True)
    assert (result.is_refused, *counts(result)) == (True, 1000, 0, 0, 0, 37)
    assert stored(ctx, "SELECT count(*) FROM invoice") == [(0,)]
    batch = batch_by_id(ctx, result.batch_id)
    assert (batch.state, len(batch.rejected.cells)) == ("refused", 37)
    good = import_file(
        ctx, "invoices", f"{HEADERS}\nA,C1,2025-01-01,2025-02-01,1\n".encode(), file_name="b.csv", all_or_nothing=True
    )
    assert (good.is_refused, *counts(good)) == (False, 1, 1, 0, 0, 0)


def test_more_wrong_rows_than_are_kept_all_come_back_in_the_file(ctx: Context) -> None:
    content = HEADERS + "\n" + "".join(f"I{n},C1,2025-01-01,never,x\n" for n in range(12_000))
    result = import_file(ctx, "invoices", content.encode(), file_name="a.csv")
    assert (result.rejected, len(result.rejects)) == (12_000, 10_000)
    lines = b"".join(result.rejects_file()).decode("utf-8-sig").splitlines()
    assert len(lines) == 12_001
    assert lines[-1] == (
        "12001,due_on; amount,never; x,This is not a date. Write it as 2025-03-07.; This is not a number.,"
        "I11999,C1,2025-01-01,never,x"
    )


def test_the_same_file_twice_changes_nothing(ctx: Context) -> None:
    content, _wrong = a_thousand()
    import_file(ctx, "invoices", content.encode(), file_name="a.csv")
    before = stored(ctx, "SELECT * FROM invoice ORDER BY id")
    assert counts(import_file(ctx, "invoices", content.encode(), file_name="a.csv")) == (1000, 0, 0, 963, 37)
    assert stored(ctx, "SELECT * FROM invoice ORDER BY id") == before
    assert stored(ctx, "SELECT count(*) FROM import_change") == [(0,)]


def test_a_changed_row_updates_and_its_old_values_are_kept(ctx: Context) -> None:
    first = f"{HEADERS},currency\nA,C1,2025-01-01,2025-02-01,1.50,CNY\nB,C2,2025-01-01,2025-02-01,2,CNY\n"
    import_file(ctx, "invoices", first.encode(), file_name="a.csv")
    second = first.replace("2025-02-01,1.50", "2025-03-01,9")
    result = import_file(ctx, "invoices", second.encode(), file_name="b.csv")
    assert counts(result) == (2, 0, 1, 1, 0)
    assert stored(ctx, "SELECT invoice_no, due_on, amount::text FROM invoice ORDER BY invoice_no") == [
        ("A", dt.date(2025, 3, 1), "9.0000"),
        ("B", dt.date(2025, 2, 1), "2.0000"),
    ]
    assert stored(ctx, "SELECT batch_id, key, before, after FROM import_change") == [
        (result.batch_id, "A", {"due_on": "2025-02-01", "amount": "1.5"}, {"due_on": "2025-03-01", "amount": "9"})
    ]
    entry = stored(ctx, "SELECT action, subject, after FROM ledger_entry ORDER BY customer_id, seq DESC LIMIT 1")[0]
    assert entry[:2] == ("import.invoices", f"import_batch:{result.batch_id}")
    assert entry[2] == {
        "file": "b.csv",
        "sha256": batch_by_id(ctx, result.batch_id).file_sha256,
        "rows": 2,
        "inserted": 0,
        "updated": 1,
        "unchanged": 1,
        "rejected": 0,
    }


def test_a_blank_cell_takes_nothing_from_a_customer(ctx: Context) -> None:
    import_file(ctx, "customers", b"customer_no,name,region\nC1,One,East\n", file_name="a.csv")
    result = import_file(ctx, "customers", b"customer_no,name,region\nC1,,\nC1,Uno,\n", file_name="b.csv")
    assert stored(ctx, "SELECT name, region FROM customer WHERE customer_no = 'C1'") == [("Uno", "East")]
    assert [note.text for note in result.notes] == ["1 rows repeat the key of a later row; the last one counts."]


def test_of_repeated_keys_the_last_one_counts(ctx: Context) -> None:
    content = f"{HEADERS}\nA,C1,2025-01-01,2025-02-01,1\nA,C1,2025-01-01,2025-02-01,2\n"
    result = import_file(ctx, "invoices", content.encode(), file_name="a.csv")
    assert counts(result) == (2, 1, 0, 1, 0)
    assert stored(ctx, "SELECT amount::text FROM invoice") == [("2.0000",)]
    assert [note.text for note in result.notes] == ["1 rows repeat the key of a later row; the last one counts."]


def test_leading_zeros_and_19_digits_are_other_customers(ctx: Context) -> None:
    numbers = ["7", "07", "007", "1234567890123456789", "1234567890123456788"]
    content = "customer_no,name\n" + "".join(f"{number},N\n" for number in numbers)
    import_file(ctx, "customers", content.encode(), file_name="a.csv")
    assert {row[0] for row in stored(ctx, "SELECT customer_no FROM customer")} == {"C1", "C2", *numbers}


def test_mapping_and_defaults_given_go_before_those_of_the_profile(ctx: Context) -> None:
    save_profile(
        ctx, "customers", " SAP ", {"customer_no": "Kunde", "name": "Name1"}, {"region": "West", "size": "small"}
    )
    content = b"Kunde,Name1,Name2\nC5,Old,New\n"
    result = import_file(
        ctx,
        "customers",
        content,
        file_name="a.csv",
        profile="SAP",
        mapping={"name": "Name2"},
        defaults={"region": "East"},
    )
    assert counts(result) == (1, 1, 0, 0, 0)
    assert stored(ctx, "SELECT name, region, size FROM customer WHERE customer_no = 'C5'") == [("New", "East", "small")]
    with pytest.raises(NotFoundError, match=r"There is no import profile “SAQ” for customers."):
        import_file(ctx, "customers", content, file_name="a.csv", profile="SAQ")


def test_a_profile_is_saved_over_and_deleted(ctx: Context) -> None:
    save_profile(ctx, "fx_rates", "Bank", {"rate": "Kurs"})
    saved = save_profile(ctx, "fx_rates", "Bank", {"rate": "Mid"}, {"currency": "USD"})
    assert [(one.name, one.mapping, one.defaults) for one in profiles(ctx, "fx_rates")] == [
        ("Bank", {"rate": "Mid"}, {"currency": "USD"})
    ]
    assert profile_by_name(ctx, "fx_rates", "Bank") == saved
    delete_profile(ctx, "fx_rates", "Bank")
    assert profiles(ctx) == []
    with pytest.raises(RefusedError, match=r"A profile needs a name."):
        save_profile(ctx, "fx_rates", " ", {})
    with pytest.raises(RefusedError, match=r"There is no column kurs in fx_rates."):
        save_profile(ctx, "fx_rates", "Bank", {"kurs": "x"})


def test_a_default_that_is_no_value_of_its_column_is_refused(ctx: Context) -> None:
    with pytest.raises(RefusedError, match="“tomorrow” can't be the default of since: This is not a date"):
        import_file(ctx, "customers", b"customer_no,name\nC1,One\n", file_name="a.csv", defaults={"since": "tomorrow"})


def test_an_unknown_kind_lists_those_there_are(ctx: Context) -> None:
    with pytest.raises(
        NotFoundError, match=r"There is no file kind “bills”. Known kinds: fx_rates, industry_outlooks,"
    ):
        import_file(ctx, "bills", b"a,b\n1,2\n", file_name="a.csv")


def test_a_missing_required_column_changes_nothing(ctx: Context) -> None:
    with pytest.raises(WrongFileError, match=r"The columns due_on, amount are missing. The file has: invoice_no,"):
        import_file(ctx, "invoices", b"invoice_no,customer_no,issued_on\nA,C1,2025-01-01\n", file_name="a.csv")
    assert stored(ctx, "SELECT count(*) FROM import_batch WHERE kind = 'invoices'") == [(0,)]


def test_departments_that_nobody_knows_are_made_and_told(ctx: Context) -> None:
    make_department(ctx, "North")
    content = b"customer_no,name,owner_department\nC1,One,north\nC2,Two,South\n"
    result = import_file(ctx, "customers", content, file_name="a.csv")
    assert [note.text for note in result.notes] == ["New departments: South."]
    assert stored(ctx, "SELECT code, kind FROM department ORDER BY id") == [
        ("North", "business"),
        ("South", "business"),
    ]


def test_invoices_in_one_foreign_currency_settle_the_base_currency(ctx: Context) -> None:
    import_file(ctx, "fx_rates", b"currency,as_of,rate\nCAD,2020-01-01,1\n", file_name="fx.csv")
    rows = "".join(f"I{n},C1,2025-01-01,2025-02-01,1,{'CAD' if n == 0 else 'USD'}\n" for n in range(3))
    result = import_file(ctx, "invoices", f"{HEADERS},currency\n{rows}".encode(), file_name="a.csv")
    assert ctx.policy_history.newest.base_currency == "USD"
    assert [note.text for note in result.notes] == [
        "USD became the base currency: most of these first invoices are in it, and none was set."
    ]


@pytest.mark.parametrize(
    ("currencies", "rated"),
    [(["USD", "USD", "CNY"], "CAD"), (["USD", "USD", ""], "CAD"), (["USD", "EUR"], "CAD"), (["USD"], "USD")],
)
def test_the_base_currency_stays_where_the_file_fits_it(ctx: Context, currencies: list[str], rated: str) -> None:
    import_file(ctx, "fx_rates", f"currency,as_of,rate\n{rated},2020-01-01,1\n".encode(), file_name="fx.csv")
    rows = "".join(f"I{n},C1,2025-01-01,2025-02-01,1,{currency}\n" for n, currency in enumerate(currencies))
    import_file(ctx, "invoices", f"{HEADERS},currency\n{rows}".encode(), file_name="a.csv")
    assert ctx.policy_history.newest.base_currency == "CNY"
