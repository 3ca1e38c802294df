"""Bring in a file: choose the kind, upload, look at how it is understood, import, take wrong rows back."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard.feedback import user_action
from dashboard.i18n import _, filled, format_number
from dashboard.state import current_actor
from services.context import Actor, unit_of_work
from services.imports.batches import BatchRow, recent_batches
from services.imports.kinds import KINDS
from services.imports.plan import Request
from services.imports.preview import Preview, preview
from services.imports.rejects import RejectedRows, rejects_csv
from services.imports.run import ImportResult, import_file

SHOWN_REJECTS = 100


def rejected_table(rejected: RejectedRows, key: str) -> None:
    """The wrong cells with their reasons, and all of them to download."""
    st.dataframe(
        pd.DataFrame(
            [
                {
                    _("Line"): one.line,
                    _("Column"): one.column,
                    _("Value"): one.value,
                    _("Reason"): filled(one.message.template, one.message.params),
                }
                for one in rejected.cells[:SHOWN_REJECTS]
            ]
        ),
        hide_index=True,
        key=f"rejected_{key}",
    )
    st.download_button(
        _("Download rejected rows"),
        rejects_csv(rejected, filled),
        "rejected.csv",
        "text/csv",
        key=f"download_{key}",
        on_click="ignore",
    )


def chosen_mapping(kind: str, seen: Preview) -> dict[str, str]:
    """Which header of the file stands for which of our columns."""
    mapping: dict[str, str] = {}
    with st.expander(_("Columns"), expanded=bool(seen.missing)):
        for column in KINDS[kind].columns:
            options = ["", *seen.headers]
            proposed = seen.mapping.get(column.name, "")
            mapping[column.name] = st.selectbox(
                f"{column.name} *" if column.required else column.name,
                options,
                index=options.index(proposed) if proposed in options else 0,
                key=f"map_{kind}_{column.name}",
            )
    return mapping


def show_preview(seen: Preview) -> None:
    """How the file was read, its first rows as understood, and what importing it would do."""
    st.caption(
        _("%(rows)s rows · encoding %(encoding)s · headers in line %(line)s")
        % {"rows": format_number(seen.rows), "encoding": seen.encoding or "XLSX", "line": seen.header_line}
    )
    if seen.missing:
        st.warning(_("Choose a column for: %(names)s") % {"names": ", ".join(seen.missing)})
        return
    st.dataframe(
        pd.DataFrame(seen.cleaned, columns=list(seen.cleaned_columns)).astype(str), hide_index=True, key="preview_rows"
    )
    st.write(
        _("%(new)s new, %(changed)s changed, %(unchanged)s unchanged, %(rejected)s rejected")
        % {"new": seen.inserted, "changed": seen.updated, "unchanged": seen.unchanged, "rejected": seen.rejected}
    )
    if seen.rejects.cells:
        rejected_table(seen.rejects, "preview")


def show_result(result: ImportResult) -> None:
    """How the import ended."""
    if result.is_refused:
        st.error(
            _("Nothing was imported: %(rejected)s of %(rows)s rows are wrong.")
            % {"rejected": result.rejected, "rows": result.rows}
        )
    else:
        st.success(
            _("%(rows)s rows: %(inserted)s new, %(updated)s changed, %(unchanged)s unchanged, %(rejected)s rejected")
            % {
                "rows": result.rows,
                "inserted": result.inserted,
                "updated": result.updated,
                "unchanged": result.unchanged,
                "rejected": result.rejected,
            }  # fmt: skip
        )
    for note in result.notes:
        st.caption(filled(note.template, note.params))
    if result.rejected:
        rejected_table(result.rejected_rows, "result")


def bring_in(actor: Actor, kind: str, name: str, content: bytes, mapping: dict[str, str], whole: bool) -> None:
    """Import and remember the result for the next run of the page."""
    bar = st.progress(0.0)
    with user_action() as outcome, unit_of_work(actor) as ctx:
        result = import_file(
            ctx, kind, content, file_name=name, mapping=mapping, all_or_nothing=whole,
            progress=lambda share, step: bar.progress(share, _(step)),
        )  # fmt: skip
    bar.empty()
    if outcome.succeeded:
        st.session_state["import_result"] = result


def show_recent(actor: Actor) -> None:
    """The newest imports."""
    with unit_of_work(actor) as ctx:
        rows: list[BatchRow] = recent_batches(ctx)
    st.subheader(_("Recent imports"))
    if not rows:
        st.caption(_("Nothing has been imported yet."))
        return
    names = {"rows": _("Rows"), "inserted": _("New"), "updated": _("Changed"), "rejected": _("Rejected")}
    st.dataframe(
        pd.DataFrame(
            [
                {
                    _("File"): one.file_name,
                    _("Kind"): one.kind,
                    **{title: one.counts[key] for key, title in names.items()},
                }
                for one in rows
            ]
        ),
        hide_index=True,
        key="recent_imports",
    )


def page() -> None:
    """The page."""
    actor = current_actor()
    st.title(_("Imports"))
    kind = st.selectbox(
        _("What does the file hold?"),
        list(KINDS),
        index=list(KINDS).index("customers"),
        format_func=lambda one: _(KINDS[one].label),
        key="import_kind",
    )
    st.caption(", ".join(f"{one.name} *" if one.required else one.name for one in KINDS[kind].columns))
    upload = st.file_uploader(_("CSV or XLSX file"), type=["csv", "xlsx", "txt", "tsv"], key="import_file")
    if upload is not None:
        content, seen = upload.getvalue(), None
        with user_action(), unit_of_work(actor) as ctx:
            seen = preview(ctx, Request(kind, content, upload.name))
        if seen is not None:
            mapping = chosen_mapping(kind, seen)
            with user_action(), unit_of_work(actor) as ctx:
                seen = preview(ctx, Request(kind, content, upload.name, mapping))
            show_preview(seen)
            whole = st.checkbox(_("Import nothing if any row is wrong"), key="import_whole")
            if st.button(
                _("Import %(rows)s rows") % {"rows": format_number(seen.rows)},
                type="primary",
                disabled=bool(seen.missing),
                key="import_go",
            ):
                bring_in(actor, kind, upload.name, content, mapping, whole)
    if result := st.session_state.get("import_result"):
        show_result(result)
    show_recent(actor)


page()
