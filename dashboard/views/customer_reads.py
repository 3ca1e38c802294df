"""What the customer page reads: its head at every run, each tab's body only while the tab is open."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from services.assessments import LevelRow, level_of
from services.context import Actor, unit_of_work
from services.customers import (
    CaseRow,
    CustomerProfile,
    Exposure,
    ListingRow,
    OpenInvoice,
    TimelineEntry,
    ageing_of,
    cases_of,
    customer_by_no,
    exposure,
    listings_of,
    open_invoices,
    timeline,
)
from services.early_warnings import WarningRow, warnings_of_customer
from services.listings_now import grade_of
from services.receivables.ageing import AgeBucket
from services.scoring import Explanation, ScoreRow, explained_score, score_history

MOST_INVOICES = 50
MOST_WARNINGS = 50
EVENTS = 50


@dataclass(frozen=True)
class CustomerHead:
    """Who it is, where it stands, what it owes. `level` names the one in force, which may differ from the score's."""

    profile: CustomerProfile
    level: LevelRow
    score: Explanation | None
    exposure: Exposure
    grade: str | None
    currency: str
    time_zone: str
    today: dt.date


@dataclass(frozen=True)
class Account:
    """What is open, by age and invoice by invoice; `has_more` invoices than are listed."""

    buckets: tuple[AgeBucket, ...]
    invoices: tuple[OpenInvoice, ...]
    has_more: bool


def customer_head(actor: Actor, customer_no: str) -> CustomerHead:
    """The head of the page.

    Raises:
        NotFoundError: no customer has this number.
    """
    with unit_of_work(actor) as ctx:
        profile = customer_by_no(ctx, customer_no)
        policy = ctx.policy_history.on(ctx.today)
        return CustomerHead(
            profile=profile, level=level_of(ctx, customer_no), score=explained_score(ctx, profile.customer_id),
            exposure=exposure(ctx, profile.customer_id), grade=grade_of(ctx, profile.customer_id),
            currency=policy.base_currency, time_zone=policy.time_zone, today=ctx.today,
        )  # fmt: skip


def scores(actor: Actor, customer_id: int, as_of: dt.date | None) -> tuple[Explanation | None, list[ScoreRow]]:
    """The score of a day (None: the newest) explained, and all scores, newest first."""
    with unit_of_work(actor) as ctx:
        return explained_score(ctx, customer_id, as_of), score_history(ctx, customer_id)


def account(actor: Actor, customer_id: int) -> Account:
    """The account as it stands today."""
    with unit_of_work(actor) as ctx:
        invoices = open_invoices(ctx, customer_id, limit=MOST_INVOICES + 1)
        return Account(ageing_of(ctx, customer_id), invoices[:MOST_INVOICES], len(invoices) > MOST_INVOICES)


def warnings(actor: Actor, customer_id: int) -> tuple[WarningRow, ...]:
    """The customer's warnings, open ones first."""
    with unit_of_work(actor) as ctx:
        return warnings_of_customer(ctx, customer_id, limit=MOST_WARNINGS)


def events(actor: Actor, customer_id: int, concepts: tuple[str, ...], page: int) -> tuple[list[TimelineEntry], bool]:
    """One page of what happened, newest first, and whether there is another."""
    with unit_of_work(actor) as ctx:
        found = timeline(ctx, customer_id, concepts, limit=EVENTS + 1, offset=page * EVENTS)
        return found[:EVENTS], len(found) > EVENTS


def decisions(actor: Actor, customer_id: int) -> tuple[tuple[ListingRow, ...], tuple[CaseRow, ...]]:
    """Listings and cases, the newest first."""
    with unit_of_work(actor) as ctx:
        return listings_of(ctx, customer_id), cases_of(ctx, customer_id)
