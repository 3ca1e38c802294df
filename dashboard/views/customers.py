"""The customers, riskiest first: how many stand at each level, filters in the address, a row opens the customer."""

from __future__ import annotations

from collections.abc import Iterator

import streamlit as st

from dashboard.cache import cached_read
from dashboard.components.address_filters import (
    change_address,
    choice_filter,
    clear_filters,
    pill_filter,
    switch_filter,
    text_filter,
)
from dashboard.components.departments import DepartmentNames, department_names
from dashboard.components.export_menu import export_menu
from dashboard.i18n import _, format_number, ngettext
from dashboard.labels import label
from dashboard.navigation import open_page
from dashboard.state import CUSTOMERS_ADDRESS, DASHBOARD, current_actor
from dashboard.theme import LEVEL_MARKS
from dashboard.views.customers_list import customer_list
from db.enums import RiskLevel
from services.access import may
from services.context import Actor, Context, unit_of_work
from services.customers import (
    MOST_COUNTED,
    PAGE_SIZE,
    UNSCORED,
    Cursor,
    CustomerFilter,
    CustomerPage,
    customers,
    every_customer,
    level_counts,
    parsed_cursor,
)

#: Colours of a level where Streamlit's own markdown is used (.streamlit/config.toml gives them our shades).
_MARKDOWN_COLOURS = {"low": "green", "medium": "orange", "high": "red", "critical": "violet"}
_LEVELS = (*[one.value for one in reversed(RiskLevel)], UNSCORED)
AFTER, BEFORE = "after", "before"
FILTERS = (
    ("level", "customers-level"), ("search", "customers-search"), ("department", "customers-department"),
    ("listed", "customers-listed"),
)  # fmt: skip


@cached_read("customers", "scores", "trade", "early_warnings", "metrics")
def read_page(ctx: Context, narrow: CustomerFilter, after: Cursor | None, before: Cursor | None) -> CustomerPage:
    """One page of the list."""
    return customers(ctx, narrow, after, before)


@cached_read("customers", "scores", "metrics")
def read_counts(ctx: Context, narrow: CustomerFilter) -> dict[str | None, int]:
    """How many stand at each level."""
    return level_counts(ctx, narrow)


@cached_read("policy")
def base_currency(ctx: Context) -> str:
    """The currency of sums."""
    return ctx.policy_history.on(ctx.today).base_currency


def count_text(count: int) -> str:
    """A count as it is known: beyond MOST_COUNTED nobody counts on."""
    return f"{format_number(MOST_COUNTED)}+" if count > MOST_COUNTED else format_number(count)


def _filters(actor: Actor, names: DepartmentNames) -> CustomerFilter:
    """The strip of levels stands above the other filters, and counts what they leave."""
    strip = st.container(key="customers-strip")
    with st.container(key="customers-filters", horizontal=True, gap="small", vertical_alignment="center"):
        search = text_filter(
            "search", label=_("Search"), placeholder=_("Name, number or credit code"), key="customers-search",
            resets=(AFTER, BEFORE),
        )  # fmt: skip
        department = choice_filter(
            "department", names.codes, label=_("Department"), everything=_("Every department"), words=names.name,
            key="customers-department", resets=(AFTER, BEFORE),
        )  # fmt: skip
        listed = switch_filter(
            "listed", label=_("Listed black or grey"), key="customers-listed", resets=(AFTER, BEFORE)
        )  # fmt: skip
    narrow = CustomerFilter(search=search, department=department, listed=listed)
    counts = read_counts(actor, narrow)
    codes = [code for code in _LEVELS if code != UNSCORED or counts[None] or st.query_params.get("level") == UNSCORED]
    with strip:
        level = pill_filter(
            "level", codes, label=_("Level"), words=lambda code: _level_words(code, counts), key="customers-level",
            resets=(AFTER, BEFORE),
        )  # fmt: skip
    return CustomerFilter(search=search, department=department, level=level, listed=listed)


def _level_words(code: str, counts: dict[str | None, int]) -> str:
    if not code:
        return _("All **%(n)s**") % {"n": count_text(sum(counts.values()))}
    if code == UNSCORED:
        return _("Not scored **%(n)s**") % {"n": count_text(counts[None])}
    mark = f":{_MARKDOWN_COLOURS[code]}[{LEVEL_MARKS[code]}]"
    return f"{mark} {label('risk_level_short', code)} **{count_text(counts[code])}**"


