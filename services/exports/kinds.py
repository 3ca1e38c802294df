"""A file kind read back: its columns from the tables that the import writes them to, named as the import names them.

Nothing here lists columns: the import's own `FileKind` says which column of which table holds what, and what a number
in the file refers to. So a file that was taken out changes nothing when it is brought in again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    Text,
    and_,
    case,
    collate,
    func,
    literal,
    or_,
    select,
)

from db.enums import AssessmentStage, AssessmentState, ListingState, Role
from db.models import CustomerKey, Department
from services.access import ensure_may, may
from services.context import Context
from services.customers import may_see_personal
from services.errors import N_, NotFoundError, RefusedError
from services.imports.columns import Column, ColumnType, FileKind, Reference
from services.imports.decision_kinds import CONFIRMED, REJECTED
from services.imports.staging import table_of
from services.incentives import COUNTED

_BATCH_ROWS = 5_000

#: What a reference names: the table, and the column with the number that files carry.
_NAMED = {
    Reference.CONTRACT: ("contract", "contract_no"),
    Reference.CASE: ("recovery_case", "case_no"),
    Reference.INVOICE: ("invoice", "invoice_no"),
    Reference.DEPARTMENT: ("department", "code"),
}
#: Columns that ask for a right of their own: who was rewarded or punished is not everybody's business.
_RIGHTS = {("incentives", "person"): "incentive.see_person"}
#: The day a period is asked by, where it is not the kind's first required date.
_DAY = {"listings": "decided_on"}

NO_CUSTOMERS = N_("Files of the kind %(kind)s belong to no customer. Leave the customer out.")
NO_DEPARTMENTS = N_("Files of the kind %(kind)s belong to no department. Leave the department out.")
NO_DAY = N_("Files of the kind %(kind)s have no day that every row carries. Leave the period out.")
UNKNOWN_CUSTOMER = N_("No customer has the number %(no)s.")
UNKNOWN_DEPARTMENT = N_("There is no department “%(code)s”.")
ENDS_BEFORE = N_("The period ends before it begins.")


@dataclass(frozen=True)
class ExportFilter:
    """What a file is narrowed to; empty fields narrow nothing. Both days are included."""

    department: str | None = None
    customer: str | None = None
    first: dt.date | None = None
    last: dt.date | None = None

    @property
    def codes(self) -> dict[str, str]:
        """The fields that narrow something, as the ledger keeps them."""
        return {name: str(value) for name, value in asdict(self).items() if value is not None}


EVERYTHING = ExportFilter()


# --- rules


def _is_final(table: FromClause) -> ColumnElement[bool]:
    """Both grades once they are final; of files of former versions also an initial one that was handed in.

    Of several on one day the one that stands: a history names a grade by its day.
    """
    brought_in = and_(table.c.stage == AssessmentStage.INITIAL, table.c.assessor_id.is_(None))
    is_decided = or_(
        table.c.state == AssessmentState.FINAL, and_(brought_in, table.c.state == AssessmentState.SUBMITTED)
    )  # fmt: skip
    return and_(is_decided, table.c.is_superseded.is_(False))


#: The files of decisions are histories: what is not decided yet, or was taken back, can't be said in them.
_IS_HISTORY: dict[str, Callable[[FromClause], ColumnElement[bool]]] = {
    "assessments": _is_final,
    "listings": lambda table: table.c.state != ListingState.PROPOSED,
    "incentives": lambda table: table.c.state.in_(COUNTED),
}
#: Columns that no table keeps: the import makes the state of them, this makes them of the state.
_OF_STATE: dict[tuple[str, str], Callable[[FromClause], ColumnElement[str]]] = {
    ("listings", "decision"): lambda table: case(
        (table.c.state == ListingState.REJECTED, literal(REJECTED)), else_=literal(CONFIRMED)
    ),
}


def day_column(kind: FileKind) -> str | None:
    """The column that a period narrows; None for a kind without a day in every row."""
    required = (one.name for one in kind.columns if one.required and one.type is ColumnType.DATE)
    return _DAY.get(kind.name) or next(required, None)


def has_department(kind: FileKind) -> bool:
    """True when the kind can be narrowed to a department: of its customers, or its own."""
    return kind.is_of_customer or any(one.reference is Reference.DEPARTMENT for one in kind.columns)


def hidden_columns(ctx: Context, kind: FileKind) -> tuple[str, ...]:
    """Columns of which this reader may not see every row (SPEC 3), in the order of the file."""
    if ctx.is_system:
        return ()
    return tuple(one.name for one in kind.columns if (action := _action_of(kind, one)) and not _sees_all(ctx, action))


def columns_of(ctx: Context, kind: FileKind) -> tuple[Column, ...]:
    """The columns of the file as this reader gets it, in the import's order.

    What a reader may not see is left out as a whole column, or, where some rows are theirs to see, blank in the
    others. So it can never be brought in as truth: the import takes nothing away for a column that a file lacks, nor
    for a blank cell of a kind that merges.
    """
    hidden = hidden_columns(ctx, kind)
    return tuple(one for one in kind.columns if one.name not in hidden or _is_partly_seen(ctx, kind, one))


def _action_of(kind: FileKind, column: Column) -> str | None:
    """The right that a column asks for beyond its file's."""
    return "customer.see_personal" if column.is_personal else _RIGHTS.get((kind.name, column.name))


