"""Watch lists of others, brought in whole or in part as a difference to what is stored (policy 2.3).

A whole list ends the entries that it carries no more; nothing is removed. What a file would do can be seen before it
is applied; an application refuses when the list was changed in between.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import distinct_on

from db.copying import copy
from db.enums import WatchlistScope
from db.models import WatchlistEntry, WatchlistLoad
from services import access, data_versions, ledger
from services.context import Context
from services.errors import N_, RefusedError, StaleError, WrongFileError
from services.imports.plan import Request, prepare
from services.jobs.following import follow
from services.screening.names import lock_screening
from services.screening.ofac import EntryRow, read_ofac

OFAC, CSV = "ofac", "csv"
FORMATS = (OFAC, CSV)
LONGEST_SOURCE, _SHOWN = 80, 200
_COLUMNS = "entry_no, name, aliases, uscc, listed_on"
_STAGED = (
    "CREATE TEMPORARY TABLE watchlist_given (entry_no text PRIMARY KEY, name text, aliases text, uscc text, "
    "listed_on date, says_aliases boolean) ON COMMIT DROP"
)
#: What a file's row would make of an entry: what it does not say stays as it is.
_DIFFERENCE = """
CREATE TEMPORARY TABLE watchlist_change ON COMMIT DROP AS
SELECT coalesce(g.entry_no, e.entry_no) AS entry_no, g.name,
       CASE WHEN g.says_aliases THEN nullif(g.aliases, '') ELSE e.aliases END AS aliases, g.uscc,
       coalesce(g.listed_on, e.listed_on) AS listed_on, e.name AS former_name, e.aliases AS former_aliases,
       CASE WHEN e.entry_no IS NULL OR e.ended_on IS NOT NULL AND g.entry_no IS NOT NULL THEN 'added'
            WHEN g.entry_no IS NULL THEN CASE WHEN e.ended_on IS NULL AND :is_whole THEN 'removed' END
            WHEN (e.name, e.aliases, e.uscc, e.listed_on) IS DISTINCT FROM
                 (g.name, CASE WHEN g.says_aliases THEN nullif(g.aliases, '') ELSE e.aliases END, g.uscc,
                  coalesce(g.listed_on, e.listed_on)) THEN 'changed'
            ELSE 'unchanged' END AS change
  FROM watchlist_given g
  FULL JOIN (SELECT * FROM watchlist_entry WHERE source = :source) e ON e.entry_no = g.entry_no
"""
_WRITTEN = """
INSERT INTO watchlist_entry AS e (source, entry_no, name, aliases, uscc, listed_on)
SELECT :source, entry_no, name, aliases, uscc, listed_on FROM watchlist_change WHERE change IN ('added', 'changed')
    ON CONFLICT (source, entry_no) DO UPDATE
   SET name = excluded.name, aliases = excluded.aliases, uscc = excluded.uscc, listed_on = excluded.listed_on,
       ended_on = NULL
"""
_ENDED = """
UPDATE watchlist_entry e SET ended_on = :today FROM watchlist_change c
 WHERE e.source = :source AND e.entry_no = c.entry_no AND c.change = 'removed'
"""


@dataclass(frozen=True)
class WatchlistFile:
    """A file of a list, read. `aliases` of OFAC's second file are joined already."""

    source: str
    scope: WatchlistScope
    format: str
    file_name: str
    sha256: str
    rows: tuple[EntryRow, ...]


@dataclass(frozen=True)
class EntryChange:
    """One entry that a file adds, changes or ends."""

    change: str
    entry_no: str
    name: str
    former_name: str | None


@dataclass(frozen=True)
class ListDifference:
    """What a file does to a list. `since` is the last load of the list; `shown` the first entries that change."""

    source: str
    added: int
    changed: int
    removed: int
    unchanged: int
    since: dt.date | None
    last_load: int | None
    shown: tuple[EntryChange, ...]


@dataclass(frozen=True)
class WatchlistRow:
    """A list with what it holds and its last load."""

    source: str
    entries: int
    ended: int
    newest_on: dt.date | None
    loaded_on: dt.date | None = None
    loaded_by: str | None = None
    scope: WatchlistScope | None = None
    file_name: str | None = None
    added: int | None = None
    changed: int | None = None
    removed: int | None = None


