"""The ledger: who changed what from what to what, newest first, and whether the chain still holds."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard.components.address_filters import choice_filter, clear_filters, day_filter, text_filter
from dashboard.components.ledger_words import (
    GROUPS,
    action_text,
    field_text,
    subject_text,
    value_text,
    who_text,
)
from dashboard.feedback import user_action
from dashboard.i18n import _, filled, format_datetime, format_number, listed, quoted, with_aside
from dashboard.navigation import page_spec
from dashboard.state import DASHBOARD, current_actor
from services.context import Actor, unit_of_work
from services.ledger_reads import LedgerFilter, LedgerPage, LedgerRow, ledger_actors, ledger_entries
from services.ledger_verification import Verification, verify

#: In the address: the place from which older entries are shown.
PLACE = "before"
FILTERS = (
    ("who", "ledger-who"), ("what", "ledger-what"), ("customer", "ledger-customer"), ("from", "ledger-from"),
    ("to", "ledger-to"),
)  # fmt: skip
SHOWN_BREAKS = 20


def _filters(actors: tuple[tuple[str, str], ...]) -> LedgerFilter:
    names = {login: name for login, name in actors} | {"system": _("The system")}
    with st.container(key="ledger-filters", horizontal=True, gap="small", vertical_alignment="bottom"):
        customer = text_filter(
            "customer", label=_("Customer number"), placeholder=_("Customer number"), key="ledger-customer",
            resets=(PLACE,),
        )  # fmt: skip
        who = choice_filter(
            "who", list(names), label=_("Who"), everything=_("Everybody"), words=lambda login: names[login],
            key="ledger-who", resets=(PLACE,),
        )  # fmt: skip
        what = choice_filter(
            "what", list(GROUPS), label=_("What"), everything=_("Every kind of entry"),
            words=lambda code: _(GROUPS[code]),
            key="ledger-what", resets=(PLACE,),
        )  # fmt: skip
        first = day_filter("from", label=_("From day"), key="ledger-from", resets=(PLACE,))
        last = day_filter("to", label=_("To day"), key="ledger-to", resets=(PLACE,))
    return LedgerFilter(actor=who, group=what, customer_no=customer or None, first=first, last=last)


def _entry(row: LedgerRow, time_zone: str) -> str:
    about = " · ".join(
        filter(None, (subject_text(row), row.customer_name and with_aside(row.customer_name, row.customer_no or "")))
    )
    note = f'<div class="gl-entry-note">{escape(quoted(row.note))}</div>' if row.note else ""
    return (
        f'<div class="gl-entry"><div class="gl-entry-at">{escape(format_datetime(row.at, time_zone))}</div>'
        f'<div class="gl-entry-what"><div>{escape(action_text(row, who_text(row)))}'
        f"{f' · <b>{escape(about)}</b>' if about else ''}</div>{note}{_changes(row, time_zone)}</div></div>"
    )


def _changes(row: LedgerRow, time_zone: str) -> str:
    if not row.changes:
        return ""
    head = "".join(f'<span class="gl-changes-head">{escape(name)}</span>' for name in ("", _("Before"), _("After")))
    cells = "".join(
        f"<span>{escape(field_text(one.field))}</span>"
        f"<span>{escape(value_text(row, one.field, one.before, time_zone))}</span>"
        f"<span>{escape(value_text(row, one.field, one.after, time_zone))}</span>"
        for one in row.changes
    )
    names = _("What changed: %(fields)s") % {"fields": listed(field_text(one.field) for one in row.changes)}
    return f'<details><summary>{escape(names)}</summary><div class="gl-changes">{head}{cells}</div></details>'


def _go(place: str | None) -> None:
    if place is None:
        st.query_params.pop(PLACE, None)
    else:
        st.query_params[PLACE] = place


def _list(page: LedgerPage, time_zone: str, narrow: LedgerFilter, place: str | None) -> None:
    if not page.rows:
        if narrow == LedgerFilter():
            st.info(_("Nothing has been recorded yet. Every change will stand here."), icon=":material/receipt_long:")
        else:
            st.info(_("No entry fits these filters."), icon=":material/filter_alt_off:")
            st.button(_("Show all entries"), key="ledger-clear", on_click=clear_filters, args=FILTERS)
        return
    st.html(f'<div class="gl-figures">{"".join(_entry(row, time_zone) for row in page.rows)}</div>')
    with st.container(horizontal=True, gap="small"):
        if place is not None:
            st.button(_("Back to the newest"), key="ledger-newest", on_click=_go, args=(None,))
        if page.after is not None:
            st.button(_("Older entries"), key="ledger-older", on_click=_go, args=(page.after,))


def _verify(actor: Actor) -> None:
    """Hash everything again and say what was found."""
    found: Verification | None = None
    with st.spinner(_("Every chain is hashed again …")), user_action(), unit_of_work(actor) as ctx:
        found = verify(ctx)
    if found is not None:
        _verified(found)


def _verified(found: Verification) -> None:
    counts = {
        "entries": format_number(found.entries),
        "chains": format_number(found.chains),
        "seals": format_number(found.seals),
        "breaks": format_number(len(found.breaks)),
    }
    if not found.breaks:
        st.success(
            _(
                "The ledger is whole: entries %(entries)s, chains %(chains)s, daily seals %(seals)s. Nothing was "
                "changed, removed or reordered."
            )
            % counts,
            icon=":material/verified_user:",
        )
        return
    st.error(
        _(
            "The ledger is not what it was: breaks %(breaks)s, entries %(entries)s, chains %(chains)s, daily seals "
            "%(seals)s. Tell internal audit, and keep the database as it is."
        )
        % counts,
        icon=":material/gpp_bad:",
    )
    for one in found.breaks[:SHOWN_BREAKS]:
        st.markdown(f"- {filled(one.template, one.params)}")


def page() -> None:
    """Draw the ledger."""
    actor = current_actor()
    st.html(DASHBOARD / "theme/records.css")
    with st.container(key="ledger-title", horizontal=True, vertical_alignment="center"):
        st.title(_(page_spec("ledger").title), anchor=False, width="stretch")
        is_asked = st.button(_("Verify the ledger"), key="ledger-verify", icon=":material/verified_user:")
    st.markdown(
        _("Who changed what, from what to what. Entries are chained by hash: none can be changed or removed unseen.")
    )
    if is_asked:
        _verify(actor)
    with unit_of_work(actor) as ctx:
        actors, time_zone = ledger_actors(ctx), ctx.policy_history.on(ctx.today).time_zone
    narrow, place = _filters(actors), st.query_params.get(PLACE)
    read: LedgerPage | None = None
    with user_action(), unit_of_work(actor) as ctx:
        read = ledger_entries(ctx, narrow, place)
    if read is None:
        st.button(_("Back to the newest"), key="ledger-newest", on_click=_go, args=(None,))
        return
    _list(read, time_zone, narrow, place)


page()
