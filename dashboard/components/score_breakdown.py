"""A score and why (stub until the reads exist)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import streamlit as st

from dashboard.i18n import _
from services.context import Context


@dataclass(frozen=True)
class ScoreRow:
    level: str | None


def newest_score(ctx: Context, customer_id: int) -> ScoreRow | None:
    return None


def score_glance(score: ScoreRow | None, today: dt.date) -> None:
    st.caption(_("This customer has not been scored yet."))
