"""The first step: what the file holds, what it is for, its columns, and an empty file to fill in."""

from __future__ import annotations

from functools import partial

import pandas as pd
import streamlit as st

from dashboard.i18n import _, language, using_language
from dashboard.import_words import KIND_ABOUT, accepted_words, all_column_words, column_words, kind_words
from dashboard.views.imports_draft import KIND, forget_result
from db.enums import Role
from services.context import Actor
from services.imports.columns import FileKind
from services.imports.kinds import KINDS
from services.imports.templates import template_csv, template_workbook

_ADDRESS = "kind"


def choose_kind(actor: Actor, kinds: tuple[str, ...]) -> FileKind:
    """Draw the choice; the kind that is chosen. Its code is in the address, for links from other pages."""
    if st.session_state.get(KIND) not in kinds:
        asked = st.query_params.get(_ADDRESS, "")
        st.session_state[KIND] = asked if asked in kinds else "customers"
    st.selectbox(_("1. What does the file hold?"), kinds, format_func=kind_words, key=KIND, on_change=_write_address)
    kind = KINDS[str(st.session_state[KIND])]
    st.markdown(_(KIND_ABOUT[kind.name]))
    if actor.role is Role.BUSINESS:
        st.caption(
            _(
                "You bring in customers of your own department and what concerns them. Decisions, case files and "
                "shared lists such as exchange rates are brought in by risk management."
            )
        )
    return kind


def switch_kind(kind: str) -> None:
    """Choose another kind: for callbacks."""
    st.session_state[KIND] = kind
    _write_address()


def _write_address() -> None:
    st.query_params[_ADDRESS] = str(st.session_state[KIND])
    forget_result()


def columns_and_templates(kind: FileKind) -> None:
    """The columns of a kind, and files with nothing but their headers."""
    with st.expander(_("Its columns, and an empty file to fill in"), icon=":material/table_chart:"):
        with st.container(horizontal=True, gap="small"):
            for ending, made in (("xlsx", _workbook), ("csv", _csv)):
                st.download_button(
                    _("Template as %(ending)s") % {"ending": ending.upper()}, partial(made, kind, language()),
                    f"{kind.name}.{ending}", key=f"template_{ending}", on_click="ignore", icon=":material/download:",
                )  # fmt: skip
        _columns(kind)


def _columns(kind: FileKind) -> None:
    rows = {
        column_words(kind.name, column.name) + (" *" if column.required else ""): accepted_words(kind.name, column)
        for column in kind.columns
    }
    st.table(pd.DataFrame({_("What stands in it"): rows}), border="horizontal")
    st.caption(_("\\* has to be there in every row. Headers are found in English and Chinese, or matched by hand."))


def explained_columns(kind: FileKind) -> list[list[str]]:
    """The columns of a kind with what may stand in them, headers first."""
    rows = [[_("Column"), _("Required"), _("What stands in it")]]
    for column in kind.columns:
        required = _("required") if column.required else ""
        rows.append([column_words(kind.name, column.name), required, accepted_words(kind.name, column)])
    return rows


def _csv(kind: FileKind, reader_language: str) -> bytes:
    with using_language(reader_language):  # downloads are made outside of the page's run
        return template_csv(kind, all_column_words(kind))


def _workbook(kind: FileKind, reader_language: str) -> bytes:
    with using_language(reader_language):
        sheets = (kind_words(kind.name)[:31], _("Explanation"))
        return template_workbook(kind, all_column_words(kind), sheets, explained_columns(kind))
