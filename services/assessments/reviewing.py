"""What risk management does: take up, return, finalise (clause 2.2). Never one's own, nor one's own department's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from db.enums import AssessmentStage, AssessmentState, InformationRequestState
from db.models import Assessment, CustomerKey, InformationRequest
from services import access, data_versions, ledger
from services.assessments.lifecycle import deviates, ensure_override_end
from services.assessments.rows import AssessmentRow, Computed, NotAgreeingError
from services.assessments.steps import (
    computed_now,
    department_of,
    ensure_another,
    known_dimension_levels,
    known_level,
    locked_initial,
    person_of,
    supersede,
    waiting_for,
)
from services.assessments.stored import assessment_row
from services.assessments.telling import tell_returned
from services.context import Context
from services.early_warnings.lifecycle import company_clock
from services.errors import N_, IllegalMoveError, RefusedError
from services.jobs.following import follow
from services.levels import settle_levels
from services.metrics.upkeep import mark_dirty
from services.picks import Pick, PickRefusal
from services.reasons import stated

#: More rows than anybody has looked at one by one are not reviewed.
MOST_AT_ONCE = 200
_FINAL = AssessmentState.FINAL


@dataclass(frozen=True)
class _Decision:
    """What the final row says beyond the proposal it refers to."""

    level: str
    reason: str | None
    expires_on: dt.date | None
    dimension_levels: dict[str, str]


# --- commands


def take_up(ctx: Context, customer_id: int, assessment_id: int, version: int) -> AssessmentRow:
    """Begin the review: submitted -> in_review. Colleagues see who has it, and may still decide on it.

    Raises:
        NotAllowedError, NotFoundError, StaleError, IllegalMoveError: nothing was changed.
    """
    access.ensure_may(ctx, "assessment.review")
    person = person_of(ctx)
    row = locked_initial(ctx, customer_id, assessment_id, version, AssessmentState.IN_REVIEW)
    ensure_another(ctx, row)
    with ledger.change(ctx, "assessment.taken_up", row):
        row.state, row.reviewer_id = AssessmentState.IN_REVIEW.value, person
    data_versions.bump(ctx, "assessments")
    return assessment_row(ctx, customer_id, assessment_id)


def return_to_business(ctx: Context, customer_id: int, assessment_id: int, version: int, reason: str) -> AssessmentRow:
    """Send it back with what is wrong: in_review -> returned. Open requests are withdrawn; visits go on.

    Raises:
        NotAllowedError, NotFoundError, StaleError, IllegalMoveError, RefusedError: nothing was changed.
    """
    access.ensure_may(ctx, "assessment.review")
    person = person_of(ctx)
    row = locked_initial(ctx, customer_id, assessment_id, version, AssessmentState.RETURNED)
    ensure_another(ctx, row)
    words = stated(reason, N_("Say what has to be changed: the business department works by it."))
    instant = company_clock(ctx)
    _withdraw_open_requests(ctx, row)
    with ledger.change(ctx, "assessment.returned", row, words), ctx.session.no_autoflush:
        row.state, row.reviewer_id = AssessmentState.RETURNED.value, person
        row.decided_at, row.returned_reason = instant, words
    data_versions.bump(ctx, "assessments")
    tell_returned(ctx, row, words)
    return assessment_row(ctx, customer_id, assessment_id)


def finalise(
    ctx: Context,
    customer_id: int,
    assessment_id: int,
    version: int,
    level: str,
    reason: str = "",
    expires_on: dt.date | None = None,
    dimension_levels: Mapping[str, str] | None = None,
) -> AssessmentRow:
    """Decide: in_review -> final. Returns the final row; the initial one keeps the proposal.

    A level other than the computed one (as of this moment) is an override: it needs a reason and a last day. The level
    in force follows at once, also downwards. High and critical warn the departments concerned. Where the level is the
    computed one there is nothing to expire, and `expires_on` is not looked at.

    Raises:
        NotAllowedError: the role may not, or the proposal is one's own or one's own department's.
        NotFoundError, StaleError, IllegalMoveError: nothing was changed.
        RefusedError: reason or last day missing, or a request or a visit is open.
    """
    access.ensure_may(ctx, "assessment.finalise")
    person_of(ctx)
    row = locked_initial(ctx, customer_id, assessment_id, version, _FINAL)
    ensure_another(ctx, row)
    grade, dimensions = known_level(level), known_dimension_levels(dimension_levels)
    _ensure_ready(ctx, [customer_id], row)
    computed = computed_now(ctx, [customer_id])[customer_id]
    words, end = reason.strip() or None, None
    if deviates(grade, computed.level):
        words = stated(reason, N_("This level is not the one computed at this moment: an override needs a reason."))
        end = ensure_override_end(expires_on, ctx.today)
    final = _decide(ctx, row, _Decision(grade, words, end, dimensions), computed)
    _have_followed(ctx, [customer_id])
    return assessment_row(ctx, customer_id, final.id)


def finalise_agreeing(ctx: Context, picks: Sequence[Pick]) -> tuple[AssessmentRow, ...]:
    """Finalise many, as proposed, where proposal and computed level (as of this moment) agree and nothing is open.

    Submitted ones are taken up on the way. All or none.

    Raises:
        NotAllowedError: the role may not.
        NotAgreeingError: some can't be finalised; all of them are named with the reason. Nothing was changed.
    """
    access.ensure_may(ctx, "assessment.finalise")
    person_of(ctx)
    chosen = sorted(set(picks), key=lambda pick: (pick.customer_id, pick.id, pick.version))
    if len(chosen) > MOST_AT_ONCE:
        raise RefusedError(N_("At most %(most)s assessments can be finalised at once."), most=MOST_AT_ONCE)
    if not chosen:
        return ()
    rows, refusals = _locked_all(ctx, chosen)
    customers = sorted({row.customer_id for row in rows})
    computed = computed_now(ctx, customers) if customers else {}
    refusals += _not_agreeing(ctx, rows, computed)
    if refusals:
        refusals.sort(key=lambda one: (one.customer_no or "", one.id))
        raise NotAgreeingError(tuple(refusals), len(chosen))
    finals = [_decide(ctx, row, _as_proposed(row), computed[row.customer_id]) for row in _taken_up(ctx, rows)]
    _have_followed(ctx, customers)
    return tuple(assessment_row(ctx, final.customer_id, final.id) for final in finals)


def _as_proposed(row: Assessment) -> _Decision:
    return _Decision(row.level, None, None, dict(row.dimension_levels))


def _locked_all(ctx: Context, picks: Sequence[Pick]) -> tuple[list[Assessment], list[PickRefusal]]:
    """The picked rows that this person may decide on, locked in one order, and why the others can't be."""
    rows: list[Assessment] = []
    refusals: list[PickRefusal] = []
    for pick in picks:
        try:
            row = locked_initial(ctx, pick.customer_id, pick.id, pick.version)
            if row.state not in {AssessmentState.SUBMITTED, AssessmentState.IN_REVIEW}:
                raise IllegalMoveError(N_("This assessment does not wait for a review."))
            ensure_another(ctx, row)
            rows.append(row)
        except RefusedError as refusal:
            refusals.append(_refusal(ctx, pick.customer_id, pick.id, refusal))
    return rows, refusals


