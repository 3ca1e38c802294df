"""Tells people what a control wants of them: a decision, to obey it, a review before it ends (clause 4.2)."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select, text

from db.enums import ControlEnd
from db.models import Control, Customer
from services.context import Context
from services.controls.rules import EXPIRY_AHEAD_DAYS
from services.events import publish
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


def tell_in_force(ctx: Context, row: Control) -> None:
    """The customer's department and who is in charge, who have to obey it from now on; and other systems."""
    payload = {
        "control_id": row.id, "kind": row.kind, "force": row.force, "starts_on": row.starts_on,
        "expires_on": row.expires_on,
    }  # fmt: skip
    publish(ctx, "control.active", customer_id=row.customer_id, payload=payload)
    _tell_concerned(ctx, "control_in_force", row, _params(ctx, row))


def tell_ended(ctx: Context, row: Control) -> None:
    """The same: it holds no longer. People are told of the successor of one that was replaced."""
    payload = {"control_id": row.id, "kind": row.kind, "state": row.state, "ended_on": row.ended_on}
    publish(ctx, "control.ended", customer_id=row.customer_id, payload=payload)
    if row.ended_as != ControlEnd.REPLACED:
        _tell_concerned(ctx, "control_ended", row, _params(ctx, row))


def _tell_concerned(ctx: Context, kind: str, row: Control, params: dict[str, object]) -> None:
    if row.department_id is not None:
        notify(ctx, kind, _subject(row), department=row.department_id, params=params, link=_link(row))
    if row.owner_id is not None and not _is_of_department(ctx, row):
        notify(ctx, kind, _subject(row), people=[row.owner_id], params=params, link=_link(row))


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
