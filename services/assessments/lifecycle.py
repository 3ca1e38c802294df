"""Where an assessment, a request for information and a site visit stand, and what each needs (SPEC 4, clause 2.2)."""

from __future__ import annotations

import datetime as dt

from db.enums import AssessmentState, InformationRequestState, RiskLevel, SiteVisitState
from services.errors import N_, RefusedError
from services.policy import Policy
from services.states import Transitions

#: SPEC 4: draft -> submitted -> in_review -> final | returned -> draft. The trigger on `assessment` holds the same.
ASSESSMENT_TRANSITIONS: Transitions = {
    AssessmentState.DRAFT: frozenset({AssessmentState.SUBMITTED}),
    AssessmentState.SUBMITTED: frozenset({AssessmentState.IN_REVIEW}),
    AssessmentState.IN_REVIEW: frozenset({AssessmentState.FINAL, AssessmentState.RETURNED}),
    AssessmentState.RETURNED: frozenset({AssessmentState.DRAFT}),
    AssessmentState.FINAL: frozenset(),
}
REQUEST_TRANSITIONS: Transitions = {
    InformationRequestState.OPEN: frozenset({InformationRequestState.ANSWERED, InformationRequestState.WITHDRAWN}),
    InformationRequestState.ANSWERED: frozenset(),
    InformationRequestState.WITHDRAWN: frozenset(),
}
VISIT_TRANSITIONS: Transitions = {
    SiteVisitState.ORDERED: frozenset({SiteVisitState.DONE, SiteVisitState.CANCELLED}),
    SiteVisitState.DONE: frozenset(),
    SiteVisitState.CANCELLED: frozenset(),
}

#: An override that holds longer than this is no exception any more: the scorecard is wrong.
LONGEST_OVERRIDE_DAYS = 365

MOST_PHOTOS = 20
LARGEST_PHOTO_BYTES = 10 * 1024 * 1024


def deviates(level: str, computed_level: str | None) -> bool:
    """Whether a grade is another than the computed one. Where nothing could be computed, every grade is."""
    return level != computed_level


def rhythm_days(policy: Policy, level: str | None) -> int:
    """Days from one final assessment to the next, by level (SPEC 6). Who has no level has the rhythm of a low one."""
    return {
        RiskLevel.CRITICAL.value: policy.refresh_days_critical,
        RiskLevel.HIGH.value: policy.refresh_days_high,
        RiskLevel.MEDIUM.value: policy.refresh_days_medium,
    }.get(level or "", policy.refresh_days_low)


def next_due_on(policy: Policy, level: str | None, assessed_on: dt.date | None) -> dt.date | None:
    """The day by which a customer must be assessed again; None for one that never was: it is due now."""
    return None if assessed_on is None else assessed_on + dt.timedelta(days=rhythm_days(policy, level))


def ensure_override_end(expires_on: dt.date | None, today: dt.date) -> dt.date:
    """The last day on which an override holds.

    Raises:
        RefusedError: it is missing, not after today, or too far away.
    """
    latest = today + dt.timedelta(days=LONGEST_OVERRIDE_DAYS)
    if expires_on is None:
        raise RefusedError(N_("A level other than the computed one needs a last day: an override expires."))
    if not today < expires_on <= latest:
        raise RefusedError(
            N_("An override ends after today and on %(latest)s at the latest."), latest=latest.isoformat()
        )
    return expires_on
