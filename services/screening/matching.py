"""Runs over the register: new and changed customers against all that is listed, and new listings and entries against
all customers (policy 2.3). Pairs are found by shared keys in one statement, the rarest first, then scored.

What was compared at the print it has is not compared again. A pair that a reviewer cleared stays cleared until one of
its sides changes.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from decimal import Decimal
from itertools import groupby
from typing import Any

from sqlalchemy import text

from db.copying import copy
from services import data_versions, ledger
from services.context import Context
from services.screening.explaining import PairScore, Side, pair_score
from services.screening.names import lock_screening, refresh_customer_names, refresh_entry_names
from services.screening.rows import Screened

#: A key that more of those listed bear says nothing; shared by more customers, it is an agent's phone or a lobby.
_COMMONEST_KEY = 400
_MOST_PAIRS_OF_ONE = 60
#: Also who is listed no more, or not yet: on another day a rule may ask for it. `is_live`: in force today.
_TARGETS = """
CREATE TEMPORARY TABLE screening_target ON COMMIT DROP AS
SELECT 'L:' || n.customer_id AS pair_key, n.customer_id AS other_customer_id, CAST(NULL AS text) AS source,
       CAST(NULL AS text) AS entry_no, c.name, n.keys, n.links, n.print, NOT n.is_listed AS is_new, l.is_live
  FROM (SELECT customer_id, bool_or(state = 'confirmed') AS is_live FROM listing
         WHERE state IN ('confirmed', 'restored') GROUP BY customer_id) l
  JOIN screening_name n ON n.customer_id = l.customer_id
  JOIN customer c ON c.customer_id = l.customer_id
UNION ALL
SELECT 'W:' || n.source || ':' || n.entry_no, NULL, n.source, n.entry_no, n.name, n.keys, n.links, n.print,
       n.compared IS DISTINCT FROM n.print || :mark,
       (e.listed_on IS NULL OR e.listed_on <= :today) AND (e.ended_on IS NULL OR e.ended_on > :today)
  FROM watchlist_name n JOIN watchlist_entry e ON e.source = n.source AND e.entry_no = n.entry_no
"""
_TARGET_KEYS = """
CREATE TEMPORARY TABLE screening_target_key ON COMMIT DROP AS
SELECT * FROM (
    SELECT k.key, t.pair_key, t.is_new, 1.0 / count(*) OVER (PARTITION BY k.key) AS rarity,
           count(*) OVER (PARTITION BY k.key) AS bearers
      FROM screening_target t CROSS JOIN LATERAL unnest(t.keys || t.links) k(key)
) w WHERE bearers <= :commonest
"""
_CHANGED = """
CREATE TEMPORARY TABLE screening_changed ON COMMIT DROP AS
SELECT customer_id FROM screening_name WHERE compared IS DISTINCT FROM print || :mark {only}
"""
_PAIRS = """
CREATE TEMPORARY TABLE screening_pair ON COMMIT DROP AS
SELECT customer_id, pair_key FROM (
    SELECT customer_id, pair_key, row_number() OVER (PARTITION BY customer_id ORDER BY sum(rarity) DESC, pair_key) place
      FROM (
        SELECT n.customer_id, t.pair_key, t.rarity
          FROM screening_changed h JOIN screening_name n ON n.customer_id = h.customer_id
          CROSS JOIN LATERAL unnest(n.keys || n.links) k(key) JOIN screening_target_key t ON t.key = k.key
        UNION ALL
        SELECT n.customer_id, t.pair_key, t.rarity
          FROM screening_name n CROSS JOIN LATERAL unnest(n.keys || n.links) k(key)
          JOIN screening_target_key t ON t.key = k.key AND t.is_new
         WHERE EXISTS (SELECT 1 FROM screening_target WHERE is_new)
           AND (n.keys && CAST(:new_keys AS text[]) OR n.links && CAST(:new_keys AS text[]))
           AND NOT EXISTS (SELECT 1 FROM screening_changed h WHERE h.customer_id = n.customer_id)
      ) shared
     WHERE pair_key <> 'L:' || customer_id
     GROUP BY customer_id, pair_key
) p WHERE place <= :most
"""
#: Of two that are listed both, one resembles the other: not each the other.
_MIRRORED = """
DELETE FROM screening_pair p USING screening_target t
 WHERE t.pair_key = p.pair_key AND t.other_customer_id IS NOT NULL
   AND NOT EXISTS (SELECT 1 FROM screening_match m WHERE m.customer_id = p.customer_id AND m.pair_key = p.pair_key)
   AND (EXISTS (SELECT 1 FROM screening_match m
                 WHERE m.customer_id = t.other_customer_id AND m.pair_key = 'L:' || p.customer_id)
        OR p.customer_id > t.other_customer_id
           AND EXISTS (SELECT 1 FROM screening_pair o
                        WHERE o.customer_id = t.other_customer_id AND o.pair_key = 'L:' || p.customer_id))
