"""What a file kind and its columns are (SPEC 7). The kinds themselves are in the `*_kinds` modules."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

import polars as pl

from services.errors import N_


class ColumnType(StrEnum):
    """How a cell is read. `NUMBER_TEXT` is a business number: text whose digits and leading zeros survive."""

    TEXT = "text"
    NUMBER_TEXT = "number_text"
    DATE = "date"
    AMOUNT = "amount"
    INTEGER = "integer"
    RATIO = "ratio"
    BOOLEAN = "boolean"
    ENUM = "enum"
    CURRENCY = "currency"


class Reference(StrEnum):
    """What a column's text names; it is stored as an id."""

    CUSTOMER = "customer"
    CONTRACT = "contract"
    CASE = "case"
    INVOICE = "invoice"
    DEPARTMENT = "department"


#: Postgres keeps no longer value in a B-tree; nobody's number is this long.
LONGEST_NUMBER = 200
LONGEST_TEXT = 4_000
LARGEST_AMOUNT = Decimal("9999999999999999.9999")
LARGEST_RATIO = Decimal("999999.999999")


@dataclass(frozen=True)
class Column:
    """One column of a file kind. `headers` are the other names it is known by, the Chinese one of SPEC 7 first.

    `target` is the column of the table ("" for one that only decides the state); `blank` replaces a blank cell where
    the table allows no NULL; `synonyms` map how people write a value to its code.
    """

    name: str
    type: ColumnType
    headers: tuple[str, ...] = ()
    required: bool = False
    target: str = ""
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    synonyms: Mapping[str, str] = field(default_factory=dict)
    choices: tuple[str, ...] = ()
    reference: Reference | None = None
    blank: str | bool | None = None
    is_personal: bool = False


@dataclass(frozen=True)
class Check:
    """A rule between the columns of one row. `is_broken` is true for a wrong row; the reject names `column`."""

    column: str
    needs: frozenset[str]
    is_broken: pl.Expr
    template: str
    detail: str = ""


@dataclass(frozen=True)
class Lifecycle:
    """The state that rows of a history get: `state_of` knows which columns the file has.

    `moves` are the changes of state that an import may cause on a stored row; None: a stored state is left alone.
    `kept` names stored states that a derived state does not contradict, given the columns of the file.
    """

    state_of: Callable[[Collection[str]], pl.Expr]
    moves: Mapping[str, frozenset[str]] | None = None
    kept: Callable[[Collection[str]], frozenset[tuple[str, str]]] = lambda _columns: frozenset()
    column: str = "state"


@dataclass(frozen=True)
class FileKind:
    """One kind of file: its columns, its table, and how a row is found again.

    `identity` are the table's columns that name a row; `conflict` the table's unique constraint, led by customer_id.
    A `merges_blanks` kind never loses a value to a blank cell. Rows whose column `made_here` is filled came from people
    at work in the product: a file changes none of them. `standing`: of rows with one identity the one that a file
    speaks of, as SQL in which {t} stands for the table; it is the predicate of the unique index too.
    """

    name: str
    label: str
    table: str
    columns: tuple[Column, ...]
    identity: tuple[str, ...]
    conflict: tuple[str, ...]
    topics: tuple[str, ...]
    checks: tuple[Check, ...] = ()
    lifecycle: Lifecycle | None = None
    made_here: str | None = None
    standing: str = ""
    is_of_customer: bool = True
    feeds_metrics: bool = False
    is_versioned: bool = False
    merges_blanks: bool = False
    business_may: bool = True

    def column(self, name: str) -> Column | None:
        """The column of this name, or None."""
        return next((column for column in self.columns if column.name == name), None)

    @property
    def required(self) -> tuple[str, ...]:
        """Names of the columns that a file must bring."""
        return tuple(column.name for column in self.columns if column.required)

    @property
    def owner(self) -> Column | None:
        """The column that says whose row it is: the customer, or the contract or case of one."""
        order = (Reference.CUSTOMER, Reference.CONTRACT, Reference.CASE)
        found = [column for column in self.columns if column.reference in order]
        return min(found, key=lambda column: order.index(column.reference or Reference.CASE), default=None)


