"""What has to be read beside a metric's value: the confusion matrix and AUC for accuracy, the vintages for recovery."""

from __future__ import annotations

from fractions import Fraction

import streamlit as st

from dashboard.components.metric_words import part_of, ratio
from dashboard.components.plain_table import Cell, Head, plain_table
from dashboard.i18n import NO_VALUE, _, format_money, format_month, format_number, ngettext
from dashboard.views.overview_choice import Choice
from dashboard.views.overview_reads import Board, read_discrimination, read_vintages
from services.context import Actor
from services.metrics.figures import ACCURACY, RECOVERY
from services.metrics.vintages import READ_AFTER


def beside(actor: Actor, board: Board, choice: Choice, metric: str) -> None:
    """Draw what belongs beside the metric; nothing for the two whose facts are all in words."""
    if metric == ACCURACY and metric in board.now:
        _accuracy(actor, board, choice)
    elif metric == RECOVERY:
        _vintages(actor, board, choice)


def _accuracy(actor: Actor, board: Board, choice: Choice) -> None:
    figure = board.now[ACCURACY]
    st.subheader(_("Prediction against what came"))
    left, right = st.columns(2, gap="medium")

    def count(name: str) -> Cell:
        return Cell(format_number(part_of(figure, name)))

    with left:
        plain_table(
            [Head(_("Assessed as")), Head(_("Turned bad"), is_figure=True), Head(_("Stayed good"), is_figure=True)],
            [
                [Cell(_("High or critical risk")), count("true_positive"), count("false_positive")],
                [Cell(_("Low or medium risk")), count("false_negative"), count("true_negative")],
            ],
        )
    with right:
        told = read_discrimination(actor, choice.span, choice.department)
        good = part_of(figure, "true_negative") + part_of(figure, "false_positive")
        rows = [
            (_("AUC: a bad customer scored above a good one"), measure(told.auc)),
            (_("KS: greatest distance between the two"), measure(told.ks)),
            (_("Accuracy of calling everyone good"), ratio(good, figure.denominator)),
        ]
        plain_table([Head(_("Beside accuracy")), Head("", is_figure=True)], [[Cell(a), Cell(b)] for a, b in rows])
        if told.unscored:
            st.caption(
                ngettext(
                    "%(n)s assessment had no score and is not in AUC and KS.",
                    "%(n)s assessments had no score and are not in AUC and KS.", told.unscored,
                ) % {"n": format_number(told.unscored)}
            )  # fmt: skip


def measure(value: Fraction | None) -> str:
    """AUC and KS as statisticians write them, so that nobody reads them as the accuracy beside them."""
    return NO_VALUE if value is None else format_number(float(value), 3)


def _vintages(actor: Actor, board: Board, choice: Choice) -> None:
    found = read_vintages(actor, choice.span.last, choice.department)
    if not found:
        return
    st.subheader(_("What came back of the cases opened in each month"))
    currency = board.policy.base_currency
    heads = [
        Head(_("Cases opened in")), Head(_("Cases"), is_figure=True), Head(_("Debts"), is_figure=True),
        *(
            Head(ngettext("Within %(n)s month", "Within %(n)s months", months) % {"n": months}, is_figure=True)
            for months in READ_AFTER
        ),
        Head(_("So far"), is_figure=True),
    ]  # fmt: skip
    plain_table(
        heads,
        [
            [
                Cell(format_month(one.month)), Cell(format_number(one.cases)),
                Cell(format_money(one.debt, currency, compact=True)),
                *(Cell(NO_VALUE if part is None else ratio(part, one.debt)) for part in one.within),
                Cell(ratio(one.received, one.debt)),
            ]
            for one in found
        ],
    )  # fmt: skip
    st.caption(_("Calendar months, the month of opening being the first. A dash: these months are not over."))
