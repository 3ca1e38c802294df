"""What changed since somebody looked at the overview: listings, risen levels, critical warnings, closed cases, files.

What has been seen is what the person says they have seen: nothing goes away by a second click or a reload. Until the
first time, and by wish, the list covers the last NEWS_DAYS days. After it, a thing is new when it was recorded later;
what was recorded late counts if it lies no more than NEWS_DAYS before that, so that an imported history is no news.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select, text, update

from db.models import AppUser
from services import ledger
from services.access import ensure_may
from services.context import Context
from services.scores_of_record import OF_RECORD

NEWS_DAYS = 30
#: How many of a kind are named.
NAMED = 3
LISTED, RISEN, WARNED, CLOSED, RESTORED, IMPORTED = "listed", "risen", "warned", "closed", "restored", "imported"


@dataclass(frozen=True)
class NamedCustomer:
    """A customer that a change names. Private persons appear by their number only."""

    customer_no: str
    name: str


@dataclass(frozen=True)
class Change:
    """One kind of change: how often, with how much money (or rows, for files), and the first customers it concerns."""

    kind: str
    count: int
    amount: Decimal | None
    customers: tuple[NamedCustomer, ...] = ()


@dataclass(frozen=True)
class WhatChanged:
    """What is new since `seen_at` (None: in the last NEWS_DAYS days), as recorded up to `read_at`."""

    seen_at: dt.datetime | None
    since_on: dt.date
    read_at: dt.datetime
    changes: tuple[Change, ...]


# --- rules


def first_day(seen_at: dt.datetime | None, today: dt.date, time_zone: str) -> dt.date:
    """The earliest day that something new may lie on. A sample's business date stands before the clock's."""
    looked = today if seen_at is None else min(today, seen_at.astimezone(ZoneInfo(time_zone)).date())
    return looked - dt.timedelta(days=NEWS_DAYS)


# --- commands


def mark_overview_seen(ctx: Context, until: dt.datetime) -> None:
    """The acting person has seen what was recorded up to `until` (a list's `read_at`). Never goes back."""
    ensure_may(ctx, "overview.read")
    instant = min(until, ctx.now)
    changed = ctx.session.execute(
        update(AppUser)
        .where(
            AppUser.id == ctx.actor.user_id, AppUser.overview_seen_at.is_(None) | (AppUser.overview_seen_at < instant)
        )
        .values(overview_seen_at=instant)
    )
    if changed.rowcount:  # type: ignore[attr-defined]
        ledger.record(ctx, "user.overview_seen", f"app_user:{ctx.actor.user_id}", after={"until": instant})


# --- reads


def overview_seen_at(ctx: Context) -> dt.datetime | None:
    """Up to when the acting person has seen the changes."""
    return ctx.session.execute(select(AppUser.overview_seen_at).where(AppUser.id == ctx.actor.user_id)).scalar()


_WHO = "c.customer_no, CASE WHEN c.kind = 'company' THEN c.name ELSE c.customer_no END"
_OF = """FROM customer c LEFT JOIN department d ON d.id = c.owner_department_id
       JOIN hit h ON h.customer_id = c.customer_id
 WHERE CAST(:only AS text) IS NULL OR d.code = :only"""
_NEW = "(CAST(:seen_at AS timestamptz) IS NULL OR {} > :seen_at)"
_LISTED = f"""
SELECT customer_id, count(*) AS n, NULL::numeric AS amount, max(decided_on)::text AS rank
  FROM listing
 WHERE state = 'confirmed' AND decided_on BETWEEN :first AND :today AND {_NEW.format("changed_at")}
 GROUP BY customer_id
"""  # noqa: S608
# A level that the cooldown holds up has not risen: the score before it was lower already.
_RISEN = f"""
SELECT c.customer_id, 1 AS n, NULL::numeric AS amount, lpad(c.risk_score::text, 12) AS rank
  FROM customer c
  JOIN LATERAL (
      SELECT s.level FROM score s JOIN scorecard k ON k.id = s.scorecard_id
       WHERE s.customer_id = c.customer_id AND {OF_RECORD}
         AND CASE WHEN CAST(:seen_at AS timestamptz) IS NULL THEN s.as_of <= :first ELSE s.computed_at <= :seen_at END
       ORDER BY s.as_of DESC, s.id DESC LIMIT 1) was ON true
 WHERE c.risk_level IN ('high', 'critical') AND c.scored_on > :first AND c.level_source IS DISTINCT FROM 'cooldown'
   AND (was.level IN ('low', 'medium') OR was.level = 'high' AND c.risk_level = 'critical')
"""  # noqa: S608
# Several rules warn of the same money, so a customer's counts once.
_WARNED = f"""
SELECT customer_id, count(*) AS n, max(money_at_risk) AS amount, lpad(max(money_at_risk)::text, 24) AS rank
  FROM early_warning
 WHERE severity = 'critical' AND state <> 'resolved' AND raised_on BETWEEN :first AND :today
   AND {_NEW.format("raised_at")}
 GROUP BY customer_id
"""  # noqa: S608
_CLOSED = f"""
SELECT k.customer_id, count(*) AS n, max(k.closed_on)::text AS rank,
       sum((SELECT sum(b.amount) FROM case_debt b WHERE b.customer_id = k.customer_id AND b.case_id = k.id)) AS amount
  FROM recovery_case k
 WHERE k.closed_on BETWEEN :first AND :today AND {_NEW.format("k.changed_at")}
 GROUP BY k.customer_id
"""  # noqa: S608
_RESTORED = f"""
SELECT customer_id, count(*) AS n, NULL::numeric AS amount, max(restored_on)::text AS rank
  FROM listing
 WHERE restored_on BETWEEN :first AND :today AND {_NEW.format("changed_at")}
 GROUP BY customer_id
"""  # noqa: S608
_HITS = {LISTED: _LISTED, RISEN: _RISEN, WARNED: _WARNED, CLOSED: _CLOSED, RESTORED: _RESTORED}
_IMPORTED = f"""
SELECT count(*), coalesce(sum(coalesce((counts ->> 'inserted')::numeric, 0)
                              + coalesce((counts ->> 'updated')::numeric, 0)), 0)
  FROM import_batch WHERE state = 'done' AND started_at >= :first AND {_NEW.format("finished_at")}
"""  # noqa: S608


def what_changed(ctx: Context, seen_at: dt.datetime | None, *, department: str | None = None) -> WhatChanged:
    """What is new since `seen_at` (None: in the last NEWS_DAYS days), of all customers or of one department's.

    Files concern every department; they are left out where one is asked for.
    """
    ensure_may(ctx, "overview.read")
    first = first_day(seen_at, ctx.today, ctx.policy_history.on(ctx.today).time_zone)
    values = {"first": first, "today": ctx.today, "seen_at": seen_at, "only": department, "named": NAMED}
    found = [_change(ctx, kind, values) for kind in _HITS]
    if department is None:
        count, rows = ctx.session.execute(text(_IMPORTED), {"first": first, "seen_at": seen_at}).one()
        found.append(Change(IMPORTED, count, rows))
    return WhatChanged(seen_at, first, ctx.now, tuple(one for one in found if one.count))


def _change(ctx: Context, kind: str, values: dict[str, Any]) -> Change:
    statement = (
        f"WITH hit AS ({_HITS[kind]}) SELECT {_WHO}, sum(h.n) OVER (), sum(h.amount) OVER () {_OF} "
        "ORDER BY h.rank DESC, c.customer_no LIMIT :named"
    )
    names = {name: value for name, value in values.items() if f":{name}" in statement}
    rows = ctx.session.execute(text(statement), names).all()
    if not rows:
        return Change(kind, 0, None)
    return Change(kind, int(rows[0][2]), rows[0][3], tuple(NamedCustomer(row[0], row[1]) for row in rows))
