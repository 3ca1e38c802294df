"""The panel of money at risk by level: how much is overdue where, since when it moved, how old it is."""

from __future__ import annotations

from decimal import Decimal
from html import escape

import streamlit as st

from dashboard.components.level_badge import level_badge
from dashboard.components.plain_table import Cell, Head, plain_table
from dashboard.i18n import _, format_date, format_money, format_number, ngettext, running_on
from dashboard.state import is_dark
from dashboard.theme import CHART_CONFIG
from dashboard.views.overview_choice import LEVELS, LIST, Choice, open_detail, panel_title
from dashboard.views.overview_level_chart import level_chart, level_facts, shown_levels
from dashboard.views.overview_reads import Board, read_exposure
from services.context import Actor
from services.exposure_by_level import FELL, FIRST_SCORED, ROSE, ExposureByLevel
from services.receivables.ageing import Ageing

CHART_HEIGHT = 170


def levels_panel(actor: Actor, board: Board, choice: Choice) -> None:
    """Draw the panel."""
    day = min(choice.span.ends_on, board.today)
    exposure, aged = read_exposure(actor, day, min(choice.former.ends_on, day), choice.department)
    currency = board.policy.base_currency
    title = levels_title(exposure, currency)
    panel_title(title)
    if not any(one.customers for one in exposure.now.values()):
        st.caption(_("No customer yet."))
        return
    with st.container(key="glwide-levels"):
        chart = level_chart(exposure, currency, dark=is_dark(), height=CHART_HEIGHT)
        st.plotly_chart(chart, key="overview-levels", config=CHART_CONFIG, theme=None, alt=title)
    with st.container(key="glphone-levels"):
        plain_table(
            [Head(_("Level")), Head(_("Overdue, of open"), is_figure=True)],
            [
                [Cell("", html=level_badge(level)), Cell(level_facts(exposure, level, currency))]
                for level in shown_levels(exposure)
            ],
        )
    with st.container(key="overview-moves", horizontal=True, wrap=False, gap="small", vertical_alignment="center"):
        st.html(f'<p class="gl-moves">{escape(running_on(moves_words(exposure, currency)[:2]))}</p>', width="stretch")
        st.button(_("Who moved"), key="overview-who-moved", on_click=open_detail, args=(LIST, LEVELS), type="tertiary")
    notes = [legend_words(exposure)]
    notes += [ageing_words(aged, currency)] if aged else []
    notes += [left_out_words(exposure.unconverted)] if exposure.unconverted else []
    st.html("".join(f'<p class="gl-note">{escape(one)}</p>' for one in notes))


def legend_words(exposure: ExposureByLevel) -> str:
    """What full, pale and the mark mean."""
    words = {"day": format_date(exposure.earlier)}
    if exposure.is_comparable:
        return _("Full colour: overdue. Pale: not yet due. Mark: overdue on %(day)s.") % words
    return _("Full colour: overdue. Pale: not yet due. Nobody was scored by %(day)s.") % words


def left_out_words(count: int) -> str:
    """Invoices that no sum contains."""
    return ngettext(
        "%(n)s invoice left out: no exchange rate", "%(n)s invoices left out: no exchange rate", count
    ) % {"n": format_number(count)}  # fmt: skip


def levels_title(exposure: ExposureByLevel, currency: str) -> str:
    """How much is overdue where it is most at risk, and whether that is more than before."""
    risky = ("high", "critical")
    now = sum((exposure.now[level].overdue_amount for level in risky), Decimal(0))
    step = now - sum((exposure.before[level].overdue_amount for level in risky), Decimal(0))
    words = {
        "money": format_money(now, currency, compact=True), "day": format_date(exposure.earlier),
        "change": format_money(abs(step), currency, compact=True),
    }  # fmt: skip
    if not exposure.is_comparable:
        return _("%(money)s overdue at high and critical risk") % words
    if step > 0:
        return _("%(money)s overdue at high and critical risk, %(change)s more than on %(day)s") % words
    if step < 0:
        return _("%(money)s overdue at high and critical risk, %(change)s less than on %(day)s") % words
    return _("%(money)s overdue at high and critical risk, as on %(day)s") % words


def moves_words(exposure: ExposureByLevel, currency: str) -> list[str]:
    """Who went which way since the earlier day, with what they owe now."""
    texts = []
    for which in (ROSE, FELL, FIRST_SCORED):
        count, amount = exposure.moved(which)
        if not count:
            continue
        text = {
            ROSE: ngettext(
                "▲ %(n)s customer rose (%(money)s open).", "▲ %(n)s customers rose (%(money)s open).", count
            ),
            FELL: ngettext(
                "▼ %(n)s customer fell (%(money)s open).", "▼ %(n)s customers fell (%(money)s open).", count
            ),
            FIRST_SCORED: ngettext("%(n)s scored for the first time.", "%(n)s scored for the first time.", count),
        }[which]
        texts.append(text % {"n": format_number(count), "money": format_money(amount, currency, compact=True)})
    return texts or [_("Nobody changed level.")]


def ageing_words(aged: Ageing, currency: str) -> str:
    """The overdue money by age, on one line."""

    def money(*places: int) -> str:
        return format_money(sum((aged.buckets[one].amount for one in places), Decimal(0)), currency, compact=True)

    text = _("Overdue by age: 1–29 days %(month)s · 30–59 %(second)s · 60–89 %(third)s · 90 and more %(older)s")
    return text % {"month": money(1), "second": money(2), "third": money(3), "older": money(4, 5, 6)}
