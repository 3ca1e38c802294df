"""How information that must be known is called: its items, where it stands, how late it is."""

from __future__ import annotations

from dashboard.i18n import N_, _, format_date, format_number, listed, ngettext
from dashboard.import_words import column_words, kind_words
from db.enums import InformationState
from services.information.catalogue import BY_CODE, MASTER, Duty
from services.information.quality import COMPLETENESS, CONFLICTS, CORRECTED, COVERAGE, FRESHNESS, REJECTED
from services.information.worklist import ItemRow

MEASURES: dict[str, str] = {
    COMPLETENESS: N_("Master data filled in"),
    FRESHNESS: N_("Information up to date"),
    COVERAGE: N_("Score coverage"),
    CONFLICTS: N_("Ratings that contradict each other"),
    REJECTED: N_("Rows rejected"),
    CORRECTED: N_("Rows that corrected others"),
}
MEANINGS: dict[str, str] = {
    COMPLETENESS: N_("Register fields that are filled, of those asked of the kind of customer."),
    FRESHNESS: N_("Items with a day of their own that are within their greatest age, of those asked."),
    COVERAGE: N_("How much of what the scorecard asks for is known, on average over the newest scores."),
    CONFLICTS: N_("Customers whom register and newest credit report grade three classes or more apart."),
    REJECTED: N_("Rows of files and forms of the last 90 days that were wrong, of all that were brought in."),
    CORRECTED: N_("Rows of the last 90 days that changed something stored, of all that were brought in."),
}
FINDINGS: dict[str, str] = {
    "nothing_new": N_("Looked, nothing new"),
    "not_available": N_("Not to be had"),
}
STATES: dict[str, str] = {
    InformationState.FRESH: N_("Up to date"),
    InformationState.DUE_SOON: N_("Due soon"),
    InformationState.OVERDUE: N_("Out of date"),
    InformationState.NEVER: N_("Never brought in"),
}
_DUTIES = {Duty.OWNER: N_("Owner department"), Duty.RISK: N_("Risk management")}


def item_words(code: str) -> str:
    """What an item is called; its code where it is not known."""
    return _(BY_CODE[code].title) if code in BY_CODE else code


def form_words(kind: str) -> str:
    """What a form brings in: the register's entry of one customer, else one row of a kind of file."""
    return item_words(MASTER) if kind == "customers" else kind_words(kind)


def duty_words(code: str) -> str:
    """Whose duty an item is."""
    return _(_DUTIES[BY_CODE[code].duty])


def lateness_text(one: ItemRow) -> str:
    """`12 days late`, `due in 3 days`, `never brought in` (for how long is of no use then)."""
    if one.state is InformationState.NEVER:
        return _("never brought in")
    days_late = one.days_late or 0
    if days_late > 0:
        return ngettext("%(n)s day late", "%(n)s days late", days_late) % {"n": format_number(days_late)}
    if days_late == 0:
        return _("due today")
    left = -days_late
    return ngettext("due in %(n)s day", "due in %(n)s days", left) % {"n": format_number(left)}


def due_text(one: ItemRow) -> str:
    """`Credit report: 12 days late`; of the register, its blank fields."""
    if one.missing:
        return _("%(item)s, %(missing)s") % {"item": item_words(one.item), "missing": missing_text(one)}
    return _("%(item)s: %(lateness)s") % {"item": item_words(one.item), "lateness": lateness_text(one)}


def missing_text(one: ItemRow) -> str:
    """The fields of the register that are blank."""
    names = listed([column_words("customers", name) for name in one.missing])
    return _("blank: %(fields)s") % {"fields": names}


def known_text(one: ItemRow) -> str:
    """The day up to which it is known, or what is missing."""
    if one.known_on is not None:
        return format_date(one.known_on)
    return missing_text(one) if one.missing else _("never")
