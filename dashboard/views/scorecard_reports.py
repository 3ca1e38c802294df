"""What the pages of comparisons and fits share: reading, waiting for the worker, and the figures of one scorecard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from dashboard.cache import cached_read
from dashboard.components.comparison_words import figure, with_interval
from dashboard.components.plain_table import Cell, Head, plain_table
from dashboard.i18n import NO_VALUE, _, filled, format_datetime, format_number, format_percent
from dashboard.state import is_dark
from dashboard.theme import CHART_CONFIG, INK, NEUTRAL, house_template
from services.context import Actor, Context, unit_of_work
from services.scorecards import ScorecardRow, scorecards
from services.scoring import ensure_default_scorecard
from services.scoring.comparison.reports import ReportRow, newest_comparison, newest_fit, report_by_id

Found = Mapping[str, Any]
#: How often a page looks whether the worker is through.
_SECONDS = 2


@dataclass(frozen=True)
class CardChoice:
    """A scorecard to choose, in words of the page."""

    id: int
    edition: int
    name: str
    state: str
    kind: str


@cached_read("scorecards", "scores")
def card_choices(ctx: Context) -> tuple[CardChoice, ...]:
    """All scorecards, the one in force first, then the newest."""
    found: Sequence[ScorecardRow] = scorecards(ctx)
    ordered = sorted(found, key=lambda one: (one.state != "active", -one.edition))
    return tuple(CardChoice(one.id, one.edition, one.name, one.state, one.kind) for one in ordered)


def ensure_one_card(actor: Actor) -> None:
    """The shipped card is stored, so that there is something to compare with."""
    with unit_of_work(actor) as ctx:
        ensure_default_scorecard(ctx)


def comparison_report(actor: Actor, card: int, against: int) -> ReportRow | None:
    """Not remembered: its state changes by the second."""
    with unit_of_work(actor) as ctx:
        return newest_comparison(ctx, card, against)


def fit_report(actor: Actor) -> ReportRow | None:
    """The newest fit."""
    with unit_of_work(actor) as ctx:
        return newest_fit(ctx)


def wait_for(actor: Actor, report: ReportRow) -> None:
    """Show how far the worker is, and draw the page anew once it is through."""

    @st.fragment(run_every=_SECONDS)
    def waiting() -> None:
        with unit_of_work(actor) as ctx:
            now = report_by_id(ctx, report.id) or report
        if not now.is_under_way:
            st.rerun()
        if now.of:
            text = _("%(done)s of %(of)s month ends are done.") % {
                "done": format_number(now.done), "of": format_number(now.of)
            }  # fmt: skip
            st.progress(min(1.0, now.done / now.of), text=text)
        elif now.state == "running":
            st.progress(0.0, text=_("It has begun."))
        else:
            st.progress(0.0, text=_("It waits for the worker, usually a few seconds."))

    waiting()


def show_failure(report: ReportRow) -> None:
    """Why a report could not be made, in words an officer can act on."""
    if report.refusal:
        st.warning(filled(_(report.refusal), report.refusal_params), icon=":material/data_alert:")
    else:
        st.error(
            _("It could not be finished, and trying again did not help. Your administrator finds why among the jobs."),
            icon=":material/error:",
        )


def asked_line(report: ReportRow) -> str:
    """Who asked, and when."""
    return _("Asked for by %(who)s on %(moment)s.") % {
        "who": report.asked_by or _("the command line"), "moment": format_datetime(report.asked_at),
    }  # fmt: skip


def quality_table(titles: Sequence[str], qualities: Sequence[Found], calibrations: Sequence[Found | None]) -> None:
    """How well each scorecard ranks, one column a card."""
    rows: list[list[str]] = [
        [_("AUC, with 95 % interval"), *(with_interval(one["area"]) for one in qualities)],
        [_("Gini"), *(figure(one["gini"]) for one in qualities)],
        [_("KS"), *(figure(one["ks"]) for one in qualities)],
        [_("Brier score"), *(figure(one["brier"], 4) if one else NO_VALUE for one in calibrations)],
        [
            _("Observations, of which turned bad"),
            *(
                _("%(n)s, of which %(bad)s") % {"n": format_number(one["cases"]), "bad": format_number(one["bad"])}
                for one in qualities
            ),
        ],
    ]
    heads = [Head(_("Figure")), *(Head(one, is_figure=True) for one in titles)]
    plain_table(heads, [[Cell(text) for text in row] for row in rows])


def area_chart(titles: Sequence[str], areas: Sequence[Found], *, dark: bool) -> go.Figure:
    """Each scorecard's AUC as a dot with its interval: overlapping intervals are seen at once."""
    known = [(title, one) for title, one in zip(titles, areas, strict=True) if one["value"] is not None]
    values = [one["value"] for _title, one in known]
    chart = go.Figure(
        go.Scatter(
            x=values, y=[title for title, _one in known], mode="markers+text",
            marker={"size": 13, "color": INK[dark]}, text=[figure(value) for value in values],
            textposition="top center", cliponaxis=False, hoverinfo="skip",
            error_x={
                "type": "data", "symmetric": False, "color": NEUTRAL, "thickness": 2, "width": 6,
                "array": [(one["high"] or one["value"]) - one["value"] for _title, one in known],
                "arrayminus": [one["value"] - (one["low"] or one["value"]) for _title, one in known],
            },
        )
    )  # fmt: skip
    low = min([0.5, *(one["low"] or one["value"] for _title, one in known)])
    chart.update_layout(
        template=house_template(dark), height=70 + 60 * len(known), margin={"l": 8, "r": 24, "t": 28, "b": 40},
    )  # fmt: skip
    chart.update_xaxes(
        range=[low - 0.02, 1.0], title={"text": _("AUC: 0.5 is chance, 1 is perfect"), "font": {"size": 13}}, dtick=0.1
    )
    chart.update_yaxes(autorange="reversed", automargin=True)
    return chart


