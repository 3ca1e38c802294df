"""What the measures have done: arrears then and now, orders stopped, and customers who were restricted wrongly."""

from __future__ import annotations

import datetime as dt

import streamlit as st

from dashboard.components.address_filters import choice_filter
from dashboard.components.departments import DepartmentNames
from dashboard.components.plain_table import Cell, Head, plain_table
from dashboard.i18n import _, format_date, format_money, format_number, ngettext
from dashboard.labels import label
from dashboard.navigation import address_of
from services.context import Actor, unit_of_work
from services.controls import DepartmentControls, department_counts
from services.controls.effect import KindEffect, effect_by_kind
from services.controls.wrongly_restricted import WronglyRestricted, totals, wrongly_restricted

PERIODS = {"90": 90, "365": 365, "730": 730}
_USUAL = "365"


def effect_tab(actor: Actor, names: DepartmentNames) -> None:
    """Draw the tab."""
    with unit_of_work(actor) as ctx:
        today, currency = ctx.today, ctx.policy_history.on(ctx.today).base_currency
        effects, departments = effect_by_kind(ctx), department_counts(ctx)
    _answer(effects, currency)
    _by_kind(effects, currency)
    _by_department(departments, names)
    _wrong(actor, names, today, currency)


def _answer(effects: tuple[KindEffect, ...], currency: str) -> None:
    if not effects:
        st.info(_("No measure is in force. What they have done is shown here once some are."), icon=":material/info:")
        return
    fell, rose = sum(one.fell for one in effects), sum(one.rose for one in effects)
    parts = (
        ngettext(
            "Under **%(n)s** measure in force arrears fell since it was proposed",
            "Under **%(n)s** measures in force arrears fell since they were proposed", fell,
        ) % {"n": format_number(fell)},
        ngettext("under **%(n)s** they rose", "under **%(n)s** they rose", rose) % {"n": format_number(rose)},
    )  # fmt: skip
    st.markdown(" · ".join(parts))


def _by_kind(effects: tuple[KindEffect, ...], currency: str) -> None:
    if not effects:
        return
    heads = (
        Head(_("Kind of measure")), Head(_("In force"), is_figure=True),
        Head(_("Overdue when proposed"), is_figure=True), Head(_("Overdue now"), is_figure=True),
        Head(_("Arrears fell"), is_figure=True),
        Head(_("Arrears rose"), is_figure=True), Head(_("Orders held or denied"), is_figure=True),
    )  # fmt: skip
    plain_table(
        heads,
        (
            (
                Cell(label("control_kind", one.kind)), Cell(format_number(one.measures)),
                Cell(format_money(one.overdue_then, currency, compact=True)),
                Cell(format_money(one.overdue_now, currency, compact=True)), Cell(format_number(one.fell)),
                Cell(format_number(one.rose)), Cell(format_number(one.orders)),
            )
            for one in effects
        ),
    )  # fmt: skip
    st.caption(_("A customer under several measures counts under each. That arrears fell need not be their doing."))


def _by_department(rows: tuple[DepartmentControls, ...], names: DepartmentNames) -> None:
    if not rows:
        return
    st.subheader(_("By department"), anchor=False)
    kinds = ("monitoring", "trade_limit", "prepayment", "guarantee", "suspension")
    heads = (
        Head(_("Department")), Head(_("Customers under measures"), is_figure=True),
        *(Head(label("control_kind", kind), is_figure=True) for kind in kinds),
        Head(_("To approve"), is_figure=True), Head(_("To review"), is_figure=True),
        Head(_("Ends soon"), is_figure=True),
    )  # fmt: skip
    plain_table(
        heads,
        (
            (
                Cell(names.name(one.department)), Cell(format_number(one.customers)),
                *(Cell(format_number(one.kinds.get(kind, 0))) for kind in kinds),
                Cell(format_number(one.to_approve)), Cell(format_number(one.to_review)),
                Cell(format_number(one.expiring)),
            )
            for one in rows
        ),
    )  # fmt: skip


def _wrong(actor: Actor, names: DepartmentNames, today: dt.date, currency: str) -> None:
    """Measures lifted as unfounded: the cost of false harm (clause 5.2)."""
    st.subheader(_("Wrongly restricted customers"), anchor=False)
    with st.container(key="effect-filters", horizontal=True, gap="small"):
        chosen = choice_filter(
            "period", [one for one in PERIODS if one != _USUAL], label=_("Period"), key="effect-period",
            everything=_period_text(_USUAL), words=_period_text,
        )  # fmt: skip
        department = choice_filter(
            "department", names.codes, label=_("Department"), everything=_("Every department"), words=names.name,
            key="effect-department",
        )  # fmt: skip
    first = today - dt.timedelta(days=PERIODS[chosen or _USUAL])
    with unit_of_work(actor) as ctx:
        rows = wrongly_restricted(ctx, first, today, department)
    if not rows:
        st.success(_("No measure was lifted as unfounded in this time."), icon=":material/done_all:")
        return
    _totals(rows, currency)
    heads = (
        Head(_("Customer")), Head(_("Kind of measure")), Head(_("Department")), Head(_("Held"), is_whole=True),
        Head(_("Days"), is_figure=True), Head(_("Orders lost"), is_figure=True), Head(_("Trade lost"), is_figure=True),
        Head(_("Why it was unfounded")),
    )  # fmt: skip
    plain_table(heads, (_wrong_cells(one, names, currency) for one in rows))


def _period_text(code: str) -> str:
    return ngettext("Last %(n)s day", "Last %(n)s days", PERIODS[code]) % {"n": format_number(PERIODS[code])}


def _totals(rows: tuple[WronglyRestricted, ...], currency: str) -> None:
    found = totals(rows)
    parts = (
        ngettext("**%(n)s** customer", "**%(n)s** customers", found.customers) % {"n": format_number(found.customers)},
        ngettext("**%(n)s** day restricted", "**%(n)s** days restricted", found.days)
        % {"n": format_number(found.days)},
        ngettext("**%(n)s** order lost", "**%(n)s** orders lost", found.orders) % {"n": format_number(found.orders)},
        _("trade lost **%(money)s**") % {"money": format_money(found.trade_lost, currency, compact=True)},
    )
    st.markdown(" · ".join(parts))


def _wrong_cells(one: WronglyRestricted, names: DepartmentNames, currency: str) -> tuple[Cell, ...]:
    held = _("%(first)s to %(last)s") % {"first": format_date(one.starts_on), "last": format_date(one.ended_on)}
    return (
        Cell(one.customer_name, address_of("controls", view="ended", control=f"{one.customer_id}.{one.control_id}")),
        Cell(label("control_kind", one.kind)), Cell(names.name(one.department)), Cell(held),
        Cell(format_number(one.days)), Cell(format_number(one.orders)),
        Cell(format_money(one.trade_lost, currency, compact=True)), Cell(one.reason),
    )  # fmt: skip
