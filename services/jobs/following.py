"""What a change of a customer's data sets off: a new score, and a look by the warning rules and for signs of grey or
black at that customer."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from services.context import Context
from services.jobs.queue import enqueue

SCORE, WARN, FIND = "score_customers", "raise_warnings", "find_candidates"
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
        named = sorted(set(customer_ids))
        digest = hashlib.sha256(repr(named).encode()).hexdigest()[:16]
        for name in (SCORE, WARN, FIND):
            enqueue(ctx, name, f"some:{digest}", {"customers": named})
