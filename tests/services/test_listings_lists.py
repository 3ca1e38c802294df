"""The lists of listings, what they count, who is late, and the reminders that go up by stage."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from db.models import Listing, Notification
from services.context import Context
from services.errors import RefusedError
from services.listings import (
    ListingFilter,
    find_candidates,
    listing_counts,
    listings_page,
    remind_of_deadlines,
    who_is_late,
)
from services.listings.rows import LateRow, ListingCounts
from tests.services.identifying import Court, make_court
from tests.services.makers import ago


@pytest.fixture
def court(ctx: Context) -> Court:
    return make_court(ctx)


def test_lists_counts_and_who_is_late(court: Court) -> None:
    first, _invoice = court.debtor("C-LATE", overdue=120)
    second, _invoice = court.debtor("C-SOON", overdue=101)
    third, _invoice = court.debtor("C-PROPOSED", overdue=95)
    find_candidates(court.ctx)
    court.drafted(third)
    by = court.by(court.reviewer)
    page = listings_page(by, limit=1)
    assert [one.customer_no for one in page.candidates] == ["C-LATE"]
    rest = listings_page(by, cursor=page.after)
    assert ([one.customer_no for one in rest.candidates], rest.after) == (["C-SOON"], None)
    late = listings_page(by, ListingFilter(late=True, department="NORTH", search="c-l", criterion="arrears"))
    assert [one.customer_no for one in late.candidates] == ["C-LATE"]
    assert listings_page(by, ListingFilter(department="EXPORT")).candidates == ()
    proposals = listings_page(court.by(court.seller), ListingFilter(tab="proposals", mine=True, step="draft"))
    assert [one.customer_no for one in proposals.listings] == ["C-PROPOSED"]
    assert listings_page(by, ListingFilter(tab="proposals", mine=True)).listings == ()
    assert who_is_late(by) == (
        LateRow("NORTH", None, 2, 1, 1, 15), LateRow("NORTH", "Seller", 1, 0, 0, 0),
    )  # fmt: skip
    assert listing_counts(by, "NORTH") == ListingCounts(2, 1, 0, 1, 1, 0, 0)
    with pytest.raises(RefusedError, match="no list called"):
        listings_page(by, ListingFilter(tab="other"))
    assert (first.customer_no, second.customer_no) == ("C-LATE", "C-SOON")


def test_the_newest_decision_is_first_and_pages_go_on(court: Court) -> None:
    for place in range(3):
        customer = court.customer(f"C-{place}")
        court.ctx.session.add(
            Listing(
                customer_id=customer.customer_id, listing_no=f"L-{place}", criterion="arrears", grade="grey",
                state="confirmed", trigger_on=ago(30), listed_on=ago(20 - place), decided_on=ago(20 - place),
            )
        )  # fmt: skip
    court.ctx.session.flush()
    page = listings_page(court.ctx, ListingFilter(tab="listed", grade="grey"), limit=2)
    rest = listings_page(court.ctx, ListingFilter(tab="listed"), page.after)
    assert [one.listing_no for one in (*page.listings, *rest.listings)] == ["L-2", "L-1", "L-0"]


def test_reminders_go_up_by_stage_and_come_once_each(court: Court) -> None:
    customer, _invoice = court.debtor(overdue=100)
    court.candidates(customer)
    assert remind_of_deadlines(court.by(court.reviewer)) == 1
    assert remind_of_deadlines(court.by(court.reviewer)) == 0
    assert remind_of_deadlines(court.by(court.reviewer, 5)) == 0
    assert remind_of_deadlines(court.by(court.reviewer, 6)) == 1
    assert remind_of_deadlines(court.by(court.reviewer, 21)) == 1
    told = select(Notification.user_id).where(Notification.kind == "listing_deadlines").order_by(Notification.id)
    seller, second, boss = court.seller.user_id, court.second.user_id, court.leader.user_id
    assert list(court.ctx.session.execute(told).scalars()) == [seller, seller, second, seller, second, boss]
