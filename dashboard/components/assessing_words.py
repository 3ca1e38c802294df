"""How the ledger speaks of assessments, questions and site visits (ledger_words.py puts all words together)."""

from __future__ import annotations

from dashboard.i18n import N_

ASSESSING_ACTIONS: dict[str, str] = {
    "assessment.drafted": N_("%(who)s drafted an assessment"),
    "assessment.changed": N_("%(who)s changed a draft of an assessment"),
    "assessment.submitted": N_("%(who)s handed in an assessment"),
    "assessment.withdrawn": N_("%(who)s took back a draft of an assessment"),
    "assessment.taken_up": N_("%(who)s took up an assessment for review"),
    "assessment.returned": N_("%(who)s returned an assessment to the business department"),
    "assessment.finalised": N_("%(who)s finalised an assessment"),
    "assessment.override_ended": N_("%(who)s noted that the override of a level has ended"),
    "information_request.asked": N_("%(who)s asked for more information"),
    "information_request.answered": N_("%(who)s answered a request for information"),
    "information_request.withdrawn": N_("%(who)s withdrew a request for information"),
    "site_visit.ordered": N_("%(who)s ordered a site visit"),
    "site_visit.reported": N_("%(who)s reported a site visit"),
    "site_visit.cancelled": N_("%(who)s cancelled a site visit"),
}

ASSESSING_FIELDS: dict[str, str] = {
    "items": N_("Asked for"),
    "due_on": N_("Due on"),
    "asked_by": N_("Asked by"),
    "asked_at": N_("Asked"),
    "answer": N_("Answer"),
    "answered_by": N_("Answered by"),
    "answered_at": N_("Answered"),
    "purpose": N_("Purpose"),
    "ordered_by": N_("Ordered by"),
    "ordered_at": N_("Ordered"),
    "visited_on": N_("Visited on"),
    "findings": N_("Findings"),
    "conclusion": N_("Conclusion"),
    "reported_by": N_("Reported by"),
    "reported_at": N_("Reported"),
    "cancelled_reason": N_("Reason for the cancellation"),
    "photo_names": N_("Photos"),
}
