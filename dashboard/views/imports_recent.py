"""Recent imports: who brought in what with what result; a row opens it with the rows that were rejected."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard.components.address_filters import choice_filter, clear_filters, switch_filter
from dashboard.components.open_row import open_row, row_head
from dashboard.components.people_names import PeopleNames, people_names
from dashboard.i18n import _, format_datetime, format_number, ngettext
from dashboard.import_words import kind_words
from dashboard.labels import label
from dashboard.views.imports_draft import show_result_of, start_over
from services.context import Actor, unit_of_work
from services.imports.batches import BatchFilter, BatchRow, recent_batches

PAGE_ROWS = 15
FILTERS = (("of", "recent-kind"), ("mine", "recent-mine"), ("wrong", "recent-wrong"), ("by", "recent-by"))
_BEFORE = "before"


def recent_imports(actor: Actor, kinds: tuple[str, ...], time_zone: str) -> None:
    """Draw the list."""
    st.subheader(_("Recent imports"))
    with st.container(key="recent-filters", horizontal=True, gap="small", vertical_alignment="center"):
        kind = choice_filter(
            "of", kinds, label=_("Kind"), words=kind_words, everything=_("Every kind"), key="recent-kind"
        )
        mine = switch_filter("mine", label=_("Mine"), key="recent-mine")
        wrong = switch_filter("wrong", label=_("With rejected rows"), key="recent-wrong")
        by = _brought_in_by(actor)
    filters = BatchFilter(kind, mine, wrong, by)
    given = st.query_params.get(_BEFORE, "")
    before = int(given) if given.isascii() and given.isdigit() and len(given) < 18 else None
    with unit_of_work(actor) as ctx:
        rows = recent_batches(ctx, PAGE_ROWS + 1, filters=filters, before=before)
    if not rows:
        _empty(filters, before)
    else:
        _list(rows[:PAGE_ROWS], time_zone, people_names(actor, (row.imported_by for row in rows)))
    _turn(rows, before)


def _brought_in_by(actor: Actor) -> str | None:
    """Whom the address asks for, if it does: a figure of the data-quality board leads here."""
    given = st.query_params.get("by", "")[:200]
    if not given:
        return None
    names = people_names(actor, [given])
    return choice_filter(
        "by", [given], label=_("By"), words=names.name, everything=_("Whoever brought it in"), key="recent-by"
    )


def _list(rows: list[BatchRow], time_zone: str, names: PeopleNames) -> None:
    with st.container(key="recent-list", gap=None):
        row_head(
            "".join(
                f'<span class="gl-cell-{cell}">{escape(words)}</span>'
                for cell, words in (
                    ("when", _("When")), ("who", _("File")), ("count", _("Added")), ("count", _("Changed")),
                    ("count", _("Rejected rows")), ("owner", _("By")),
                )
            )
        )  # fmt: skip
        for row in rows:
            _row(row, time_zone, names)


def _row(row: BatchRow, time_zone: str, names: PeopleNames) -> None:
    state = "" if row.state == "done" else f' <span class="gl-chip">{escape(label("import_state", row.state))}</span>'
    total = ngettext("%(n)s row", "%(n)s rows", row.counts["rows"]) % {"n": format_number(row.counts["rows"])}
    cells = (
        f'<span class="gl-cell-when">{escape(format_datetime(row.started_at, time_zone))}</span>'
        f'<span class="gl-cell-who"><span class="gl-strong">{escape(row.file_name)}</span>{state}'
        f'<span class="gl-line">{escape(kind_words(row.kind))} · {escape(total)}</span></span>'
        + "".join(
            f'<span class="gl-cell-count" data-name="{escape(words)}">{format_number(row.counts[name])}</span>'
            for name, words in (("inserted", _("Added")), ("updated", _("Changed")), ("rejected", _("Rejected rows")))
        )
        + f'<span class="gl-cell-owner">{escape(names.name(row.imported_by))}</span>'
    )
    open_row(
        f"import-{row.id}", cells, _("Open the import of %(file)s") % {"file": row.file_name}, on_click=_open,
        args=(row.id,),
    )  # fmt: skip


def _open(batch_id: int) -> None:
    start_over()
    show_result_of(batch_id)


def _empty(filters: BatchFilter, before: int | None) -> None:
    if filters == BatchFilter() and before is None:
        st.info(
            _("Nothing has been imported yet. Start with customers, then invoices and payments."),
            icon=":material/upload:",
        )
        return
    st.info(_("No import fits these filters."), icon=":material/filter_alt_off:")
    st.button(_("Show all imports"), key="recent-clear", on_click=_clear)


def _clear() -> None:
    clear_filters(*FILTERS)
    st.query_params.pop(_BEFORE, None)


def _turn(rows: list[BatchRow], before: int | None) -> None:
    with st.container(horizontal=True, gap="small"):
        if before is not None:
            st.button(
                _("Newest imports"), key="recent-newest", on_click=_go_to, args=(None,), icon=":material/first_page:"
            )
        if len(rows) > PAGE_ROWS:
            oldest = rows[PAGE_ROWS - 1].id
            st.button(
                _("Older imports"), key="recent-older", on_click=_go_to, args=(oldest,), icon=":material/chevron_right:"
            )


def _go_to(before: int | None) -> None:
    if before is None:
        st.query_params.pop(_BEFORE, None)
    else:
        st.query_params[_BEFORE] = str(before)
