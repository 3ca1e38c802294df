"""What each indicator measures, in a sentence: the short form of docs/scorecard.md. The window is told beside it."""

from __future__ import annotations

from dashboard.i18n import N_, _

MEASURED: dict[str, str] = {
    "overdue_days_now": N_(
        "Days since the due date of the oldest open invoice; 0 if none is past due. Unknown without any invoice."
    ),
    "overdue_count_now": N_("Number of open invoices past due. Unknown without any invoice."),
    "overdue_share_now": N_("Balance past due out of the whole open balance."),
    "worst_days_late_180": N_("The longest delay of any invoice paid, or still open and past due, within the window."),
    "broken_promises_365": N_(
        "Promises of payment whose day passed within the window without the money. Unknown if none was due."
    ),
    "credit_rating": N_(
        "The newest rating in a credit report within the window, else the one on the customer's record."
    ),
    "report_overdue_count": N_("Overdue records in the newest credit report that states them."),
    "report_enforcement_count": N_("Court enforcements in the newest credit report that states them."),
    "past_listings": N_("Confirmed black or grey listings so far, restored or not. Unknown, not 0, if there is none."),
    "firm_size": N_("Size class on the customer's record."),
    "firm_age_years": N_("Years since the firm was founded."),
    "debt_ratio": N_("Total liabilities to total assets in the newest statement within the window."),
    "current_ratio": N_("Current assets to current liabilities in the newest statement within the window."),
    "net_margin": N_("Net profit to revenue in the newest statement within the window."),
    "cash_flow_cover": N_("Operating cash flow to current liabilities in the newest statement within the window."),
    "revenue_growth": N_("Revenue in the newest statement against the one about a year before."),
    "mean_days_late_90": N_("Average delay of invoices paid, or still open and past due, within the window."),
    "late_share_365": N_(
        "Share of invoices paid, or still open and past due, within the window that were 5 or more days late."
    ),
    "late_habit_730": N_(
        "How often the customer pays 5 or more days late within the window, cautious where it has few invoices."
    ),
    "expected_late_open": N_("Unpaid invoices times the habit of paying 5 or more days late."),
    "expected_serious_90": N_("Invoices issued within the window times the habit of paying 15 or more days late."),
    "slower_than_habit": N_(
        "Average delay within the window minus that of the year before it. Each needs three invoices."
    ),
    "open_invoices": N_("Number of unpaid invoices, due or not."),
    "turnover_to_terms": N_(
        "Days that the open balance stands for at the pace of trade within the window, against the agreed terms."
    ),
    "longest_terms_open": N_("Days to pay of the unpaid invoice that was given the most."),
    "amount_trend": N_("Amount invoiced within the window against the time of equal length before."),
    "limit_use": N_("Balance of all open invoices, disputed ones too, to the credit limit."),
    "contract_breach_365": N_("Severity of contract breaches within the window, added up. Unknown without a contract."),
    "tenure_years": N_("Years since the customer's record says that trade began."),
    "industry_outlook": N_("Newest outlook of the customer's industry within the window, 0 to 100."),
    "industry_trend": N_("Newest trend of the customer's industry within the window, −2 to 2."),
    "industry_policy": N_("Newest policy towards the customer's industry within the window, −2 to 2."),
    "industry_default_rate": N_("Newest default rate of the customer's industry within the window."),
    "negative_events_365": N_("Bad news within the window, weighted by how bad. Unknown if nothing was ever reported."),
    "court_events_730": N_("Court and regulator events within the window that were not in the customer's favour."),
    "peer_complaints_365": N_("Complaints by peers and the public within the window."),
}
MEASURED["worst_days_late_365"] = MEASURED["worst_days_late_180"]


def measured_text(code: str) -> str:
    """What the indicator of this code measures."""
    return _(MEASURED[code])
