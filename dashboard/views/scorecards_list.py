"""All scorecards, and the ways to a new draft: from the one in force, or from a file."""

from __future__ import annotations

import datetime as dt
from html import escape

import streamlit as st

from dashboard.components.plain_table import Cell, Head, plain_table
from dashboard.components.scorecard_words import called, fault_text, scorecard_name
from dashboard.feedback import user_action
from dashboard.i18n import NO_VALUE, _, format_date, format_datetime, format_number, ngettext, running_on
from dashboard.labels import label
from dashboard.navigation import address_of, file_of, page_spec
from dashboard.views.scorecards_deeds import Deed, note
from dashboard.views.scorecards_reads import CardList, all_scorecards
from services.access import may
from services.context import Actor
from services.scorecards import CardFile, ScorecardRow, read_file
from services.scorecards.editing import labels_of


def list_part(actor: Actor) -> None:
    """Draw the list; the ways to a new draft below it for those who may."""
    read = all_scorecards(actor)
    if not read.rows:
        st.info(_("No scorecard is in force yet. The first scoring puts the one that ships into force."))
    else:
        st.markdown(_headline(read.rows))
        _table(read)
    with st.container(horizontal=True, gap="small"):
        for key, words in (("scorecard_comparison", _("Compare on history")), ("challenger", _("Fit to own outcomes"))):
            st.page_link(file_of(key), label=words, icon=page_spec(key).icon)
    if may(actor, "scorecard.draft"):
        left, right = st.columns(2, gap="medium")
        with left:
            _from_another(read.rows)
        with right:
            _from_file()
    st.caption(
        _(
            "Everybody reads scorecards. Risk management drafts and proposes them; another person, of risk management "
            "or leadership, puts them into force. The command line lists, compares, exports and checks them: "
            "putting one into force stays with two people here."
        )
    )


def _headline(rows: tuple[ScorecardRow, ...]) -> str:
    sentences = []
    active = next((one for one in rows if one.state == "active"), None)
    if active is not None:
        sentences.append(
            _("In force is %(name)s, since %(day)s.")
            % {"name": scorecard_name(active), "day": format_date(active.activated_on)}
        )
    else:
        sentences.append(_("No scorecard is in force."))
    shadows = sum(one.state == "shadow" for one in rows)
    if shadows:
        words = ngettext("%(n)s scores beside it in shadow.", "%(n)s score beside it in shadow.", shadows)
        sentences.append(words % {"n": format_number(shadows)})
    waiting = sum(one.is_proposed for one in rows)
    if waiting:
        words = ngettext("%(n)s waits for a second person.", "%(n)s wait for a second person.", waiting)
        sentences.append(words % {"n": format_number(waiting)})
    return running_on(sentences)


def _table(read: CardList) -> None:
    plain_table(
        [
            Head(_("Scorecard")),
            Head(_("State")),
            Head(_("Kind")),
            Head(_("Drafted")),
            Head(_("Proposed by")),
            Head(_("Approved by")),
            Head(_("What it is for")),
        ],
        [
            [
                Cell(scorecard_name(one), address_of("scorecards", card=str(one.id))),
                Cell(html=state_html(one)),
                Cell(label("scorecard_kind", one.kind)),
                Cell(_by(one.drafter, one.drafted_at, read.time_zone) or _("Ships with the product")),
                Cell(_by(one.proposer, one.proposed_at, read.time_zone) or NO_VALUE),
                Cell(_by(one.approver, one.approved_at, read.time_zone) or NO_VALUE),
                Cell(one.note or NO_VALUE),
            ]
            for one in read.rows
        ],
    )


def _by(name: str | None, at: dt.datetime | None, time_zone: str) -> str:
    if at is None:
        return ""
    return _("%(who)s, %(when)s") % {"who": name or _("The system"), "when": format_datetime(at, time_zone)}


def state_html(one: ScorecardRow) -> str:
    """The state as a chip, with its day."""
    words = label("scorecard_state", one.state)
    day = {"active": one.activated_on, "shadow": one.shadow_since, "retired": one.retired_on}.get(one.state)
    since = f' <span class="gl-quiet">{escape(format_date(day))}</span>' if day else ""
    waits = f' <span class="gl-chip">{escape(_("waits for a second person"))}</span>' if one.is_proposed else ""
    return f'<span class="gl-chip">{escape(words)}</span>{since}{waits}'


def _from_another(rows: tuple[ScorecardRow, ...]) -> None:
    if not rows:
        return
    with st.container(border=True, gap="small", key="scorecards-new"):
        st.html(f'<h2 class="gl-section">{escape(_("New draft"))}</h2>')
        by_id = {one.id: one for one in rows}
        st.selectbox(
            _("Based on"), list(by_id), format_func=lambda one: scorecard_name(by_id[one]), key="scorecards-new-from"
        )  # fmt: skip
        st.text_input(_("Name of the scorecard"), key="scorecards-new-name", max_chars=60)
        st.text_input(_("What it is for"), key="scorecards-new-note", max_chars=300)
        st.button(_("Start draft"), key="scorecards-new-start", type="primary", on_click=_start)


def _start() -> None:
    state = st.session_state
    note(
        Deed(
            "draft", card=int(state["scorecards-new-from"]), reason=str(state["scorecards-new-name"] or ""),
            more=str(state["scorecards-new-note"] or ""),
        )
    )  # fmt: skip


def _from_file() -> None:
    with st.container(border=True, gap="small", key="scorecards-file"):
        st.html(f'<h2 class="gl-section">{escape(_("Draft from a file"))}</h2>')
        given = st.file_uploader(
            _("A scorecard as exported (JSON). It becomes a draft; nothing that is in force changes."), type=["json"],
            key="scorecards-upload",
        )  # fmt: skip
        if given is None:
            return
        found: CardFile | None = None
        with user_action():
            found = read_file(given.getvalue())
        if found is not None:
            _file_found(found)


def _file_found(found: CardFile) -> None:
    if found.card is None:
        count = len(found.faults)
        st.error(
            ngettext(
                "%(n)s thing keeps this file from being a scorecard. Nothing was brought in.",
                "%(n)s things keep this file from being a scorecard. Nothing was brought in.",
                count,
            )
            % {"n": format_number(count)},
            icon=":material/block:",
        )
        names = labels_of({})
        told = "".join(f"<li>{escape(fault_text(one, names))}</li>" for one in found.faults)
        st.html(f'<ol class="gl-faults">{told}</ol>')
        return
    card = found.card
    st.caption(
        _("%(name)s: %(dimensions)s dimensions, %(indicators)s indicators.")
        % {
            "name": called(card.name), "dimensions": format_number(len(card.dimensions)),
            "indicators": format_number(len(list(card.indicators))),
        }
    )  # fmt: skip
    st.text_input(_("Name of the scorecard"), value=card.name, key="scorecards-file-name", max_chars=60)
    st.text_input(_("What it is for"), key="scorecards-file-note", max_chars=300)
    st.button(
        _("Bring in as draft"), key="scorecards-file-start", type="primary", on_click=_bring_in, args=(found,)
    )  # fmt: skip


def _bring_in(found: CardFile) -> None:
    state = st.session_state
    note(
        Deed(
            "draft", reason=str(state["scorecards-file-name"] or ""), more=str(state["scorecards-file-note"] or ""),
            definition=found.definition,
        )
    )  # fmt: skip
