"""Who may take what out, what they don't get to see, what the ledger keeps, and how rows are fetched."""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import io
import json
import tracemalloc
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event, select, text

from db.enums import Role
from db.models import Customer, Department, LedgerEntry
from services.context import SYSTEM, Actor, Context, unit_of_work
from services.errors import NotAllowedError, NotFoundError, RefusedError
from services.exports import run
from services.exports.dump import export_all, into_archive, into_folder
from services.exports.files import FileFormat
from services.exports.kinds import EVERYTHING, ExportFilter, columns_of, count_of, day_column, rows_of
from services.exports.run import export_kind
from services.exports.taken import TakenRow, recent_exports, record_taken
from services.imports.kinds import KINDS
from services.imports.run import import_file
from services.ledger_verification import verify
from tests.services.every_kind import FILES, as_exported

PERSONAL = ("legal_representative", "phone", "address", "bank_account")
NOW = dt.datetime(2025, 6, 30, 4, 0, tzinfo=dt.UTC)


@pytest.fixture
def loaded(rolled_back: Context) -> Context:
    """The files of every kind, brought in."""
    for kind, content in FILES.items():
        import_file(rolled_back, kind, as_exported(content), file_name=f"{kind}.csv")
    return rolled_back


def person(ctx: Context, role: Role, department: str = "NORTH") -> Context:
    found = ctx.session.scalar(select(Department.id).where(Department.code == department))
    actor = Actor(login=f"{role}", name=role, role=role, user_id=1, department_id=found, department_code=department)
    return dataclasses.replace(ctx, actor=actor)


def table_of_file(ctx: Context, kind: str, narrow: ExportFilter = EVERYTHING) -> list[dict[str, str]]:
    out = io.BytesIO()
    export_kind(ctx, kind, out, FileFormat.CSV, narrow)
    return list(csv.DictReader(io.StringIO(out.getvalue().decode("utf-8-sig"), newline="")))


def keys(ctx: Context, kind: str, **narrow: object) -> list[str]:
    asked = ExportFilter(**narrow)  # type: ignore[arg-type]
    rows = table_of_file(ctx, kind, asked)
    assert count_of(ctx, KINDS[kind], asked) == len(rows)
    return [next(iter(row.values())) for row in rows]


# --- filters


def test_files_are_narrowed_by_customer_department_and_period(loaded: Context) -> None:
    assert keys(loaded, "invoices") == ["0001", "1234567890123456789"]
    assert keys(loaded, "invoices", customer="17") == ["1234567890123456789"]
    assert keys(loaded, "invoices", department="NORTH") == ["0001"]
    assert keys(loaded, "contract_events", customer="00017") == ["E1"]
    assert keys(loaded, "case_debts", department="SOUTH") == []
    assert keys(loaded, "customers", customer="A-9") == ["A-9"]
    assert keys(loaded, "incentives", department="SOUTH") == ["I2"]
    first, last = dt.date(2024, 5, 12), dt.date(2024, 8, 3)
    assert keys(loaded, "listings", first=first, last=last) == ["L2", "L3"]
    assert keys(loaded, "listings", first=first, last=dt.date(2024, 8, 2)) == ["L2"]
    assert keys(loaded, "listings", first=dt.date(2024, 5, 13)) == ["L3"]
    assert keys(loaded, "fx_rates", last=dt.date(2024, 1, 1)) == ["EUR", "USD"]


def test_the_day_of_each_kind() -> None:
    assert {name: day_column(kind) for name, kind in KINDS.items()} == {
        "fx_rates": "as_of", "industry_outlooks": "as_of", "customers": None, "contracts": "signed_on",
        "contract_events": "occurred_on", "invoices": "issued_on", "payments": "paid_on", "financials": "period_end",
        "credit_reports": "reported_on", "reputation_events": "occurred_on", "dunning": "sent_on",
        "orders": "ordered_on", "guarantees": None, "assessments": "assessed_on", "listings": "decided_on",
        "cases": "opened_on", "case_debts": "added_on", "complaints": "received_on", "watchlist": None,
        "incentives": "decided_on",
    }  # fmt: skip


REFUSED: list[tuple[str, dict[str, object], type[RefusedError], str]] = [
    ("invoices", {"customer": "nobody"}, NotFoundError, "No customer has the number nobody"),
    ("invoices", {"department": "X"}, NotFoundError, "There is no department “X”"),
    ("fx_rates", {"customer": "17"}, RefusedError, "fx_rates belong to no customer"),
    ("watchlist", {"department": "NORTH"}, RefusedError, "watchlist belong to no department"),
    ("customers", {"first": dt.date(2024, 1, 1)}, RefusedError, "customers have no day"),
    ("orders", {"first": dt.date(2024, 1, 2), "last": dt.date(2024, 1, 1)}, RefusedError, "ends before it begins"),
    ("orderz", {}, NotFoundError, "There is no file kind “orderz”"),
]


