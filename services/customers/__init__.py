"""Customers: the list, and the one page that all departments share (policy 1.4, 4.2).

ranking.py the list, riskiest first; profile.py the register's entry and who sees personal data; money.py what is owed;
history.py what happened, and what was decided.
"""

from services.customers.history import CONCEPTS, CaseRow, ListingRow, TimelineEntry, cases_of, listings_of, timeline
from services.customers.money import (
    Exposure,
    OpenInvoice,
    Promises,
    ageing_of,
    exposure,
    exposures,
    limit_use,
    open_invoices,
    promises_of,
)
from services.customers.profile import (
    CustomerProfile,
    PersonalData,
    customer_by_no,
    masked,
    may_see_personal,
    show_personal,
)
from services.customers.ranking import (
    MOST_COUNTED,
    PAGE_SIZE,
    UNSCORED,
    Cursor,
    CustomerFilter,
    CustomerPage,
    CustomerRow,
    customers,
    every_customer,
    level_counts,
    parsed_cursor,
)

__all__ = [
    "CONCEPTS", "MOST_COUNTED", "PAGE_SIZE", "UNSCORED", "CaseRow", "Cursor", "CustomerFilter", "CustomerPage",
    "CustomerProfile", "CustomerRow", "Exposure", "ListingRow", "OpenInvoice", "PersonalData", "Promises",
    "TimelineEntry", "ageing_of", "cases_of", "customer_by_no", "customers", "every_customer", "exposure", "exposures",
    "level_counts",
    "limit_use", "listings_of", "masked", "may_see_personal", "open_invoices", "parsed_cursor", "promises_of",
    "show_personal", "timeline",
]  # fmt: skip
