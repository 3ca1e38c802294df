"""What the policy page says beside the settings: the open questions, the scorecard, the warning rules, the metrics."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import streamlit as st

from dashboard.components.plain_table import Cell, Head, plain_table
from dashboard.components.setting_words import setting_text
from dashboard.i18n import (
    N_,
    _,
    format_date,
    format_number,
    format_percent,
    language,
    ngettext,
    running_on,
    with_value,
)
from dashboard.labels import label
from dashboard.navigation import file_of, page_spec
from dashboard.views.policy_reads import PolicyReading
from db.enums import Dimension
from services.metrics.definitions import METRIC_DEFINITIONS
from services.metrics.figures import DEFINITION_VERSION
from services.scorecard_in_force import ScorecardInForce
from services.scoring.card import Floor, Scorecard


@dataclass(frozen=True)
class OpenQuestion:
    """Something that the policy text does not say, how it is read here, and the settings that hold the reading."""

    question: str
    reading: str
    settings: tuple[str, ...] = ()


OPEN_QUESTIONS = (
    OpenQuestion(
        N_("What parts black from grey?"),
        N_(
            "Each decision states its grade, black or grey, and every figure follows what was decided. The reading "
            "meant for decisions: black for fraud, unlawful conduct or a listing that is not the first; grey otherwise."
        ),
    ),
    OpenQuestion(
        N_("What does “actual” mean in assessment accuracy, and in which window?"),
        N_(
            "A customer is actually bad when an undisputed invoice is still unpaid so many days after it was due, or "
            "when it is listed for something that happened, inside the window that begins the day after the assessment."
        ),
        ("bad_after_days", "accuracy_window_days"),
    ),
    OpenQuestion(
        N_("Within what time must a customer be identified?"),
        N_(
            "The clock starts with the first objective sign: arrears of so many days after so many dunning notices, or "
            "the trigger date that a decision names. A decision on the last day is in time."
        ),
        ("identification_days", "arrears_days", "arrears_dunning_notices"),
    ),
    OpenQuestion(
        N_("What are complaints counted against?"),
        N_(
            "Against customers active in the period, in thousands: those with an invoice or a payment in it, or with a "
            "balance when it began. The count is shown as large as the rate."
        ),
        ("target_complaint_rate",),
    ),
)


def open_part(read: PolicyReading) -> None:
    """Draw the open questions with the reading in force."""
    st.markdown(
        _("The policy text leaves four things open. This is how they are read, until the company decides otherwise.")
    )
    for one in OPEN_QUESTIONS:
        values = "".join(
            f"<li>{with_value(escape(_(row.text)), f'<b>{escape(setting_text(row.unit, row.value))}</b>')}</li>"
            for row in map(read.setting, one.settings)
        )
        st.html(
            f'<div class="gl-question"><h3>{escape(_(one.question))}</h3><p>{escape(_(one.reading))}</p>'
            f"{f'<ul>{values}</ul>' if values else ''}</div>"
        )


def scorecard_part(read: PolicyReading) -> None:
    """Draw the scorecard in force: dimensions, indicators, bands, floors."""
    found = read.scorecard
    if found is None:
        st.info(_("No scorecard is in force yet. The first scoring puts the one that ships into force."))
        return
    card = found.card
    st.markdown(_whose_card(found))
    st.markdown(running_on([_bands_text(card), *map(_floor_text, card.floors)]))
    st.markdown(
        _(
            "A dimension without any data takes no part and its weight is shared among the others. Below %(share)s of "
            "coverage a score asks for information."
        )
        % {"share": format_percent(card.low_coverage, 0)}
    )
    total = sum(one.weight for one in card.dimensions)
    places = {name: place for place, name in enumerate(Dimension)}
    plain_table(
        [
            Head(_("Dimension"), width=14),
            Head(_("Weight"), is_figure=True, width=8),
            Head(_("Indicators, with their weight inside the dimension"), width=78),
        ],
        [
            [
                _strong(label("dimension", one.name)),
                Cell(format_percent(one.weight / total, 0)),
                Cell(
                    " · ".join(
                        f"{each.label.get(language(), each.code)} {format_number(each.weight)}"
                        for each in one.indicators
                    )
                ),
            ]
            for one in sorted(card.dimensions, key=lambda one: places[Dimension(one.name)])
        ],
    )
    st.page_link(file_of("scorecards"), label=_("All scorecards"), icon=":material/tune:")


#: The name of the scorecard that ships; one of the company's own is called what the company calls it.
_SHIPPED = "default"


def _whose_card(found: ScorecardInForce) -> str:
    since = _("Scorecard %(name)s, edition %(edition)s, in force since %(day)s.") % {
        "name": _("default") if found.name == _SHIPPED else found.name,
        "edition": found.edition,
        "day": format_date(found.activated_on),
    }
    by = (
        _("Approved by %(who)s.") % {"who": found.approved_by} if found.approved_by else _("It ships with the product.")
    )
    return running_on((since, by))


def _bands_text(card: Scorecard) -> str:
    return _(
        "Scores run from 0 to 100, higher is riskier: low below %(medium)s, medium from %(medium)s, high from "
        "%(high)s, critical from %(critical)s."
    ) % {
        "medium": format_number(card.bands.medium),
        "high": format_number(card.bands.high),
        "critical": format_number(card.bands.critical),
    }


def _floor_text(floor: Floor) -> str:
    level = label("risk_level_short", floor.level)
    if floor.overdue_days is None:
        return _("Whoever is listed is at least %(level)s.") % {"level": level}
    return ngettext(
        "Whoever has an invoice %(n)s day past due or more is at least %(level)s.",
        "Whoever has an invoice %(n)s days past due or more is at least %(level)s.",
        floor.overdue_days,
    ) % {"n": format_number(floor.overdue_days), "level": level}


def rules_part() -> None:
    """Say how the warning rules work, and lead to them."""
    st.markdown(
        _(
            "A customer has one open warning of a rule at a time; further evidence joins it. The queue's order is "
            "money at risk × likelihood × time left."
        )
    )
    st.page_link(
        file_of("warning_rules"), label=_("All rules with their thresholds, and how well each does"),
        icon=page_spec("warning_rules").icon,
    )  # fmt: skip


def metrics_part(read: PolicyReading) -> None:
    """Draw the definitions of the four metrics."""
    st.markdown(
        _(
            "Definitions, version %(version)s. A figure is computed over the period itself, never averaged from "
            "months; without a denominator there is no value. The department is the one that owns the customer."
        )
        % {"version": DEFINITION_VERSION}
    )
    plain_table(
        [
            Head(_("Metric")),
            Head(_("What it says")),
            Head(_("Counted")),
            Head(_("Out of")),
            Head(_("Left out")),
            Head(_("Target"), is_figure=True),
        ],
        [
            [
                _strong(_(one.title)),
                Cell(_(one.text)),
                Cell(_(one.numerator)),
                Cell(_(one.denominator)),
                Cell(_(one.left_out)),
                Cell(_target(read, one.metric)),
            ]
            for one in METRIC_DEFINITIONS.values()
        ],
    )


def _target(read: PolicyReading, metric: str) -> str:
    row = read.setting(f"target_{metric}")
    return setting_text(row.unit, row.value)


def _strong(words: str) -> Cell:
    return Cell(html=f'<span class="gl-strong">{escape(words)}</span>')
