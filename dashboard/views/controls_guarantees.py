"""The register of guarantees: what secures whom until when, who lacks security, and the forms to keep it."""

from __future__ import annotations

from decimal import Decimal
from html import escape

import streamlit as st

from dashboard.components.address_filters import choice_filter, clear_filters, text_filter
from dashboard.components.departments import DepartmentNames
from dashboard.components.pager import Pager
from dashboard.components.plain_table import Cell, Head, plain_table
from dashboard.i18n import NO_VALUE, _, format_date, format_money, format_number, format_percent, ngettext, running_on
from dashboard.labels import LABELS, label
from dashboard.navigation import address_of
from dashboard.views.controls_drawers import save_button, text_box
from dashboard.views.controls_selection import DEED, MISSING, Deed, keep, note_deed, prepare, written
from db.enums import Role
from services.access import may
from services.context import Actor, unit_of_work
from services.guarantees import (
    STATES,
    GuaranteeFilter,
    GuaranteeRow,
    NewGuarantee,
    Uncovered,
    alarm_days,
    register,
    uncovered,
)

PAGE_ROWS = 25
_MOST_GAPS = 12
FILTERS = (
    ("g_state", "guarantees-state"), ("g_kind", "guarantees-kind"), ("department", "guarantees-department"),
    ("search", "guarantees-search"),
)  # fmt: skip


def guarantees_tab(actor: Actor, names: DepartmentNames) -> None:
    """Draw the tab."""
    filters = _filters(actor, names)
    pager = Pager("guarantees", repr(filters), PAGE_ROWS)
    with unit_of_work(actor) as ctx:
        page = register(ctx, filters, pager.cursor, PAGE_ROWS)
        gaps = uncovered(ctx, filters.department or (actor.department_code if actor.role == Role.BUSINESS else None))
        alarm, currency = alarm_days(ctx), ctx.policy_history.on(ctx.today).base_currency
    _headline(gaps, alarm)
    if may(actor, "guarantee.keep") and st.button(
        _("Enter a guarantee"), key="guarantee-new", icon=":material/add:"
    ):  # fmt: skip
        _add(currency)
    _gaps(gaps, names, currency)
    st.html(f'<h2 class="gl-section">{escape(_("Register"))}</h2>')
    if not page.rows:
        st.info(_("No guarantee fits these filters. Files bring them in, or enter one here."), icon=":material/shield:")
        if filters != GuaranteeFilter():
            st.button(_("Show everything"), key="guarantees-clear", on_click=clear_filters, args=FILTERS)
        return
    _table(page.rows, names, currency)
    if page.after is not None or pager.cursor is not None:
        with st.container(horizontal=True, gap="small"):
            pager.turn(page.after)
    _keep(actor, page.rows, currency)


def _filters(actor: Actor, names: DepartmentNames) -> GuaranteeFilter:
    with st.container(key="guarantee-filters", horizontal=True, gap="small", vertical_alignment="center"):
        state = choice_filter(
            "g_state", list(STATES), label=_("State"), everything=_("Not released or expired"),
            words=lambda code: label("guarantee_state", code), key="guarantees-state",
        )  # fmt: skip
        kind = choice_filter(
            "g_kind", list(LABELS["guarantee_kind"]), label=_("Kind"), everything=_("Every kind"),
            words=lambda code: label("guarantee_kind", code), key="guarantees-kind",
        )  # fmt: skip
        department = None
        if actor.role != Role.BUSINESS:
            department = choice_filter(
                "department", names.codes, label=_("Department"), everything=_("Every department"), words=names.name,
                key="guarantees-department",
            )  # fmt: skip
        search = text_filter(
            "search", label=_("Search"), placeholder=_("Customer or guarantee number"), key="guarantees-search"
        )
    return GuaranteeFilter(state=state, kind=kind, department=department, search=search)


def _headline(gaps: tuple[Uncovered, ...], alarm: int) -> None:
    missing = ngettext(
        "**%(n)s** customer lacks security that a measure demands.",
        "**%(n)s** customers lack security that a measure demands.", len(gaps),
    ) % {"n": format_number(len(gaps))}  # fmt: skip
    warned = _("Warnings are raised %(days)s days before a guarantee ends: [warning rules](%(address)s).") % {
        "days": alarm, "address": address_of("warning_rules"),
    }  # fmt: skip
    st.markdown(running_on([missing, warned]))


