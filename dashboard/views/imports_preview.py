"""The last step: the first rows as written and as understood, what importing would do, and the button that does it."""

from __future__ import annotations

import datetime as dt
import hashlib
from decimal import Decimal

import pandas as pd
import streamlit as st

from dashboard.i18n import NO_VALUE, _, format_date, format_number, listed, ngettext, quoted
from dashboard.import_words import column_words, reason_text
from dashboard.imports_under_way import start
from dashboard.views.imports_draft import WHOLE, Upload
from dashboard.views.imports_result import rejected_table
from services.context import Actor
from services.imports.columns import FileKind
from services.imports.plan import Request
from services.imports.preview import PREVIEW_REJECTS, Preview

SHOWN_ROWS = 8
#: Most files are in sooner than this: then no progress is shown at all.
_SOON_SECONDS = 0.6


def missing_columns(seen: Preview, kind: FileKind) -> None:
    """What has to be matched before anything can be said."""
    names = listed(quoted(column_words(kind.name, name)) for name in seen.missing)
    st.warning(
        _("Still to be matched: %(names)s. Choose a header for each above, or give a value for all rows.")
        % {"names": names},
        icon=":material/edit:",
    )


def what_would_happen(seen: Preview, kind: FileKind) -> None:
    """The answer in words and figures."""
    st.subheader(_("4. Look and import"))
    st.markdown(f"**{_answer(seen)}**")
    figures = (
        (_("Added"), seen.inserted), (_("Changed"), seen.updated), (_("Unchanged"), seen.unchanged),
        (_("Rejected rows"), seen.rejected),
    )  # fmt: skip
    with st.container(key="import-counts", horizontal=True, gap="large"):
        for title, count in figures:
            st.metric(title, format_number(count), width="content")
    for note in seen.notes:
        st.caption(reason_text(note.template, note.params))
    _first_rows(seen, kind)
    if seen.rejected:
        st.markdown(_("**Rejected rows**: they come back with the reason; everything else can be imported."))
        rejected_table(seen.rejects, seen.rejected, kind.name, "preview", most=PREVIEW_REJECTS)


def _answer(seen: Preview) -> str:
    if not seen.rows:
        return _("The file has headers but no rows.")
    if seen.rejected == seen.rows:
        return _("No row of this file can be imported as it is.")
    if not seen.inserted and not seen.updated:
        return _("Everything that could be imported is stored already: importing this file changes nothing.")
    counts = {"new": format_number(seen.inserted), "changed": format_number(seen.updated)}
    if not seen.rejected:
        return _("Every row is understood. Importing adds %(new)s and changes %(changed)s.") % counts
    return ngettext(
        "Importing adds %(new)s and changes %(changed)s; %(n)s row is rejected.",
        "Importing adds %(new)s and changes %(changed)s; %(n)s rows are rejected.",
        seen.rejected,
    ) % {**counts, "n": format_number(seen.rejected)}


def _first_rows(seen: Preview, kind: FileKind) -> None:
    """The same rows twice, in the same order and with the same columns, so that eyes can go across."""
    ours = [name for name in seen.cleaned_columns if name in seen.mapping]
    filled = [name for name in seen.cleaned_columns if name not in seen.mapping]
    understood = dict(zip(seen.cleaned_lines, seen.cleaned, strict=True))
    written, read = [], []
    for line, cells in list(zip(seen.lines, seen.cells, strict=True))[:SHOWN_ROWS]:
        by_header = dict(zip(seen.headers, cells, strict=False))
        values = dict(zip(seen.cleaned_columns, understood.get(line, ()), strict=False))
        written.append([line, *(_as_written(seen, by_header, cells, name) for name in ours)])
        cleaned = [shown(values.get(name)) for name in (*ours, *filled)]
        read.append([line, *(cleaned if line in understood else [_("rejected"), *cleaned[1:]])])
    left, right = st.columns(2)
    with left:
        st.caption(_("As written in the file"))
        _table(written, [_("Line"), *(seen.mapping[name] for name in ours)], "written")
    with right:
        st.caption(_("As understood"))
        _table(read, [_("Line"), *(column_words(kind.name, name) for name in (*ours, *filled))], "understood")


def _as_written(seen: Preview, by_header: dict[str, str | None], cells: tuple[str | None, ...], name: str) -> str:
    header = seen.mapping[name]
    if header in by_header:
        return by_header[header] or ""
    place = int(header[1:]) - 1 if header[1:].isdigit() else len(cells)
    return (cells[place] if place < len(cells) else None) or ""


def _table(rows: list[list[object]], titles: list[str], key: str) -> None:
    seen: dict[str, int] = {}
    for place, title in enumerate(titles):  # a table has no two columns of one name
        seen[title] = seen.get(title, 0) + 1
        titles[place] = title + " " * (seen[title] - 1)
    frame = pd.DataFrame(rows, columns=titles)
    st.dataframe(frame, hide_index=True, key=f"import_{key}", height="content")


def shown(value: object) -> str:
    """A value as the reader's language writes it."""
    if value is None:
        return NO_VALUE
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dt.date):
        return format_date(value)
    if isinstance(value, Decimal):
        digits = max(0, -int(value.normalize().as_tuple().exponent))
        return format_number(value, digits)
    return format_number(value) if isinstance(value, int) else str(value)


def import_button(actor: Actor, upload: Upload, request: Request, seen: Preview) -> None:
    """The switch and the button. What is asked for is told apart by its token: a second click is the same import."""
    good = seen.rows - seen.rejected
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        whole = st.toggle(
            _("All or nothing"),
            key=WHOLE,
            help=_("One wrong row keeps the whole file out. Off: good rows are imported."),
        )
        is_kept_out = bool(whole and seen.rejected)
        st.button(
            ngettext("Import %(n)s row", "Import %(n)s rows", good) % {"n": format_number(good)}, type="primary",
            key="import_go", disabled=not good or is_kept_out, on_click=_go, icon=":material/upload:",
            args=(actor, request, _token(upload, request, whole=whole), whole),
        )  # fmt: skip
    if is_kept_out:
        st.caption(
            ngettext(
                "All or nothing: %(n)s wrong row keeps the file out. Mend it, or switch this off.",
                "All or nothing: %(n)s wrong rows keep the file out. Mend them, or switch this off.",
                seen.rejected,
            )
            % {"n": format_number(seen.rejected)}
        )


def _token(upload: Upload, request: Request, *, whole: bool) -> str:
    asked = repr((upload.id, request.kind, request.mapping, request.defaults, request.options, whole))
    return hashlib.sha256(asked.encode()).hexdigest()


def _go(actor: Actor, request: Request, token: str, whole: bool) -> None:
    """Begin, and wait as long as a reader would not notice."""
    begun = start(actor, request, token=token, all_or_nothing=whole)
    if begun is None:
        st.toast(_("Another import of yours is under way. Wait until it is done."), icon=":material/hourglass:")
        return
    begun.done.wait(_SOON_SECONDS)