"""
_TO_SCORE = """
SELECT p.customer_id, p.pair_key, c.name AS mine, n.links AS my_links, n.print AS my_print, t.name, t.links, t.print
  FROM screening_pair p JOIN screening_target t ON t.pair_key = p.pair_key
  JOIN customer c ON c.customer_id = p.customer_id JOIN screening_name n ON n.customer_id = p.customer_id
 ORDER BY p.customer_id, p.pair_key
"""
_MADE = (
    "CREATE TEMPORARY TABLE screening_found (customer_id bigint, pair_key text, name text, score numeric, "
    "features jsonb, print text, PRIMARY KEY (customer_id, pair_key)) ON COMMIT DROP"
)
_REOPENED = """
SELECT count(*) FROM screening_match m
  JOIN screening_found f ON f.customer_id = m.customer_id AND f.pair_key = m.pair_key
 WHERE m.state = 'cleared' AND m.print <> f.print
"""
_MERGED = """
INSERT INTO screening_match AS m (customer_id, pair_key, source, other_customer_id, list_source, entry_no, name, score,
                                  features, print, state, found_on)
SELECT DISTINCT ON (f.customer_id, f.pair_key) f.customer_id, f.pair_key,
       CASE WHEN t.other_customer_id IS NULL THEN 'watchlist' ELSE 'listing' END, t.other_customer_id, t.source,
       t.entry_no, f.name, f.score, f.features, f.print, CASE WHEN t.is_live THEN 'open' ELSE 'lapsed' END, :today
  FROM screening_found f JOIN screening_target t ON t.pair_key = f.pair_key
    ON CONFLICT (customer_id, pair_key) DO UPDATE
   SET name = excluded.name, score = excluded.score, features = excluded.features, print = excluded.print,
       state = CASE WHEN m.state = 'cleared' AND m.print <> excluded.print THEN 'open' ELSE m.state END,
       version = m.version + 1, changed_at = :now
 WHERE (m.name, m.score, m.features, m.print) IS DISTINCT FROM
       (excluded.name, excluded.score, excluded.features, excluded.print)
"""
#: What was compared just now and is alike no more. A person's verdict is kept.
_NO_MORE_ALIKE = """
DELETE FROM screening_match m
 WHERE m.decided_by_id IS NULL AND m.state IN ('open', 'lapsed')
   AND NOT EXISTS (SELECT 1 FROM screening_found f WHERE f.customer_id = m.customer_id AND f.pair_key = m.pair_key)
   AND (EXISTS (SELECT 1 FROM screening_changed h WHERE h.customer_id = m.customer_id)
        OR EXISTS (SELECT 1 FROM screening_target t WHERE t.pair_key = m.pair_key AND t.is_new))
"""
_IS_LIVE = """
(m.source = 'listing' AND EXISTS (SELECT 1 FROM listing l WHERE l.customer_id = m.other_customer_id
                                     AND l.state = 'confirmed')
 OR m.source = 'watchlist' AND EXISTS (
    SELECT 1 FROM watchlist_entry e WHERE e.source = m.list_source AND e.entry_no = m.entry_no
       AND (e.listed_on IS NULL OR e.listed_on <= :today) AND (e.ended_on IS NULL OR e.ended_on > :today)))
"""
_BACK = f"""
UPDATE screening_match m SET state = 'open', version = version + 1, changed_at = :now
 WHERE m.state = 'lapsed' AND {_IS_LIVE}
"""  # noqa: S608
_LAPSED = f"""
UPDATE screening_match m SET state = 'lapsed', version = version + 1, changed_at = :now
 WHERE m.state = 'open' AND NOT {_IS_LIVE}
"""  # noqa: S608
_NOTHING_NEW = """
SELECT NOT EXISTS (SELECT 1 FROM screening_name WHERE compared IS DISTINCT FROM print || :mark {only})
   AND NOT EXISTS (SELECT 1 FROM watchlist_name WHERE compared IS DISTINCT FROM print || :mark)
   AND NOT EXISTS (SELECT 1 FROM listing l JOIN screening_name n ON n.customer_id = l.customer_id
                    WHERE l.state IN ('confirmed', 'restored') AND NOT n.is_listed)
