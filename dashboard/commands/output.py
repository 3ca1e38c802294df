"""How commands print: JSON for machines, an aligned table for people; and how they read dates and lists."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import typer
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table

from dashboard.i18n import N_, _
from services.errors import RefusedError


@dataclass(frozen=True)
class Column:
    """A column of a printed table: the row's key and its title in the reader's language."""

    key: str
    title: str


def as_number(value: Decimal) -> int | float:
    """A number as JSON writes it: whole where it is whole."""
    return int(value) if value == value.to_integral_value() else float(value)


def parsed_list(written: str) -> frozenset[str]:
    """The names in "month,department"."""
    return frozenset(part.strip() for part in written.split(",") if part.strip())


def parsed_day(written: str) -> dt.date:
    """The day that "2025-06-30" names.

    Raises:
        RefusedError: it names none.
    """
    try:
        return dt.date.fromisoformat(written.strip())
    except ValueError as error:
        raise RefusedError(N_("“%(value)s” is not a date. Write it as 2025-06-30."), value=written) from error


def emit(
    content: Any,  # noqa: ANN401  (anything JSON can hold)
    columns: Sequence[Column],
    *,
    as_json: bool,
    to_errors: bool = False,
) -> None:
    """Print rows (or one JSON value); `to_errors` where standard output carries a file."""
    if as_json:
        typer.echo(json.dumps(content, ensure_ascii=False, default=str), err=to_errors)
        return
    rows: Iterable[Mapping[str, Any]] = content
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in columns:
        table.add_column(column.title, no_wrap=True, justify="left" if column.key in _TEXTS else "right")
    for row in rows:
        table.add_row(*[_cell(row.get(column.key)) for column in columns])
    if not table.row_count:
        typer.echo(_("Nothing to show."))
        return
    # Nothing is cut off: a table wider than the window runs on in the window's own way.
    window = Console()
    Console(width=max(window.width, _width(table)), soft_wrap=True).print(table)


def _width(table: Table) -> int:
    """How wide a table is that has nothing cut off."""
    return Measurement.get(_WIDE, _WIDE.options, table).maximum


_WIDE = Console(width=10_000)
_TEXTS = frozenset(
    {
        "metric",
        "month",
        "department",
        "kind",
        "measure",
        "key",
        "value_text",
        "clause",
        "text",
        "customer_no",
        "level",
        "final",
        "computed_level",
        "why",
        "task",
        "name",
        "state",
        "run_at",
        "error",
    }
)


def _cell(value: object) -> str:
    if value is None:
        return "—"
    if isinstance(value, float):
        return f"{value:,.4f}".rstrip("0").rstrip(".")
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
