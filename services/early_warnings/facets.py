"""How many warnings each value of a filter would leave, with all other filters as they are: one query for all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import case, func, select

from db.models import Department
from services import access
from services.context import Context
from services.early_warnings.queue import breaches_today, narrowed, open_with_another
from services.early_warnings.rows import QueueFilter


@dataclass(frozen=True)
class Facets:
    """Counts by code, nothing for a code that no warning has. The count of one filter ignores that filter alone.

    `held`: open with others, or free; `breaching`: `1` where the deadline ends today or is over.
    """

    severity: Mapping[str, int]
    rule: Mapping[str, int]
    department: Mapping[str, int]
    state: Mapping[str, int]
    held: Mapping[str, int]
    breaching: Mapping[str, int]


OTHERS, FREE, BREACHING, LATER = "others", "free", "1", "0"
_PLACES = range(6)


def facets(ctx: Context, filters: QueueFilter) -> Facets:
    """What each value of the filters would leave.

    Raises:
        NotAllowedError: the actor may not read warnings.
    """
    access.ensure_may(ctx, "early_warning.read")
    all_of_them = replace(
        filters, severity=None, rule=None, department=None, state=None, held=None, breaching=False
    )  # fmt: skip
    wide = (
        narrowed(ctx, all_of_them)
        .add_columns(
            case((open_with_another(ctx), OTHERS), else_=FREE).label("held"),
            case((breaches_today(ctx), BREACHING), else_=LATER).label("breaching"),
        )
        .subquery("wide")
    )
    sorts = (wide.c.severity, wide.c.rule, Department.code, wide.c.state, wide.c.held, wide.c.breaching)
    rows = ctx.session.execute(
        select(*sorts, func.count()).outerjoin(Department, Department.id == wide.c.department_id).group_by(*sorts)
    ).all()
    held = None if filters.held is None else OTHERS if filters.held else FREE
    due = BREACHING if filters.breaching else None
    wanted = (filters.severity, filters.rule, filters.department, filters.state, held, due)
    counts: list[Counter[str]] = [Counter() for _ in _PLACES]
    for *codes, count in rows:
        misses = [place for place in _PLACES if wanted[place] not in (None, codes[place])]
        for place in _PLACES:
            if codes[place] is not None and misses in ([], [place]):
                counts[place][codes[place]] += count
    return Facets(*counts)
