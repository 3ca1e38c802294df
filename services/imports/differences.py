"""What a file changes: rows that are new, rows that differ, rows that are there already (upsert by key, SPEC 7)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import polars as pl
from sqlalchemy import Table

from services.context import Context
from services.errors import N_
from services.imports.columns import FileKind, Lifecycle
from services.imports.merging import merge_rows
from services.imports.rejects import RejectLog
from services.imports.staging import column_type, stored_rows, table_of

OF_ANOTHER_CUSTOMER = N_("This number belongs to another customer.")
ILLEGAL_MOVE = N_("This record is %(detail)s and an import can't move it to %(wanted)s.")
MADE_HERE = N_("This row was made here, by people in their own name. A file can't change it.")
_STORED = "_stored"


@dataclass(frozen=True)
class Difference:
    """Rows to add and rows to change, with the table's columns; `compared` are the columns that an update sets."""

    inserts: pl.DataFrame
    updates: pl.DataFrame
    compared: tuple[str, ...]
    repeated: int = 0


def compare(
    ctx: Context, kind: FileKind, frame: pl.DataFrame, columns: Collection[str], defaults: pl.DataFrame, log: RejectLog
) -> Difference:
    """Compare resolved rows with what is stored. `columns` are our columns that the file fills."""
    table = table_of(kind.table)
    frame = _with_state(kind, frame, columns)
    frame = _as_stored(table, frame)
    if not kind.merges_blanks:
        frame = _with_blanks(kind, frame)
    owned = ("customer_id",) if "customer_id" in table.c else ()
    fixed = (*kind.identity, *owned, "_row", "_line")
    compared = tuple(name for name in frame.columns if name not in fixed)
    extra = ("owner_department_id",) if kind.merges_blanks else ()
    marks = () if kind.made_here is None else (kind.made_here,)
    keys = frame.select(kind.identity)
    wanted = tuple(dict.fromkeys((*owned, *compared, *extra, *marks)))
    stored = stored_rows(ctx.session, table, keys, wanted, kind.standing)
    before = frame.height + len(log.rows)
    if kind.merges_blanks:
        frame = _with_blanks(kind, merge_rows(ctx, kind, frame, stored, defaults, log))
        compared = tuple(name for name in frame.columns if name in compared or name in extra)
    else:
        frame = _last_of_each(frame, keys, kind)
    repeated = before - frame.height - len(log.rows)
    frame = _without_same(frame, stored)
    return _split(kind, frame, stored, compared, repeated, columns, log)


def _as_stored(table: Table, frame: pl.DataFrame) -> pl.DataFrame:
    """The columns that the table has, in its types; `_row` and `_line` stay."""
    names = [name for name in frame.columns if name in table.c]
    return frame.select("_row", "_line", *(pl.col(name).cast(column_type(table.c[name])) for name in names))


def _with_state(kind: FileKind, frame: pl.DataFrame, columns: Collection[str]) -> pl.DataFrame:
    if kind.lifecycle is None:
        return frame
    return frame.with_columns(kind.lifecycle.state_of(columns).alias(kind.lifecycle.column))


def _with_blanks(kind: FileKind, frame: pl.DataFrame) -> pl.DataFrame:
    """Give columns that know no NULL their value for a blank cell; keys that the file leaves out too."""
    for column in kind.columns:
        if column.blank is None or (column.target not in frame.columns and column.target not in kind.identity):
            continue
        if column.target not in frame.columns:
            frame = frame.with_columns(pl.lit(column.blank).alias(column.target))
        frame = frame.with_columns(pl.col(column.target).fill_null(pl.lit(column.blank)))
    return frame


def _last_of_each(frame: pl.DataFrame, keys: pl.DataFrame, kind: FileKind) -> pl.DataFrame:
    """One row per key, the last one. The cheap count of hashes settles the usual case, in which nothing repeats."""
    if keys.hash_rows().n_unique() == frame.height:
        return frame
    return frame.unique(subset=list(kind.identity), keep="last", maintain_order=True)


def _without_same(frame: pl.DataFrame, stored: pl.DataFrame) -> pl.DataFrame:
    """Drop rows that are stored exactly so, by two independent 64-bit hashes over all values: the same file twice."""
    names = [name for name in stored.columns if name in frame.columns]
    if not stored.height or not frame.height:
        return frame
    new, old = frame.select(names), stored.select(names)
    same = new.hash_rows(seed=1).is_in(old.hash_rows(seed=1).implode())
    if same.any():
        same = same & new.hash_rows(seed=2).is_in(old.hash_rows(seed=2).implode())
    return frame.filter(~same)


