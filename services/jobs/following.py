"""What a change of a customer's data sets off: a new score, and a look by the warning rules and for signs of grey or
black at that customer."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from services.context import Context
from services.jobs.queue import enqueue

SCORE, WARN, FIND, PLAN = "score_customers", "raise_warnings", "find_candidates", "plan_controls"
#: Names against listed customers and watch lists: the work of WARN begins with it, this is it alone.
SCREEN = "screen_names"
#: More than these are not named one by one: scoring all costs the same then.
MOST_NAMED = 1_000


def follow(ctx: Context, customer_ids: Sequence[int] | None) -> None:
    """Have these customers (None: all) scored again and looked at by all rules, once this transaction has committed.

    Scores come first: how old information may be hangs on the level. What the days alone bring about, the run over all
    customers after midnight finds.
    """
    if customer_ids is None or len(customer_ids) > MOST_NAMED:
        for name in (SCORE, WARN, FIND):
            enqueue(ctx, name, "all")
    elif customer_ids:
        for name in (SCORE, WARN, FIND):
            _enqueue_named(ctx, name, customer_ids)


def plan_after(ctx: Context, customer_ids: Sequence[int] | None) -> None:
    """Have the rules of the plan look at customers (None: all) that were scored, once this transaction has committed:
    a plan that can't be followed must not keep scores from being stored."""
    if customer_ids is None or len(customer_ids) > MOST_NAMED:
        enqueue(ctx, PLAN, "all")
    elif customer_ids:
        _enqueue_named(ctx, PLAN, customer_ids)


def _enqueue_named(ctx: Context, name: str, customer_ids: Sequence[int]) -> None:
    named = sorted(set(customer_ids))
    digest = hashlib.sha256(repr(named).encode()).hexdigest()[:16]
    enqueue(ctx, name, f"some:{digest}", {"customers": named})
