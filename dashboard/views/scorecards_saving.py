"""What was changed on a draft and not saved: how much, what is wrong with it, saving, dropping, undoing."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard.components.scorecard_words import difference_text, fault_text
from dashboard.i18n import _, format_number, ngettext, running_on
from dashboard.views.scorecards_deeds import Deed, note, stamp
from dashboard.views.scorecards_reads import Desk
from services.scoring.differences import differences


def saving_bar(desk: Desk) -> None:
    """Draw the bar of a draft that this person may change; nothing for everything else."""
    if not desk.may_change:
        return
    row, work = desk.row, desk.work
    with st.container(key="scorecards-saving", border=True, gap="small"):
        st.markdown(_state(desk))
        if work is not None and work.is_behind:
            st.warning(
                _(
                    "Somebody saved this draft while you were changing it. Drop your changes to see theirs, or save "
                    "yours over them."
                ),
                icon=":material/group:",
            )
        _about(desk)
        if desk.faults:
            told = "".join(f"<li>{escape(fault_text(one, desk.labels))}</li>" for one in desk.faults)
            st.html(f'<ol class="gl-faults" role="alert">{told}</ol>')
        with st.container(horizontal=True, gap="small"):
            is_behind = work is not None and work.is_behind
            st.button(
                _("Save over theirs") if is_behind else _("Save draft"), key="scorecards-save", type="primary",
                icon=":material/save:", disabled=work is None or bool(desk.faults), on_click=note,
                args=(Deed("save", row.id, row.version),),
            )  # fmt: skip
            st.button(
                _("Drop changes"), key="scorecards-discard", disabled=work is None, on_click=note,
                args=(Deed("discard", row.id, row.version),),
            )  # fmt: skip
            st.button(
                _("Undo last save"), key="scorecards-undo", icon=":material/undo:",
                disabled=work is not None or row.saves == 0, on_click=note, args=(Deed("undo", row.id, row.version),),
            )  # fmt: skip


def _about(desk: Desk) -> None:
    """What the draft is for, in words that its approver reads too."""
    row = desk.row
    key = f"scorecards-note-{row.id}-{row.version}-{stamp()}"
    with st.expander(_("What this draft is for"), expanded=False, key=f"scorecards-about-{row.id}"):
        st.text_area(
            _("What this draft is for"), row.note or "", key=key, max_chars=500, height=90, label_visibility="collapsed"
        )
        st.button(_("Keep note"), key="scorecards-describe", on_click=_describe, args=(row.id, row.version, key))


def _describe(card: int, version: int, key: str) -> None:
    note(Deed("describe", card, version, str(st.session_state.get(key) or "")))


def _state(desk: Desk) -> str:
    if desk.work is None:
        saves = desk.row.saves
        if not saves:
            return _("Nothing has been changed on this draft yet. Changes are kept as you make them, and saved by you.")
        words = ngettext("Everything is saved: %(n)s save so far.", "Everything is saved: %(n)s saves so far.", saves)
        return words % {"n": format_number(saves)}
    if desk.faults:
        count = len(desk.faults)
        words = ngettext(
            "Not saved: %(n)s thing has to be put right first.", "Not saved: %(n)s things have to be put right first.",
            count,
        )  # fmt: skip
        return words % {"n": format_number(count)}
    if desk.card is None or desk.detail.card is None:
        return _("Not saved yet.")
    found = differences(desk.detail.card, desk.card)
    most = [difference_text(one) for one in found[:3]]
    count = len(found)
    words = ngettext("Not saved: %(n)s difference.", "Not saved: %(n)s differences.", count)
    return running_on([words % {"n": format_number(count)}, *most, *(["…"] if count > len(most) else [])])
