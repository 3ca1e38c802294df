"""Keeps the comparable form of every name in step with the register: only what changed is made again.

A row's print is made of what its keys are made of; a customer or an entry whose print differs is stale. That finds
every change, whichever door it came through.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import text

from db.copying import copy
from services import data_versions
from services.context import Context
from services.jobs.following import SCREEN
from services.jobs.queue import enqueue
from services.screening.keys import EDITION, keys_of, links_of

_ONE_AT_A_TIME = 7_205_370
_BATCH = 20_000
_ALIAS_BREAKS = re.compile("[;；|、\n]+")
_MOST_ALIASES = 60
_FIELDS = "name, uscc, legal_representative, phone, address, bank_account"
CUSTOMER_PRINT = (
    f"md5('{EDITION}' || jsonb_build_array(c.name, c.uscc, c.legal_representative, c.phone, c.address, "
    "c.bank_account)::text)"
)
ENTRY_PRINT = f"md5('{EDITION}' || jsonb_build_array(e.name, e.aliases, e.uscc)::text)"
_STALE_CUSTOMERS = f"""
SELECT c.customer_id, {CUSTOMER_PRINT} AS print, {_FIELDS}
  FROM customer c LEFT JOIN screening_name n ON n.customer_id = c.customer_id
 WHERE n.print IS DISTINCT FROM {CUSTOMER_PRINT} AND c.customer_id > :after {{only}}
 ORDER BY c.customer_id LIMIT :batch
"""  # noqa: S608
_STALE_ENTRIES = f"""
SELECT e.source, e.entry_no, {ENTRY_PRINT} AS print, e.name, e.aliases, e.uscc
  FROM watchlist_entry e LEFT JOIN watchlist_name n ON n.source = e.source AND n.entry_no = e.entry_no AND n.place = 0
 WHERE n.print IS DISTINCT FROM {ENTRY_PRINT}
