"""Three tabs of the customer page: what is owed, the register's entry, and what was decided."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from html import escape

import streamlit as st

from dashboard.components.departments import DepartmentNames
from dashboard.components.level_badge import grade_badge
from dashboard.components.score_words import quantity_text
from dashboard.feedback import user_action
from dashboard.i18n import NO_VALUE, _, format_date, format_money, format_number, ngettext
from dashboard.labels import label
from dashboard.views.customer_listings import listings_in_hand
from dashboard.views.customer_reads import MOST_INVOICES, CustomerHead, account, decisions
from services.context import Actor, unit_of_work
from services.customers import CaseRow, CustomerProfile, ListingRow, OpenInvoice, PersonalData, show_personal
from services.receivables.ageing import AgeBucket
from services.scoring import Quantity, QuantityKind

Cell = tuple[str, str]


def account_tab(actor: Actor, head: CustomerHead, _names: DepartmentNames) -> None:
    """Open invoices by age, then one by one, the oldest due first."""
    shown = account(actor, head.profile.customer_id)
    if not shown.invoices:
        st.success(_("No invoice is open: this customer owes nothing."), icon=":material/task_alt:")
        return
    st.markdown(f"##### {_('Open invoices by age')}")
    st.html(_ageing(shown.buckets, head.currency))
    st.markdown(f"##### {_('Open invoices, oldest due first')}")
    st.html(_invoices(shown.invoices, head.currency))
    if shown.has_more:
        st.caption(
            _("Only the %(most)s oldest are listed. The timeline has every invoice.")
            % {"most": format_number(MOST_INVOICES)}
        )


def _table(titles: Sequence[Cell], rows: Sequence[Sequence[Cell]]) -> str:
    """Cells are (class, HTML)."""
    head = "".join(f'<th class="{kind}">{escape(words)}</th>' for kind, words in titles)
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    return f'<table class="gl-list"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def _cell(cell: Cell) -> str:
    kind, words = cell
    return f'<td class="{kind}">{words}</td>'


def bucket_text(one: AgeBucket) -> str:
    """Days past due that a bucket holds."""
    if one.from_days is None:
        return _("Not yet due")
    if one.to_days is None:
        return _("Over %(n)s days past due") % {"n": format_number(one.from_days - 1)}
    return _("%(first)s–%(last)s days past due") % {
        "first": format_number(one.from_days), "last": format_number(one.to_days)
    }  # fmt: skip


def _ageing(buckets: Sequence[AgeBucket], currency: str) -> str:
    most = max((one.amount for one in buckets), default=Decimal(0)) or Decimal(1)
    rows = [
        [
            ("", escape(bucket_text(one))),
            ("gl-wide", f'<span class="gl-bar"><i style="width:{100 * one.amount / most:.0f}%"></i></span>'),
            ("gl-right", format_number(one.count) if one.count else NO_VALUE),
            ("gl-right", escape(format_money(one.amount, currency)) if one.count else NO_VALUE),
        ]
        for one in buckets
    ]
    titles = [("", _("Age")), ("gl-wide", ""), ("gl-right", _("Invoices")), ("gl-right", _("Balance"))]
    return _table(titles, rows)


def _invoices(invoices: Sequence[OpenInvoice], currency: str) -> str:
    titles = [
        ("", _("Invoice")), ("gl-wide", _("Issued")), ("", _("Due")), ("gl-right", _("Days past due")),
        ("gl-right gl-wide", _("Amount")), ("gl-right", _("Balance")),
    ]  # fmt: skip
    disputed = f'<span class="gl-chip">{escape(_("Disputed"))}</span>'
    rows = [
        [
            ("", f"{escape(one.invoice_no)} {disputed if one.is_disputed else ''}"),
            ("gl-day gl-wide", escape(format_date(one.issued_on))),
            ("gl-day", escape(format_date(one.due_on))),
            ("gl-right", format_number(one.days) if one.days > 0 else NO_VALUE),
            ("gl-right gl-wide", escape(format_money(one.amount, one.currency or currency))),
            ("gl-right", escape(format_money(one.balance, one.currency or currency))),
        ]
        for one in invoices
    ]  # fmt: skip
    return _table(titles, rows)


def register_tab(actor: Actor, head: CustomerHead, names: DepartmentNames) -> None:
    """The register's entry. Personal data are masked until somebody who needs them asks."""
    one = head.profile
    st.html(f'<div class="gl-columns">{_facts(_trade(one, head.currency, names))}{_facts(_identity(one))}</div>')
    st.markdown(f"##### {_('Personal data')}")
    personal = one.personal
    if one.may_unmask and st.button(_("Show personal data"), key="customer-unmask", icon=":material/visibility:"):
        with user_action(), unit_of_work(actor) as ctx:
            personal = show_personal(ctx, one.customer_no)
    st.html(_facts(_personal(personal)))
    if personal is not one.personal:
        st.caption(_("Shown until your next step on this page. The ledger has noted that you looked."))
    elif one.may_unmask:
        st.caption(_("Masked: only the ends are shown. The ledger notes who has them shown in full."))
    else:
        st.caption(_("Masked: only the ends are shown. Your role, or your department, does not need them in full."))


