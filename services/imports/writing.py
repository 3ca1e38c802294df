"""Writes a difference: new rows by COPY sorted by customer, changed rows by one set-based upsert, old values kept."""

from __future__ import annotations

import polars as pl
from sqlalchemy import Numeric, Table, text

from services.context import Context
from services.imports.columns import FileKind
from services.imports.differences import Difference
from services.imports.staging import Progress, copy_in, stage, stored_rows, table_of

_STAGE = "import_stage"


def write(
    ctx: Context, kind: FileKind, batch_id: int, difference: Difference, progress: Progress | None = None
) -> None:
    """Write all changes of one file; the caller holds the transaction.

    Raises:
        psycopg2.errors.UniqueViolation: somebody added one of the rows meanwhile; compare again.
    """
    if difference.inserts.height:
        rows = _with_customer_ids(ctx, difference.inserts) if kind.merges_blanks else difference.inserts
        # Sorted by customer: neighbours in the primary key, and pages of one customer close together.
        copy_in(ctx.session, kind.table, rows.sort(kind.conflict), progress)
    if difference.updates.height:
        _update(ctx, kind, batch_id, difference)


def _with_customer_ids(ctx: Context, rows: pl.DataFrame) -> pl.DataFrame:
    """Give new customers their ids, through the one table in which business numbers are unique."""
    numbers = rows.select("customer_no")
    copy_in(ctx.session, "customer_key", numbers.sort("customer_no"))
    keys = stored_rows(ctx.session, table_of("customer_key"), numbers, ("customer_id",))
    return rows.drop("customer_id").join(keys, on="customer_no", how="inner")


def _update(ctx: Context, kind: FileKind, batch_id: int, difference: Difference) -> None:
    """Keep the old values of the rows that differ, then overwrite them."""
    table = table_of(kind.table)
    columns = [name for name in difference.updates.columns if name in table.c]
    stage(ctx.session, _STAGE, difference.updates.select(columns), table)
    same = " AND ".join(f't."{name}" = s."{name}"' for name in kind.conflict)
    if kind.standing:
        same += " AND " + kind.standing.format(t="t.")
    owner = 't."customer_id"' if "customer_id" in table.c else "0"
    key = " || ':' || ".join(f's."{name}"::text' for name in kind.identity)
    before, after = (_changed_values(table, difference.compared, alias) for alias in "ts")
    ctx.session.execute(
        text(
            "INSERT INTO import_change (batch_id, customer_id, key, before, after) "  # noqa: S608  (names of our own tables)
            f'SELECT :batch_id, {owner}, {key}, {before}, {after} FROM {_STAGE} s JOIN "{table.name}" t ON {same} '
            f"WHERE {_distinct(difference.compared, 't', 's')}"
        ),
        {"batch_id": batch_id},
    )
    _merge(ctx, kind, columns, difference.compared)


def _merge(ctx: Context, kind: FileKind, columns: list[str], compared: tuple[str, ...]) -> None:
    settings = [f'"{name}" = excluded."{name}"' for name in compared]
    if kind.is_versioned:
        settings += ["version = t.version + 1", "changed_at = :now"]
    names = ", ".join(f'"{name}"' for name in columns)
    conflict = ", ".join(f'"{name}"' for name in kind.conflict)
    where = f" WHERE {kind.standing.format(t='')}" if kind.standing else ""
    ctx.session.execute(
        text(
            f'INSERT INTO "{kind.table}" AS t ({names}) SELECT {names} FROM {_STAGE} '  # noqa: S608
            f"ON CONFLICT ({conflict}){where} DO UPDATE "
            f"SET {', '.join(settings)} WHERE {_distinct(compared, 't', 'excluded')}"
        ),
        {"now": ctx.now} if kind.is_versioned else {},
    )


def _distinct(columns: tuple[str, ...], one: str, other: str) -> str:
    left, right = (", ".join(f'{alias}."{name}"' for name in columns) for alias in (one, other))
    return f"({left}) IS DISTINCT FROM ({right})"


def _changed_values(table: Table, columns: tuple[str, ...], alias: str) -> str:
    """SQL for a JSON object with the columns that differ, as one side has them."""
    parts = []
    for name in columns:
        value = f'{alias}."{name}"'
        shown = f"trim_scale({value})::text" if isinstance(table.c[name].type, Numeric) else value
        differs = _distinct((name,), "t", "s")
        parts.append(f"CASE WHEN {differs} THEN jsonb_build_object('{name}', {shown}) ELSE '{{}}' END")
    return "(" + " || ".join(parts) + ")"
