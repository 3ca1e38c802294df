"""A select box of periods in the address: all years and quarters with something to show, the newest first."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Sequence

import streamlit as st

from dashboard.components.address_filters import choice_filter
from dashboard.components.period_words import period_words
from dashboard.i18n import _
from services.errors import RefusedError
from services.metrics.periods import next_month
from services.metrics.span import QUARTER, YEAR, Span, parsed_span, span_of

USUAL_MONTHS = 12


def year_up_to(newest: dt.date) -> Span:
    """A year up to the newest month with something to show."""
    return Span(next_month(newest, 1 - USUAL_MONTHS), newest)


def period_choice(months: tuple[dt.date, dt.date], *, key: str, resets: Sequence[str] = ()) -> Span:
    """Draw the box; `months` are the first and the last with something to show. What the address asks for is kept."""
    usual, periods = year_up_to(months[1]), _periods(months)
    period = choice_filter(
        "period", list(periods), label=_("Period"), everything=period_words(usual),
        words=lambda code: period_words(periods[code]), key=key, resets=resets,
    )  # fmt: skip
    return periods[period] if period else usual


def _periods(months: tuple[dt.date, dt.date]) -> dict[str, Span]:
    found: dict[str, Span] = {}
    for kind in (YEAR, QUARTER):
        one = span_of(kind, months[1])
        while one.last >= months[0]:
            found[one.code] = one
            one = one.previous
    asked = st.query_params.get("period", "")
    with contextlib.suppress(RefusedError):
        found.setdefault(asked, parsed_span(asked))
    return found
