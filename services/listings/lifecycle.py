"""Where a candidate, a proposal and a listing stand, and what each needs (SPEC 4, clause 2.3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from db.enums import CandidateState, Criterion, Grade, ListingState, ListingStep
from services.errors import N_, NotAllowedError, RefusedError
from services.policy import Policy
from services.states import Transitions

#: SPEC 4. The trigger on `listing` holds the same.
LISTING_TRANSITIONS: Transitions = {
    ListingState.PROPOSED: frozenset({ListingState.CONFIRMED, ListingState.REJECTED}),
    ListingState.CONFIRMED: frozenset({ListingState.RESTORED}),
    ListingState.REJECTED: frozenset(),
    ListingState.RESTORED: frozenset(),
}
#: Within `proposed`: written, handed in, reviewed, asked about, ready for the decision.
STEP_TRANSITIONS: Transitions = {
    ListingStep.DRAFT: frozenset({ListingStep.HANDED_IN}),
    ListingStep.HANDED_IN: frozenset({ListingStep.IN_REVIEW, ListingStep.DRAFT}),
    ListingStep.IN_REVIEW: frozenset({ListingStep.ASKED, ListingStep.READY}),
    ListingStep.ASKED: frozenset({ListingStep.IN_REVIEW, ListingStep.READY}),
    ListingStep.READY: frozenset({ListingStep.IN_REVIEW, ListingStep.ASKED}),
}
CANDIDATE_TRANSITIONS: Transitions = {
    CandidateState.OPEN: frozenset(
        {CandidateState.PROPOSED, CandidateState.PUT_ASIDE, CandidateState.WITHDRAWN, CandidateState.DECIDED}
    ),
    CandidateState.PROPOSED: frozenset({CandidateState.OPEN, CandidateState.DECIDED, CandidateState.PUT_ASIDE}),
    CandidateState.PUT_ASIDE: frozenset(),
    CandidateState.WITHDRAWN: frozenset(),
    CandidateState.DECIDED: frozenset(),
}
#: Steps in which the proposer may still write: everything that is said later is said by the review.
WRITTEN_IN = frozenset({ListingStep.DRAFT, ListingStep.ASKED})

_BLACK = frozenset({Criterion.FRAUD, Criterion.ILLEGAL})
#: From so many people on, who reviewed does not decide.
_THREE_PAIRS_OF_EYES = 3
#: An arrears trigger that is put aside stays open for the metric: it comes back, at the latest after so many days.
LONGEST_ASIDE_DAYS = 90


@dataclass(frozen=True)
class People:
    """Who did what on a proposal, and who acts now."""

    proposer_id: int | None
    reviewer_id: int | None
    acting_id: int


# --- rules


def default_grade(criteria: Collection[str], *, was_listed: bool) -> Grade:
    """Black for fraud, unlawful conduct or a repeated listing; grey otherwise (SPEC 5)."""
    return Grade.BLACK if was_listed or not _BLACK.isdisjoint(criteria) else Grade.GREY


def deadline_of(policy_on_trigger: Policy, trigger_on: dt.date) -> dt.date:
    """The last day on which a decision is on time: by the settings of the trigger's day, as the metric counts."""
    return trigger_on + dt.timedelta(days=policy_on_trigger.identification_days)


def known_criteria(criteria: Sequence[str]) -> tuple[str, ...]:
    """The criteria in the policy's order, each once; the first is the one that the metric and the register name.

    Raises:
        RefusedError: none, or one that is no criterion.
    """
    unknown = set(criteria) - set(Criterion)
    if unknown:
        raise RefusedError(N_("“%(name)s” is not a criterion of the policy."), name=", ".join(sorted(unknown)))
    if not criteria:
        raise RefusedError(N_("Choose at least one criterion."))
    return tuple(dict.fromkeys(Criterion(one).value for one in criteria))


def known_grade(grade: str, default: str, reason: str | None) -> tuple[str, str | None]:
    """The grade, and the reason where it is not the default.

    Raises:
        RefusedError: no grade; or another than the default without a reason.
    """
    if grade not in set(Grade):
        raise RefusedError(N_("“%(grade)s” is not a grade: grey or black."), grade=grade)
    words = (reason or "").strip() or None
    if grade != default and words is None:
        raise RefusedError(N_("This grade is not the one that the policy gives by default: say why."))
    return Grade(grade).value, words if grade != default else None


def ensure_trigger(trigger_on: dt.date, today: dt.date) -> None:
    """Raises RefusedError for a trigger that has not come yet."""
    if trigger_on > today:
        raise RefusedError(N_("The trigger date is the day of the first sign: it can't lie in the future."))


def ensure_may_decide(people: People, policy: Policy) -> None:
    """Nobody decides their own proposal; where the policy wants three people, who reviewed does not decide either.

    Raises:
        NotAllowedError: it takes another person.
    """
    if people.proposer_id == people.acting_id:
        raise NotAllowedError(N_("You proposed this listing yourself: another person decides."))
    if policy.listing_people >= _THREE_PAIRS_OF_EYES and people.reviewer_id == people.acting_id:
        raise NotAllowedError(N_("You reviewed this listing: the policy wants a third person to decide."))


def is_reply_over(closed_on: dt.date | None, due_on: dt.date | None, today: dt.date) -> bool:
    """Whether the customer has replied, or its time to reply has passed. Before that a decision needs a reason."""
    return closed_on is not None or (due_on is not None and due_on < today)
