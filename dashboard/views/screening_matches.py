"""Matches that wait for a reviewer, the likeliest first; many can be cleared with one reason."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard.components.address_filters import change_address, choice_filter, clear_filters, text_filter
from dashboard.components.departments import DepartmentNames, department_names
from dashboard.components.level_badge import grade_badge
from dashboard.components.open_row import open_row, row_head
from dashboard.components.pager import Pager
from dashboard.components.screening_words import features_html, marked_names
from dashboard.i18n import _, format_date, format_number, format_percent, ngettext
from dashboard.labels import label
from dashboard.navigation import address_of
from dashboard.views.screening_deeds import CLEAR, CONFIRM, REOPEN, note, tick_key
from dashboard.views.screening_reads import PAGE_ROWS, counts, one_match, page_of_matches
from services.access import may
from services.context import Actor
from services.screening import Chosen, MatchCounts, MatchFilter, MatchRow, MatchSource, MatchState

_FILTERS = (
    ("state", "screening-state"), ("source", "screening-source"), ("department", "screening-department"),
    ("q", "screening-search"),
)  # fmt: skip
_STATES = (MatchState.CONFIRMED, MatchState.CLEARED, MatchState.LAPSED)
_REASON, _ONE_REASON = "screening-reason", "screening-one-reason"
_LONGEST_KEY = 36


def matches_part(actor: Actor) -> None:
    """Draw the list under its answer in words; a row opens both sides."""
    names = department_names(actor)
    _answer(actor)
    filters = _narrowing(names)
    pager = Pager("screening", filters, PAGE_ROWS)
    page = page_of_matches(actor, filters, pager.cursor)
    opened = st.query_params.get("match", "")
    ticks = filters.state is MatchState.OPEN and may(actor, "screening.review")
    if opened not in {match_key(one) for one in page.rows}:
        _from_elsewhere(actor, opened)
    if not page.rows:
        _nothing(filters)
        return
    if ticks:
        _clear_ticked(page.rows)
    with st.container(key="screening-list-ticks" if ticks else "screening-list", gap=None):
        match_head(_("Department"))
        for one in page.rows:
            key = match_key(one)
            open_row(
                f"match-{key}", match_cells(one, names.name(one.department)),
                _("Open %(name)s") % {"name": one.customer_name},
                on_click=change_address, args=({"match": "" if opened == key else key},),
                tick=tick_key(chosen(one)) if ticks else None,
                ticked=_("Choose %(name)s") % {"name": one.customer_name},
            )  # fmt: skip
            if opened == key:
                _both_sides(actor, one)
    pager.turn(page.after) if page.after or pager.start else None


def chosen(one: MatchRow) -> Chosen:
    """The match as it is shown."""
    return Chosen(one.customer_id, one.id, one.version)


def match_head(last: str) -> None:
    """The names of the columns; `last` is that of the fourth."""
    row_head(
        f'<span class="gl-cell-score">{escape(_("Likeness"))}</span>'
        f'<span class="gl-cell-who">{escape(_("Customer"))}</span>'
        f'<span class="gl-cell-other">{escape(_("Resembles"))}</span>'
        f'<span class="gl-cell-owner">{escape(last)}</span>'
    )


def match_cells(one: MatchRow, last: str) -> str:
    """A match as a row: how alike, whom, what it resembles, and `last`."""
    other = grade_badge(one.grade) or escape(one.list_source or "")
    return (
        f'<span class="gl-cell-score gl-strong">{format_percent(one.score, 0)}</span>'
        f'<span class="gl-cell-who"><span class="gl-strong">{escape(one.customer_name)}</span>'
        f'<span class="gl-line">{escape(one.customer_no)}</span></span>'
        f'<span class="gl-cell-other"><span>{escape(one.other_name)}</span>'
        f'<span class="gl-line">{other} {escape(one.other_no)}</span></span>'
        f'<span class="gl-cell-owner">{escape(last)}</span>'
    )


def match_key(one: MatchRow) -> str:
    """What names a match in the address."""
    return f"{one.customer_id}-{one.id}"


def _from_elsewhere(actor: Actor, named: str) -> None:
    """A match that another page leads to, and that is not among these rows."""
    customer_id, _dash, match_id = named.partition("-")
    if not (customer_id.isdecimal() and match_id.isdecimal() and len(named) < _LONGEST_KEY):
        return
    found = one_match(actor, int(customer_id), int(match_id))
    if found is not None:
        _both_sides(actor, found)


def _answer(actor: Actor) -> None:
    st.markdown(waiting_text(counts(actor)))


def waiting_text(known: MatchCounts) -> str:
    """How many wait for a verdict, and what became of the others."""
    return (
        ngettext(
            "**%(n)s match waits for a verdict.** %(confirmed)s confirmed, %(cleared)s cleared as not the same.",
            "**%(n)s matches wait for a verdict.** %(confirmed)s confirmed, %(cleared)s cleared as not the same.",
            known.open,
        ) % {
            "n": format_number(known.open), "confirmed": format_number(known.confirmed),
            "cleared": format_number(known.cleared),
        }
    )  # fmt: skip


def _narrowing(names: DepartmentNames) -> MatchFilter:
    with st.container(key="screening-filters", horizontal=True, gap="small", vertical_alignment="center"):
        state = choice_filter(
            "state", [one.value for one in _STATES], label=_("State"), everything=label("match_state", "open"),
            words=lambda code: label("match_state", code), key="screening-state", resets=("match",),
        )  # fmt: skip
        source = choice_filter(
            "source", [one.value for one in MatchSource], label=_("Against"), everything=_("Everything listed"),
            words=lambda code: label("match_source", code), key="screening-source", resets=("match",),
        )  # fmt: skip
        department = choice_filter(
            "department", names.codes, label=_("Department"), everything=_("Every department"), words=names.name,
            key="screening-department", resets=("match",),
        )  # fmt: skip
        search = text_filter(
            "q", label=_("Search"), placeholder=_("Customer number or name"), key="screening-search",
            resets=("match",),
        )  # fmt: skip
    return MatchFilter(
        MatchState(state) if state else MatchState.OPEN, MatchSource(source) if source else None, department, search
    )


def _nothing(filters: MatchFilter) -> None:
    if filters == MatchFilter():
        st.success(
            _("No match waits: every name is compared again when it or a list changes."), icon=":material/task_alt:"
        )
        return
    st.info(_("No match fits these filters."), icon=":material/filter_alt_off:")
    st.button(_("Show all that wait"), key="screening-clear-filters", on_click=clear_filters, args=_FILTERS)


def _clear_ticked(rows: tuple[MatchRow, ...]) -> None:
    """One reason for all that are ticked on this page."""
    ticked = [chosen(one) for one in rows if st.session_state.get(tick_key(chosen(one)))]
    if not ticked:
        st.caption(_("Tick matches to clear several with one reason; open one to see both sides."))
        return
    with st.container(key="screening-ticked", horizontal=True, vertical_alignment="bottom", gap="small"):
        st.text_input(_("Why they are not the same"), key=_REASON, max_chars=500)
        words = ngettext("Clear %(n)s match", "Clear %(n)s matches", len(ticked)) % {"n": format_number(len(ticked))}
        st.button(
            words,
            key="screening-clear-ticked",
            on_click=note,
            args=(CLEAR, ticked, _REASON),
            icon=":material/done_all:",
        )


def _both_sides(actor: Actor, one: MatchRow) -> None:
    """Both names with what differs, what each feature adds, and the verdict."""
    mine, theirs = marked_names(one.customer_name, one.other_name)
    link = escape(address_of("customer", customer=one.customer_no), quote=True)
    beside = escape(f"{one.list_source or ''} {one.other_no}".strip())
    if one.source is MatchSource.LISTING:
        other = escape(address_of("customer", customer=one.other_no), quote=True)
        beside = f'<a href="{other}" target="_self">{escape(one.other_no)}</a> {grade_badge(one.grade)}'
    found = _("found on %(day)s") % {"day": format_date(one.found_on)}
    with st.container(key="screening-both", border=True):
        st.html(
            f'<div class="gl-both"><div><small><a href="{link}" target="_self">{escape(one.customer_no)}</a></small>'
            f"<div>{mine}</div></div><div><small>{beside}</small><div>{theirs}</div></div>"
            f'{features_html(one.features)}<p class="gl-quiet">{escape(found)}</p></div>'
        )
        if one.reason and one.decided_by:
            said = _("%(state)s by %(person)s on %(day)s: %(reason)s") % {
                "state": label("match_state", one.state), "person": one.decided_by,
                "day": format_date(one.decided_at.date() if one.decided_at else None), "reason": one.reason,
            }  # fmt: skip
            st.caption(said)
        if may(actor, "screening.review") and one.state is not MatchState.LAPSED:
            _verdict(one)


def _verdict(one: MatchRow) -> None:
    with st.container(key="screening-verdict", horizontal=True, vertical_alignment="bottom", gap="small"):
        st.text_input(_("Reason"), key=_ONE_REASON, max_chars=500)
        args = ([chosen(one)], _ONE_REASON)
        if one.state is MatchState.OPEN:
            st.button(_("Not the same"), key="screening-not-same", on_click=note, args=(CLEAR, *args))
            st.button(_("The same"), key="screening-same", on_click=note, args=(CONFIRM, *args))
        else:
            st.button(_("Open it again"), key="screening-reopen", on_click=note, args=(REOPEN, *args))
