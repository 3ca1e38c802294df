"""The time axis of a chart by weeks or days: months in the reader's words, which Plotly does not know."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from dashboard.i18n import format_month

#: As many as have room on a phone.
MOST_TICKS = 4


def month_ticks(days: Sequence[dt.date]) -> dict[str, Any]:
    """Ticks at the first day of months between the days; every second, third ... month where there are many."""
    if not days:
        return {}
    last = max(days)
    month, found = min(days).replace(day=1), []
    while month <= last:
        found.append(month)
        month = (month + dt.timedelta(days=32)).replace(day=1)
    found = found[1:] or found
    shown = found[:: -(-len(found) // MOST_TICKS)]
    return {"tickmode": "array", "tickvals": shown, "ticktext": [format_month(one) for one in shown]}