# --- rules


def read_list(
    ctx: Context, source: str, content: bytes, *, file_name: str, scope: WatchlistScope = WatchlistScope.WHOLE,
    file_format: str = OFAC, aliases: bytes | None = None,
) -> WatchlistFile:  # fmt: skip
    """Read a file of a list; nothing is written.

    Raises:
        NotAllowedError: the actor may not load lists.
        RefusedError, WrongFileError: no name of the list, an unknown format, or a file that is not of the format.
    """
    access.ensure_may(ctx, "watchlist.load")
    name = source.strip()
    if not 0 < len(name) <= LONGEST_SOURCE:
        raise RefusedError(N_("Give the list a name of at most %(most)s characters."), most=LONGEST_SOURCE)
    if file_format not in FORMATS:
        raise RefusedError(N_("There is no format “%(name)s” of watch lists: ofac or csv."), name=file_format)
    if file_format == CSV and aliases is not None:
        raise RefusedError(N_("Only OFAC's format has its aliases in a second file."))
    rows = read_ofac(content, aliases) if file_format == OFAC else _read_csv(ctx, name, content, file_name)
    sha256 = hashlib.sha256(content + (aliases or b"")).hexdigest()
    return WatchlistFile(name, scope, file_format, file_name, sha256, rows)


def _read_csv(ctx: Context, source: str, content: bytes, file_name: str) -> tuple[EntryRow, ...]:
    """Through the import's own reading, with its headers in three languages. A row that can't be read would look as if
    the list had dropped it."""
    prepared = prepare(ctx, Request("watchlist", content, file_name, None, {"source": source}))
    wrong = len(prepared.cleaned.log.rows)
    frame = prepared.cleaned.frame
    if wrong or not frame.height:
        raise WrongFileError(
            N_("%(count)s rows can't be read; the import page names them. A list is taken whole or not at all."),
            count=wrong,
        )
    others = set(frame["source"].unique()) - {source}
    if others:
        raise WrongFileError(N_("The file has entries of another list: %(name)s."), name=sorted(others)[0])
    says = {name for name in ("aliases", "uscc", "listed_on") if name in frame.columns}
    rows = {
        row["entry_no"]: EntryRow(
            row["entry_no"], row["name"], (row["aliases"] or "") if "aliases" in says else None, row.get("uscc"),
            row["listed_on"].isoformat() if row.get("listed_on") else None,
        )
        for row in frame.iter_rows(named=True)
    }  # fmt: skip
    return tuple(rows.values())


# --- commands


def foresee_list(ctx: Context, file: WatchlistFile) -> ListDifference:
    """What a file would do; nothing of it stays.

    Raises:
        NotAllowedError: the actor may not load lists.
    """
    access.ensure_may(ctx, "watchlist.load")
    _compare(ctx, file)
    return _difference(ctx, file)


def load_list(ctx: Context, file: WatchlistFile, *, seen_load: int | None = -1) -> ListDifference:
    """Bring a list up to date. `seen_load`: the last load that the person saw (-1: whichever); one that came after it
    makes the preview void.

    Raises:
        NotAllowedError: the actor may not load lists.
        StaleError: the list was loaded meanwhile.
    """
    access.ensure_may(ctx, "watchlist.load")
    lock_screening(ctx)
    last = _last_load(ctx, file.source)
    if seen_load != -1 and (last.id if last else None) != seen_load:
        raise StaleError(N_("This list was loaded by somebody else meanwhile. Look at the difference again."))
    _compare(ctx, file)
    difference = _difference(ctx, file)
    values = {"source": file.source, "today": ctx.today}
    ctx.session.execute(text(_WRITTEN), {"source": file.source})
    ctx.session.execute(text(_ENDED), values)
    counts = {name: getattr(difference, name) for name in ("added", "changed", "removed", "unchanged")}
    load = WatchlistLoad(
        source=file.source, scope=file.scope.value, format=file.format, file_name=file.file_name, sha256=file.sha256,
        loaded_on=ctx.today, loaded_at=ctx.now, loaded_by=ctx.actor.login, **counts,
    )  # fmt: skip
    ctx.session.add(load)
    ctx.session.flush()
    after = {"source": file.source, "scope": file.scope.value, "file": file.file_name, "sha256": file.sha256, **counts}
    ledger.record(ctx, "watchlist.loaded", f"watchlist_load:{load.id}", after=after)
    data_versions.bump(ctx, "screening", "customers")
    if difference.added or difference.changed or difference.removed:
        follow(ctx, None)
    return difference


