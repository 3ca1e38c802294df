"""How an import goes on and how it ended: progress, counts, and the rejected rows to take back."""

from __future__ import annotations

from functools import partial

import pandas as pd
import streamlit as st

from dashboard.components.into_sight import into_sight
from dashboard.components.people_names import people_names
from dashboard.feedback import fault_text, user_action
from dashboard.i18n import _, format_datetime, format_number, language, ngettext, sentence, using_language
from dashboard.import_words import column_words, kind_words, reason_text
from dashboard.imports_under_way import UnderWay, take_note
from dashboard.views.imports_draft import show_result_of, start_over
from services.context import Actor, unit_of_work
from services.imports.batches import BatchRow, batch_by_id
from services.imports.rejects import KEPT_CELLS, RejectedRows, rejects_csv

SHOWN_REJECTS = 100
REFUSED = "refused"


def rejected_table(rejected: RejectedRows, count: int, kind: str, key: str, *, most: int = KEPT_CELLS) -> None:
    """The wrong cells with their reasons, and the rows they are in to download."""
    cells = rejected.cells[:SHOWN_REJECTS]
    rows = [
        [
            one.line,
            column_words(kind, one.column),
            one.value or "",
            reason_text(one.message.template, one.message.params),
        ]
        for one in cells
    ]
    frame = pd.DataFrame(rows, columns=[_("Line"), _("Column"), _("Value"), _("Reason")])
    st.dataframe(
        frame, hide_index=True, key=f"rejected_{key}", height=min(38 + 35 * len(rows), 420),
        column_config={
            _("Line"): st.column_config.NumberColumn(width=70), _("Column"): st.column_config.TextColumn(width=180),
            _("Value"): st.column_config.TextColumn(width=260),
        },
    )  # fmt: skip
    if len(rejected.cells) > SHOWN_REJECTS:
        st.caption(_("The first %(n)s wrong cells; the download has more.") % {"n": format_number(SHOWN_REJECTS)})
    if len(rejected.cells) >= most and len(rejected.rows) < count:
        st.caption(
            _("Only the first %(n)s wrong cells are kept. Mend them and import the file again: what is stored stays.")
            % {"n": format_number(most)}
        )
    st.download_button(
        _("Download rejected rows"), partial(_rejects_file, rejected, language()), "rejected.csv", "text/csv",
        key=f"download_{key}", on_click="ignore", icon=":material/download:",
        help=_("Mend the rows in this file and import it as it is."),
    )  # fmt: skip


def _rejects_file(rejected: RejectedRows, reader_language: str) -> bytes:
    with using_language(reader_language):  # downloads are made outside of the page's run
        return rejects_csv(rejected, reason_text)


def note_end(actor: Actor, begun: UnderWay) -> None:
    """Once an import has ended: its number into the address, or the reason why there is none onto the page."""
    take_note(actor.login)
    if begun.batch_id is not None:
        show_result_of(begun.batch_id)
        return
    if begun.refusal is not None:
        st.error(sentence(begun.refusal), icon=":material/block:")
    elif begun.fault_id is not None:
        st.error(fault_text(begun.fault_id), icon=":material/error:")


@st.fragment(run_every=1.0)
def progress(begun: UnderWay) -> None:
    """How far it is, looked at once a second. Nothing here touches the import."""
    if begun.done.is_set():
        st.rerun()
    st.markdown(
        _("**%(file)s** is being imported as “%(kind)s”.") % {"file": begun.file_name, "kind": kind_words(begun.kind)}
    )
    st.progress(begun.share, _(begun.step) if begun.step else None)
    st.caption(_("You may leave this page: the import goes on, and you find it under “Recent imports”."))


def show_result(actor: Actor, batch_id: int, time_zone: str) -> None:
    """What came of an import."""
    batch = None
    with user_action(), unit_of_work(actor) as ctx:
        batch = batch_by_id(ctx, batch_id)
    if batch is None:
        return
    who = people_names(actor, (batch.imported_by,)).name(batch.imported_by)
    with st.container(border=True, key="import-result"):
        with st.container(key="import-outcome", gap="small"):
            st.subheader(f"{batch.file_name} · {kind_words(batch.kind)}", anchor=False)
            _outcome(batch)
        st.caption(
            _("Brought in by %(who)s, %(when)s") % {"who": who, "when": format_datetime(batch.started_at, time_zone)}
        )
        for note in batch.notes:
            st.caption(reason_text(note.template, note.params))
        if batch.rejected.cells:
            rejected_table(batch.rejected, batch.counts["rejected"], batch.kind, "result")
        elif batch.counts["rejected"]:
            st.caption(_("Your role does not see the rejected rows of others: they hold personal data."))
        st.button(_("Import another file"), key="import_again", on_click=start_over, icon=":material/add:")
    into_sight("import-outcome", str(batch.id))


def _outcome(batch: BatchRow) -> None:
    counts = {name: format_number(count) for name, count in batch.counts.items()}
    if batch.state == REFUSED:
        st.error(_("Nothing was imported: %(rejected)s of %(rows)s rows are wrong.") % counts, icon=":material/block:")
        return
    st.success(
        ngettext(
            "%(rows)s row: %(inserted)s new, %(updated)s changed, %(unchanged)s unchanged, %(rejected)s rejected",
            "%(rows)s rows: %(inserted)s new, %(updated)s changed, %(unchanged)s unchanged, %(rejected)s rejected",
            batch.counts["rows"],
        )
        % counts,
        icon=":material/check:",
    )
    if not batch.counts["inserted"] and not batch.counts["updated"] and not batch.counts["rejected"]:
        st.markdown(_("Everything in this file was stored already, so nothing changed."))
    elif batch.counts["rejected"]:
        st.markdown(
            ngettext(
                "%(n)s row was not imported. Download it, mend it, and import that file.",
                "%(n)s rows were not imported. Download them, mend them, and import that file.",
                batch.counts["rejected"],
            )
            % {"n": counts["rejected"]}
        )
