"""How every command on assessments opens: which person, lock the row, is what they saw fresh, is the move allowed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeVar

from sqlalchemy import select, text

from db.enums import AssessmentStage, AssessmentState, Dimension, InformationRequestState, RiskLevel, SiteVisitState
from db.models import Assessment, InformationRequest, SiteVisit
from services import ledger
from services.assessments.lifecycle import ASSESSMENT_TRANSITIONS, REQUEST_TRANSITIONS, VISIT_TRANSITIONS
from services.assessments.rows import Computed
from services.context import Context
from services.errors import N_, NotAllowedError, NotFoundError, RefusedError
from services.scoring.commands import score_customers
from services.states import Transitions, ensure_fresh, ensure_transition

_Beside = TypeVar("_Beside", InformationRequest, SiteVisit)
_MOVES: Mapping[type, Transitions] = {InformationRequest: REQUEST_TRANSITIONS, SiteVisit: VISIT_TRANSITIONS}
_ONE_DRAFT_AT_A_TIME = 7_205_361


def person_of(ctx: Context) -> int:
    """Who acts. Assessments are people's: neither the worker nor the command line proposes or decides.

    Raises:
        NotAllowedError: nobody is signed in.
    """
    if ctx.actor.user_id is None or ctx.actor.department_id is None:
        raise NotAllowedError(N_("Only a person can do this: sign in on the page."))
    return ctx.actor.user_id


def department_of(ctx: Context) -> int:
    """The department of who acts. Call `person_of` first."""
    assert ctx.actor.department_id is not None  # noqa: S101  (person_of has seen to it)
    return ctx.actor.department_id


def known_level(level: str) -> str:
    """Raises RefusedError for what is no risk level."""
    if level not in set(RiskLevel):
        raise RefusedError(N_("“%(level)s” is not a risk level."), level=level)
    return RiskLevel(level).value


def known_dimension_levels(levels: Mapping[str, str] | None) -> dict[str, str]:
    """The assessor's grade of each dimension that was graded, in the policy's order."""
    given = dict(levels or {})
    unknown = set(given) - set(Dimension)
    if unknown:
        raise RefusedError(N_("“%(name)s” is not a dimension of the scorecard."), name=", ".join(sorted(unknown)))
    return {one.value: known_level(given[one]) for one in Dimension if one in given}


def wait_for_turn(ctx: Context, customer_id: int) -> None:
    """Two drafts of one customer at one moment wait for each other here: the second finds the first. The customer's
    row is not locked for it, as scoring holds all of them for a while."""
    lock = text("SELECT pg_advisory_xact_lock(:key, :customer)")
    ctx.session.execute(lock, {"key": _ONE_DRAFT_AT_A_TIME, "customer": customer_id % 2**31})


def locked_initial(
    ctx: Context, customer_id: int, assessment_id: int, version: int, wanted: str | None = None
) -> Assessment:
    """An initial assessment made here, locked, as the person saw it, ready for the move to `wanted`.

    Raises:
        NotFoundError, StaleError, IllegalMoveError: it is not.
    """
    found = (
        select(Assessment)
        .where(
            Assessment.customer_id == customer_id, Assessment.id == assessment_id,
            Assessment.stage == AssessmentStage.INITIAL.value, Assessment.assessor_id.is_not(None),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )  # fmt: skip
    row = ctx.session.execute(found).scalar_one_or_none()
    if row is None:
        raise NotFoundError(N_("This assessment does not exist."))
    ensure_fresh(version, row.version)
    if wanted is not None:
        ensure_transition(ASSESSMENT_TRANSITIONS, row.state, wanted)
    return row


def locked_beside(
    ctx: Context, kind: type[_Beside], key: tuple[int, int], version: int, wanted: str, unknown: str
) -> _Beside:
    """A question or a visit by customer and id, locked, as the person saw it, ready for the move to `wanted`.

    Raises:
        NotFoundError: there is none, which the sentence `unknown` says.
        StaleError, IllegalMoveError: it has changed, or is past this move.
    """
    row = ctx.session.get(kind, key, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFoundError(unknown)
    ensure_fresh(version, row.version)
    ensure_transition(_MOVES[kind], row.state, wanted)
    return row


def ensure_own_department(ctx: Context, department_id: int | None) -> None:
    """Business users propose for customers of their own department only (SPEC 3).

    Raises:
        NotAllowedError: it is another's.
    """
    if department_id is None or department_id != ctx.actor.department_id:
        raise NotAllowedError(N_("This customer belongs to another department, which proposes its level."))


def ensure_another(ctx: Context, row: Assessment) -> None:
    """Nobody reviews what they or their own department proposed (clause 2.2). The database refuses it too.

    Raises:
        NotAllowedError: it is their own.
    """
    if row.assessor_id == ctx.actor.user_id:
        raise NotAllowedError(N_("You proposed this level yourself: another person of risk management decides."))
    if row.department_id == ctx.actor.department_id:
        raise NotAllowedError(N_("Your own department proposed this level: another department decides."))


def ensure_in_review(row: Assessment) -> None:
    """Raises RefusedError for an assessment that nobody reviews at present."""
    if row.state != AssessmentState.IN_REVIEW:
        raise RefusedError(N_("This assessment is not in review. Take it up first, or reload to see where it stands."))


def waiting_for(ctx: Context, customer_ids: Collection[int]) -> dict[tuple[int, int], str]:
    """What assessments still wait for, by customer and assessment: a sentence for each that can't be finalised yet."""
    request = select(InformationRequest.customer_id, InformationRequest.assessment_id).where(
        InformationRequest.customer_id.in_(customer_ids), InformationRequest.state == InformationRequestState.OPEN.value
    )
    visit = select(SiteVisit.customer_id, SiteVisit.assessment_id).where(
        SiteVisit.customer_id.in_(customer_ids), SiteVisit.state == SiteVisitState.ORDERED.value
    )
    asked = N_("A request for more information is open. Wait for the answer, or withdraw it first.")
    sent = N_("A site visit is not reported yet. Wait for the report, or cancel it first.")
    return {(one.customer_id, one.assessment_id): sent for one in ctx.session.execute(visit)} | {
        (one.customer_id, one.assessment_id): asked for one in ctx.session.execute(request)
    }


