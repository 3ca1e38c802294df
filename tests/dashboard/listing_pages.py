"""A company in which customers are identified, on one database that the tests of a module share."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text

from services.context import SYSTEM, unit_of_work
from services.listings import ListingRow, open_listing_of
from tests.dashboard.assessing_pages import NOON
from tests.people import stand_still
from tests.services.identifying import Court, make_court


def found_court() -> Court:
    """Make the company, its people reading English; its rows stay usable after the commit."""
    stand_still()
    with unit_of_work(SYSTEM, now=NOON) as ctx:
        made = make_court(ctx)
        ctx.session.expire_on_commit = False
        ctx.session.execute(text("UPDATE app_user SET language = 'en'"))
    return made


@contextmanager
def sitting(court: Court) -> Iterator[Court]:
    """The company in a transaction that is committed at the end."""
    with unit_of_work(SYSTEM, now=NOON) as ctx:
        yield dataclasses.replace(court, ctx=ctx)


def listing_of(number: str) -> ListingRow:
    """The customer's open proposal, or its listing."""
    with unit_of_work(SYSTEM, now=NOON) as ctx:
        found = open_listing_of(ctx, number)
    assert found is not None
    return found


def address(row: ListingRow) -> dict[str, str]:
    """Where a listing is shown."""
    return {"listing": f"{row.customer_id}.{row.id}"}
