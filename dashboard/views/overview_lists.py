"""The lists behind the panels: rewards and penalties, and the customers who changed their risk level."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from dashboard.components.departments import DepartmentNames
from dashboard.components.export_menu import export_menu
from dashboard.components.level_badge import level_badge
from dashboard.components.pager import Pager
from dashboard.components.period_words import period_words
from dashboard.components.plain_table import Cell, Head, plain_table
from dashboard.i18n import N_, NO_VALUE, _, format_date, format_money, format_number
from dashboard.labels import label
from dashboard.navigation import address_of
from dashboard.views.overview_choice import INCENTIVES, Choice, part_choice
from dashboard.views.overview_department_chart import department_name
from dashboard.views.overview_detail import detail_head
from dashboard.views.overview_level_chart import level_words
from dashboard.views.overview_levels import moves_words
from dashboard.views.overview_reads import Board, read_exposure, read_incentives, read_moved
from dashboard.views.overview_tallies import tallies_title
from services.context import Actor, unit_of_work
from services.exposure_by_level import LEVELS, PAGE_SIZE, ExposureByLevel, LevelMove, moved_customers
from services.incentives import counted_incentives

KIND_WORDS = {"all": N_("All"), "reward": N_("Rewards"), "penalty": N_("Penalties")}


def list_detail(actor: Actor, board: Board, choice: Choice, which: str, names: DepartmentNames) -> None:
    """Draw one of the lists in place of the overview."""
    if which == INCENTIVES:
        _incentives(actor, board, choice, names)
    else:
        _moved(actor, board, choice, names)


def _incentives(actor: Actor, board: Board, choice: Choice, names: DepartmentNames) -> None:
    detail_head(_("Rewards and penalties, %(period)s") % {"period": period_words(choice.span)})
    st.markdown(f"**{tallies_title(board, board.policy.base_currency)}**".replace("$", "\\$"))
    titles = [
        _("Incentive number"),
        _("Kind"),
        _("Measure"),
        _("Department"),
        _("Amount"),
        _("Decided on"),
        _("State"),
        _("Reason"),
    ]
    with st.container(horizontal=True, vertical_alignment="center", key="overview-incentives-bar"):
        chosen = part_choice(tuple(KIND_WORDS), KIND_WORDS, "overview-incentive-kind")
        kind = None if chosen == "all" else chosen
        export_menu("overview-incentives", "incentives", titles, lambda: _incentive_rows(actor, choice, kind, names))
    pager = Pager("overview-incentives", (chosen, choice), PAGE_SIZE)
    page = read_incentives(actor, choice.span, kind, choice.department, pager.cursor)
    if not page.rows:
        st.caption(_("No reward and no penalty was decided in this period."))
        return
    base = board.policy.base_currency
    plain_table(
        [Head(title, is_figure=place == 4, is_whole=place < len(titles) - 1) for place, title in enumerate(titles)],
        [
            [
                Cell(one.incentive_no), Cell(label("incentive_kind", one.kind)),
                Cell(label("incentive_measure", one.measure)), Cell(department_name(one.department, names)),
                Cell(NO_VALUE if one.amount is None else format_money(one.amount, one.currency or base)),
                Cell(format_date(one.decided_on)), Cell(label("incentive_state", one.state)), Cell(one.reason),
            ]
            for one in page.rows
        ],
    )  # fmt: skip
    pager.draw(len(page.rows), page.after, page.total)


def _incentive_rows(actor: Actor, choice: Choice, kind: str | None, names: DepartmentNames) -> Iterable[list[object]]:
    with unit_of_work(actor) as ctx:
        page = counted_incentives(
            ctx, choice.span.first, choice.span.last, kind=kind, department=choice.department, limit=None
        )
    for one in page.rows:
        yield [
            one.incentive_no, label("incentive_kind", one.kind), label("incentive_measure", one.measure),
            department_name(one.department, names), one.amount, one.decided_on, label("incentive_state", one.state),
            one.reason,
        ]  # fmt: skip


def _moved(actor: Actor, board: Board, choice: Choice, names: DepartmentNames) -> None:
    day = min(choice.span.ends_on, board.today)
    earlier = min(choice.former.ends_on, day)
    detail_head(
        _("Who changed risk level, %(earlier)s to %(day)s") % {"earlier": format_date(earlier), "day": format_date(day)}
    )
    exposure, _aged = read_exposure(actor, day, earlier, choice.department)
    currency = board.policy.base_currency
    st.markdown(f"**{' '.join(moves_words(exposure, currency))}**".replace("$", "\\$"))
    _matrix(exposure, currency)
    titles = [
        _("Customer number"),
        _("Customer"),
        _("Department"),
        _("Then"),
        _("Now"),
        _("Open balance"),
        _("Overdue"),
    ]
    with st.container(horizontal=True, vertical_alignment="center", key="overview-moved-bar"):
        st.subheader(_("The customers, most overdue first"))
        export_menu("overview-moved", "level_changes", titles, lambda: _moved_rows(actor, choice, board, names))
    pager = Pager("overview-moved", choice, PAGE_SIZE)
    page = read_moved(actor, day, earlier, choice.department, pager.cursor)
    if not page.rows:
        st.caption(_("Nobody changed level."))
        return
    plain_table(
        [Head(title, is_figure=place > 4, is_whole=place != 1) for place, title in enumerate(titles)],
        [
            [
                Cell(one.customer_no, address_of("customer", customer=one.customer_no)), Cell(one.name),
                Cell(department_name(one.department or "", names)), Cell("", html=level_badge(one.before, short=True)),
                Cell("", html=level_badge(one.now, short=True)), Cell(format_money(one.open_amount, currency)),
                Cell(format_money(one.overdue_amount, currency)),
            ]
            for one in page.rows
        ],
    )  # fmt: skip
    pager.draw(len(page.rows), page.after, page.total)


def _moved_rows(actor: Actor, choice: Choice, board: Board, names: DepartmentNames) -> Iterable[list[object]]:
    day = min(choice.span.ends_on, board.today)
    earlier = min(choice.former.ends_on, day)
    after = None
    while True:
        with unit_of_work(actor) as ctx:
            page = moved_customers(ctx, day, earlier, department=choice.department, after=after, limit=1_000)
        for one in page.rows:
            yield [
                one.customer_no, one.name, department_name(one.department or "", names), level_words(one.before),
                level_words(one.now), one.open_amount, one.overdue_amount,
            ]  # fmt: skip
        after = page.after
        if after is None:
            return


def _matrix(exposure: ExposureByLevel, currency: str) -> None:
    """From which level to which, with what they owe now."""
    moves = {(one.before, one.now): one for one in exposure.moves}
    shown = [level for level in LEVELS if level or any(None in key for key in moves)]
    heads = [
        Head(_("From ↓ to →")), *(Head(level_words(level), is_figure=True) for level in shown),
    ]  # fmt: skip
    plain_table(
        heads,
        [
            [Cell(level_words(before)), *(_move_cell(moves.get((before, now)), currency) for now in shown)]
            for before in shown
        ],
    )


def _move_cell(move: LevelMove | None, currency: str) -> Cell:
    if move is None:
        return Cell(NO_VALUE)
    words = _("%(n)s · %(money)s") % {
        "n": format_number(move.customers), "money": format_money(move.open_amount, currency, compact=True)
    }  # fmt: skip
    return Cell(words)