def _gaps(gaps: tuple[Uncovered, ...], names: DepartmentNames, currency: str) -> None:
    if not gaps:
        return
    st.html(f'<h2 class="gl-section">{escape(_("Not covered"))}</h2>')
    heads = (
        Head(_("Customer")), Head(_("Department")), Head(_("Demanded"), is_figure=True),
        Head(_("Guarantees in force"), is_figure=True), Head(_("Missing"), is_figure=True),
    )  # fmt: skip
    plain_table(
        heads,
        (
            (
                Cell(one.customer_name, address_of("customer", customer=one.customer_no, tab="measures")),
                Cell(names.name(one.department)), Cell(format_money(one.needed, currency, compact=True)),
                Cell(format_money(one.secured, currency, compact=True)),
                Cell(format_money(one.needed - one.secured, currency, compact=True)),
            )
            for one in gaps[:_MOST_GAPS]
        ),
    )  # fmt: skip
    if len(gaps) > _MOST_GAPS:
        st.caption(_("The %(most)s largest gaps are listed.") % {"most": _MOST_GAPS})


def _table(rows: tuple[GuaranteeRow, ...], names: DepartmentNames, currency: str) -> None:
    heads = (
        Head(_("Guarantee")), Head(_("Customer")), Head(_("Department")),
        Head(_("Value of the guarantee"), is_figure=True), Head(_("In base currency"), is_figure=True),
        Head(_("Last day"), is_whole=True), Head(_("State")), Head(_("Coverage of what is owed"), is_figure=True),
    )  # fmt: skip
    plain_table(heads, (_cells(one, names, currency) for one in rows))


def _cells(one: GuaranteeRow, names: DepartmentNames, currency: str) -> tuple[Cell, ...]:
    left = ""
    if one.days_left is not None and one.state in ("in_force", "expiring"):
        left = ngettext("%(n)s day left", "%(n)s days left", one.days_left) % {"n": format_number(one.days_left)}
    base = _("no rate") if one.base_value is None else format_money(one.base_value, currency, compact=True)
    return (
        Cell(f"{one.guarantee_no} · {label('guarantee_kind', one.kind)}"),
        Cell(one.customer_name, address_of("customer", customer=one.customer_no, tab="measures")),
        Cell(names.name(one.department)), Cell(format_money(one.value, one.currency or currency)), Cell(base),
        Cell(_("without end") if one.expires_on is None else format_date(one.expires_on)),
        Cell(" · ".join(part for part in (label("guarantee_state", one.state), left) if part)),
        Cell(NO_VALUE if one.coverage is None else format_percent(one.coverage, 0)),
    )  # fmt: skip


# --- forms


def _keep(actor: Actor, rows: tuple[GuaranteeRow, ...], currency: str) -> None:
    """Renew or release one of those listed."""
    own = [one for one in rows if actor.role != Role.BUSINESS or one.department == actor.department_code]
    live = [one for one in own if one.state != "released"]
    if not may(actor, "guarantee.keep") or not live:
        return
    by_key = {f"{one.customer_id}.{one.id}": one for one in live}
    with st.container(key="guarantee-keep", horizontal=True, gap="small", vertical_alignment="bottom"):
        chosen = st.selectbox(
            _("One of those listed"), list(by_key), key="guarantee-choice",
            format_func=lambda key: f"{by_key[key].guarantee_no} · {by_key[key].customer_name}",
        )  # fmt: skip
        if st.button(_("Renew"), key="guarantee-renew"):
            _renew(by_key[chosen], currency)
        if st.button(_("Release"), key="guarantee-release"):
            _release(by_key[chosen])


def _of(row: GuaranteeRow) -> dict[str, object]:
    return {"customer_id": row.customer_id, "guarantee_id": row.id, "version": row.version}


