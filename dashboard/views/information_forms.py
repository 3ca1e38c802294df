"""Forms that bring in one row: their fields are the columns of the import kind, errors stand beside the field."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import streamlit as st

from dashboard.components.departments import department_names
from dashboard.components.information_words import form_words
from dashboard.i18n import _
from dashboard.import_words import CHOICE_WORDS, accepted_words, column_words, reason_text
from dashboard.labels import label
from dashboard.views.information_deeds import DRAFTS, Deed, note, widget_key, wrong_of
from services.context import Actor
from services.imports.columns import Column, ColumnType, FileKind, Reference
from services.imports.kinds import kind_by_name
from services.information.forms import fields_of

FIRST_DAY, LAST_DAY = dt.date(1900, 1, 1), dt.date(2100, 1, 1)


@dataclass(frozen=True)
class Offered:
    """What a form begins with, and what its references may be chosen from."""

    stored: Mapping[str, str] = field(default_factory=dict)
    choices: Mapping[str, Sequence[str]] = field(default_factory=dict)


def row_form(actor: Actor, kind_name: str, customer_no: str, offered: Offered) -> None:
    """Draw the form of a kind for a customer. What was typed stays until it is stored."""
    kind, draft = kind_by_name(kind_name), (customer_no, kind_name)
    wrong, names = wrong_of(draft), department_names(actor)
    choices = {**offered.choices, "department": names.codes}
    with st.container(key="information-form", border=True, gap="small"):
        columns = st.columns(2, gap="medium")
        for place, one in enumerate(fields_of(kind)):
            with columns[place % 2]:
                _seed(draft, one, offered.stored.get(one.name, ""))
                _widget(kind, one, draft, choices.get(one.name), names.name)
                for message in wrong.get(one.name, ()):
                    st.markdown(f":material/error: **{reason_text(message.template, message.params)}**")
        given = {one.name for one in fields_of(kind)}
        for message in (each for name, found in wrong.items() if name not in given for each in found):
            st.markdown(f":material/error: **{reason_text(message.template, message.params)}**")
        st.button(
            _("Store “%(kind)s”") % {"kind": form_words(kind_name)}, key=f"information-store-{kind_name}",
            type="primary", on_click=_store, args=(kind, draft, dict(offered.stored)),
        )  # fmt: skip
    _keep(kind, draft)


def outlook_form(actor: Actor, due: Sequence[str]) -> None:
    """The outlook of an industry: risk management's own form, which belongs to no customer."""
    row_form(actor, "industry_outlooks", "", Offered({"industry_code": due[0]} if due else {}))


def _seed(draft: tuple[str, str], one: Column, stored: str) -> None:
    """Fill a widget that is drawn anew with what was typed before, else with what is stored."""
    key = widget_key(draft, one.name)
    if key in st.session_state:
        return
    kept = st.session_state.get(DRAFTS, {}).get(draft, {})
    value = kept.get(one.name, stored)
    st.session_state[key] = _day(value) if one.type is ColumnType.DATE else value


def _keep(kind: FileKind, draft: tuple[str, str]) -> None:
    """Remember what is typed: widgets that are not drawn forget it."""
    st.session_state.setdefault(DRAFTS, {})[draft] = _written(kind, draft)


def _written(kind: FileKind, draft: tuple[str, str]) -> dict[str, str]:
    found = {}
    for one in fields_of(kind):
        value = st.session_state.get(widget_key(draft, one.name))
        found[one.name] = value.isoformat() if isinstance(value, dt.date) else str(value or "").strip()
    return found


def _store(kind: FileKind, draft: tuple[str, str], stored: dict[str, str]) -> None:
    """Write the form down: a callback. Of the register only what differs, so that others' changes stay."""
    values = _written(kind, draft)
    if kind.merges_blanks:
        values = {name: value for name, value in values.items() if value != stored.get(name, "")}
    note(Deed("fill", draft, values))


def _widget(
    kind: FileKind, one: Column, draft: tuple[str, str], choices: Sequence[str] | None, department: object
) -> None:  # fmt: skip
    key, hint = widget_key(draft, one.name), accepted_words(kind.name, one)
    words = column_words(kind.name, one.name) + (" *" if one.required and not kind.merges_blanks else "")
    if one.type is ColumnType.DATE:
        st.date_input(
            words, key=key, format="YYYY-MM-DD", min_value=FIRST_DAY, max_value=dt.date(2100, 1, 1), help=hint
        )
    elif one.type is ColumnType.ENUM:
        group = CHOICE_WORDS[kind.name, one.name]
        _choice(words, key, one.choices, lambda code: label(group, code))
    elif one.type is ColumnType.BOOLEAN:
        _choice(words, key, ("yes", "no"), lambda code: _("yes") if code == "yes" else _("no"))
    elif one.reference is Reference.DEPARTMENT:
        _choice(words, key, choices or (), department)
    elif choices:
        _choice(words, key, choices, str)
    else:
        st.text_input(words, key=key, max_chars=4_000, help=hint)


def _choice(words: str, key: str, codes: Sequence[str], said: object) -> None:
    options = ["", *codes]
    if st.session_state.get(key) not in options:
        st.session_state[key] = ""
    st.selectbox(words, options, key=key, format_func=lambda code: said(code) if code else "—")  # type: ignore[operator]


def _day(value: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(value)
    except ValueError:
        return None
