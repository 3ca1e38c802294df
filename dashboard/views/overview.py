"""Leadership's first screen: the four metrics against target and last period, and the rewards and penalties beside them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import plotly.graph_objects as go
import streamlit as st

from dashboard.cache import cached_read
from dashboard.i18n import (
    N_,
    NO_VALUE,
    _,
    format_compact,
    format_date,
    format_money,
    format_number,
    format_per_mille,
    format_percent,
)
from dashboard.labels import label
from dashboard.navigation import open_page
from dashboard.state import current_actor, is_dark
from dashboard.theme import house_template
from services.context import Context
from services.incentives import Tally, tally
from services.metrics.figures import COMPLAINTS, METRICS, Figure, figures, months_with_data
from services.metrics.periods import month_of, next_month
from services.policy import Policy

MONTHS_SHOWN = 18
NAMES = {
    "assessment_accuracy": N_("Assessment accuracy"),
    "identification_timeliness": N_("Identification timeliness"),
    "arrears_recovery_rate": N_("Arrears recovery rate"),
    "complaint_rate": N_("Complaint rate"),
}
LENGTHS = {"month": (1, N_("Month")), "quarter": (3, N_("Quarter")), "year": (12, N_("Year"))}


@cached_read("metrics", "policy", "incentives")
def read_overview(
    ctx: Context, first: dt.date, last: dt.date, before: tuple[dt.date, dt.date]
) -> tuple[list[Figure], list[Figure], list[Figure], list[Figure], list[Tally], Policy, dt.date]:
    """Figures of the period, of the one before, by month and by department; tallies; the policy; the business date."""
    since = next_month(month_of(last), -(MONTHS_SHOWN - 1))
    return (
        figures(ctx, first, last),
        figures(ctx, *before),
        figures(ctx, since, last, by={"month"}),
        figures(ctx, first, last, by={"department"}),
        tally(ctx, first, last, by={"kind", "measure", "department"}),
        ctx.policy_history.on(ctx.today),
        ctx.today,
    )


@cached_read("metrics")
def known_months(ctx: Context) -> tuple[dt.date, dt.date] | None:
    """The months with data."""
    return months_with_data(ctx)


def written(metric: str, value: Decimal | None) -> str:
    """A metric's value in its unit."""
    return format_per_mille(value) if metric == COMPLAINTS else format_percent(value)


def facts_of(one: Figure) -> str:
    """What stands under a figure: what it is made of."""
    parts = {name: Decimal(value) for name, value in one.parts.items()}

    def share(part: str, *others: str) -> str:
        whole = sum((parts.get(name, Decimal(0)) for name in (part, *others)), Decimal(0))
        return format_percent(parts.get(part, Decimal(0)) / whole) if whole else NO_VALUE

    if one.metric == "assessment_accuracy":
        good = parts.get("true_negative", Decimal(0)) + parts.get("false_positive", Decimal(0))
        return _("n=%(n)s · recall %(recall)s · precision %(precision)s · calling everyone good %(all_good)s") % {
            "n": format_number(one.denominator),
            "recall": share("true_positive", "false_negative"),
            "precision": share("true_positive", "false_positive"),
            "all_good": format_percent(good / one.denominator) if one.denominator else NO_VALUE,
        }
    if one.metric == "identification_timeliness":
        return _("n=%(n)s · %(late)s late") % {
            "n": format_number(one.denominator), "late": format_number(parts.get("late", Decimal(0)))
        }  # fmt: skip
    if one.metric == "arrears_recovery_rate":
        return _("%(received)s of %(owed)s") % {
            "received": format_compact(one.numerator), "owed": format_compact(one.denominator)
        }  # fmt: skip
    return _("%(count)s complaints, %(active)s active customers") % {
        "count": format_number(one.numerator), "active": format_number(one.denominator)
    }  # fmt: skip


def metric_card(metric: str, now: Figure | None, before: Figure | None, months: list[Figure], policy: Policy) -> None:
    """One metric: figure, target, change, sparkline, what it is made of."""
    is_rate = metric == COMPLAINTS
    target = getattr(policy, f"target_{metric}")
    value = now.value if now else None
    change = None
    if now and before and now.value is not None and before.value is not None:
        step = now.value - before.value
        change = format_per_mille(step) if is_rate else f"{format_number(step * 100, 1)} pp"
    with st.container(border=True):
        st.metric(
            _(NAMES[metric]),
            written(metric, value),
            change,
            delta_color="inverse" if is_rate else "normal",
            chart_data=[float(one.value) for one in months if one.value is not None] or None,
            chart_type="line",
        )
        st.caption(
            _("Target %(target)s") % {"target": written(metric, target)} + " · " + (facts_of(now) if now else NO_VALUE)
        )
        if now and not is_rate and now.denominator < policy.small_sample:
            st.caption(_("Fewer than %(n)s cases: read with care.") % {"n": policy.small_sample})


