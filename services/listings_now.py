"""Which grade a customer is listed with now (policy 2.3)."""

from __future__ import annotations

from sqlalchemy import func, select

from db.enums import ListingState
from db.models import Listing
from services import access
from services.context import Context


def grade_of(ctx: Context, customer_id: int) -> str | None:
    """`black` or `grey` while a listing of the customer is confirmed, else None. Black goes before grey."""
    access.ensure_may(ctx, "customer.read")
    listed = select(func.min(Listing.grade)).where(
        Listing.customer_id == customer_id, Listing.state == ListingState.CONFIRMED
    )
    return ctx.session.execute(listed).scalar_one()
