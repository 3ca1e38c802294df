"""What a decision sets off in other concepts: waiting orders are held, machines hear of it."""

from __future__ import annotations

from db.enums import ListingState
from db.models import Listing
from services.context import Context
from services.events import publish
from services.gate import hold_open_orders

#: By the state that a decision leads to: the event, and what it says of the listing (docs/api.md).
_EVENTS: dict[str, tuple[str, tuple[str, ...]]] = {
    ListingState.CONFIRMED: ("listing.confirmed", ("listing_no", "criterion", "grade", "decided_on")),
    ListingState.REJECTED: ("listing.rejected", ("listing_no", "criterion", "decided_on")),
    ListingState.RESTORED: ("listing.restored", ("listing_no", "criterion", "restored_on")),
}


def hold_orders(ctx: Context, row: Listing) -> int:
    """Orders that the gate allowed and that are not placed yet are held: trade stops (clause 3.2). How many."""
    return hold_open_orders(ctx, row.customer_id, "listed")


def make_known(ctx: Context, row: Listing) -> None:
    """Tell machines: the customer, the listing, its criterion and grade. No words that people wrote about it."""
    kind, names = _EVENTS[row.state]
    publish(ctx, kind, customer_id=row.customer_id, payload={name: getattr(row, name) for name in names})