def supersede(ctx: Context, row: Assessment, stage: AssessmentStage, day: dt.date) -> None:
    """What was final of this stage and day stands no longer: a correction decided on the same day takes its place.

    It stays in the history and in the ledger; figures and levels count what stands.
    """
    found = (
        select(Assessment)
        .where(
            Assessment.customer_id == row.customer_id, Assessment.id != row.id, Assessment.stage == stage.value,
            Assessment.assessed_on == day, Assessment.state == AssessmentState.FINAL.value,
            Assessment.is_superseded.is_(False),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )  # fmt: skip
    before = list(ctx.session.execute(found).scalars())
    with ledger.change_all(ctx, "assessment.superseded", before):
        for one in before:
            one.is_superseded = True


def computed_now(ctx: Context, customer_ids: Sequence[int]) -> dict[int, Computed]:
    """What the active scorecard says of these customers at this moment.

    Stored nowhere, so it waits for no other run; the temporary table `scored` holds it for the rest of the transaction.
    """
    result = score_customers(ctx, ctx.today, customer_ids=customer_ids, dry_run=True)
    cards = select(text("id FROM scorecard WHERE state = 'active'"))
    card_id = ctx.session.execute(cards).scalar()
    rows = ctx.session.execute(
        text("SELECT customer_id, score, level, floor, coverage, dimensions FROM scored ORDER BY customer_id")
    )
    return {
        row.customer_id: Computed(
            customer_id=row.customer_id, as_of=result.as_of, score=row.score, level=row.level, floor=row.floor,
            coverage=row.coverage, dimensions=_dimension_scores(row.dimensions), scorecard_id=card_id,
        )
        for row in rows
    }  # fmt: skip


def _dimension_scores(parts: Mapping[str, Mapping[str, Any]]) -> dict[str, Decimal | None]:
    return {name: None if part["score"] is None else Decimal(str(part["score"])) for name, part in parts.items()}
