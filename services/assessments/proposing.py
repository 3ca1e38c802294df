"""What the business department does: draft, change, hand in, take back (clause 2.2)."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select

from db.enums import AssessmentStage, AssessmentState
from db.models import Assessment, Customer
from services import access, data_versions, ledger
from services.assessments.lifecycle import deviates
from services.assessments.rows import AssessmentRow, Computed
from services.assessments.steps import (
    computed_now,
    department_of,
    ensure_own_department,
    known_dimension_levels,
    known_level,
    locked_initial,
    person_of,
    wait_for_turn,
)
from services.assessments.stored import assessment_row
from services.assessments.telling import tell_waits_for_review
from services.context import Context
from services.customer_keys import customer_id_of
from services.early_warnings.lifecycle import company_clock
from services.errors import N_, IllegalMoveError, NotAllowedError, RefusedError
from services.reasons import stated

_DRAFT, _RETURNED = AssessmentState.DRAFT, AssessmentState.RETURNED


# --- commands


def draft(
    ctx: Context, customer_no: str, level: str, reason: str = "", dimension_levels: Mapping[str, str] | None = None
) -> AssessmentRow:
    """Begin an assessment of a customer of one's own department. The reason may still be missing.

    Raises:
        NotAllowedError: the role may not, or the customer belongs to another department.
        NotFoundError, RefusedError: unknown customer or level, or an assessment of the customer is open already.
    """
    access.ensure_may(ctx, "assessment.propose")
    person = person_of(ctx)
    customer_id = customer_id_of(ctx, customer_no)
    owner = select(Customer.owner_department_id).where(Customer.customer_id == customer_id)
    ensure_own_department(ctx, ctx.session.execute(owner).scalar_one())
    grade, dimensions = known_level(level), known_dimension_levels(dimension_levels)
    wait_for_turn(ctx, customer_id)
    _ensure_none_open(ctx, customer_id)
    row = Assessment(
        customer_id=customer_id, assessed_on=ctx.today, stage=AssessmentStage.INITIAL.value, state=_DRAFT.value,
        level=grade, department_id=department_of(ctx), assessor=ctx.actor.name, assessor_id=person,
        reason=reason.strip() or None, dimension_levels=dimensions, changed_at=ctx.now,
    )  # fmt: skip
    _note_stored(ctx, row)
    with ledger.change(ctx, "assessment.drafted", row):
        ctx.session.add(row)
    data_versions.bump(ctx, "assessments")
    return assessment_row(ctx, row.customer_id, row.id)


def change_draft(
    ctx: Context,
    customer_id: int,
    assessment_id: int,
    version: int,
    level: str,
    reason: str = "",
    dimension_levels: Mapping[str, str] | None = None,
) -> AssessmentRow:
    """Write a draft anew; a returned assessment becomes a draft again by it. Who changes it becomes its assessor.

    Raises:
        NotAllowedError, NotFoundError, StaleError, IllegalMoveError, RefusedError: nothing was changed.
    """
    access.ensure_may(ctx, "assessment.propose")
    person = person_of(ctx)
    row = locked_initial(ctx, customer_id, assessment_id, version)
    ensure_own_department(ctx, row.department_id)
    if row.state not in {_DRAFT, _RETURNED}:
        raise IllegalMoveError(
            N_("This assessment was handed in. It changes again only when risk management returns it.")
        )
    grade, dimensions = known_level(level), known_dimension_levels(dimension_levels)
    with ledger.change(ctx, "assessment.changed", row), ctx.session.no_autoflush:
        row.state, row.level, row.reason, row.dimension_levels = _DRAFT.value, grade, reason.strip() or None, dimensions
        row.assessor, row.assessor_id = ctx.actor.name, person
        _note_stored(ctx, row)
    data_versions.bump(ctx, "assessments")
    return assessment_row(ctx, customer_id, assessment_id)


def submit(ctx: Context, customer_id: int, assessment_id: int, version: int) -> AssessmentRow:
    """Hand a draft in for review: draft -> submitted. The computed score of this moment is kept beside it.

    Raises:
        NotAllowedError, NotFoundError, StaleError, IllegalMoveError: nothing was changed.
        RefusedError: it deviates from the computed level and gives no reason.
    """
    access.ensure_may(ctx, "assessment.propose")
    person = person_of(ctx)
    row = locked_initial(ctx, customer_id, assessment_id, version, AssessmentState.SUBMITTED)
    ensure_own_department(ctx, row.department_id)
    computed = computed_now(ctx, [customer_id])[customer_id]
    if deviates(row.level, computed.level):
        stated(row.reason, N_("The proposed level is not the computed one: say why before you hand it in."))
    today = ctx.today
    instant = company_clock(ctx)
    with ledger.change(ctx, "assessment.submitted", row), ctx.session.no_autoflush:
        row.state, row.assessed_on, row.submitted_at = AssessmentState.SUBMITTED.value, today, instant
        row.assessor, row.assessor_id, row.reviewer_id = ctx.actor.name, person, None
        row.decided_at, row.returned_reason = None, None
        _note_computed(row, computed)
    data_versions.bump(ctx, "assessments")
    tell_waits_for_review(ctx, row)
    return assessment_row(ctx, customer_id, assessment_id)


def withdraw(ctx: Context, customer_id: int, assessment_id: int, version: int) -> None:
    """Take one's own draft back: it is removed, the ledger keeps it. Only what was never handed in can be.

    Raises:
        NotAllowedError, NotFoundError, StaleError, RefusedError: nothing was changed.
    """
    access.ensure_may(ctx, "assessment.propose")
    person = person_of(ctx)
    row = locked_initial(ctx, customer_id, assessment_id, version)
    if row.assessor_id != person:
        raise NotAllowedError(N_("Only who wrote a draft can take it back."))
    if row.state != _DRAFT or row.submitted_at is not None:
        raise RefusedError(
            N_("This assessment was handed in already. It can't be taken back; risk management decides.")
        )
    before = ledger.values_of(row)
    ctx.session.delete(row)
    ctx.session.flush()
    ledger.record(
        ctx, "assessment.withdrawn", f"assessment:{customer_id}:{assessment_id}", customer_id=customer_id, before=before
    )
    data_versions.bump(ctx, "assessments")


def _ensure_none_open(ctx: Context, customer_id: int) -> None:
    already = select(Assessment.state).where(
        Assessment.customer_id == customer_id, Assessment.stage == AssessmentStage.INITIAL.value,
        Assessment.state != AssessmentState.FINAL.value, Assessment.assessor_id.is_not(None),
    )  # fmt: skip
    if ctx.session.execute(already).scalar_one_or_none() is not None:
        raise RefusedError(N_("An assessment of this customer is open already. Go on with that one."))


def _note_stored(ctx: Context, row: Assessment) -> None:
    """A draft stands beside the newest stored score; it is computed anew when it is handed in."""
    newest = select(Customer.risk_score, Customer.computed_level).where(Customer.customer_id == row.customer_id)
    score, level = ctx.session.execute(newest).one()
    row.score = row.computed_score = score
    row.computed_level, row.scorecard_id = level, None


def _note_computed(row: Assessment, computed: Computed) -> None:
    row.score = row.computed_score = computed.score
    row.computed_level, row.scorecard_id = computed.level, computed.scorecard_id