def show_areas(titles: Sequence[str], areas: Sequence[Found], key: str) -> None:
    """The chart of AUCs under its question, which on a phone takes two lines."""
    st.subheader(_("How well they tell bad customers from good ones"), anchor=False)
    show_chart(area_chart(titles, areas, dark=is_dark()), key, _("AUC of both scorecards"))


def show_chart(chart: go.Figure, key: str, alt: str) -> None:
    """A chart of the house."""
    st.plotly_chart(chart, key=key, config=CHART_CONFIG, theme=None, alt=alt)


def calibration_table(found: Found | None) -> None:
    """Whether the likelihoods came true on later months, by band of the score."""
    if found is None:
        st.caption(
            _("Whether likelihoods come true can't be said yet: the older months hold fewer than 30 bad observations.")
        )
        return
    heads = [
        Head(_("Score")), Head(_("Observations"), is_figure=True), Head(_("Expected to turn bad"), is_figure=True),
        Head(_("Turned bad"), is_figure=True), Head(_("Share, with 95 % interval"), is_figure=True),
    ]  # fmt: skip
    rows = [
        [
            Cell(_("%(low)s to %(high)s") % {"low": figure(one["low"], 0), "high": figure(one["high"], 0)}),
            Cell(format_number(one["cases"])), Cell(figure(one["expected"], 1)), Cell(format_number(one["bad"])),
            Cell(_share(one)),
        ]
        for one in found["bands"]
    ]  # fmt: skip
    plain_table(heads, rows)
    how = {"n": format_number(found["fitted_on"]), "bad": format_number(found["fitted_bad"])}
    st.caption(
        _("Likelihoods by isotonic regression on the older months only (%(n)s observations, %(bad)s bad).") % how
        if found["link"] == "isotonic"
        else _("Likelihoods by a logistic curve on the older months only (%(n)s observations, %(bad)s bad).") % how
    )


def _share(band: Found) -> str:
    if not band["cases"]:
        return NO_VALUE
    return _("%(share)s (%(low)s to %(high)s)") % {
        "share": format_percent(band["bad"] / band["cases"]), "low": format_percent(band["observed_low"]),
        "high": format_percent(band["observed_high"]),
    }  # fmt: skip