"""
#: `is_listed`: was ever listed, when it was last compared with everybody.
_DONE = (
    "UPDATE screening_name n SET compared = print || :mark FROM screening_changed h "
    "WHERE h.customer_id = n.customer_id",
    "UPDATE screening_name n SET is_listed = true FROM screening_target t "
    "WHERE n.customer_id = t.other_customer_id AND NOT n.is_listed",
    "UPDATE watchlist_name SET compared = print || :mark WHERE compared IS DISTINCT FROM print || :mark",
)
_TABLES = ("screening_target", "screening_target_key", "screening_changed", "screening_pair", "screening_found")


# --- commands


def run_screening(ctx: Context, customer_ids: Sequence[int] | None = None) -> Screened:
    """Bring names and matches up to date: for customers that changed (of those named, None: all), and against whatever
    was listed anew. A second run in a row changes nothing."""
    lock_screening(ctx)
    names = refresh_entry_names(ctx) + refresh_customer_names(ctx, customer_ids)
    result = Screened(names) if _nothing_new(ctx, customer_ids) else _compare(ctx, customer_ids, names)
    day = {"today": ctx.today, "now": ctx.now}
    back, lapsed = (int(ctx.session.execute(text(one), day).rowcount) for one in (_BACK, _LAPSED))  # type: ignore[attr-defined]
    result = replace(result, reopened=result.reopened + back, lapsed=lapsed)
    if result.found or result.reopened or result.lapsed or result.gone:
        counts = {name: value for name, value in asdict(result).items() if name != "names"}
        ledger.record(ctx, "screening.ran", "screening", after=counts)
        data_versions.bump(ctx, "screening")
    return result


def _nothing_new(ctx: Context, customer_ids: Sequence[int] | None) -> bool:
    only, given = _only(customer_ids)
    given["mark"] = _mark(ctx)
    return bool(ctx.session.execute(text(_NOTHING_NEW.format(only=only)), given).scalar_one())


def _mark(ctx: Context) -> str:
    """What a comparison hung on beside the names: another threshold, and everything is compared again."""
    return f" at {ctx.policy_history.on(ctx.today).screening_threshold.normalize()}"


def _only(customer_ids: Sequence[int] | None) -> tuple[str, dict[str, Any]]:
    return ("", {}) if customer_ids is None else ("AND customer_id = ANY(:ids)", {"ids": list(customer_ids)})


def _compare(ctx: Context, customer_ids: Sequence[int] | None, names: int) -> Screened:
    threshold = ctx.policy_history.on(ctx.today).screening_threshold
    mark = _mark(ctx)
    _prepare(ctx, customer_ids, mark)
    copy(ctx.session, "COPY screening_found FROM STDIN", _scored_lines(ctx, threshold))
    result = _merge(ctx, names)
    for statement in _DONE:
        ctx.session.execute(text(statement), {"mark": mark} if ":mark" in statement else {})
    return result


def _prepare(ctx: Context, customer_ids: Sequence[int] | None, mark: str) -> None:
    session = ctx.session
    for table in _TABLES:
        session.execute(text(f"DROP TABLE IF EXISTS {table}"))
    session.execute(text(_TARGETS), {"today": ctx.today, "mark": mark})
    session.execute(text(_TARGET_KEYS), {"commonest": _COMMONEST_KEY})
    session.execute(text("CREATE INDEX ON screening_target_key (key)"))
    only, given = _only(customer_ids)
    session.execute(text(_CHANGED.format(only=only)), given | {"mark": mark})
    for table in ("screening_target", "screening_target_key", "screening_changed"):
        session.execute(text(f"ANALYZE {table}"))
    new_keys = list(session.execute(text("SELECT DISTINCT key FROM screening_target_key WHERE is_new")).scalars())
    session.execute(text(_PAIRS), {"new_keys": new_keys, "most": _MOST_PAIRS_OF_ONE})
    session.execute(text(_MIRRORED))
    session.execute(text(_MADE))


def _scored_lines(ctx: Context, threshold: Decimal) -> io.StringIO:
    """Each pair that reaches the threshold, under the name of the other that comes nearest."""
    out = io.StringIO()
    for (customer_id, pair_key), rows in _pairs(ctx):
        scored = [
            (pair_score(Side(row.mine, tuple(row.my_links)), Side(row.name, tuple(row.links))), row) for row in rows
        ]
        best, row = max(scored, key=lambda one: one[0].score)
        if best.score >= threshold:
            cells = (customer_id, pair_key, row.name, best.score, _features_json(best), f"{row.my_print}{row.print}")
            out.write("\t".join(str(one).replace("\\", "\\\\").replace("\t", " ").replace("\n", " ") for one in cells))
            out.write("\n")
    out.seek(0)
    return out


def _pairs(ctx: Context) -> Iterator[tuple[tuple[int, str], list[Any]]]:
    rows = ctx.session.execute(text(_TO_SCORE), execution_options={"stream_results": True, "yield_per": 5_000})
    for key, group in groupby(rows, key=lambda row: (int(row.customer_id), str(row.pair_key))):
        yield key, list(group)


def _features_json(scored: PairScore) -> str:
    features = [
        asdict(one) | {"share": str(one.share), "params": {name: str(value) for name, value in one.params.items()}}
        for one in scored.features
    ]
    return json.dumps({"features": features}, ensure_ascii=False)


def _merge(ctx: Context, names: int) -> Screened:
    session = ctx.session
    reopened = int(session.execute(text(_REOPENED)).scalar_one())
    count = text("SELECT count(*) FROM screening_match WHERE state <> 'lapsed'")
    before = int(session.execute(count).scalar_one())
    session.execute(text(_MERGED), {"today": ctx.today, "now": ctx.now})
    found = int(session.execute(count).scalar_one()) - before
    gone = int(session.execute(text(_NO_MORE_ALIKE)).rowcount)  # type: ignore[attr-defined]
    return Screened(names, found, reopened, gone=gone)
