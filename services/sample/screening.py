"""Matches of the sample that risk management has looked at already: one cleared, one confirmed; the rest waits."""

from __future__ import annotations

import datetime as dt

from services.context import Context
from services.sample.words import VERDICTS
from services.screening import Chosen, MatchFilter, clear_matches, confirm_match, match_page, run_screening
from services.users.sessions import actor_by_login

_REVIEWER, _HOURS_BEFORE = "risk", 3


def lay_out_screening(ctx: Context) -> None:
    """Compare names, and give two verdicts in a person's name."""
    run_screening(ctx)
    reviewer = actor_by_login(ctx, _REVIEWER)
    if reviewer is None:
        return
    desk = Context(ctx.session, reviewer, ctx.now - dt.timedelta(hours=_HOURS_BEFORE))
    rows = match_page(ctx, MatchFilter()).rows
    likest, least = rows[0], rows[-1]
    confirm_match(desk, Chosen(likest.customer_id, likest.id, likest.version), VERDICTS["confirmed"])
    clear_matches(desk, [Chosen(least.customer_id, least.id, least.version)], VERDICTS["cleared"])
