"""The breaches behind the figures: narrowed, page by page, one opened beside them and judged."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

import streamlit as st

from dashboard.components.address_filters import change_address, choice_filter, clear_filters, pill_filter
from dashboard.components.control_words import reason_words
from dashboard.components.departments import DepartmentNames
from dashboard.components.export_menu import export_menu
from dashboard.components.obedience_words import against_text, gate_text
from dashboard.components.open_row import open_row, row_head
from dashboard.components.pager import Pager
from dashboard.feedback import user_action
from dashboard.i18n import NO_VALUE, _, format_date, format_datetime, format_money, sentence, with_aside, with_value
from dashboard.labels import LABELS, label
from dashboard.navigation import file_of
from dashboard.views.obedience_figures import section
from dashboard.views.obedience_reads import Known, one_breach, rows
from db.enums import BreachJudgement
from services.access import may
from services.context import Actor, unit_of_work
from services.errors import NotFoundError
from services.metrics.span import Span
from services.obedience import OPEN, BreachFilter, BreachRow, breaches, judge
from services.obedience.breaches import PAGE_SIZE

FILTERS = (
    ("judged", "obedience-judged"), ("demand", "obedience-demand"), ("document", "obedience-document"),
)  # fmt: skip
_FILE_PAGE = 1_000


def rows_panel(actor: Actor, span: Span, department: str | None, names: DepartmentNames, shown: Known) -> None:
    """The narrowings, a page of breaches with the opened one beside it, the file."""
    st.html('<span id="rows"></span>')
    section(_("The documents against a measure"))
    narrow = _narrowings(span, department)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="obedience-rows-bar"):
        if any(st.query_params.get(name) for name, _key in FILTERS):
            st.button(_("Show all"), key="obedience-clear", on_click=clear_filters, args=FILTERS, type="tertiary")
        export_menu(
            "obedience", "obedience",
            [
                _("Date"), _("Customer number"), _("Customer"), _("Department"), _("Document"), _("Number"),
                _("Amount"), _("Demand"), _("Allowed"), _("Found"), _("Order gate"), _("Judgement"), _("Reason"),
            ],
            lambda: _file_rows(actor, narrow, names),
        )  # fmt: skip
    pager = Pager("obedience", (span, narrow), PAGE_SIZE)
    page = rows(actor, narrow, pager.cursor)
    if not page.rows:
        st.info(_("No document fits these filters."), icon=":material/filter_alt_off:")
        return
    opened = st.query_params.get("breach", "")
    with st.container(key="obedience-halves", gap=None):
        with st.container(key="obedience-list", gap=None):
            _list(page.rows, shown.policy.base_currency, opened)
            pager.draw(len(page.rows), page.after, page.total)
        with st.container(key="obedience-detail", border=True):
            _detail(actor, opened, shown, names)


def _narrowings(span: Span, department: str | None) -> BreachFilter:
    with st.container(key="obedience-narrow", horizontal=True, gap="small", vertical_alignment="center"):
        judged = pill_filter(
            "judged", (OPEN, *BreachJudgement), label=_("Judgement"), key="obedience-judged",
            words=lambda code: label("breach_judged", code) if code else _("All"),
        )  # fmt: skip
        demand = choice_filter(
            "demand", list(LABELS["demand"]), label=_("Demand"), everything=_("Every demand"),
            words=lambda code: label("demand", code), key="obedience-demand",
        )  # fmt: skip
        document = choice_filter(
            "document", list(LABELS["trade_document"]), label=_("Document"), everything=_("Orders and invoices"),
            words=lambda code: label("trade_document", code), key="obedience-document",
        )  # fmt: skip
    return BreachFilter(
        first=span.first, last=span.ends_on, department=department, demand=demand, document=document, judged=judged
    )


def _key(row: BreachRow) -> str:
    return f"{row.customer_id}-{row.id}"


def _open(key: str) -> None:
    change_address({"breach": key})


def _list(found: tuple[BreachRow, ...], currency: str, opened: str) -> None:
    row_head(
        "".join(
            f'<span class="gl-cell-{cell}">{escape(words)}</span>'
            for cell, words in (("day", _("Date")), ("who", _("Customer")), ("money", _("Amount")), ("state", ""))
        )
    )
    for row in found:
        state = label("breach_judged", row.judged_as or OPEN)
        document = f"{label('trade_document', row.document)} {row.document_no}"
        cells = (
            f'<span class="gl-cell-day">{escape(format_date(row.occurred_on))}</span>'
            f'<span class="gl-cell-who"><span class="gl-strong">{escape(row.customer)}</span>'
            f'<span class="gl-line">{escape(with_value(document, against_text(row, currency)))}</span></span>'
            f'<span class="gl-cell-money">{escape(format_money(row.amount, currency, compact=True))}</span>'
            f'<span class="gl-cell-state"><span class="gl-chip">{escape(state)}</span></span>'
        )
        name = _("Open document %(no)s of %(name)s") % {"no": row.document_no, "name": row.customer}
        current = "-current" if _key(row) == opened else ""
        open_row(f"obedience-{_key(row)}{current}", cells, name, on_click=_open, args=(_key(row),))


def _detail(actor: Actor, opened: str, shown: Known, names: DepartmentNames) -> None:
    customer_id, _dash, breach_id = opened.partition("-")
    if not (customer_id.isdecimal() and breach_id.isdecimal()):
        st.caption(_("Choose a document: what it goes against, what the order gate had said, and the judgement."))
        return
    st.button(
        _("Back to the list"), key="obedience-back", icon=":material/arrow_back:", on_click=_open, args=("",),
    )  # fmt: skip
    try:
        row = one_breach(actor, int(customer_id), int(breach_id))
    except NotFoundError as error:
        st.info(sentence(error), icon=":material/search_off:")
        return
    _facts(row, shown.policy.base_currency, names)
    st.page_link(
        file_of("customer"), label=_("Open the customer"), query_params={"customer": row.customer_no},
        icon=":material/person_search:",
    )  # fmt: skip
    if row.judged_as:
        st.markdown(
            _("**%(judgement)s** by %(who)s, %(when)s: %(reason)s")
            % {
                "judgement": label("breach_judged", row.judged_as), "who": row.judged_by or NO_VALUE,
                "when": format_datetime(row.judged_at, shown.policy.time_zone), "reason": row.judged_reason,
            }
        )  # fmt: skip
    if may(actor, "breach.judge"):
        _judging(actor, row)


def _facts(row: BreachRow, currency: str, names: DepartmentNames) -> None:
    """What the document is, what it goes against, what the gate had said."""
    st.html(f'<h3 class="gl-section">{escape(against_text(row, currency))}</h3>')
    since = {"date": format_date(row.measure_since)}
    measure = (
        _("Listed on %(date)s") % since
        if row.kind is None
        else _("%(measure)s in force since %(date)s") % (since | {"measure": label("control_kind", row.kind)})
    )
    facts = (
        (_("Customer"), with_aside(row.customer, row.customer_no)), (_("Department"), names.name(row.department)),
        (_("Document"), f"{label('trade_document', row.document)} {row.document_no}"),
        (_("Date"), format_date(row.occurred_on)), (_("Amount"), format_money(row.amount, currency)),
        (_("Measure of that day"), measure),
        (_("Reason for the measure"), reason_words(row.measure_reason or NO_VALUE)), (_("Order gate"), gate_text(row)),
    )  # fmt: skip
    st.html(
        '<dl class="gl-facts">'
        + "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in facts)
        + "</dl>"
    )


def _judging(actor: Actor, row: BreachRow) -> None:
    key = f"obedience-reason-{_key(row)}"
    with st.form(f"obedience-judge-{_key(row)}", border=False):
        reason = st.text_area(_("Reason"), key=key, max_chars=1000, placeholder=_("What you found, and from whom."))
        st.caption(
            _("A confirmed breach counts against the department; an excused one does not, and ends the warning's sign.")
        )
        with st.container(horizontal=True):
            confirmed = st.form_submit_button(_("Confirm breach"), key=f"obedience-confirm-{_key(row)}")
            excused = st.form_submit_button(_("Excuse document"), key=f"obedience-excuse-{_key(row)}")
    if confirmed or excused:
        made = BreachJudgement.CONFIRMED if confirmed else BreachJudgement.EXCUSED
        with user_action(_("Judgement kept")) as outcome, unit_of_work(actor) as ctx:
            judge(ctx, row.customer_id, row.id, row.version, made, reason)
        if outcome.succeeded:
            del st.session_state[key]
            st.rerun()


def _file_rows(actor: Actor, narrow: BreachFilter, names: DepartmentNames) -> Iterable[list[object]]:
    after = None
    while True:
        with unit_of_work(actor) as ctx:
            page = breaches(ctx, narrow, after, _FILE_PAGE)
        for row in page.rows:
            yield [
                row.occurred_on, row.customer_no, row.customer, names.name(row.department),
                label("trade_document", row.document), row.document_no, row.amount, label("demand", row.demand),
                row.allowed, row.found, row.gate_decision and label("gate_decision", row.gate_decision),
                label("breach_judged", row.judged_as or OPEN),
                row.judged_reason,
            ]  # fmt: skip
        after = page.after
        if after is None:
            return
