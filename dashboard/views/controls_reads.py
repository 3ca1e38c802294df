"""What the measures page reads, each part in one transaction. Not cached: others work on the same list."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from dashboard.views.controls_selection import ids_of
from services.context import Actor, unit_of_work
from services.controls import (
    ControlCounts,
    ControlFilter,
    ControlRow,
    control_by_id,
    control_counts,
    controls_in_force,
    history,
    open_work,
    people_to_own,
)
from services.customers import CustomerProfile, customer_by_no
from services.customers.money import Exposure, exposure
from services.errors import RefusedError
from services.guarantees import GuaranteeFilter, GuaranteeRow, register
from services.listings_now import grade_of


@dataclass(frozen=True)
class Listed:
    """The left half: rows of a list, and what waits in all."""

    rows: tuple[ControlRow, ...]
    has_more: bool
    counts: ControlCounts
    currency: str


@dataclass(frozen=True)
class Opened:
    """The right half: a measure, its customer with what it owes, and what else holds or held on it."""

    row: ControlRow
    profile: CustomerProfile
    owed: Exposure
    grade: str | None
    others: tuple[ControlRow, ...]
    replaces: ControlRow | None
    guarantees: tuple[GuaranteeRow, ...]
    people: tuple[tuple[int, str], ...]
    today: dt.date
    time_zone: str
    currency: str


@dataclass(frozen=True)
class Subject:
    """A customer for whom a measure is proposed: what it owes, what holds, and who can be put in charge."""

    profile: CustomerProfile
    owed: Exposure
    in_force: tuple[ControlRow, ...]
    people: tuple[tuple[int, str], ...]
    today: dt.date
    currency: str


def listed(actor: Actor, filters: ControlFilter, limit: int) -> Listed:
    """The rows that the filters ask for."""
    with unit_of_work(actor) as ctx:
        page = open_work(ctx, filters, limit=limit)
        counts = control_counts(ctx, filters.department)
        currency = ctx.policy_history.on(ctx.today).base_currency
        return Listed(page.rows, page.after is not None, counts, currency)


def opened(actor: Actor, key: str | None) -> Opened | None:
    """The measure asked for; None where there is none."""
    ids = None if key is None else ids_of(key)
    if ids is None:
        return None
    try:
        with unit_of_work(actor) as ctx:
            row = control_by_id(ctx, *ids)
            policy = ctx.policy_history.on(ctx.today)
            known = history(ctx, row.customer_no)
            held = next((one for one in known if one.state == "active" and one.kind == row.kind), None)
            return Opened(
                row=row, profile=customer_by_no(ctx, row.customer_no), owed=exposure(ctx, row.customer_id),
                grade=grade_of(ctx, row.customer_id), others=tuple(one for one in known if one.id != row.id),
                replaces=held if row.state == "proposed" else None,
                guarantees=register(ctx, GuaranteeFilter(customer_id=row.customer_id)).rows,
                people=people_to_own(ctx, row.customer_id), today=ctx.today, time_zone=policy.time_zone,
                currency=policy.base_currency,
            )  # fmt: skip
    except RefusedError:
        return None


def subject(actor: Actor, customer_no: str) -> Subject | None:
    """A customer by number; None where there is none."""
    try:
        with unit_of_work(actor) as ctx:
            profile = customer_by_no(ctx, customer_no.strip())
            return Subject(
                profile, exposure(ctx, profile.customer_id), controls_in_force(ctx, profile.customer_id),
                people_to_own(ctx, profile.customer_id), ctx.today, ctx.policy_history.on(ctx.today).base_currency,
            )  # fmt: skip
    except RefusedError:
        return None
