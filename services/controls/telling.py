"""Tells people what a control wants of them: a decision, to obey it, a review before it ends (clause 4.2)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select, text

from db.enums import ControlEnd
from db.models import Control, Customer
from services.context import Context
from services.controls.rules import EXPIRY_AHEAD_DAYS
from services.events import publish_all
from services.notifications import notify

_MOST_WORDS = 200
PAGE = "controls"


def tell_waits(ctx: Context, row: Control) -> None:
    """Those who approve: a person proposed a control."""
    notify(ctx, "control_to_approve", _subject(row), params=_params(ctx, row), link=_link(row))


def tell_planned(ctx: Context, count: int) -> None:
    """Those who approve: rules proposed so many controls."""
    if count:
        notify(ctx, "controls_planned", "control", params={"count": count}, link=PAGE)


def tell_decided(ctx: Context, row: Control, decision: str) -> None:
    """Who proposed it: it was approved or declined."""
    if row.proposed_by_id is not None:
        params = _params(ctx, row) | {"decision": decision}
        notify(ctx, "control_decided", _subject(row), people=[row.proposed_by_id], params=params, link=_link(row))


def tell_in_force(ctx: Context, rows: Sequence[Control]) -> None:
    """The customers' departments and who is in charge, who have to obey them from now on; and other systems."""
    publish_all(ctx, "control.active", [(row.customer_id, _active(row)) for row in rows])
    _tell_concerned(ctx, "control_in_force", rows)


def tell_ended(ctx: Context, rows: Sequence[Control]) -> None:
    """The same: they hold no longer. People are told of the successor of one that was replaced."""
    publish_all(ctx, "control.ended", [(row.customer_id, _ended(row)) for row in rows])
    _tell_concerned(ctx, "control_ended", [row for row in rows if row.ended_as != ControlEnd.REPLACED])


def _active(row: Control) -> dict[str, object]:
    return {
        "control_id": row.id, "kind": row.kind, "force": row.force, "starts_on": row.starts_on,
        "expires_on": row.expires_on,
    }  # fmt: skip


def _ended(row: Control) -> dict[str, object]:
    return {"control_id": row.id, "kind": row.kind, "state": row.state, "ended_on": row.ended_on}


def _tell_concerned(ctx: Context, kind: str, rows: Sequence[Control]) -> None:
    """One notice a department, and one a person in charge who is not told with it, however many measures they are."""
    departments: dict[int, list[Control]] = defaultdict(list)
    people: dict[int, list[Control]] = defaultdict(list)
    for row in rows:
        if row.department_id is not None:
            departments[row.department_id].append(row)
        if row.owner_id is not None and not _is_of_department(ctx, row):
            people[row.owner_id].append(row)
    for department, theirs in sorted(departments.items()):
        notify(ctx, kind, _subject(theirs[0]), department=department, params=_counted(ctx, theirs),
               link=_link(theirs[0]))  # fmt: skip
    for person, theirs in sorted(people.items()):
        notify(ctx, kind, _subject(theirs[0]), people=[person], params=_counted(ctx, theirs), link=_link(theirs[0]))


def _counted(ctx: Context, rows: Sequence[Control]) -> dict[str, object]:
    return _params(ctx, rows[0]) | {"count": len(rows)}


def _is_of_department(ctx: Context, row: Control) -> bool:
    """Whether the person in charge is told with the department already."""
    query = text("SELECT 1 FROM app_user WHERE id = :id AND department_id = :department AND role = 'business'")
    return ctx.session.execute(query, {"id": row.owner_id, "department": row.department_id}).first() is not None


_DUE = """
SELECT k.owner_id, k.department_id, count(*)
  FROM control k
 WHERE k.state = 'active' AND (k.review_on = :today OR k.expires_on = CAST(:today AS date) + :ahead)
 GROUP BY k.owner_id, k.department_id
"""


def tell_controls_due(ctx: Context) -> None:
    """On the day of a review, and two weeks before an end: the person in charge, else the customer's department."""
    values = {"today": ctx.today, "ahead": EXPIRY_AHEAD_DAYS}
    people: dict[int, int] = {}
    departments: dict[int, int] = {}
    for owner_id, department_id, count in ctx.session.execute(text(_DUE), values):
        if owner_id is not None:
            people[owner_id] = people.get(owner_id, 0) + count
        elif department_id is not None:
            departments[department_id] = departments.get(department_id, 0) + count
    for person, count in sorted(people.items()):
        notify(ctx, "controls_due", "control", people=[person], params={"count": count}, link=PAGE)
    for department, count in sorted(departments.items()):
        notify(ctx, "controls_due", "control", department=department, params={"count": count}, link=PAGE)


def _subject(row: Control) -> str:
    return f"control:{row.customer_id}:{row.id}"


def _link(row: Control) -> str:
    return f"{PAGE}?control={row.customer_id}.{row.id}"


def _params(ctx: Context, row: Control) -> dict[str, object]:
    name = ctx.session.execute(select(Customer.name).where(Customer.customer_id == row.customer_id)).scalar_one()
    until: dt.date | None = row.expires_on
    return {"customer": name, "control_kind": row.kind, "day": until, "reason": _short(row.end_reason or row.reason)}


def _short(words: str) -> str:
    line = " · ".join(words.splitlines())
    return line if len(line) <= _MOST_WORDS else f"{line[: _MOST_WORDS - 1]}…"