def _compare(ctx: Context, file: WatchlistFile) -> None:
    session = ctx.session
    for table in ("watchlist_given", "watchlist_change"):
        session.execute(text(f"DROP TABLE IF EXISTS {table}"))
    session.execute(text(_STAGED))
    copy(session, "COPY watchlist_given FROM STDIN", _lines(file.rows))
    whole = {"source": file.source, "is_whole": file.scope is WatchlistScope.WHOLE}
    session.execute(text(_DIFFERENCE), whole)


def _lines(rows: Sequence[EntryRow]) -> io.StringIO:
    out = io.StringIO()
    for row in rows:
        cells = (row.entry_no, row.name, row.aliases, row.uscc, row.listed_on, row.aliases is not None)
        out.write("\t".join("\\N" if cell is None else _cell(cell) for cell in cells) + "\n")
    out.seek(0)
    return out


def _cell(value: object) -> str:
    return str(value).replace("\\", "\\\\").replace("\t", " ").replace("\n", " ").replace("\r", " ")


def _difference(ctx: Context, file: WatchlistFile) -> ListDifference:
    session = ctx.session
    by_change: dict[str, int] = dict(
        session.execute(text("SELECT change, count(*) FROM watchlist_change WHERE change IS NOT NULL GROUP BY 1")).all()
    )
    shown = session.execute(
        text(
            "SELECT change, entry_no, coalesce(name, former_name) AS name, former_name FROM watchlist_change "
            "WHERE change IN ('added', 'changed', 'removed') ORDER BY change, length(entry_no), entry_no LIMIT :most"
        ),
        {"most": _SHOWN},
    )
    last = _last_load(ctx, file.source)
    return ListDifference(
        source=file.source, added=by_change.get("added", 0), changed=by_change.get("changed", 0),
        removed=by_change.get("removed", 0), unchanged=by_change.get("unchanged", 0),
        since=last.loaded_on if last else None, last_load=last.id if last else None,
        shown=tuple(EntryChange(*row) for row in shown),
    )  # fmt: skip


def _last_load(ctx: Context, source: str) -> WatchlistLoad | None:
    newest = select(WatchlistLoad).where(WatchlistLoad.source == source).order_by(WatchlistLoad.id.desc()).limit(1)
    return ctx.session.execute(newest).scalar_one_or_none()


# --- reads


def watchlists(ctx: Context) -> tuple[WatchlistRow, ...]:
    """All lists with what they hold and how they were last loaded.

    Raises:
        NotAllowedError: the actor may not screen.
    """
    access.ensure_may(ctx, "screening.ask")
    live = func.count().filter(WatchlistEntry.ended_on.is_(None))
    held = (
        select(
            WatchlistEntry.source, live.label("entries"), (func.count() - live).label("ended"),
            func.max(WatchlistEntry.listed_on).label("newest_on"),
        )
        .group_by(WatchlistEntry.source)
        .order_by(live.desc(), WatchlistEntry.source)
    )  # fmt: skip
    newest = (
        select(WatchlistLoad)
        .ext(distinct_on(WatchlistLoad.source))
        .order_by(WatchlistLoad.source, WatchlistLoad.id.desc())
    )
    loads = {one.source: one for one in ctx.session.execute(newest).scalars()}
    return tuple(_list_row(row, loads.get(row.source)) for row in ctx.session.execute(held))


def _list_row(row: Any, load: WatchlistLoad | None) -> WatchlistRow:  # noqa: ANN401  (a row of the statement)
    if load is None:
        return WatchlistRow(row.source, row.entries, row.ended, row.newest_on)
    return WatchlistRow(
        row.source, row.entries, row.ended, row.newest_on, load.loaded_on, load.loaded_by, WatchlistScope(load.scope),
        load.file_name, load.added, load.changed, load.removed,
    )  # fmt: skip