def _split(
    kind: FileKind, frame: pl.DataFrame, stored: pl.DataFrame, compared: tuple[str, ...], repeated: int,
    columns: Collection[str], log: RejectLog,
) -> Difference:  # fmt: skip
    """Divide the rows that are not stored exactly so."""
    keys = list(kind.identity)
    old = stored.select(*keys, *(pl.col(name).alias(name + _STORED) for name in stored.columns if name not in keys))
    joined = frame.join(old.with_columns(pl.lit(True).alias("_known")), on=keys, how="left", maintain_order="left")
    is_new = pl.col("_known").is_null()
    joined = _reject_others(kind, joined, log)
    joined = _settle_state(kind, joined, columns, log)
    if kind.merges_blanks:
        joined = joined.with_columns(pl.col("customer_id" + _STORED).alias("customer_id"))
    settable = tuple(name for name in compared if not _is_set_once(kind, name))
    differs = [pl.col(name).ne_missing(pl.col(name + _STORED)) for name in settable]
    changed = pl.any_horizontal(differs) if differs else pl.lit(False)
    joined = _reject_made_here(kind, joined, changed, log)
    names = [name for name in joined.columns if not name.startswith("_") and not name.endswith(_STORED)]
    return Difference(
        joined.filter(is_new).select(names), joined.filter(~is_new & changed).select(names), settable, repeated
    )


def _is_set_once(kind: FileKind, name: str) -> bool:
    return kind.lifecycle is not None and kind.lifecycle.moves is None and name == kind.lifecycle.column


def _reject_others(kind: FileKind, joined: pl.DataFrame, log: RejectLog) -> pl.DataFrame:
    """A business number stays with its customer."""
    column = "customer_id" + _STORED
    if kind.merges_blanks or column not in joined.columns:
        return joined
    elsewhere = (pl.col("customer_id") != pl.col(column)).fill_null(False)
    log.add(joined.filter(elsewhere)["_row"], kind.columns[0].name, OF_ANOTHER_CUSTOMER)
    return joined.filter(~elsewhere)


def _reject_made_here(kind: FileKind, joined: pl.DataFrame, changed: pl.Expr, log: RejectLog) -> pl.DataFrame:
    """Two people decided in their own name (clause 2.2): one person's file does not overrule them."""
    if kind.made_here is None:
        return joined
    theirs = pl.col(kind.made_here + _STORED).is_not_null() & changed
    log.add(joined.filter(theirs)["_row"], kind.columns[0].name, MADE_HERE)
    return joined.filter(~theirs)


def _settle_state(kind: FileKind, joined: pl.DataFrame, columns: Collection[str], log: RejectLog) -> pl.DataFrame:
    """Keep stored states that the file does not contradict; reject moves that the lifecycle forbids (SPEC 4)."""
    lifecycle = kind.lifecycle
    if lifecycle is None or lifecycle.moves is None:
        return joined
    new, old = pl.col(lifecycle.column), pl.col(lifecycle.column + _STORED)
    kept = pl.lit(False)
    for stored_state, derived in lifecycle.kept(columns):
        kept = kept | ((old == stored_state) & (new == derived))
    joined = joined.with_columns(pl.when(kept).then(old).otherwise(new).alias(lifecycle.column))
    legal = old.is_null() | (old == new)
    for source, targets in lifecycle.moves.items():
        legal = legal | ((old == source) & new.is_in(list(targets)))
    return _reject_moves(kind, lifecycle, joined, legal, log)


def _reject_moves(
    kind: FileKind, lifecycle: Lifecycle, joined: pl.DataFrame, legal: pl.Expr, log: RejectLog
) -> pl.DataFrame:
    illegal = joined.filter(~legal)
    for wanted in illegal[lifecycle.column].unique().to_list():
        rows = illegal.filter(pl.col(lifecycle.column) == wanted)
        column = "decision" if kind.column("decision") else "closed_on"
        log.add(rows["_row"], column, ILLEGAL_MOVE, {"wanted": wanted}, details=rows[lifecycle.column + _STORED])
    return joined.filter(legal)