def _not_agreeing(ctx: Context, rows: Sequence[Assessment], computed: Mapping[int, Computed]) -> list[PickRefusal]:
    customers = [row.customer_id for row in rows]
    waiting = waiting_for(ctx, customers)
    refusals = []
    for row in rows:
        sentence = waiting.get((row.customer_id, row.id))
        if sentence is None and deviates(row.level, computed[row.customer_id].level):
            sentence = N_("The proposed level is not the one computed at this moment. Decide on it by itself.")
        if sentence is not None:
            refusals.append(_refusal(ctx, row.customer_id, row.id, RefusedError(sentence)))
    return refusals


def _refusal(ctx: Context, customer_id: int, assessment_id: int, refusal: RefusedError) -> PickRefusal:
    number = select(CustomerKey.customer_no).where(CustomerKey.customer_id == customer_id)
    return PickRefusal(
        customer_id, assessment_id, ctx.session.execute(number).scalar_one_or_none(), refusal.template, refusal.params
    )


def _taken_up(ctx: Context, rows: Sequence[Assessment]) -> Sequence[Assessment]:
    waiting = [row for row in rows if row.state == AssessmentState.SUBMITTED]
    with ledger.change_all(ctx, "assessment.taken_up", waiting):
        for row in waiting:
            row.state, row.reviewer_id = AssessmentState.IN_REVIEW.value, ctx.actor.user_id
    return rows


def _ensure_ready(ctx: Context, customers: Sequence[int], row: Assessment) -> None:
    sentence = waiting_for(ctx, customers).get((row.customer_id, row.id))
    if sentence is not None:
        raise RefusedError(sentence)


def _decide(ctx: Context, row: Assessment, decision: _Decision, computed: Computed) -> Assessment:
    """The final row, which is the ledger's entry; that the initial one is final with it goes without a second one."""
    instant = company_clock(ctx)
    final = Assessment(
        customer_id=row.customer_id, assessed_on=ctx.today, stage=AssessmentStage.FINAL.value, state=_FINAL.value,
        level=decision.level, score=computed.score, department_id=department_of(ctx), assessor=ctx.actor.name,
        reason=decision.reason, assessor_id=ctx.actor.user_id, initial_id=row.id, initial_assessor_id=row.assessor_id,
        initial_department_id=row.department_id, scorecard_id=computed.scorecard_id, computed_score=computed.score,
        computed_level=computed.level, dimension_levels=decision.dimension_levels,
        is_override=decision.expires_on is not None, expires_on=decision.expires_on, submitted_at=row.submitted_at,
        decided_at=instant, changed_at=ctx.now,
    )  # fmt: skip
    supersede(ctx, row, AssessmentStage.INITIAL, row.assessed_on)
    supersede(ctx, row, AssessmentStage.FINAL, ctx.today)
    row.state, row.decided_at, row.reviewer_id = _FINAL.value, instant, ctx.actor.user_id
    row.version += 1
    row.changed_at = ctx.now
    with ledger.change(ctx, "assessment.finalised", final, decision.reason):
        ctx.session.add(final)
    return final


def _have_followed(ctx: Context, customers: Sequence[int]) -> None:
    """The level in force now; score, warnings and figures a moment after the commit."""
    settle_levels(ctx, ctx.today, is_reviewed=True)
    mark_dirty(ctx, customers)
    data_versions.bump(ctx, "assessments", "customers", "scores")
    follow(ctx, customers)


def _withdraw_open_requests(ctx: Context, row: Assessment) -> None:
    found = (
        select(InformationRequest)
        .where(
            InformationRequest.customer_id == row.customer_id, InformationRequest.assessment_id == row.id,
            InformationRequest.state == InformationRequestState.OPEN.value,
        )
        .order_by(InformationRequest.id)
        .with_for_update()
    )  # fmt: skip
    open_ones = list(ctx.session.execute(found).scalars())
    with ledger.change_all(ctx, "information_request.withdrawn", open_ones):
        for one in open_ones:
            one.state = InformationRequestState.WITHDRAWN.value