def _renew(row: GuaranteeRow, currency: str) -> None:
    @st.dialog(_("Renew the guarantee"), position="right", icon=":material/event_repeat:")
    def drawer() -> None:
        draft = f"renew-{row.customer_id}-{row.id}-{row.version}"
        st.html(f"<div><b>{escape(row.guarantee_no)}</b> · {escape(row.customer_name)}</div>")
        key = prepare(draft, "expires_on", None)
        st.date_input(_("New last day"), key=key, format="YYYY-MM-DD", on_change=keep, args=(key,))
        key = prepare(draft, "value", float(row.value))
        st.number_input(
            _("Value (%(currency)s)") % {"currency": row.currency or currency}, key=key, min_value=0.0, format="%.2f",
            on_change=keep, args=(key,),
        )  # fmt: skip
        text_box(draft, "note", _("Remarks (optional)"))
        st.button(
            _("Renew the guarantee"), type="primary", key="drawer.save", on_click=_note_renewal, args=(draft, row)
        )
        if st.session_state.pop(MISSING, False):
            st.error(_("Something is missing: fill in what the drawer asks for."), icon=":material/edit:")
        if DEED in st.session_state:
            st.rerun()

    drawer()


def _note_renewal(draft: str, row: GuaranteeRow) -> None:
    for name in ("expires_on", "value", "note"):
        keep(f"{draft}:{name}")
    day, value = written(draft, "expires_on"), written(draft, "value")
    if day is None or not value:
        st.session_state[MISSING] = True
        return
    values = {"expires_on": day, "value": Decimal(str(value)), "note": str(written(draft, "note") or "")}
    note_deed(Deed("renew_guarantee", _of(row) | values, draft=draft))


def _release(row: GuaranteeRow) -> None:
    @st.dialog(_("Release the guarantee"), position="right", icon=":material/lock_open:")
    def drawer() -> None:
        draft = f"release-{row.customer_id}-{row.id}"
        st.html(f"<div><b>{escape(row.guarantee_no)}</b> · {escape(row.customer_name)}</div>")
        text_box(draft, "reason", _("Reason"))
        st.caption(_("From today on it secures nothing. It stays in the register; this can't be undone."))
        save_button(
            _("Release the guarantee"), Deed("release_guarantee", _of(row), draft=draft), ("reason",), ("reason",)
        )

    drawer()


def _add(currency: str) -> None:
    @st.dialog(_("Enter a guarantee"), position="right", icon=":material/shield:")
    def drawer() -> None:
        draft = "guarantee"
        for name, title in (("customer_no", _("Customer number")), ("guarantee_no", _("Guarantee number"))):
            key = prepare(draft, name, "")
            st.text_input(title, key=key, on_change=keep, args=(key,), max_chars=64)
        key = prepare(draft, "kind", "deposit")
        st.selectbox(
            _("Kind"), list(LABELS["guarantee_kind"]), key=key, on_change=keep, args=(key,),
            format_func=lambda code: label("guarantee_kind", code),
        )  # fmt: skip
        key = prepare(draft, "value", None)
        st.number_input(
            _("Value of the guarantee"), key=key, min_value=0.0, format="%.2f", value=None, on_change=keep, args=(key,)
        )
        key = prepare(draft, "currency", currency)
        st.text_input(_("Currency"), key=key, on_change=keep, args=(key,), max_chars=3)
        for name, title in (("valid_from", _("Valid from")), ("expires_on", _("Last day (empty: without end)"))):
            key = prepare(draft, name, None)
            st.date_input(title, key=key, format="YYYY-MM-DD", on_change=keep, args=(key,))
        st.button(_("Enter the guarantee"), type="primary", key="drawer.save", on_click=_note_new, args=(currency,))
        if st.session_state.pop(MISSING, False):
            st.error(_("Something is missing: fill in what the drawer asks for."), icon=":material/edit:")
        if DEED in st.session_state:
            st.rerun()

    drawer()


def _note_new(base: str) -> None:
    draft = "guarantee"
    for name in ("customer_no", "guarantee_no", "kind", "value", "currency", "valid_from", "expires_on"):
        keep(f"{draft}:{name}")
    number, value = str(written(draft, "customer_no") or "").strip(), written(draft, "value")
    if not number or not value or not str(written(draft, "guarantee_no") or "").strip():
        st.session_state[MISSING] = True
        return
    currency = str(written(draft, "currency") or "").strip().upper()
    new = NewGuarantee(
        guarantee_no=str(written(draft, "guarantee_no")), kind=str(written(draft, "kind")), value=Decimal(str(value)),
        currency=None if currency in ("", base) else currency, valid_from=written(draft, "valid_from"),
        expires_on=written(draft, "expires_on"),
    )  # fmt: skip
    note_deed(Deed("add_guarantee", {"customer_no": number, "new": new}, draft=draft))
