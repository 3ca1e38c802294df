"""Two scorecards on the company's own history, before one of them is put into force: the finding in words first."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
import streamlit as st

from dashboard.components.address_filters import choice_filter
from dashboard.components.comparison_words import (
    OUTCOMES,
    comparison_sentences,
    day_of,
    edition_words,
    false_share,
    figure,
    lead_sentence,
    sides_of,
)
from dashboard.components.plain_table import Cell, Head, plain_table
from dashboard.feedback import user_action
from dashboard.i18n import NO_VALUE, _, format_date, format_money, format_number, ngettext
from dashboard.labels import label
from dashboard.navigation import address_of, page_spec
from dashboard.state import DASHBOARD, current_actor, is_dark
from dashboard.theme import COLORWAY, house_template
from dashboard.views.scorecard_reports import (
    CardChoice,
    Found,
    asked_line,
    calibration_table,
    card_choices,
    comparison_report,
    ensure_one_card,
    quality_table,
    show_areas,
    show_chart,
    show_failure,
    wait_for,
)
from services.access import may
from services.context import Actor, unit_of_work
from services.scoring.comparison.reports import ReportRow, ask_comparison

_LEVELS = ("low", "medium", "high", "critical", None)


def _choice_words(one: CardChoice) -> str:
    return _("Edition %(n)s, %(state)s") % {"n": one.edition, "state": label("scorecard_state", one.state)}


def _chosen(cards: tuple[CardChoice, ...]) -> tuple[int, int, str] | None:
    """The two cards and the outcome that the address names; the newest against the one in force if it names none."""
    words = {str(one.id): _choice_words(one) for one in cards}
    left, middle, right = st.columns([1, 1, 1])
    with left:
        st.caption(_("Scorecard to judge"))
        card = choice_filter(
            "card", list(words), label=_("Scorecard to judge"), words=words.__getitem__,
            everything=_("The newest"), key="comparison-card",
        )  # fmt: skip
    with middle:
        st.caption(_("Set against"))
        against = choice_filter(
            "against", list(words), label=_("Set against"), words=words.__getitem__,
            everything=_("The one in force"), key="comparison-against",
        )  # fmt: skip
    with right:
        st.caption(_("What counts as turning bad"))
        outcome = choice_filter(
            "outcome", [code for code in OUTCOMES if code != "bad90_180"], label=_("What counts as turning bad"),
            words=lambda code: _(OUTCOMES[code]), everything=_(OUTCOMES["bad90_180"]), key="comparison-outcome",
        )  # fmt: skip
    newest = max(cards, key=lambda one: one.edition)
    pair = int(card or newest.id), int(against or cards[0].id)
    return None if pair[0] == pair[1] else (*pair, outcome or "bad90_180")


def _ask(actor: Actor, pair: tuple[int, int, str], is_again: bool) -> None:
    if not may(actor, "scorecard.compare"):
        st.caption(_("Risk officers and leaders can have scorecards compared."))
        return
    words = _("Compare again") if is_again else _("Compare")
    if st.button(words, key="compare", type="secondary" if is_again else "primary", icon=":material/compare_arrows:"):
        with user_action() as outcome, unit_of_work(actor) as ctx:
            ask_comparison(ctx, *pair)
        if outcome.succeeded:
            st.rerun()


def page() -> None:
    """Draw the comparison that the address names."""
    actor = current_actor()
    st.html(DASHBOARD / "theme/tables.css")
    st.title(_(page_spec("scorecard_comparison").title), anchor=False)
    cards = card_choices(actor)
    if not cards and may(actor, "scorecard.compare"):
        ensure_one_card(actor)
        cards = card_choices(actor)
    if len(cards) < 2:
        st.info(_("There is only one scorecard. Draft a second one, or have one fitted, and compare the two here."))
        st.page_link(
            str(DASHBOARD / page_spec("challenger").file), label=_(page_spec("challenger").title),
            icon=page_spec("challenger").icon,
        )  # fmt: skip
        return
    pair = _chosen(cards)
    if pair is None:
        st.info(_("A scorecard can't be compared with itself. Choose another one."))
        return
    report = comparison_report(actor, pair[0], pair[1])
    if report is not None and report.arguments.get("outcome") != pair[2]:
        report = None
    if report is None:
        st.info(_("These two have not been compared yet. It takes from seconds to a few minutes, in the background."))
        _ask(actor, pair, is_again=False)
    elif report.is_under_way:
        wait_for(actor, report)
    elif report.result is None:
        show_failure(report)
        _ask(actor, pair, is_again=True)
    else:
        _show(actor, report, report.result, pair)


def _show(actor: Actor, report: ReportRow, found: Found, pair: tuple[int, int, str]) -> None:
    for sentence in comparison_sentences(found):
        st.markdown(sentence)
    first, second = sides_of(found)
    for side in "ab":
        if found[side]["card"].get("kind") == "statistical":
            words = {"card": edition_words(found[side]["card"])}
            text = _(
                "%(card)s was fitted to this history, and the months it was fitted on flatter it. How it did on months "
                "it had not seen stands on the page of the fit."
            )
            st.caption(text % words)
    if found["a"]["quality"]["area"]["value"] is not None:
        areas = [found[side]["quality"]["area"] for side in "ab"]
        show_areas((first, second), areas, "comparison-area")
    quality_table(
        (first, second), [found[side]["quality"] for side in "ab"], [found[side]["calibration"] for side in "ab"]
    )
    _stability_line(found)
    st.subheader(_("Who changes level now"), anchor=False)
    _matrix(found, first, second)
    st.subheader(_("Warnings and false alarms"), anchor=False)
    show_chart(
        _months_chart(found, first, second), "comparison-months", _("Customers at high or critical by month end")
    )
    _warnings(found, first, second)
    st.subheader(_("Customers that turned bad"), anchor=False)
    st.markdown(lead_sentence(found["caught"], first, second))
    _bad_rows(found, first, second)
    for side, name in (("a", first), ("b", second)):
        with st.expander(_("Do the likelihoods of %(card)s come true?") % {"card": name}):
            calibration_table(found[side]["calibration"])
    st.caption(_scope(found))
    st.caption(asked_line(report))
    _ask(actor, pair, is_again=True)


def _scope(found: Found) -> str:
    words = {
        "first": format_date(day_of(found["first"])), "last": format_date(day_of(found["last"])),
        "matured": format_date(day_of(found["matured"])) if found["matured"] else NO_VALUE,
    }  # fmt: skip
    text = _(
        "Scored at each month end from %(first)s to %(last)s, by what was known on that day. Outcomes are known up to "
        "%(matured)s. Customers that had never bought by the day are left out of the ranking."
    )
    return text % words


def _stability_line(found: Found) -> None:
    parts = []
    for side in "ab":
        one = found[side]["stability"]
        if one["value"] is not None:
            words = {
                "card": edition_words(found[side]["card"]), "value": figure(one["value"]), "limit": figure(one["limit"])
            }  # fmt: skip
            parts.append(
                _("%(card)s: stability index %(value)s; chance alone reaches %(limit)s, 0.10 is the usual limit.")
                % words
            )
    for one in parts:
        st.caption(one)


def _matrix(found: Found, first: str, second: str) -> None:
    """Rows: the level by the second card; columns: by the first. The balance owed stands under each count."""
    cells = {(one["second"], one["first"]): one for one in found["now"]}
    shown = [level for level in _LEVELS if any(level in pair for pair in cells)]
    heads = [
        Head(_("By %(second)s, below; by %(first)s, across") % {"first": first, "second": second}),
        *(Head(_level(level), is_figure=True) for level in shown),
    ]
    rows = [[Cell(_level(row)), *(Cell(_cell_words(cells.get((row, column)))) for column in shown)] for row in shown]
    plain_table(heads, rows)
    moved = sum((one["exposure"] for one in found["now"] if one["first"] != one["second"]), 0.0)
    st.caption(_("Customers that change level owe %(money)s together.") % {"money": format_money(moved, compact=True)})


def _level(level: str | None) -> str:
    return label("risk_level", level) if level else _("Not scored")


def _cell_words(one: Any) -> str:  # noqa: ANN401  (a part of a stored result)
    return format_number(one["customers"]) if one else NO_VALUE


def _months_chart(found: Found, first: str, second: str) -> go.Figure:
    days = [day_of(one["as_of"]) for one in found["months"]]
    chart = go.Figure(
        [
            go.Scatter(
                x=days, y=[one[key] for one in found["months"]], name=name, mode="lines+markers",
                line={"color": colour, "width": 2, "dash": dash},
            )
            for key, name, colour, dash in (
                ("high_first", first, COLORWAY[is_dark()][0], "solid"),
                ("high_second", second, COLORWAY[is_dark()][1], "dot"),
            )
        ]
    )  # fmt: skip
    chart.update_layout(
        template=house_template(is_dark()), height=280, title=_("Customers at high or critical"),
        margin={"l": 40, "r": 12, "t": 70, "b": 32}, showlegend=True,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
    )  # fmt: skip
    chart.update_yaxes(rangemode="tozero")
    if days:
        shown = days if len(days) <= 4 else [days[0], days[len(days) // 2], days[-1]]
        chart.update_xaxes(tickvals=shown, ticktext=[format_date(one) for one in shown])
    return chart


def _warnings(found: Found, first: str, second: str) -> None:
    one, other = found["a"]["warnings"], found["b"]["warnings"]
    heads = [Head(_("Figure")), Head(first, is_figure=True), Head(second, is_figure=True)]
    rows = [
        [_("Newly at high or critical"), format_number(one["entries"]), format_number(other["entries"])],
        [
            _("A week"),
            *(figure(each["entries"] / each["weeks"] if each["weeks"] else None, 1) for each in (one, other)),
        ],
        [_("False alarms, of those whose outcome is known"), false_share(one), false_share(other)],
    ]
    plain_table(heads, [[Cell(text) for text in row] for row in rows])
    st.caption(_("Seen from one month end to the next: a customer that came and went in between is not counted."))


def _bad_rows(found: Found, first: str, second: str) -> None:
    rows = found["caught"]["rows"]
    if not rows:
        st.caption(_("Both saw every one of them on the same day, or not at all."))
        return
    heads = [
        Head(_("Customer")), Head(_("Turned bad on"), is_whole=True), Head(first, is_whole=True),
        Head(second, is_whole=True), Head(_("Days earlier"), is_figure=True),
    ]  # fmt: skip
    plain_table(heads, [_bad_row(one) for one in rows])
    count = len(rows)
    st.caption(
        ngettext(
            "%(n)s customer that the two saw on different days; the day is the first month end at high or critical.",
            "%(n)s customers that the two saw on different days; the day is the first month end at high or critical.",
            count,
        )
        % {"n": format_number(count)}
    )


def _bad_row(one: Found) -> list[Cell]:
    first, second = day_of(one["first_on"]), day_of(one["second_on"])
    days = (second - first).days if first and second else None
    return [
        Cell(one["name"], address_of("customer", customer=one["customer_no"])),
        Cell(format_date(day_of(one["bad_on"]))),
        Cell(format_date(first) if first else _("missed")), Cell(format_date(second) if second else _("missed")),
        Cell(NO_VALUE if days is None else format_number(days)),
    ]  # fmt: skip


page()
