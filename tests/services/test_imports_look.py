"""The look at a file before it is brought in, the record of it after, and who may do either."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from db.enums import DepartmentKind, Role
from services.context import Context
from services.errors import NotAllowedError, NotFoundError
from services.imports.batches import BatchFilter, batch_by_id, recent_batches
from services.imports.plan import Request, importable_kinds
from services.imports.preview import glance, preview
from services.imports.profiles import save_profile
from services.imports.reading import ReadOptions
from services.imports.run import import_file
from tests.services.makers import as_actor, make_customer, make_department, make_user

HEADERS = "invoice_no,customer_no,issued_on,due_on,amount"


@pytest.fixture
def ctx(rolled_back: Context) -> Iterator[Context]:
    import_file(rolled_back, "customers", b"customer_no,name\nC1,One\nC2,Two\n", file_name="customers.csv")
    return rolled_back


def counts(result: object) -> tuple[int, ...]:
    return tuple(getattr(result, name) for name in ("rows", "inserted", "updated", "unchanged", "rejected"))


def stored(ctx: Context, query: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in ctx.session.execute(text(query))]


def test_a_preview_says_what_an_import_would_do_and_does_nothing(ctx: Context) -> None:
    import_file(
        ctx,
        "invoices",
        f"{HEADERS}\nA,C1,2025-01-01,2025-02-01,1\nB,C1,2025-01-01,2025-02-01,1\n".encode(),
        file_name="a.csv",
    )
    content = (
        f"{HEADERS}\nA,C1,2025/1/1,2025-02-01,1\nB,C1,2025-01-01,2025-02-01,2\nC,C1,2025-01-01,2025-02-01,3\n"
        "D,C9,2025-01-01,2025-02-01,4\n"
    ).encode()
    seen = preview(ctx, Request("invoices", content, "b.csv"))
    assert (seen.rows, seen.inserted, seen.updated, seen.unchanged, seen.rejected) == (4, 1, 1, 1, 1)
    assert (seen.lines, seen.cleaned_lines) == ((2, 3, 4, 5), (2, 3, 4))
    assert seen.cells[0] == ("A", "C1", "2025/1/1", "2025-02-01", "1")
    assert dict(zip(seen.cleaned_columns, seen.cleaned[0], strict=True))["issued_on"] == dt.date(2025, 1, 1)
    assert [(one.line, one.reason) for one in seen.rejects.cells] == [
        (5, "This customer is not known. Import customers first.")
    ]
    assert stored(ctx, "SELECT invoice_no, amount::text FROM invoice ORDER BY 1") == [("A", "1.0000"), ("B", "1.0000")]


def test_a_preview_names_required_columns_that_are_missing(ctx: Context) -> None:
    seen = preview(ctx, Request("invoices", b"invoice_no,kunde\nA,C1\n", "a.csv"))
    assert seen.missing == ("customer_no", "issued_on", "due_on", "amount")
    mapped = Request("invoices", b"invoice_no,kunde\nA,C1\n", "a.csv", {"customer_no": "kunde"}, {"amount": "5"})
    assert preview(ctx, mapped).missing == ("issued_on", "due_on")


def test_a_glance_tells_how_a_file_was_read_and_what_it_looks_like(ctx: Context) -> None:
    content = "回款单号;客户编号;回款日期;回款金额\nP1;C1;2025-01-01;5\n".encode("gb18030")
    seen = glance(ctx, Request("customers", content, "a.csv"))
    assert (seen.encoding, seen.delimiter, seen.header_line, seen.rows) == ("gb18030", ";", 1, 1)
    assert (seen.proposed, seen.likely_kind) == ({"customer_no": "客户编号"}, "payments")
    bare = glance(ctx, Request("watchlist", b"1,A\n2,B\n", "a.csv", options=ReadOptions(has_headers=False)))
    assert (bare.headers, bare.rows, bare.header_line) == (("#1", "#2"), 2, 0)


def test_recent_imports_by_kind_person_and_rejected_rows(ctx: Context) -> None:
    risk = as_actor(ctx, make_user(ctx, "r", Role.RISK, make_department(ctx, "RISK", DepartmentKind.RISK)))
    import_file(risk, "fx_rates", b"currency,as_of,rate\nUSD,2025-01-01,7\n", file_name="good.csv")
    import_file(risk, "fx_rates", b"currency,as_of,rate\nUSD,never,7\n", file_name="wrong.csv")

    def names(**wanted: object) -> list[str]:
        return [one.file_name for one in recent_batches(risk, filters=BatchFilter(**wanted))]  # type: ignore[arg-type]

    assert names() == ["wrong.csv", "good.csv", "customers.csv"]
    assert names(kind="customers") == ["customers.csv"]
    assert names(mine=True) == ["wrong.csv", "good.csv"]
    assert names(with_rejected=True) == ["wrong.csv"]
    first = recent_batches(risk, 1)[0]
    assert [one.file_name for one in recent_batches(risk, 1, before=first.id)] == ["good.csv"]
    assert (first.imported_by, first.state, first.counts) == (
        "r",
        "done",
        {"rows": 1, "inserted": 0, "updated": 0, "unchanged": 0, "rejected": 1},
    )


# --- who may bring in what


def test_business_departments_bring_in_their_own_customers_facts_only(ctx: Context) -> None:
    north = make_department(ctx, "NORTH")
    own = make_customer(ctx, "N1", owner_department_id=north.id)
    make_customer(ctx, "S1", owner_department_id=make_department(ctx, "SOUTH").id)
    person = as_actor(ctx, make_user(ctx, "n", Role.BUSINESS, north))
    content = f"{HEADERS}\nA,N1,2025-01-01,2025-02-01,1\nB,S1,2025-01-01,2025-02-01,1\n".encode()
    result = import_file(person, "invoices", content, file_name="a.csv")
    assert [(one.line, one.reason) for one in result.rejects] == [
        (3, "This customer belongs to another department; you may change those of your own.")
    ]
    assert stored(ctx, "SELECT customer_id FROM invoice") == [(own.customer_id,)]
    customers = b"customer_no,name,owner_department\nN1,New name,\nN2,New,\nS1,Taken,\nN3,Given away,SOUTH\n"
    result = import_file(person, "customers", customers, file_name="c.csv")
    assert counts(result) == (4, 1, 1, 0, 2)
    assert {(one.line, one.reason) for one in result.rejects} == {
        (line, "You may add and change customers of your own department only.") for line in (4, 5)
    }


def test_decisions_and_shared_tables_are_not_for_business_departments(ctx: Context) -> None:
    actor = make_user(ctx, "n", Role.BUSINESS, make_department(ctx, "NORTH"))
    assert importable_kinds(actor) == (
        "customers",
        "contracts",
        "contract_events",
        "invoices",
        "payments",
        "financials",
        "credit_reports",
        "reputation_events",
        "dunning",
        "orders",
        "guarantees",
        "complaints",
    )
    for kind in ("listings", "fx_rates", "watchlist"):
        with pytest.raises(NotAllowedError, match=f"Business departments may not import files of the kind {kind}."):
            preview(as_actor(ctx, actor), Request(kind, b"a,b\n1,2\n", "a.csv"))


@pytest.mark.parametrize("role", [Role.VIEWER, Role.AUDITOR, Role.LEADER])
def test_readers_bring_in_nothing(ctx: Context, role: Role) -> None:
    actor = make_user(ctx, "x", role, make_department(ctx, "D"))
    assert importable_kinds(actor) == ()
    reader = as_actor(ctx, actor)
    for act in (
        lambda: import_file(reader, "customers", b"customer_no,name\nC1,One\n", file_name="a.csv"),
        lambda: preview(reader, Request("customers", b"customer_no,name\nC1,One\n", "a.csv")),
        lambda: recent_batches(reader),
        lambda: save_profile(reader, "customers", "x", {}),
    ):
        with pytest.raises(NotAllowedError):
            act()


def test_rejected_rows_are_shown_to_those_who_may_see_what_is_in_them(ctx: Context) -> None:
    wrong = import_file(
        ctx, "customers", b"customer_no,name,phone,since\nC1,One,13800000000,never\n", file_name="a.csv"
    )
    risk = make_user(ctx, "r", Role.RISK, make_department(ctx, "RISK", DepartmentKind.RISK))
    hr = make_user(ctx, "h", Role.HR, make_department(ctx, "HR", DepartmentKind.HR))
    north = make_user(ctx, "n", Role.BUSINESS, make_department(ctx, "NORTH"))
    assert len(batch_by_id(as_actor(ctx, risk), wrong.batch_id).rejected.cells) == 1
    assert batch_by_id(as_actor(ctx, hr), wrong.batch_id).rejected.cells == ()
    assert recent_batches(as_actor(ctx, north)) == []
    with pytest.raises(NotFoundError, match=f"There is no import number {wrong.batch_id}."):
        batch_by_id(as_actor(ctx, north), wrong.batch_id)