def place_text(page: CustomerPage) -> str:
    """Which part of the list is on screen, of how many."""
    if page.total > MOST_COUNTED and page.first > MOST_COUNTED:
        return _("Beyond the first %(most)s customers, riskiest first") % {"most": format_number(MOST_COUNTED)}
    words = {"first": format_number(page.first), "last": format_number(page.first + len(page.rows) - 1)}
    if page.total > MOST_COUNTED:
        return _(
            "%(first)s–%(last)s of more than %(most)s customers, riskiest first. Search or filter to see others."
        ) % (words | {"most": format_number(MOST_COUNTED)})
    if page.total <= PAGE_SIZE and page.first == 1:
        return ngettext("%(n)s customer", "%(n)s customers, riskiest first", page.total) % {
            "n": format_number(page.total)
        }
    return _("%(first)s–%(last)s of %(total)s customers, riskiest first") % (
        words | {"total": format_number(page.total)}
    )


def _turn(name: str, place: Cursor | None) -> None:
    """Go to another page of the list, or (without a place) to its first: the address holds it, so Back works."""
    change_address({AFTER: "", BEFORE: "", name: "" if place is None else place.text()})


def _paging(page: CustomerPage) -> None:
    if page.before is None and page.after is None:
        return
    with st.container(key="customers-paging", horizontal=True, gap="small", vertical_alignment="center"):
        st.button(
            _("Riskiest"), key="customers-first", icon=":material/first_page:", on_click=_turn, args=(AFTER, None),
            disabled=page.before is None,
        )  # fmt: skip
        st.button(
            _("Previous page"), key="customers-previous", icon=":material/chevron_left:", on_click=_turn,
            args=(BEFORE, page.before), disabled=page.before is None,
        )  # fmt: skip
        st.button(
            _("Next page"), key="customers-next", icon=":material/chevron_right:", icon_position="right",
            on_click=_turn, args=(AFTER, page.after), disabled=page.after is None,
        )  # fmt: skip


def _none_yet(actor: Actor) -> None:
    """An empty register: there is nothing to filter, only a first step."""
    st.info(_("There are no customers yet. Bring in the file of customers first."), icon=":material/group_add:")
    if may(actor, "import.run") and st.button(_("Go to imports"), key="customers-imports", type="primary"):
        open_page("imports")


def _none_fit() -> None:
    st.info(_("No customer fits these filters."), icon=":material/filter_alt_off:")
    st.button(_("Show all customers"), key="customers-clear", on_click=_show_all)


def _show_all() -> None:
    clear_filters(*FILTERS, (AFTER, AFTER), (BEFORE, BEFORE))


def _export(actor: Actor, narrow: CustomerFilter, names: DepartmentNames, currency: str) -> None:
    titles = (
        _("Customer number"), _("Name"), _("Level"), _("Score"), _("Change"), _("Scored on"), _("Department"),
        _("Listed"), _("Open balance (%(currency)s)") % {"currency": currency},
        _("Overdue (%(currency)s)") % {"currency": currency}, _("Worst days past due"), _("Open warnings"),
    )  # fmt: skip

    def rows() -> Iterator[tuple[object, ...]]:
        with unit_of_work(actor) as ctx:
            for one in every_customer(ctx, narrow):
                yield (
                    one.customer_no, one.name, label("risk_level_short", one.level) if one.level else None, one.score,
                    one.change, one.scored_on, names.name(one.department) if one.department else None,
                    label("grade", one.grade) if one.grade else None, one.exposure.open_amount,
                    one.exposure.overdue_amount, one.exposure.worst_days, one.open_warnings,
                )  # fmt: skip

    export_menu("customers-export", "customers", titles, rows)


def page() -> None:
    """Draw the list."""
    actor = current_actor()
    st.html(DASHBOARD / "theme/worklist.css")
    st.html(DASHBOARD / "theme/customers.css")
    names, currency = department_names(actor), base_currency(actor)
    with st.container(key="customers-top", horizontal=True, vertical_alignment="center"):
        st.title(_("Customers"))
        menu = st.container(key="customers-menu")
    if not any(read_counts(actor, CustomerFilter()).values()):
        _none_yet(actor)
        return
    narrow = _filters(actor, names)
    places = (parsed_cursor(st.query_params.get(name, "")) for name in (AFTER, BEFORE))
    shown = read_page(actor, narrow, *places)
    st.session_state[CUSTOMERS_ADDRESS] = dict(st.query_params)
    if not shown.rows:
        _none_fit()
        return
    with menu:
        _export(actor, narrow, names, currency)
    st.caption(place_text(shown))
    customer_list(shown.rows, currency=currency, names=names)
    _paging(shown)


page()
