"""Rows of one customer merged: the last thing said of each column counts, and a blank cell takes nothing away."""

from __future__ import annotations

import polars as pl

from db.enums import Role
from services.context import Context
from services.errors import N_
from services.imports.cleaning import MUST_NOT_BE_BLANK
from services.imports.columns import FileKind
from services.imports.rejects import RejectLog

ANOTHER_DEPARTMENT = N_("You may add and change customers of your own department only.")
_STORED = "_stored"


def merge_rows(
    ctx: Context, kind: FileKind, frame: pl.DataFrame, stored: pl.DataFrame, defaults: pl.DataFrame, log: RejectLog
) -> pl.DataFrame:
    """One row per key with everything known of it: from the file, else what is stored, else the default.

    `stored` has the key and the columns that the file fills; `defaults` is one row of values for what stays blank.
    Rows without a required value, and rows that the actor may not write, are rejected. The result has `_row` of the
    last row of each key.
    """
    keys = list(kind.identity)
    values = [name for name in frame.columns if name not in ("_row", "_line", *keys)]
    last = frame.group_by(keys).agg(pl.col("_row").max(), *(pl.col(name).drop_nulls().last() for name in values))
    known = stored.select(*keys, *(pl.col(name).alias(name + _STORED) for name in stored.columns if name not in keys))
    merged = last.join(known, on=keys, how="left").sort("_row")
    if not ctx.is_system and ctx.actor.role is Role.BUSINESS:
        merged = _of_own_department(ctx, kind, frame, merged, log)
    for name in values:
        merged = merged.with_columns(pl.coalesce(name, name + _STORED))
        if name in defaults.columns:
            merged = merged.with_columns(pl.col(name).fill_null(defaults[name][0]))
    for column in kind.columns:
        if column.required and column.target in values:
            empty = merged.filter(pl.col(column.target).is_null())
            _reject_keys(kind, frame, empty, column.name, MUST_NOT_BE_BLANK, log)
            merged = merged.filter(pl.col(column.target).is_not_null())
    return merged.drop(name for name in merged.columns if name.endswith(_STORED))


def _of_own_department(
    ctx: Context, kind: FileKind, frame: pl.DataFrame, merged: pl.DataFrame, log: RejectLog
) -> pl.DataFrame:
    """Business users add customers to their own department and change those it has (SPEC 3)."""
    own = ctx.actor.department_id or 0
    if "owner_department_id" not in merged.columns:
        merged = merged.with_columns(pl.lit(None, pl.Int64).alias("owner_department_id"))
    is_new = pl.col("customer_id" + _STORED).is_null()
    is_theirs = is_new | (pl.col("owner_department_id" + _STORED) == own).fill_null(False)
    stays = pl.col("owner_department_id").is_null() | (pl.col("owner_department_id") == own)
    refused = merged.filter(~(is_theirs & stays))
    _reject_keys(kind, frame, refused, "owner_department", ANOTHER_DEPARTMENT, log)
    return merged.filter(is_theirs & stays).with_columns(pl.lit(own, pl.Int64).alias("owner_department_id"))


def _reject_keys(
    kind: FileKind, frame: pl.DataFrame, merged: pl.DataFrame, column: str, template: str, log: RejectLog
) -> None:
    """Reject every row of the file that has one of the merged rows' keys."""
    if merged.height:
        rows = frame.join(merged.select(kind.identity), on=list(kind.identity), how="semi", maintain_order="left")
        log.add(rows["_row"], column, template)