def test_what_cannot_be_narrowed_is_refused_and_not_recorded(loaded: Context) -> None:
    for kind, narrow, refusal, sentence in REFUSED:
        with pytest.raises(refusal, match=sentence):
            export_kind(loaded, kind, io.BytesIO(), FileFormat.CSV, ExportFilter(**narrow))  # type: ignore[arg-type]
    assert recent_exports(loaded) == ()


# --- rights


def test_every_role_but_the_viewer_takes_files_out(loaded: Context) -> None:
    for role in EXPORTERS:
        assert keys(person(loaded, role), "orders") == ["O1"]
    ctx = person(loaded, Role.VIEWER)
    for act in (
        lambda: export_kind(ctx, "orders", io.BytesIO(), FileFormat.CSV),
        lambda: count_of(ctx, KINDS["orders"]),
        lambda: rows_of(ctx, KINDS["orders"]),
        lambda: export_all(ctx, into_folder(Path("/nowhere"))),
        lambda: record_taken(ctx, "x", rows=1, file_format="csv"),
    ):
        with pytest.raises(NotAllowedError, match="Your role does not allow this"):
            act()


EXPORTERS = [one for one in Role if one is not Role.VIEWER]
SEES = {Role.RISK, Role.LEGAL, Role.FINANCE, Role.BUSINESS}


def test_personal_columns_are_left_out_for_roles_that_may_not_see_them(loaded: Context) -> None:
    names = [one.name for one in KINDS["customers"].columns]
    for role in EXPORTERS:
        out = io.BytesIO()
        export = export_kind(person(loaded, role, "SOUTH"), "customers", out, FileFormat.CSV)
        said = out.getvalue().decode("utf-8-sig")
        expected = names if role in SEES else [name for name in names if name not in PERSONAL]
        assert said.splitlines()[0].split(",") == expected
        assert export.left_out == (() if role in SEES - {Role.BUSINESS} else PERSONAL)
        assert ("Ann Lee" in said) == (role in SEES)
        assert ("6222021234567890123" in said) == (role in SEES - {Role.BUSINESS})


def test_business_people_see_personal_data_of_their_own_departments_customers_only(loaded: Context) -> None:
    rows = table_of_file(person(loaded, Role.BUSINESS, "NORTH"), "customers")
    assert [(row["customer_no"], row["legal_representative"], row["bank_account"]) for row in rows] == [
        ("00017", "李四", "6222021234567890123"), ("17", "", ""), ("A-9", "", ""),
    ]  # fmt: skip


def test_a_file_without_what_its_reader_may_not_see_takes_nothing_away(loaded: Context) -> None:
    for role in (Role.AUDITOR, Role.BUSINESS):
        out = io.BytesIO()
        export_kind(person(loaded, role, "NORTH"), "customers", out, FileFormat.CSV)
        result = import_file(loaded, "customers", out.getvalue(), file_name="customers.csv")
        assert (result.rows, result.unchanged) == (3, 3)
    kept = loaded.session.execute(
        select(Customer.legal_representative, Customer.bank_account).order_by(Customer.customer_no)
    ).all()
    assert [tuple(row) for row in kept] == [("李四", "6222021234567890123"), ("Ann Lee", None), (None, None)]


def test_who_was_rewarded_or_punished_is_left_out_for_most_roles(loaded: Context) -> None:
    for role in EXPORTERS:
        ctx, out = person(loaded, role), io.BytesIO()
        names = [one.name for one in columns_of(ctx, KINDS["incentives"])]
        assert ("person" in names) == (role in {Role.AUDITOR, Role.LEADER, Role.HR})
        export_kind(ctx, "incentives", out, FileFormat.CSV)
        result = import_file(loaded, "incentives", out.getvalue(), file_name="incentives.csv")
        assert (result.unchanged, result.updated) == (2, 0)


# --- what is no history yet


def test_what_is_not_decided_or_was_taken_back_is_not_in_the_files(loaded: Context) -> None:
    for statement in (
        "UPDATE incentive SET state = 'appealed' WHERE incentive_no = 'I1'",
        "UPDATE incentive SET state = 'revoked' WHERE incentive_no = 'I1'",
        "INSERT INTO listing (customer_id, listing_no, criterion, grade, state, trigger_on) "
        "SELECT customer_id, 'L9', 'harm', 'grey', 'proposed', '2024-09-01' FROM customer WHERE customer_no = '17'",
        "INSERT INTO assessment (customer_id, assessed_on, stage, state, level, department_id) "
        "SELECT customer_id, '2024-09-01', 'initial', 'draft', 'low', (SELECT min(id) FROM department) FROM customer "
        "WHERE customer_no = '17'",
    ):
        loaded.session.execute(text(statement))
    assert keys(loaded, "incentives") == ["I2"]
    assert keys(loaded, "listings") == ["L1", "L2", "L3"]
    assert keys(loaded, "assessments") == ["00017", "00017"]


