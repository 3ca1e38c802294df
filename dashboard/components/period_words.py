"""How a period reads: `Jun 2025`, `Q2 2025`, `2025年第2季度`, `2025`, `Mar 2025 to Jul 2025`."""

from __future__ import annotations

import datetime as dt

from babel.dates import format_skeleton

from dashboard.i18n import TAGS, _, format_month, language
from services.metrics.span import HALF, MONTH, QUARTER, YEAR, Span


def period_words(span: Span) -> str:
    """A period in the reader's language."""
    if span.kind == MONTH:
        return format_month(span.first)
    if span.kind == QUARTER:
        day = dt.datetime(span.first.year, span.first.month, 1, tzinfo=dt.UTC)
        return str(format_skeleton("yQQQ", day, locale=TAGS[language()].replace("-", "_")))
    if span.kind == YEAR:
        return _("Year %(year)s") % {"year": span.first.year}
    if span.kind == HALF:
        half = _("First half of %(year)s") if span.number == 1 else _("Second half of %(year)s")
        return half % {"year": span.first.year}
    return _("%(first)s to %(last)s") % {"first": format_month(span.first), "last": format_month(span.last)}
