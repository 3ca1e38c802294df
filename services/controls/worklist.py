"""Lists of controls: what waits for somebody, what holds, what has ended. Keyset pages; each part reads its index."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, column, select, text, tuple_, values

from db.models import Control
from services import access
from services.assessments.places import place_of, place_text
from services.context import Context
from services.controls.reads import own_department
from services.controls.rows import ControlFilter, ControlPage, ControlRow, ControlTask
from services.controls.rules import EXPIRY_AHEAD_DAYS, REVIEW_AHEAD_DAYS
from services.controls.stored import made, selected
from services.early_warnings.lifecycle import company_zone
from services.errors import N_, RefusedError

LONGEST_PAGE = 500

_REVIEW = "k.review_on <= CAST(:today AS date) + :review_ahead"
_EXPIRING = "k.expires_on <= CAST(:today AS date) + :expiry_ahead"
_FROM = "FROM control k JOIN customer c ON c.customer_id = k.customer_id"
#: Of a control that is to be reviewed and ends soon, the earlier day counts (services/controls/stored.py: task_of).
_TASKS = {
    ControlTask.APPROVE: f"""
SELECT CAST(k.proposed_at AT TIME ZONE :zone AS date), k.customer_id, k.id {_FROM} WHERE k.state = 'proposed'""",
    ControlTask.REVIEW: f"""
SELECT k.review_on, k.customer_id, k.id {_FROM} WHERE k.state = 'active' AND {_REVIEW}
   AND (k.expires_on IS NULL OR k.expires_on >= k.review_on OR NOT {_EXPIRING})""",
    ControlTask.EXPIRING: f"""
SELECT k.expires_on, k.customer_id, k.id {_FROM} WHERE k.state = 'active' AND {_EXPIRING}
   AND (k.review_on IS NULL OR k.review_on > k.expires_on OR NOT {_REVIEW})""",
}
_VIEWS = {
    "active": f"SELECT k.starts_on, k.customer_id, k.id {_FROM} WHERE k.state = 'active'",
    "ended": f"""
SELECT k.ended_on, k.customer_id, k.id {_FROM} WHERE k.ended_on IS NOT NULL AND k.state IN ('lifted', 'expired')""",
}
_CHOSEN = """
   AND (:kind IS NULL OR k.kind = :kind) AND (:level IS NULL OR c.risk_level = :level)
   AND (:department IS NULL OR c.owner_department_id = (SELECT d.id FROM department d WHERE d.code = :department))
   AND (:search IS NULL OR c.name ILIKE :inside OR c.customer_no ILIKE :beginning)"""
_PAGE = """
SELECT t.day, t.customer_id, t.id FROM ({branches}) t(day, customer_id, id)
 WHERE true {after} ORDER BY t.day {way}, t.customer_id {way}, t.id {way} LIMIT :limit
"""
_AFTER = "AND (t.day, t.customer_id, t.id) {beyond} (CAST(:last_day AS date), :last_customer, :last_id)"


def open_work(
    ctx: Context, filters: ControlFilter | None = None, cursor: str | None = None, limit: int = 50
) -> ControlPage:
    """What waits for somebody (to approve, to review, ending soon), the oldest day first; or, by `filters.view`, what
    holds and what has ended, the newest first.

    Raises:
        NotAllowedError: the actor may not read controls.
        RefusedError: the cursor is not one, or there is no such view.
    """
    access.ensure_may(ctx, "control.read")
    chosen = filters or ControlFilter()
    limit = max(1, min(limit, LONGEST_PAGE))
    is_work = chosen.view == "work"
    given = _values(ctx, chosen) | {"limit": limit + 1}
    after = ""
    if cursor:
        day, customer_id, control_id = place_of(cursor, str, int, int)
        given |= {"last_day": day, "last_customer": customer_id, "last_id": control_id}
        after = _AFTER.format(beyond=">" if is_work else "<")
    branches = " UNION ALL ".join(branch + _CHOSEN for branch in _branches(chosen))
    statement = _PAGE.format(branches=branches, after=after, way="" if is_work else "DESC")
    used = {name: value for name, value in given.items() if f":{name}" in statement}
    keys = ctx.session.execute(text(statement), used).all()
    rows = _rows(ctx, [(one.customer_id, one.id) for one in keys[:limit]])
    last = keys[limit - 1] if len(keys) > limit else None
    return ControlPage(rows, None if last is None else place_text(last.day.isoformat(), last.customer_id, last.id))


def _branches(filters: ControlFilter) -> list[str]:
    if filters.view in _VIEWS:
        return [_VIEWS[filters.view]]
    if filters.view != "work":
        raise RefusedError(N_("There is no such list of measures."))
    return [_TASKS[ControlTask(filters.task)]] if filters.task in set(ControlTask) else list(_TASKS.values())


def _values(ctx: Context, filters: ControlFilter) -> dict[str, Any]:
    search = filters.search.strip()
    escaped = search.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
    return {
        "today": ctx.today, "review_ahead": REVIEW_AHEAD_DAYS, "expiry_ahead": EXPIRY_AHEAD_DAYS,
        "zone": company_zone(ctx).key, "kind": filters.kind, "level": filters.level,
        "department": own_department(ctx, filters.department), "search": search or None, "inside": f"%{escaped}%",
        "beginning": f"{escaped}%",
    }  # fmt: skip


def _rows(ctx: Context, keys: list[tuple[int, int]]) -> tuple[ControlRow, ...]:
    """These controls, in this order."""
    if not keys:
        return ()
    named = values(column("customer_id", BigInteger), column("id", BigInteger), name="named").data(keys)
    query = selected().where(tuple_(Control.customer_id, Control.id).in_(select(named.c.customer_id, named.c.id)))
    found = {(one.Control.customer_id, one.Control.id): one for one in ctx.session.execute(query)}
    return tuple(made(ctx, found[key]) for key in keys if key in found)