def department_chart(metric: str, rows: list[Figure], target: Decimal) -> go.Figure:
    """One metric by department with its target."""
    known = [one for one in rows if one.metric == metric and one.value is not None]
    known.sort(key=lambda one: one.value or Decimal(0))
    chart = go.Figure(
        go.Bar(
            y=[one.department or _("No department") for one in known],
            x=[float(one.value or 0) for one in known],
            text=[written(metric, one.value) for one in known],
            customdata=[[format_number(one.numerator), format_number(one.denominator)] for one in known],
            hovertemplate="%{y}: %{text}<br>%{customdata[0]} / %{customdata[1]}<extra></extra>",
            orientation="h",
            marker_color="#7a8794",
        )
    )
    chart.add_vline(x=float(target), line_dash="dot")
    chart.update_layout(
        template=house_template(is_dark()), title=_(NAMES[metric]), height=250, margin={"l": 8, "r": 8, "t": 40, "b": 8}
    )
    chart.update_xaxes(visible=False, rangemode="tozero")
    return chart


def tally_chart(rows: list[Tally]) -> go.Figure:
    """Rewards to the right, penalties to the left, by measure."""
    chart = go.Figure()
    for kind, side, colour in (("reward", 1, "#5b6b7a"), ("penalty", -1, "#a9b3bd")):
        sums: dict[str, int] = {}
        for one in rows:
            if one.kind == kind and one.measure:
                sums[one.measure] = sums.get(one.measure, 0) + one.count
        chart.add_bar(
            y=[label("incentive_measure", name) for name in sums], x=[side * count for count in sums.values()],
            text=[str(count) for count in sums.values()], orientation="h", name=label("incentive_kind", kind),
            marker_color=colour, hovertemplate="%{y}: %{text}<extra></extra>",
        )  # fmt: skip
    chart.update_layout(
        template=house_template(is_dark()), barmode="relative", height=280, margin={"l": 8, "r": 8, "t": 8, "b": 8}
    )
    chart.update_xaxes(visible=False)
    return chart


def chosen_period(known: tuple[dt.date, dt.date]) -> tuple[dt.date, dt.date]:
    """The period in the address bar (`length`, `end`), or the quarter that ends with the newest month."""
    ends = [known[1]]
    while ends[-1] > known[0]:
        ends.append(next_month(ends[-1], -1))
    codes = [end.strftime("%Y-%m") for end in ends]
    asked_length, asked_end = st.query_params.get("length", "quarter"), st.query_params.get("end", codes[0])
    left, right, _rest = st.columns([2, 2, 6])
    length = left.segmented_control(
        _("Period"), list(LENGTHS), default=asked_length if asked_length in LENGTHS else "quarter",
        format_func=lambda code: _(LENGTHS[code][1]), key="overview_length", required=True,
    )  # fmt: skip
    end = right.selectbox(
        _("Up to"), codes, index=codes.index(asked_end) if asked_end in codes else 0,
        key="overview_end",
    )  # fmt: skip
    st.query_params.update({"length": length, "end": end})
    last = dt.date.fromisoformat(f"{end}-01")
    return next_month(last, 1 - LENGTHS[length][0]), last


def headline(now: dict[str, Figure], before: dict[str, Figure]) -> str:
    """What moved most since the period before, in words."""
    moved = [
        (abs(one.value - earlier.value) / earlier.value, metric, one.value - earlier.value)
        for metric, one in now.items()
        if (earlier := before.get(metric)) and one.value is not None and earlier.value
    ]
    if not moved:
        return _("No earlier period to compare with.")
    _size, metric, step = max(moved)
    text = _("%(metric)s rose most") if step > 0 else _("%(metric)s fell most")
    return (
        text % {"metric": _(NAMES[metric])}
        + f": {written(metric, before[metric].value)} → {written(metric, now[metric].value)}"
    )


def page() -> None:
    """The page."""
    actor = current_actor()
    st.title(_("Overview"))
    known = known_months(actor)
    if known is None:
        st.info(_("There is nothing to show yet. Bring in customers, invoices and payments first."))
        if st.button(_("Go to imports")):
            open_page("imports")
        return
    first, last = chosen_period(known)
    length = (last.year - first.year) * 12 + last.month - first.month + 1
    read = read_overview(actor, first, last, (next_month(first, -length), next_month(first, -1)))
    now, before = ({one.metric: one for one in rows} for rows in read[:2])
    months, departments, tallies, policy, today = read[2:]
    st.markdown(f"**{headline(now, before)}**")
    st.caption(_("As of %(day)s") % {"day": format_date(today)})
    for column, metric in zip(st.columns(4), METRICS, strict=True):
        with column:
            metric_card(
                metric, now.get(metric), before.get(metric), [one for one in months if one.metric == metric], policy
            )
    for column, metric in zip(st.columns(4), METRICS, strict=True):
        target = getattr(policy, f"target_{metric}")
        column.plotly_chart(
            department_chart(metric, departments, target), key=f"departments_{metric}", config={"displayModeBar": False}
        )
    for kind, column in zip(("reward", "penalty"), st.columns(2), strict=True):
        chosen = [one for one in tallies if one.kind == kind]
        amount = sum((one.amount for one in chosen), Decimal(0))
        column.metric(label("incentive_kind", kind), format_number(sum(one.count for one in chosen)))
        column.caption(format_money(amount, policy.base_currency))
    if tallies:
        st.plotly_chart(tally_chart(tallies), key="tallies", config={"displayModeBar": False})
    else:
        st.caption(_("No rewards or penalties in this period."))


page()