# --- the ledger


def test_each_export_is_in_the_ledger(loaded: Context) -> None:
    asked = ExportFilter(department="NORTH", first=dt.date(2024, 1, 1))
    export_kind(loaded, "invoices", io.BytesIO(), FileFormat.XLSX, asked)
    export_kind(person(loaded, Role.AUDITOR), "customers", io.BytesIO(), FileFormat.CSV)
    auditors, ours = recent_exports(person(loaded, Role.AUDITOR))
    assert ours == TakenRow(
        NOW, "system", "invoices", {"department": "NORTH", "first": "2024-01-01"}, 1, "xlsx", ()
    )  # fmt: skip
    assert (auditors.actor, auditors.name, auditors.rows, auditors.left_out) == ("auditor", "customers", 3, PERSONAL)
    entry = loaded.session.scalars(select(LedgerEntry).where(LedgerEntry.action == "export.taken")).first()
    assert entry is not None
    assert (entry.subject, entry.customer_id) == ("export:invoices", 0)
    assert verify(loaded).breaks == ()


def test_the_last_exports_are_for_readers_of_the_ledger(loaded: Context) -> None:
    with pytest.raises(NotAllowedError):
        recent_exports(person(loaded, Role.BUSINESS))


def test_a_workbook_that_would_be_too_long_is_refused_before_it_is_begun(
    loaded: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "MOST_SHEET_ROWS", 3)
    out = io.BytesIO()
    assert export_kind(loaded, "invoices", out, FileFormat.XLSX).rows == 2
    out = io.BytesIO()
    with pytest.raises(RefusedError, match="at most 2 rows"):
        export_kind(loaded, "customers", out, FileFormat.XLSX)
    assert out.getvalue() == b""


# --- everything


@pytest.fixture
def stored(database: str) -> Iterator[Context]:
    with unit_of_work(SYSTEM, now=NOW) as ctx:
        for kind, content in FILES.items():
            import_file(ctx, kind, as_exported(content), file_name=f"{kind}.csv")
    with unit_of_work(SYSTEM, now=NOW) as ctx:
        yield ctx


def test_a_dump_holds_every_kind_and_how_to_bring_it_in(stored: Context, tmp_path: Path) -> None:
    dump = export_all(stored, into_folder(tmp_path))
    names = [f"{place:02d}-{kind}.csv" for place, kind in enumerate(KINDS, start=1)]
    assert sorted(path.name for path in tmp_path.iterdir()) == [*names, "manifest.json"]
    for name, kind in zip(names, KINDS, strict=True):
        assert (tmp_path / name).read_bytes() == as_exported(FILES[kind])
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    assert [one["rows"] for one in manifest["files"]] == [one.rows for one in dump.exports]
    assert manifest["bring_in"][-1] == "greyledger import incentives 20-incentives.csv"
    assert [one["code"] for one in manifest["departments"]] == ["NORTH", "SOUTH", "RISK", "LEGAL"]
    assert [(one.name, one.rows) for one in recent_exports(stored)] == [("all", dump.rows)]


def test_a_dump_can_be_narrowed_and_zipped_and_leaves_out_what_its_reader_may_not_see(stored: Context) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        dump = export_all(
            person(stored, Role.LEADER), into_archive(archive), FileFormat.XLSX, ExportFilter(customer="17")
        )
    assert {one.kind: one.rows for one in dump.exports if one.kind in {"fx_rates", "customers", "invoices"}} == {
        "fx_rates": 3, "customers": 1, "invoices": 1,
    }  # fmt: skip
    assert dump.left_out == tuple(f"customers.{name}" for name in PERSONAL)
    with zipfile.ZipFile(out) as archive:
        assert archive.testzip() is None
        assert archive.namelist()[2] == "03-customers.xlsx"


def test_a_dump_has_no_period(stored: Context, tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="has no period"):
        export_all(stored, into_folder(tmp_path), narrow=ExportFilter(first=dt.date(2024, 1, 1)))
    assert list(tmp_path.iterdir()) == []


# --- size


def test_rows_are_fetched_in_batches_and_memory_stays_flat(loaded: Context) -> None:
    loaded.session.execute(
        text(
            "INSERT INTO sales_order (customer_id, order_no, ordered_on, amount) "
            "SELECT customer_id, 'X' || n, '2024-06-02', n FROM customer, generate_series(1, 60000) n "
            "WHERE customer_no = '17'"
        )
    )
    cursors = []
    event.listen(
        loaded.session.get_bind(), "after_cursor_execute", lambda _c, cursor, *_rest: cursors.append(cursor.name)
    )
    rows = rows_of(loaded, KINDS["orders"])
    assert cursors[-1] is not None  # a cursor that stays on the server has a name
    tracemalloc.start()
    count = sum(1 for _ in rows)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 60_001
    assert peak < 5_000_000  # all of them at once take 20 MB