def _sees_all(ctx: Context, action: str) -> bool:
    return may(ctx.actor, action) and not (action == "customer.see_personal" and ctx.actor.role is Role.BUSINESS)


def _is_partly_seen(ctx: Context, kind: FileKind, column: Column) -> bool:
    return column.is_personal and kind.merges_blanks and may(ctx.actor, "customer.see_personal")


# --- reads


def count_of(ctx: Context, kind: FileKind, narrow: ExportFilter = EVERYTHING) -> int:
    """How many rows the file will have.

    Raises:
        RefusedError: the kind can't be narrowed so, or there is no such customer or department.
    """
    ensure_may(ctx, "export.run")
    found = _Query(ctx, kind, narrow).narrowed(select(literal(1)))
    return ctx.session.execute(select(func.count()).select_from(found.subquery())).scalar_one()


def rows_of(ctx: Context, kind: FileKind, narrow: ExportFilter = EVERYTHING) -> Iterator[tuple[object, ...]]:
    """The rows of the file, fetched in batches: the cells of `columns_of`, ordered by the kind's key.

    Raises:
        RefusedError: the kind can't be narrowed so, or there is no such customer or department.
    """
    ensure_may(ctx, "export.run")
    query = _Query(ctx, kind, narrow)
    columns = columns_of(ctx, kind)
    hidden = hidden_columns(ctx, kind)
    blank = tuple(place for place, one in enumerate(columns) if one.name in hidden)
    owner = [query.owner.c.owner_department_id] if blank else []
    chosen = query.narrowed(select(*(query.cell(one) for one in columns), *owner)).order_by(*query.order())
    found = ctx.session.execute(chosen, execution_options={"stream_results": True, "yield_per": _BATCH_ROWS})
    return _without_strangers(ctx, found, blank) if blank else (tuple(row) for row in found)


def _without_strangers(
    ctx: Context, found: Iterable[Sequence[object]], blank: tuple[int, ...]
) -> Iterator[tuple[object, ...]]:
    """Rows whose last cell is their owner department; personal cells of other departments' customers become blank."""
    seen: dict[object, bool] = {}
    for *cells, department_id in found:
        if department_id not in seen:
            seen[department_id] = may_see_personal(ctx, cast("int | None", department_id))
        if not seen[department_id]:
            for place in blank:
                cells[place] = None
        yield tuple(cells)


def _table_named(column: Column) -> FromClause:
    assert column.reference is not None  # noqa: S101  (only called for references)
    return table_of(_NAMED[column.reference][0])


