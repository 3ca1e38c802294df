"""Who the warning is about: what is owed, paid and promised, whom to call, and what else is open on the customer."""

from __future__ import annotations

from decimal import Decimal
from html import escape

import streamlit as st

from dashboard.components.level_badge import level_badge
from dashboard.components.warning_words import time_left_text, why_text
from dashboard.i18n import NO_VALUE, _, format_date, format_money, format_number, format_percent, ngettext, with_aside
from dashboard.views.early_warnings_reads import Account, Opened
from dashboard.views.early_warnings_selection import key_of, open_detail
from services.customers import limit_use
from services.receivables.ageing import AgeBucket

_OTHERS_SHOWN = 5


def section(words: str) -> None:
    """The title of a part of the right half."""
    st.html(f'<h2 class="gl-section">{escape(words)}</h2>')


def facts_html(facts: dict[str, str]) -> str:
    """Names and values in two columns."""
    pairs = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in facts.items())
    return f'<dl class="gl-facts gl-figures">{pairs}</dl>'


def account_facts(found: Opened) -> None:
    """What the customer owes, by age and invoice by invoice; what it paid last and promised; whom to call."""
    one, currency = found.account, found.currency
    section(_("Account"))
    st.html(facts_html(_owed(one, currency)))
    if one.exposure.open_count:
        st.html(_ages(one.ageing, currency) + _invoices(one, currency))
    section(_("Contact"))
    st.html(facts_html(_contact(one)))


def _owed(one: Account, currency: str) -> dict[str, str]:
    owed, promises = one.exposure, one.promises
    late = NO_VALUE
    if owed.overdue_count:
        days = ngettext("up to %(n)s day", "up to %(n)s days", owed.worst_days) % {"n": format_number(owed.worst_days)}
        late = with_aside(format_money(owed.overdue_amount, currency), days)
    use = limit_use(owed, one.profile.credit_limit)
    last = next(iter(one.payments), None)
    return {
        _("Open balance"): format_money(owed.open_amount, currency),
        _("Past due"): late,
        _("Credit limit used"): NO_VALUE if use is None else format_percent(use, 0),
        _("Last payment"): _("none") if last is None
        else with_aside(format_money(last.amount, last.currency or currency), format_date(last.on)),
        _("Promises to pay"): _("none") if not promises.made
        else ngettext("%(broken)s of %(n)s broken", "%(broken)s of %(n)s broken", promises.made)
        % {"broken": format_number(promises.broken), "n": format_number(promises.made)},
    }  # fmt: skip


def _ages(buckets: tuple[AgeBucket, ...], currency: str) -> str:
    """The open balance by days past due, as bars."""
    most = max((one.amount for one in buckets), default=Decimal(0)) or Decimal(1)
    rows = "".join(
        f'<div class="gl-age"><span>{escape(_days_text(one))}</span>'
        f'<span class="gl-bar"><i style="width:{100 * one.amount / most:.0f}%"></i></span>'
        f"<span>{escape(format_money(one.amount, currency, compact=True))}</span></div>"
        for one in buckets
        if one.count
    )
    return f'<div class="gl-ages gl-figures" role="img" aria-label="{escape(_("Open balance by age"))}">{rows}</div>'


def _days_text(one: AgeBucket) -> str:
    if one.from_days is None:
        return _("Not yet due")
    if one.to_days is None:
        return _("over %(n)s d") % {"n": format_number(one.from_days - 1)}
    return _("%(first)s–%(last)s d") % {"first": format_number(one.from_days), "last": format_number(one.to_days)}


def _invoices(one: Account, currency: str) -> str:
    """The oldest due first."""
    lines = "".join(
        f'<div class="gl-event"><span class="gl-event-on">{escape(format_date(row.due_on))}</span>'
        f'<span class="gl-event-what">{escape(row.invoice_no)}'
        f"{' · ' + escape(_('Disputed')) if row.is_disputed else ''}</span>"
        f'<span class="gl-event-money">{escape(format_money(row.balance, row.currency or currency))}</span></div>'
        for row in one.invoices
    )
    rest = one.exposure.open_count - len(one.invoices)
    more = "" if rest <= 0 else ngettext("and %(n)s more", "and %(n)s more", rest) % {"n": format_number(rest)}
    return f'<div class="gl-timeline gl-figures">{lines}<div class="gl-quiet">{escape(more)}</div></div>'


def _contact(one: Account) -> dict[str, str]:
    personal = one.profile.personal
    return {
        _("Account manager"): one.profile.account_manager or NO_VALUE,
        _("Legal representative"): personal.legal_representative or NO_VALUE,
        _("Phone"): personal.phone or NO_VALUE,
    }


def other_warnings(found: Opened) -> None:
    """What else is open on this customer; a click opens it here."""
    if not found.others:
        return
    section(_("Other open warnings"))
    for row in found.others[:_OTHERS_SHOWN]:
        name, why = f"other-{row.customer_id}-{row.id}", why_text(row.why, found.currency)
        with st.container(key=f"glrow-{name}", gap=None):
            st.html(
                f'<div class="gl-other">{level_badge(row.severity, short=True)}<span>{escape(why)}</span>'
                f"<span>{escape(time_left_text(row.hours_left))}</span></div>"
            )
            st.button(
                _("Open the warning on %(name)s: %(why)s") % {"name": row.customer_name, "why": why},
                key=f"glopen-{name}", on_click=open_detail, args=(key_of(row),), type="tertiary",
            )  # fmt: skip
