"""Asking a name: who of those listed, and which entry of a watch list, it may be (policy 2.3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import text

from services import access
from services.context import Context
from services.errors import N_, RefusedError
from services.screening.explaining import PairScore, Side, pair_score
from services.screening.keys import keys_of, links_of
from services.screening.names import ensure_comparable
from services.screening.normal_forms import compact_code, uscc_fault
from services.screening.rows import Match, MatchSource

LONGEST_NAME = 300
#: So many share a key at most with a name before they are scored; those with most keys in common come first.
_MOST_SCORED = 400
_SHARED = "cardinality(ARRAY(SELECT unnest(n.keys) INTERSECT SELECT unnest(CAST(:keys AS text[]))))"
_LISTED = f"""
SELECT c.customer_id, c.customer_no, c.name, n.links, l.grade, l.listed_on
  FROM (SELECT customer_id, min(grade) AS grade, min(decided_on) AS listed_on FROM listing
         WHERE state = 'confirmed' GROUP BY customer_id) l
  JOIN screening_name n ON n.customer_id = l.customer_id
  JOIN customer c ON c.customer_id = l.customer_id
 WHERE n.keys && CAST(:keys AS text[]) OR n.links && CAST(:links AS text[])
 ORDER BY n.links && CAST(:links AS text[]) DESC, {_SHARED} DESC, c.customer_id LIMIT :most
"""  # noqa: S608
_WATCHED = f"""
SELECT n.source, n.entry_no, n.name, n.links, e.listed_on
  FROM watchlist_name n JOIN watchlist_entry e ON e.source = n.source AND e.entry_no = n.entry_no
 WHERE (n.keys && CAST(:keys AS text[]) OR n.links && CAST(:links AS text[]))
   AND (e.listed_on IS NULL OR e.listed_on <= :today) AND (e.ended_on IS NULL OR e.ended_on > :today)
 ORDER BY n.links && CAST(:links AS text[]) DESC, {_SHARED} DESC, n.source, n.entry_no, n.place LIMIT :most
"""  # noqa: S608


# --- rules


def ensure_code(uscc: str | None) -> str | None:
    """A credit code as it is compared.

    Raises:
        RefusedError: it can't be right; its check digit says so.
    """
    code = compact_code(uscc)
    if code and uscc_fault(code):
        raise RefusedError(
            N_("“%(code)s” is no valid unified social credit code: its length, a letter or the check digit is wrong."),
            code=uscc,
        )
    return code


def watchlist_key(source: str, entry_no: str) -> str:
    """How a pair with an entry is named."""
    return f"W:{source}:{entry_no}"


def listing_key(customer_id: int) -> str:
    """How a pair with a listed customer is named."""
    return f"L:{customer_id}"


# --- reads


def screen(
    ctx: Context, name: str, *, uscc: str | None = None, limit: int = 20, least: Decimal | None = None
) -> tuple[Match, ...]:
    """Listed customers and watch-list entries that resemble a name or bear the credit code, the likeliest first.

    Only what reaches the policy's threshold (or `least`).

    Raises:
        NotAllowedError: the actor may not screen.
        RefusedError: neither name nor code, a name too long, or a code that can't be right.
    """
    access.ensure_may(ctx, "screening.ask")
    asked, code = name.strip(), ensure_code(uscc)
    if not asked and not code:
        raise RefusedError(N_("Give a name, or a unified social credit code."))
    if len(asked) > LONGEST_NAME:
        raise RefusedError(N_("A name has at most %(most)s characters."), most=LONGEST_NAME)
    ensure_comparable(ctx)
    threshold = ctx.policy_history.on(ctx.today).screening_threshold if least is None else least
    links = links_of(uscc=code)
    values = {
        "keys": keys_of(asked, is_asked=True) if asked else [], "links": links, "most": _MOST_SCORED,
        "today": ctx.today,
    }  # fmt: skip
    mine = Side(asked, tuple(links))
    found = [*_listed(ctx, mine, values), *_watched(ctx, mine, values)]
    good = [one for one in found if one.score >= threshold]
    return tuple(sorted(good, key=lambda one: (-one.score, one.source, one.key))[: max(1, limit)])


def _listed(ctx: Context, mine: Side, values: dict[str, Any]) -> Iterable[Match]:
    for row in ctx.session.execute(text(_LISTED), values):
        scored = _scored(mine, Side(row.name, tuple(row.links)))
        yield Match(
            source=MatchSource.LISTING, key=listing_key(row.customer_id), name=row.name, score=scored.score,
            features=scored.features, customer_no=row.customer_no, grade=row.grade, listed_on=row.listed_on,
        )  # fmt: skip


def _watched(ctx: Context, mine: Side, values: dict[str, Any]) -> Iterable[Match]:
    """Each entry under the name of its own that comes nearest."""
    best: dict[tuple[str, str], Match] = {}
    for row in ctx.session.execute(text(_WATCHED), values):
        scored = _scored(mine, Side(row.name, tuple(row.links)))
        key = (row.source, row.entry_no)
        if key not in best or scored.score > best[key].score:
            best[key] = Match(
                source=MatchSource.WATCHLIST, key=watchlist_key(*key), name=row.name, score=scored.score,
                features=scored.features, list_source=row.source, entry_no=row.entry_no, listed_on=row.listed_on,
            )  # fmt: skip
    return best.values()


def _scored(mine: Side, theirs: Side) -> PairScore:
    """Where only a code was asked, only the code counts."""
    if mine.name:
        return pair_score(mine, theirs)
    scored = pair_score(Side("-", mine.links), Side("=", theirs.links))
    features: Sequence[Any] = [one for one in scored.features if one.code == "uscc"]
    return PairScore(Decimal(1) if features else Decimal(0), tuple(features))
