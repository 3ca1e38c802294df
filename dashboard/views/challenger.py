"""A scorecard fitted to the company's own outcomes beside the one in force: what it found, and what it is made of."""

from __future__ import annotations

import streamlit as st

from dashboard.components.address_filters import choice_filter
from dashboard.components.comparison_words import OUTCOMES, figure, fit_sentences, left_out_words
from dashboard.components.plain_table import Cell, Head, plain_table
from dashboard.components.score_words import card_label
from dashboard.feedback import user_action
from dashboard.i18n import _, format_number, format_percent
from dashboard.labels import label
from dashboard.navigation import page_spec
from dashboard.state import DASHBOARD, current_actor
from dashboard.views.scorecard_reports import (
    Found,
    asked_line,
    calibration_table,
    fit_report,
    quality_table,
    show_areas,
    show_failure,
    wait_for,
)
from services.access import may
from services.context import Actor, unit_of_work
from services.scoring import ensure_default_scorecard
from services.scoring.comparison.reports import ask_fit


def _outcome() -> str:
    st.caption(_("What it is to foresee"))
    chosen = choice_filter(
        "outcome", [code for code in OUTCOMES if code != "late30_60"], label=_("What it is to foresee"),
        words=lambda code: _(OUTCOMES[code]), everything=_(OUTCOMES["late30_60"]), key="challenger-outcome",
    )  # fmt: skip
    return chosen or "late30_60"


def _ask(actor: Actor, is_again: bool) -> None:
    if not may(actor, "challenger.fit"):
        st.caption(_("Risk officers can have a scorecard fitted."))
        return
    outcome_code = _outcome()
    words = _("Fit again") if is_again else _("Fit a scorecard")
    if st.button(words, key="fit", type="secondary" if is_again else "primary", icon=":material/model_training:"):
        with user_action() as outcome, unit_of_work(actor) as ctx:
            ensure_default_scorecard(ctx)
            ask_fit(ctx, outcome_code)
        if outcome.succeeded:
            st.rerun()


def page() -> None:
    """Draw the newest fit."""
    actor = current_actor()
    st.html(DASHBOARD / "theme/tables.css")
    st.title(_(page_spec("challenger").title), anchor=False)
    report = fit_report(actor)
    if report is None:
        st.info(
            _(
                "No scorecard has been fitted yet. A fit learns from the older months which facts preceded bad "
                "customers, and is tested on newer months that it has not seen. It changes nothing by itself."
            )
        )
        _ask(actor, is_again=False)
    elif report.is_under_way:
        wait_for(actor, report)
    elif report.result is None:
        show_failure(report)
        _ask(actor, is_again=True)
    else:
        _show(report.result)
        st.caption(asked_line(report))
        _ask(actor, is_again=True)


def _names(found: Found) -> dict[str, str]:
    return {
        one["code"]: card_label(one.get("label", {}), one["code"])
        for dimension in found["definition"]["dimensions"].values()
        for one in dimension["indicators"]
    }


def _show(found: Found) -> None:
    for sentence in fit_sentences(found):
        st.markdown(sentence)
    if found["scorecard_id"]:
        st.page_link(
            str(DASHBOARD / page_spec("scorecard_comparison").file), icon=page_spec("scorecard_comparison").icon,
            label=_("Compare it with the one in force, month by month"),
            query_params={"card": str(found["scorecard_id"])},
        )  # fmt: skip
    titles = (_("The fitted scorecard"), _("Edition %(n)s, in force") % {"n": found["against_edition"]})
    qualities = [found["quality"], found["active_quality"]]
    areas = [one["area"] for one in qualities]
    show_areas(titles, areas, "challenger-area")
    quality_table(titles, qualities, [found["calibration"], None])
    st.subheader(_("What it is made of"), anchor=False)
    _indicators(found)
    st.subheader(_("Do its likelihoods come true?"), anchor=False)
    calibration_table(found["calibration"])
    st.caption(_method(found))


def _indicators(found: Found) -> None:
    names = _names(found)
    heads = [
        Head(_("Indicator")), Head(_("Dimension")), Head(_("Part of the score"), is_figure=True),
        Head(_("Information value"), is_figure=True), Head(_("Bins"), is_figure=True),
    ]  # fmt: skip
    rows = [
        [
            Cell(names.get(one["code"], one["code"])), Cell(label("dimension", one["dimension"])),
            Cell(format_percent(one["part"], 0)), Cell(figure(one["information"], 2)),
            Cell(format_number(len(one["bins"]) - 1)),
        ]
        for one in found["indicators"]
    ]  # fmt: skip
    plain_table(heads, rows)
    if found["left_out"]:
        with st.expander(_("Indicators that it did not take")):
            st.markdown(left_out_words(found, names))


def _method(found: Found) -> str:
    bands = (
        _("Its levels are as common as those of the scorecard in force.")
        if found["bands_by"] == "shares"
        else _("Its levels begin at a likelihood of 5, 15 and 35 %.")
    )
    text = _(
        "Monotone bins by weight of evidence, logistic regression with coefficients of at least 0. Intervals count "
        "each customer once, however many months it was seen. %(bands)s"
    )
    return text % {"bands": bands}


page()
