"""The worklist: customers with something due, the gravest level and the longest delay first."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

import streamlit as st

from dashboard.components.address_filters import (
    change_address,
    choice_filter,
    clear_filters,
    switch_filter,
)
from dashboard.components.departments import DepartmentNames, department_names
from dashboard.components.export_menu import export_menu
from dashboard.components.information_words import due_text, item_words
from dashboard.components.level_badge import level_badge
from dashboard.components.open_row import open_row, row_head
from dashboard.components.pager import Pager
from dashboard.i18n import _, format_date, format_number, ngettext, running_on
from dashboard.labels import label
from dashboard.navigation import file_of
from dashboard.views.information_deeds import Deed, note, widget_key
from dashboard.views.information_forms import outlook_form
from dashboard.views.information_reads import read_counts, read_outlooks, read_page
from db.enums import RiskLevel, Role
from services.access import may
from services.context import Actor, unit_of_work
from services.information.catalogue import FINANCIALS, OWN_ITEMS
from services.information.looks import NOTHING_NEW
from services.information.worklist import (
    MOST_COUNTED,
    NO_DEPARTMENT,
    PAGE_SIZE,
    DueCounts,
    DueFilter,
    DueRow,
    ItemRow,
    OutlookDue,
    department_shown,
    every_due,
)

CUSTOMER, FORM = "customer", "form"
#: What is typed for a look at several customers.
SITTING = ("sitting", "look")
FILTERS = (
    ("department", "information-department"), ("item", "information-item"), ("level", "information-level"),
    ("late", "information-late"),
)  # fmt: skip


def worklist_part(actor: Actor) -> None:
    """Draw the worklist under its answer in words."""
    names = department_names(actor)
    if may(actor, "import.run") and actor.role == Role.RISK:
        _outlooks(actor)
    answer = st.container()
    narrow = narrowing(actor, names)
    counts = read_counts(actor, narrow)
    pager = Pager("information", narrow, PAGE_SIZE)
    page = read_page(actor, narrow, pager.cursor)
    with answer, st.container(horizontal=True, vertical_alignment="center", key="information-answer"):
        st.markdown(_answer(actor, names, narrow, counts))
        _beside(actor, narrow, names)
    if not page.rows:
        _nothing_due(narrow)
        return
    ticks = _may_tick(actor, narrow)
    _rows(page.rows, names, ticks=ticks)
    if ticks:
        _looked_at_ticked(page.rows, narrow.item or "")
    pager.draw(len(page.rows), page.after, counts.due)


def narrowing(actor: Actor, names: DepartmentNames) -> DueFilter:
    """The filters; business people see their own department, so there is none of departments."""
    with st.container(key="information-filters", horizontal=True, gap="small", vertical_alignment="center"):
        department = None
        if actor.role != Role.BUSINESS:
            department = choice_filter(
                "department", [*names.codes, NO_DEPARTMENT], label=_("Department"), everything=_("Every department"),
                words=lambda code: _("No department") if code == NO_DEPARTMENT else names.name(code),
                key="information-department",
            )  # fmt: skip
        item = choice_filter(
            "item", OWN_ITEMS, label=_("Kind of information"), everything=_("Every kind of information"),
            words=item_words, key="information-item",
        )  # fmt: skip
        level = choice_filter(
            "level", [one.value for one in reversed(RiskLevel)], label=_("Level"), everything=_("Every level"),
            words=lambda code: label("risk_level", code), key="information-level",
        )  # fmt: skip
        late = switch_filter("late", label=_("Late only"), key="information-late")
    return DueFilter(department, item, level, late)


def _answer(actor: Actor, names: DepartmentNames, narrow: DueFilter, counts: DueCounts) -> str:
    with unit_of_work(actor) as ctx:
        shown = department_shown(ctx, narrow.department)
    who = names.name(shown) if shown and shown != NO_DEPARTMENT else ""
    due = ngettext(
        "%(n)s customer has information to be brought in.", "%(n)s customers have information to be brought in.",
        counts.due,
    ) % {"n": _count(counts.due)}  # fmt: skip
    late = ngettext(
        "%(n)s is late, %(grave)s of them at high or critical risk.",
        "%(n)s are late, %(grave)s of them at high or critical risk.", counts.late,
    ) % {"n": _count(counts.late), "grave": _count(counts.grave)}  # fmt: skip
    words = running_on([due, late] if counts.due else [due])
    return _("**%(department)s**: %(words)s") % {"department": who, "words": words} if who else words


def _count(count: int) -> str:
    return f"{format_number(MOST_COUNTED)}+" if count > MOST_COUNTED else format_number(count)


def _beside(actor: Actor, narrow: DueFilter, names: DepartmentNames) -> None:
    """Files in and out, beside the list."""
    if may(actor, "import.run"):
        st.page_link(file_of("imports"), label=_("Bring in a file"), icon=":material/upload_file:")
    titles = (
        _("Customer number"), _("Name"), _("Level"), _("Department"), _("Kind of information"), _("Known as of"),
        _("Due on"), _("Days late"),
    )  # fmt: skip

    def rows() -> Iterator[tuple[object, ...]]:
        with unit_of_work(actor) as ctx:
            for one in every_due(ctx, narrow):
                for item in one.items:
                    yield (
                        one.customer_no, one.name, label("risk_level_short", one.level), names.name(one.department),
                        item_words(item.item), item.known_on, item.due_on, item.days_late,
                    )  # fmt: skip

    export_menu("information-export", "information", titles, rows)


def _nothing_due(narrow: DueFilter) -> None:
    if narrow == DueFilter():
        st.success(_("Everything that must be known is up to date."), icon=":material/task_alt:")
        return
    st.info(_("Nothing is due that fits these filters."), icon=":material/filter_alt_off:")
    st.button(_("Show everything that is due"), key="information-clear", on_click=clear_filters, args=FILTERS)


def _may_tick(actor: Actor, narrow: DueFilter) -> bool:
    """One kind of information of several customers can be looked at in one sitting; a statement is entered."""
    return may(actor, "information.confirm") and narrow.item in OWN_ITEMS and narrow.item != FINANCIALS


def _looked_at_ticked(rows: tuple[DueRow, ...], item: str) -> None:
    """One look for all customers that are ticked on this page."""
    ticked = [one.customer_id for one in rows if st.session_state.get(f"tick-due-{one.customer_id}")]
    with st.container(key="information-ticked", horizontal=True, vertical_alignment="bottom", gap="small"):
        st.text_input(_("Where you looked"), key=widget_key(SITTING, "note"), max_chars=500)
        words = ngettext("Nothing new at %(n)s customer", "Nothing new at %(n)s customers", len(ticked))
        st.button(
            words % {"n": format_number(len(ticked))}, key="information-confirm-ticked", disabled=not ticked,
            on_click=_confirm_ticked, args=(item, ticked), icon=":material/done_all:",
        )  # fmt: skip


def _confirm_ticked(item: str, customer_ids: list[int]) -> None:
    """Write the sitting down: a callback, so that what was typed last is in it."""
    words = str(st.session_state.get(widget_key(SITTING, "note")) or "")
    values = {"item": item, "customers": customer_ids, "finding": NOTHING_NEW.value, "day": None, "note": words}
    note(Deed("confirm", SITTING, values))


def _rows(rows: tuple[DueRow, ...], names: DepartmentNames, *, ticks: bool) -> None:
    with st.container(key="information-list-ticks" if ticks else "information-list", gap=None):
        row_head(
            f'<span class="gl-cell-level">{escape(_("Level"))}</span>'
            f'<span class="gl-cell-who">{escape(_("Customer"))}</span>'
            f'<span class="gl-cell-due">{escape(_("What is due"))}</span>'
            f'<span class="gl-cell-owner">{escape(_("Department"))}</span>'
        )
        for one in rows:
            open_row(
                f"due-{one.customer_id}", _cells(one, names), _("Open %(name)s") % {"name": one.name},
                on_click=open_customer, args=(one.customer_no,),
                tick=f"tick-due-{one.customer_id}" if ticks else None,
                ticked=_("Choose %(name)s") % {"name": one.name},
            )  # fmt: skip


def _cells(one: DueRow, names: DepartmentNames) -> str:
    due = "".join(_due(each) for each in one.items)
    return (
        f'<span class="gl-cell-level">{level_badge(one.level, short=True)}</span>'
        f'<span class="gl-cell-who"><span class="gl-strong">{escape(one.name)}</span>'
        f'<span class="gl-line">{escape(one.customer_no)}</span></span>'
        f'<span class="gl-cell-due">{due}</span>'
        f'<span class="gl-cell-owner">{escape(names.name(one.department))}</span>'
    )


def _due(one: ItemRow) -> str:
    return f'<span class="gl-due{" gl-strong" if one.is_late else " gl-quiet"}">{escape(due_text(one))}</span>'


def open_customer(customer_no: str) -> None:
    """Go to one customer of the list, its first form open: for callbacks."""
    change_address({CUSTOMER: customer_no, FORM: ""})


def close_customer() -> None:
    """Go back to the list as it was: for callbacks."""
    change_address({CUSTOMER: "", FORM: ""})


def _outlooks(actor: Actor) -> None:
    """What risk management itself owes: the outlook of each industry."""
    due = read_outlooks(actor)
    codes = [one.industry_code for one in due]
    words = ngettext(
        "%(n)s industry outlook is due from risk management", "%(n)s industry outlooks are due from risk management",
        len(due),
    ) % {"n": format_number(len(due))}  # fmt: skip
    if not due:
        words = _("Industry outlooks are all up to date")
    with st.expander(words, key="information-outlooks", on_change="rerun", icon=":material/domain:") as opened:
        if not opened.open:
            return
        for one in due:
            st.markdown(_outlook_text(one))
        outlook_form(actor, codes)


def _outlook_text(one: OutlookDue) -> str:
    known = _("never") if one.known_on is None else format_date(one.known_on)
    return ngettext(
        "%(industry)s: last outlook %(day)s, %(n)s customer", "%(industry)s: last outlook %(day)s, %(n)s customers",
        one.customers,
    ) % {"industry": one.industry_code, "day": known, "n": format_number(one.customers)}  # fmt: skip