"""  # noqa: S608
_LISTED = """
SELECT l.customer_id FROM listing l WHERE l.state = 'confirmed'
"""
#: By database: the counters at which nothing that is asked against was stale.
_FRESH: dict[str, tuple[int, ...]] = {}
_TOPICS = ("customers", "listings", "imports", "screening")


def lock_screening(ctx: Context) -> None:
    """One upkeep at a time: two would write the same rows in different orders."""
    ctx.session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _ONE_AT_A_TIME})


def refresh_customer_names(ctx: Context, customer_ids: Sequence[int] | None = None) -> int:
    """Make the stale names of customers (None: all) comparable; how many."""
    session = ctx.session
    only = "" if customer_ids is None else "AND c.customer_id = ANY(:ids)"
    given: dict[str, Any] = {"batch": _BATCH} | ({} if customer_ids is None else {"ids": list(customer_ids)})
    after, done = 0, 0
    while True:
        rows = session.execute(text(_STALE_CUSTOMERS.format(only=only)), given | {"after": after}).all()
        if not rows:
            return done
        _write_customers(ctx, rows)
        done, after = done + len(rows), rows[-1].customer_id


def _write_customers(ctx: Context, rows: Sequence[Any]) -> None:
    session = ctx.session
    session.execute(text("DROP TABLE IF EXISTS screening_made"))
    session.execute(
        text(
            "CREATE TEMPORARY TABLE screening_made (customer_id bigint, print text, keys jsonb, links jsonb) "
            "ON COMMIT DROP"
        )
    )
    lines = _lines(
        (
            row.customer_id, row.print, json.dumps(keys_of(row.name), ensure_ascii=False),
            json.dumps(links_of(uscc=row.uscc, phone=row.phone, bank_account=row.bank_account, address=row.address,
                                legal_representative=row.legal_representative)),
        )
        for row in rows
    )  # fmt: skip
    copy(session, "COPY screening_made FROM STDIN", lines)
    session.execute(
        text(
            "INSERT INTO screening_name AS n (customer_id, print, keys, links) "
            "SELECT customer_id, print, ARRAY(SELECT jsonb_array_elements_text(keys)), "
            "ARRAY(SELECT jsonb_array_elements_text(links)) FROM screening_made "
            "ON CONFLICT (customer_id) DO UPDATE SET print = excluded.print, keys = excluded.keys, "
            "links = excluded.links"
        )
    )


def refresh_entry_names(ctx: Context) -> int:
    """Make the stale names of watch lists comparable; how many entries."""
    session = ctx.session
    rows = session.execute(text(_STALE_ENTRIES)).all()
    if not rows:
        return 0
    session.execute(
        text(
            "DELETE FROM watchlist_name n "
            "USING unnest(CAST(:sources AS text[]), CAST(:nos AS text[])) e(source, entry_no) "
            "WHERE n.source = e.source AND n.entry_no = e.entry_no"
        ),
        {"sources": [row.source for row in rows], "nos": [row.entry_no for row in rows]},
    )
    session.execute(text("DROP TABLE IF EXISTS screening_made"))
    session.execute(
        text(
            "CREATE TEMPORARY TABLE screening_made (source text, entry_no text, place bigint, name text, print text, "
            "keys jsonb, links jsonb) ON COMMIT DROP"
        )
    )
    copy(session, "COPY screening_made FROM STDIN", _lines(_entry_lines(rows)))
    session.execute(
        text(
            "INSERT INTO watchlist_name (source, entry_no, place, name, print, keys, links) "
            "SELECT source, entry_no, place, name, print, ARRAY(SELECT jsonb_array_elements_text(keys)), "
            "ARRAY(SELECT jsonb_array_elements_text(links)) FROM screening_made"
        )
    )
    return len(rows)


def _entry_lines(rows: Iterable[Any]) -> Iterator[tuple[object, ...]]:
    for row in rows:
        links = json.dumps(links_of(uscc=row.uscc))
        for place, name in enumerate(names_of_entry(row.name, row.aliases)):
            yield row.source, row.entry_no, place, name, row.print, json.dumps(keys_of(name), ensure_ascii=False), links


def names_of_entry(name: str, aliases: str | None) -> tuple[str, ...]:
    """An entry's own name, then its aliases, each once."""
    others = [one.strip() for one in _ALIAS_BREAKS.split(aliases or "")]
    return tuple(dict.fromkeys([name, *(one for one in others if one)]))[:_MOST_ALIASES]


def _lines(rows: Iterable[tuple[object, ...]]) -> io.StringIO:
    """Rows as COPY reads them."""
    out = io.StringIO()
    for row in rows:
        out.write("\t".join(_cell(value) for value in row) + "\n")
    out.seek(0)
    return out


def _cell(value: object) -> str:
    return str(value).replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def ensure_comparable(ctx: Context) -> None:
    """Make comparable what a name is asked against, where anything has changed: a list brought in a moment ago counts.

    The counters of what may have changed are remembered, so that an answer does not look at every print.
    """
    place = str(ctx.session.get_bind().engine.url)
    now = data_versions.versions(ctx, *_TOPICS)
    if any(now) and _FRESH.get(place) == now:
        return
    stale = ctx.session.execute(text(f"SELECT EXISTS ({_STALE_ENTRIES})")).scalar_one()
    listed = list(ctx.session.execute(text(_LISTED)).scalars())
    only = "AND c.customer_id = ANY(:ids)"
    given = {"ids": listed, "after": 0, "batch": 1}
    if stale or (listed and ctx.session.execute(text(_STALE_CUSTOMERS.format(only=only)), given).first()):
        lock_screening(ctx)
        made_entries = refresh_entry_names(ctx)
        made = refresh_customer_names(ctx, listed)
        if made_entries or made:  # the worker compares them with everybody
            enqueue(ctx, SCREEN, "all")
    else:
        _FRESH[place] = now
