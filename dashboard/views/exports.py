"""Take files out: one kind or everything, narrowed, counted beforehand, made when it is asked for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from html import escape

import pandas as pd
import streamlit as st

from dashboard.components.address_filters import choice_filter, day_filter, text_filter
from dashboard.components.departments import DepartmentNames, department_names
from dashboard.components.export_menu import dated_stem
from dashboard.components.people_names import PeopleNames, people_names
from dashboard.feedback import user_action
from dashboard.i18n import _, format_date, format_datetime, format_number, listed, ngettext, with_value
from dashboard.import_words import column_words, kind_words
from dashboard.state import DASHBOARD, current_actor
from dashboard.views.exports_reads import MOST_ROWS, DumpFile, KindFile, Offer, last_exports, offer
from services.access import may
from services.context import Actor
from services.exports.dump import EVERY_KIND
from services.exports.files import MOST_SHEET_ROWS, FileFormat
from services.exports.kinds import ExportFilter, day_column, has_department
from services.exports.taken import TakenRow
from services.imports.kinds import KINDS


def file_words(name: str) -> str:
    """What a file is called: its kind in words; the code of a list that a page offered itself."""
    return _("Everything") if name == EVERY_KIND else kind_words(name)


def hidden_words(kind: str, names: Iterable[str]) -> str:
    """What hidden columns are called, kind by kind where the file holds every kind (`customers.phone`)."""
    of_kind: dict[str, list[str]] = {}
    for name in names:
        own, dot, column = name.rpartition(".")
        of_kind.setdefault(own, []).append(column_words(own if dot else kind, column))
    return " · ".join(with_value(kind_words(own) if own else "", listed(words)) for own, words in of_kind.items())


def _choice(names: DepartmentNames) -> tuple[str | None, ExportFilter]:
    """The kind (None: everything) and what it is narrowed to; only filters that the kind knows are offered."""
    with st.container(key="exports-filters", horizontal=True, gap="small", vertical_alignment="bottom"):
        chosen = choice_filter(
            "kind", list(KINDS), label=_("What to take out"), words=kind_words, everything=_("Everything"),
            key="exports-kind",
        )  # fmt: skip
        kind = KINDS[chosen] if chosen else None
        department = customer = first = last = None
        if kind is None or has_department(kind):
            department = choice_filter(
                "department", names.codes, label=_("Department"), words=names.name,
                everything=_("Every department"), key="exports-department",
            )  # fmt: skip
        if kind is None or kind.is_of_customer:
            customer = text_filter(
                "customer", label=_("Customer"), placeholder=_("Customer number"), key="exports-customer"
            )
        if kind is not None and day_column(kind):
            first = day_filter("from", label=_("From"), key="exports-from")
            last = day_filter("to", label=_("To"), key="exports-to")
    return chosen, ExportFilter(department, customer or None, first, last)


def _offers(actor: Actor, chosen: str | None, narrow: ExportFilter) -> tuple[Offer, ...]:
    """What would be written; nothing after a refusal, which has been said."""
    found: tuple[Offer, ...] = ()
    with user_action():
        if chosen:
            found = (offer(actor, chosen, narrow),)
        else:
            found = tuple(offer(actor, kind.name, _of_kind(kind.name, narrow)) for kind in KINDS.values())
    return found


def _of_kind(name: str, narrow: ExportFilter) -> ExportFilter:
    kind = KINDS[name]
    return ExportFilter(
        department=narrow.department if has_department(kind) else None,
        customer=narrow.customer if kind.is_of_customer else None,
    )


def _said(offers: tuple[Offer, ...]) -> None:
    """How much it is, and what the reader does not get."""
    rows = sum(one.rows for one in offers)
    words = ngettext("**%(rows)s** row", "**%(rows)s** rows", rows) % {"rows": format_number(rows)}
    if len(offers) == 1:
        st.markdown(words)
        st.caption(" · ".join(offers[0].columns))
    else:
        st.markdown(_("%(rows)s in %(count)s files") % {"rows": words, "count": len(offers)})
    several = len(offers) > 1
    left_out, partly = (
        [f"{one.kind}.{name}" if several else name for one in offers for name in names(one)]
        for names in (lambda one: one.left_out, lambda one: one.partly)
    )
    if left_out:
        st.caption(
            _(
                "Your role does not see these columns, so the file leaves them out: %(names)s. Brought in again, it "
                "takes nothing away."
            )
            % {"names": hidden_words(offers[0].kind, left_out)}
        )
    if partly:
        st.caption(
            _("Blank for customers of other departments: %(names)s. Brought in again, blanks take nothing away.")
            % {"names": hidden_words(offers[0].kind, partly)}
        )


def _files(offers: tuple[Offer, ...]) -> None:
    """What an archive of everything holds, in the order in which it can be brought in."""
    with st.expander(_("What is in it")):
        st.dataframe(
            pd.DataFrame([{_("File"): kind_words(one.kind), _("Rows"): one.rows} for one in offers]),
            hide_index=True, width="content", key="exports-files",
            column_config={_("Rows"): st.column_config.NumberColumn(format="localized")},
        )  # fmt: skip


def _downloads(actor: Actor, chosen: str | None, narrow: ExportFilter, offers: tuple[Offer, ...]) -> None:
    rows, largest = sum(one.rows for one in offers), max(one.rows for one in offers)
    if rows > MOST_ROWS:
        command = f"`greyledger export {chosen or 'all'} {'FILE.csv' if chosen else 'FOLDER'}`"
        st.warning(
            _(
                "More than %(most)s rows are too many for a browser. Narrow the filters, or ask your administrator for "
                "the command line: %(command)s"
            )
            % {"most": format_number(MOST_ROWS), "command": command}
        )
        return
    stem = dated_stem(actor, chosen or "greyledger")
    with st.container(key="exports-downloads", horizontal=True, gap="small", vertical_alignment="center"):
        for file_format in FileFormat:
            is_csv = file_format is FileFormat.CSV
            make: Callable[[], bytes] = (
                KindFile(actor, chosen, narrow, file_format) if chosen else DumpFile(actor, narrow, file_format)
            )
            words = _("Download %(format)s") if chosen else _("Download ZIP of %(format)s")
            st.download_button(
                words % {"format": file_format.upper()},
                make,
                f"{stem}.{file_format}" if chosen else f"{stem}-{file_format}.zip",
                file_format.mime if chosen else "application/zip",
                key=f"exports-{file_format}",
                on_click="ignore",
                icon=":material/download:",
                type="primary" if is_csv else "secondary",
                disabled=not is_csv and largest >= MOST_SHEET_ROWS,
            )


def _narrowed(row: TakenRow, names: DepartmentNames) -> str:
    """`North · C-1001 · from 2025-01-01`; what a list was filtered by as its address said it."""
    filters = dict(row.filters)
    parts = [names.name(filters.pop("department")) if "department" in filters else "", filters.pop("customer", "")]
    if first := filters.pop("first", ""):
        parts.append(_("from %(day)s") % {"day": format_date(dt.date.fromisoformat(first))})
    if last := filters.pop("last", ""):
        parts.append(_("until %(day)s") % {"day": format_date(dt.date.fromisoformat(last))})
    parts += [f"{name}={value}" for name, value in sorted(filters.items())]
    return " · ".join(part for part in parts if part)


def _recent(actor: Actor, names: DepartmentNames) -> None:
    """Who took what, for those who may read the ledger."""
    if not may(actor, "ledger.read"):
        return
    st.subheader(_("Last exports"))
    rows = last_exports(actor)
    if not rows:
        st.caption(_("Nothing has been taken out yet."))
        return
    people = people_names(actor, (one.actor for one in rows))
    st.html(f'<div class="gl-figures">{"".join(_taken_line(one, names, people) for one in rows)}</div>')


def _taken_line(row: TakenRow, names: DepartmentNames, people: PeopleNames) -> str:
    """One export; the parts stand under each other on a phone."""
    counted = ngettext("%(rows)s row", "%(rows)s rows", row.rows) % {"rows": format_number(row.rows)}
    left_out = _("left out: %(names)s") % {"names": hidden_words(row.name, row.left_out)} if row.left_out else ""
    cells = (
        ("when", format_datetime(row.at)), ("who", people.name(row.actor)), ("what", file_words(row.name)),
        ("rows", counted), ("format", row.file_format.upper()), ("how", _narrowed(row, names)), ("without", left_out),
    )  # fmt: skip
    spans = "".join(f'<span class="gl-taken-{name}">{escape(words)}</span>' for name, words in cells if words)
    return f'<div class="gl-taken">{spans}</div>'


def page() -> None:
    """Draw the page."""
    actor = current_actor()
    st.html(DASHBOARD / "theme/exports.css")
    names = department_names(actor)
    st.title(_("Exports"))
    st.caption(
        _("Files as the import reads them: what is taken out here can be brought in again, here or elsewhere. What is "
          "not decided yet, or was taken back, is not in them. The ledger keeps who took what.")
    )  # fmt: skip
    chosen, narrow = _choice(names)
    offers = _offers(actor, chosen, narrow)
    if offers and not any(one.rows for one in offers):
        st.info(_("Nothing fits these filters."), icon=":material/filter_alt_off:")
    elif offers:
        _said(offers)
        _downloads(actor, chosen, narrow, offers)
        if chosen is None:
            _files(offers)
    _recent(actor, names)


page()