def text(name: str, *headers: str, required: bool = False, target: str = "", is_personal: bool = False) -> Column:
    """Free text."""
    return Column(name, ColumnType.TEXT, headers, required, target or name, is_personal=is_personal)


def number(name: str, *headers: str, required: bool = False, target: str = "", is_personal: bool = False) -> Column:
    """A business number or a code."""
    return Column(name, ColumnType.NUMBER_TEXT, headers, required, target or name, is_personal=is_personal)


def date(name: str, *headers: str, required: bool = False) -> Column:
    """A day."""
    return Column(name, ColumnType.DATE, headers, required, name)


def amount(name: str, *headers: str, required: bool = False, minimum: int | None = None) -> Column:
    """Money; two currencies never meet in one cell."""
    least = -LARGEST_AMOUNT if minimum is None else Decimal(minimum)
    return Column(name, ColumnType.AMOUNT, headers, required, name, least, LARGEST_AMOUNT)


def integer(name: str, *headers: str, minimum: int, maximum: int) -> Column:
    """A whole number in a range, both ends included."""
    return Column(name, ColumnType.INTEGER, headers, False, name, Decimal(minimum), Decimal(maximum))


def ratio(name: str, *headers: str, minimum: str, maximum: str, required: bool = False) -> Column:
    """A number with up to six decimals in a range, both ends included."""
    return Column(name, ColumnType.RATIO, headers, required, name, Decimal(minimum), Decimal(maximum))


def boolean(name: str, *headers: str, target: str, blank: bool | None = None) -> Column:
    """Yes or no."""
    return Column(name, ColumnType.BOOLEAN, headers, False, target, blank=blank)


def choice(
    name: str,
    *headers: str,
    choices: type[StrEnum] | tuple[str, ...],
    synonyms: Mapping[str, str],
    required: bool = False,
    target: str | None = None,
    blank: str | None = None,
) -> Column:
    """One of a list of codes."""
    codes = tuple(choices) if isinstance(choices, tuple) else tuple(item.value for item in choices)
    return Column(
        name, ColumnType.ENUM, headers, required, name if target is None else target,
        synonyms=synonyms, choices=codes, blank=blank,
    )  # fmt: skip


def currency(name: str = "currency", *headers: str, required: bool = False) -> Column:
    """An ISO 4217 code; blank means the base currency."""
    known = ("币种", "幣種", "币别", "幣別", "货币", "貨幣", "结算币种", "currency code", "ccy", "curr")
    return Column(name, ColumnType.CURRENCY, (*known, *headers), required, name)


def customer(required: bool = True) -> Column:
    """The customer that the row belongs to."""
    return Column(
        "customer_no", ColumnType.NUMBER_TEXT, CUSTOMER_HEADERS, required, "customer_id", reference=Reference.CUSTOMER
    )


def department(name: str, *headers: str, target: str, required: bool = False) -> Column:
    """A department, by code or by any of its names."""
    return Column(name, ColumnType.TEXT, headers, required, target, reference=Reference.DEPARTMENT)


def invoice(required: bool = False) -> Column:
    """The invoice that the row names."""
    return Column(
        "invoice_no", ColumnType.NUMBER_TEXT, INVOICE_HEADERS, required, "invoice_id", reference=Reference.INVOICE
    )


def not_before(column: str, other: str, template: str) -> Check:
    """The day in `column` must not lie before the day in `other`."""
    return Check(column, frozenset({column, other}), pl.col(column) < pl.col(other), template, detail=other)


CUSTOMER_HEADERS = (
    "客户编号", "客戶編號", "客户号", "客戶號", "客户代码", "客戶代碼", "客户编码", "客戶編碼", "customer number",
    "customer id",
    "customer code", "cust no", "cust number", "cust id", "account no", "account number", "debtor no",
)  # fmt: skip
INVOICE_HEADERS = (
    "发票号", "發票號", "发票号码", "發票號碼", "发票编号", "發票編號", "invoice number", "invoice id", "invoice",
    "inv no",
)  # fmt: skip
CONTRACT_HEADERS = (
    "合同编号", "合約編號", "合同編號", "合同号", "合同號", "合约编号", "contract number", "contract id", "contract",
)  # fmt: skip
DUE_BEFORE_ISSUED = N_("Due on a day before it was issued (%(detail)s).")
