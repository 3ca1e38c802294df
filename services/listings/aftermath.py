"""What a decision sets off in other concepts: waiting orders are held, machines hear of it."""

from __future__ import annotations

from db.models import Listing
from services.context import Context


def hold_orders(ctx: Context, row: Listing) -> None:
    """Orders that the gate allowed and that are not placed yet are held: trade stops (clause 3.2)."""


def make_known(ctx: Context, row: Listing, kind: str) -> None:
    """Tell machines: the customer, the listing, its criteria and grade. No words that people wrote about it."""