class _Query:
    """The tables of a kind, joined so that every column of its file has an expression."""

    def __init__(self, ctx: Context, kind: FileKind, narrow: ExportFilter) -> None:
        self._ctx, self._kind, self._narrow = ctx, kind, narrow
        self.table = table_of(kind.table).alias("t")
        self.owner = self.table if kind.table == "customer" else table_of("customer").alias("o")
        named = [one for one in kind.columns if one.reference in _NAMED]
        self._named = {one.name: _table_named(one).alias(f"n{place}") for place, one in enumerate(named)}

    def cell(self, column: Column) -> ColumnElement[Any]:
        """What a column of the file says."""
        if column.reference is None:
            made = _OF_STATE.get((self._kind.name, column.name))
            return made(self.table) if made else self.table.c[column.target]
        if column.reference is Reference.CUSTOMER:
            return self.owner.c.customer_no
        return self._named[column.name].c[_NAMED[column.reference][1]]

    def order(self) -> list[ColumnElement[Any]]:
        """By what the rows are named by, in the file's own words: the same in every database."""
        by_target = {one.target: one for one in self._kind.columns}
        keys = [self.owner.c.customer_no if name == "customer_id" else self.cell(by_target[name])
                for name in self._kind.identity]  # fmt: skip
        keys += [self.owner.c.customer_no] if self._kind.is_of_customer else []
        return [collate(key, "C") if isinstance(key.type, Text) else key for key in keys]

    def narrowed(self, query: Select[Any]) -> Select[Any]:
        """A query with its tables joined, and only the rows that are asked for."""
        query = query.select_from(self._tables())
        history = _IS_HISTORY.get(self._kind.name)
        conditions = [*([history(self.table)] if history else []), *self._conditions()]
        return query.where(*conditions)

    def _tables(self) -> FromClause:
        joined: FromClause = self.table
        if self._kind.is_of_customer and self.owner is not self.table:
            joined = joined.join(self.owner, self.owner.c.customer_id == self.table.c.customer_id)
        for name, named in self._named.items():
            column = self._kind.column(name)
            assert column is not None  # noqa: S101  (the names come from the kind)
            same = named.c.id == self.table.c[column.target]
            if "customer_id" in named.c:
                same = and_(named.c.customer_id == self.table.c.customer_id, same)
            joined = joined.outerjoin(named, same)
        return joined

    def _conditions(self) -> Iterator[ColumnElement[bool]]:
        kind, narrow = self._kind, self._narrow
        if narrow.customer is not None:
            customer_id = self._customer_id(narrow.customer)
            yield self.table.c.customer_id == customer_id
        if narrow.department is not None:
            yield self._department() == self._department_id(narrow.department)
        if narrow.first is None and narrow.last is None:
            return
        day = day_column(kind)
        if day is None:
            raise RefusedError(NO_DAY, kind=kind.name)
        if narrow.first and narrow.last and narrow.last < narrow.first:
            raise RefusedError(ENDS_BEFORE)
        if narrow.first is not None:
            yield self.table.c[day] >= narrow.first
        if narrow.last is not None:
            yield self.table.c[day] <= narrow.last

    def _department(self) -> ColumnElement[Any]:
        if self._kind.is_of_customer:
            return self.owner.c.owner_department_id
        own = next((one for one in self._kind.columns if one.reference is Reference.DEPARTMENT), None)
        if own is None:
            raise RefusedError(NO_DEPARTMENTS, kind=self._kind.name)
        return self.table.c[own.target]

    def _customer_id(self, number: str) -> int:
        if not self._kind.is_of_customer:
            raise RefusedError(NO_CUSTOMERS, kind=self._kind.name)
        found = self._ctx.session.scalar(select(CustomerKey.customer_id).where(CustomerKey.customer_no == number))
        if found is None:
            raise NotFoundError(UNKNOWN_CUSTOMER, no=number)
        return found

    def _department_id(self, code: str) -> int:
        found = self._ctx.session.scalar(select(Department.id).where(Department.code == code))
        if found is None:
            raise NotFoundError(UNKNOWN_DEPARTMENT, code=code)
        return found
