"""Decisions on many warnings: what is chosen, what would become of it, and the deed, all of it or nothing.

What is foreseen is shown before anything is decided: how many by rule and severity, and which can't take the step and
why. The deed is then for those that can; if one of them has changed meanwhile, nothing is done.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import tuple_

from db.enums import WarningState
from db.models import EarlyWarning
from services import access
from services.context import Context
from services.early_warnings.lifecycle import company_clock
from services.early_warnings.queue import narrowed, queue_counts, rank_at
from services.early_warnings.rows import QueueFilter
from services.early_warnings.steps import MOST_AT_ONCE, Step, foreseen
from services.picks import Pick, PickRefusal

Key = tuple[int, int]

#: The state that each step leads to; None: the warning stays where it is.
BULK_STEPS: Mapping[str, WarningState | None] = {
    "acknowledge": WarningState.ACKNOWLEDGED,
    "act": WarningState.ACTING,
    "assign": None,
    "snooze": None,
    "resolve": WarningState.RESOLVED,
}


@dataclass(frozen=True)
class Foresight:
    """What a step would do to the warnings chosen.

    `found` were chosen; `beyond` more fit the filters than can be changed at once; `able` can take the step, `unable`
    say why not; counts are of those that can.
    """

    found: int
    beyond: int
    able: tuple[Pick, ...]
    unable: tuple[PickRefusal, ...]
    by_rule: Mapping[str, int]
    by_severity: Mapping[str, int]


# --- reads


def foresee(ctx: Context, step: str, filters: QueueFilter, keys: Sequence[Key] | None = None) -> Foresight:
    """What `step` would do to the warnings `keys`, or to all that the filters leave: the first MOST_AT_ONCE of the
    list.

    Raises:
        NotAllowedError: the role may not take this step at all.
    """
    access.ensure_may(ctx, f"early_warning.{step}")
    query = narrowed(ctx, filters if keys is None else QueueFilter(snoozed=None))
    if keys is not None:
        query = query.where(tuple_(EarlyWarning.customer_id, EarlyWarning.id).in_(list(keys)))
    total = None if keys is not None else queue_counts(ctx, filters).open
    order = (-rank_at(company_clock(ctx)), EarlyWarning.customer_id, EarlyWarning.id)
    rows = ctx.session.execute(query.order_by(*order).limit(MOST_AT_ONCE)).all()
    picks = [Pick(row.customer_id, row.id, row.version) for row in rows]
    able, unable = foreseen(ctx, _step(step), picks)
    can = {(pick.customer_id, pick.id) for pick in able}
    left = [row for row in rows if (row.customer_id, row.id) in can]
    return Foresight(
        found=len(rows), beyond=max(0, (total or 0) - len(rows)), able=able, unable=unable,
        by_rule=Counter(row.rule for row in left), by_severity=Counter(row.severity for row in left),
    )  # fmt: skip


def _step(step: str) -> Step:
    return Step(f"early_warning.{step}", "", BULK_STEPS[step], lambda _ctx, _row: None)
