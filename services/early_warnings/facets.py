"""How many warnings each value of a filter would leave, with all other filters as they are: one query for all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import func, select

from db.models import Department
from services import access
from services.context import Context
from services.early_warnings.queue import narrowed
from services.early_warnings.rows import QueueFilter


@dataclass(frozen=True)
class Facets:
    """Counts by code, nothing for a code that no warning has. The count of one filter ignores that filter alone."""

    severity: Mapping[str, int]
    rule: Mapping[str, int]
    department: Mapping[str, int]
    state: Mapping[str, int]


_NAMES = ("severity", "rule", "department", "state")


def facets(ctx: Context, filters: QueueFilter) -> Facets:
    """What each value of the filters would leave.

    Raises:
        NotAllowedError: the actor may not read warnings.
    """
    access.ensure_may(ctx, "early_warning.read")
    wide = narrowed(ctx, replace(filters, severity=None, rule=None, department=None, state=None)).subquery("wide")
    rows = ctx.session.execute(
        select(wide.c.severity, wide.c.rule, Department.code, wide.c.state, func.count())
        .outerjoin(Department, Department.id == wide.c.department_id)
        .group_by(wide.c.severity, wide.c.rule, Department.code, wide.c.state)
    ).all()
    wanted = (filters.severity, filters.rule, filters.department, filters.state)
    counts: list[Counter[str]] = [Counter() for _ in _NAMES]
    for *codes, count in rows:
        for place, code in enumerate(codes):
            others = (other for other in range(len(_NAMES)) if other != place)
            if code is not None and all(wanted[other] in (None, codes[other]) for other in others):
                counts[place][code] += count
    return Facets(*counts)