def _trade(one: CustomerProfile, currency: str, names: DepartmentNames) -> dict[str, str]:
    terms = one.payment_terms_days
    return {
        _("Department"): names.name(one.department),
        _("Account manager"): one.account_manager or NO_VALUE,
        _("Customer since"): format_date(one.since),
        _("Credit limit"): format_money(one.credit_limit, currency),
        _("Payment terms"): NO_VALUE if terms is None
        else ngettext("%(n)s day", "%(n)s days", terms) % {"n": format_number(terms)},
        _("Credit rating"): one.credit_rating or NO_VALUE,
    }  # fmt: skip


def _identity(one: CustomerProfile) -> dict[str, str]:
    return {
        _("Credit code (USCC)"): one.uscc or NO_VALUE,
        _("Kind"): label("customer_kind", one.kind),
        _("Industry"): one.industry_code or NO_VALUE,
        _("Region"): one.region or NO_VALUE,
        _("Size"): quantity_text(Quantity(QuantityKind.SIZE, one.size.strip().lower() if one.size else None)),
        _("Registered capital"): format_number(one.registered_capital, 0),
        _("Founded"): format_date(one.established_on),
    }


def _personal(one: PersonalData) -> dict[str, str]:
    return {
        _("Legal representative"): one.legal_representative or NO_VALUE,
        _("Phone"): one.phone or NO_VALUE,
        _("Address"): one.address or NO_VALUE,
        _("Bank account"): one.bank_account or NO_VALUE,
    }


def _facts(facts: dict[str, str]) -> str:
    pairs = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in facts.items())
    return f'<dl class="gl-facts gl-figures">{pairs}</dl>'


def decisions_tab(actor: Actor, head: CustomerHead, names: DepartmentNames) -> None:
    """Listings and cases, the newest first."""
    listings, cases = decisions(actor, head.profile.customer_id)
    st.markdown(f"##### {_('Black/grey listings')}")
    listings_in_hand(actor, head)
    if listings:
        st.html(_listings(listings, names))
    else:
        st.caption(_("This customer was never proposed as black or grey."))
    st.markdown(f"##### {_('Cases')}")
    if cases:
        st.html(_cases(cases, head.currency, names))
    else:
        st.caption(_("No case was ever opened on this customer."))


def _listings(rows: Sequence[ListingRow], names: DepartmentNames) -> str:
    titles = [
        ("", _("Listing")), ("", _("Criterion")), ("", _("State")), ("gl-wide", _("Grade")),
        ("gl-wide", _("First sign")), ("", _("Decided")), ("gl-wide", _("Restored on")), ("gl-wide", _("Department")),
    ]  # fmt: skip
    return _table(
        titles,
        [
            [
                ("", escape(one.listing_no)),
                ("", escape(label("criterion", one.criterion))),
                ("", grade_badge(one.grade) if one.state == "confirmed" else escape(label("listing_state", one.state))),
                ("gl-wide", escape(label("grade", one.grade))),
                ("gl-day gl-wide", escape(format_date(one.trigger_on))),
                ("gl-day", escape(format_date(one.decided_on))),
                ("gl-day gl-wide", escape(format_date(one.restored_on))),
                ("gl-wide", escape(names.name(one.department))),
            ]
            for one in rows
        ],
    )


def _cases(rows: Sequence[CaseRow], currency: str, names: DepartmentNames) -> str:
    titles = [
        ("", _("Case")), ("", _("State")), ("", _("Opened on")), ("gl-wide", _("Closed on")), ("gl-wide", _("Outcome")),
        ("gl-wide", _("Lead")), ("gl-right gl-wide", _("Debts")), ("gl-right", _("Amount")),
    ]  # fmt: skip
    return _table(
        titles,
        [
            [
                ("", escape(one.case_no)),
                ("", escape(label("case_state", one.state))),
                ("gl-day", escape(format_date(one.opened_on))),
                ("gl-day gl-wide", escape(format_date(one.closed_on))),
                ("gl-wide", escape(label("case_outcome", one.outcome))),
                ("gl-wide", escape(names.name(one.department))),
                ("gl-right gl-wide", format_number(one.debts)),
                ("gl-right", escape(format_money(one.debt_amount, currency))),
            ]
            for one in rows
        ],
    )
