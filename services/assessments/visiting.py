"""Site visits: ordered by the reviewer, reported with photos by who was sent (clause 2.2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import or_, select

from db.enums import AssessmentStage, Role, SiteVisitConclusion, SiteVisitState
from db.models import AppUser, Assessment, SiteVisit, SiteVisitPhoto
from services import access, data_versions, ledger
from services.assessments.photos import KeptPhoto, kept_photos
from services.assessments.rows import NewPhoto, PhotoContent, VisitRow
from services.assessments.steps import ensure_another, ensure_in_review, locked_beside, locked_initial, person_of
from services.assessments.stored import visits_where
from services.assessments.telling import tell_asked
from services.context import Context
from services.early_warnings.lifecycle import company_clock
from services.errors import N_, NotAllowedError, NotFoundError, RefusedError
from services.reasons import stated

_ORDERED, _DONE, _CANCELLED = SiteVisitState.ORDERED, SiteVisitState.DONE, SiteVisitState.CANCELLED

_UNKNOWN = N_("This site visit does not exist.")


# --- commands


def order_visit(
    ctx: Context, customer_id: int, assessment_id: int, version: int, assignee_id: int, due_on: dt.date, purpose: str
) -> VisitRow:
    """Send somebody of the proposing department or of risk management, by a day. The assessment must be in review.

    Raises:
        NotAllowedError, NotFoundError, StaleError, RefusedError: nothing was changed.
    """
    access.ensure_may(ctx, "assessment.review")
    person = person_of(ctx)
    about = locked_initial(ctx, customer_id, assessment_id, version)
    ensure_another(ctx, about)
    ensure_in_review(about)
    words = stated(purpose, N_("Say what the visit is to find out."))
    if due_on < ctx.today:
        raise RefusedError(N_("The visit can't be due before today."))
    if assignee_id not in {one for one, _ in people_to_send(ctx, customer_id, assessment_id)}:
        raise RefusedError(N_("Send somebody of the proposing department or of risk management."))
    row = SiteVisit(
        customer_id=customer_id, assessment_id=assessment_id, state=_ORDERED.value, purpose=words, due_on=due_on,
        assignee_id=assignee_id, ordered_by=person, ordered_at=company_clock(ctx), changed_at=ctx.now,
    )  # fmt: skip
    with ledger.change(ctx, "site_visit.ordered", row):
        ctx.session.add(row)
    tell_asked(ctx, f"site_visit:{row.id}", customer_id, assignee_id, words, due_on)
    return _after(ctx, row)


def report_visit(
    ctx: Context,
    customer_id: int,
    visit_id: int,
    version: int,
    visited_on: dt.date,
    findings: str,
    conclusion: str,
    photos: Sequence[NewPhoto] = (),
) -> VisitRow:
    """Report a visit: ordered -> done. Only by its assignee.

    Photos: JPEG, PNG or WebP by content, at most 10 MB each and 20 in all. Place and camera are taken out of them.

    Raises:
        NotAllowedError, NotFoundError, StaleError, IllegalMoveError, RefusedError: nothing was changed.
    """
    access.ensure_may(ctx, "assessment.report_visit")
    person = person_of(ctx)
    row = locked_beside(ctx, SiteVisit, (customer_id, visit_id), version, _DONE, _UNKNOWN)
    if row.assignee_id != person:
        raise NotAllowedError(N_("Only who was sent reports a visit."))
    words = stated(findings, N_("Write down what you found: the reviewer decides by it."))
    if conclusion not in set(SiteVisitConclusion):
        raise RefusedError(N_("A visit can't be concluded with “%(conclusion)s”."), conclusion=conclusion)
    if visited_on > ctx.today:
        raise RefusedError(N_("A visit is reported after it was made: its day lies in the future."))
    kept = kept_photos(photos)
    instant = company_clock(ctx)
    with ledger.change(ctx, "site_visit.reported", row), ctx.session.no_autoflush:
        row.state, row.visited_on, row.findings = _DONE.value, visited_on, words
        row.conclusion, row.reported_by, row.reported_at = conclusion, person, instant
        row.photo_names = {one.sha256: one.file_name for one in kept}
    _store(ctx, row, kept)
    return _after(ctx, row)


def cancel_visit(ctx: Context, customer_id: int, visit_id: int, version: int, reason: str) -> VisitRow:
    """Call a visit off: ordered -> cancelled. By risk management.

    Raises:
        NotAllowedError, NotFoundError, StaleError, IllegalMoveError, RefusedError: nothing was changed.
    """
    access.ensure_may(ctx, "assessment.review")
    person_of(ctx)
    row = locked_beside(ctx, SiteVisit, (customer_id, visit_id), version, _CANCELLED, _UNKNOWN)
    ensure_another(ctx, ctx.session.get_one(Assessment, (row.customer_id, row.assessment_id)))
    words = stated(reason)
    with ledger.change(ctx, "site_visit.cancelled", row, words):
        row.state, row.cancelled_reason = _CANCELLED.value, words
    return _after(ctx, row)


def _store(ctx: Context, row: SiteVisit, photos: Sequence[KeptPhoto]) -> None:
    for one in photos:
        ctx.session.add(
            SiteVisitPhoto(
                customer_id=row.customer_id, visit_id=row.id, file_name=one.file_name, media_type=one.media_type,
                sha256=one.sha256, size=len(one.content), content=one.content,
            )
        )  # fmt: skip
        ctx.session.flush()


def _after(ctx: Context, row: SiteVisit) -> VisitRow:
    data_versions.bump(ctx, "assessments")
    return visits_where(ctx, SiteVisit.customer_id == row.customer_id, SiteVisit.id == row.id)[0]


# --- reads


def people_to_send(ctx: Context, customer_id: int, assessment_id: int) -> tuple[tuple[int, str], ...]:
    """Who can be sent on a visit for an assessment: (user id, name), by name."""
    access.ensure_may(ctx, "assessment.read")
    department = (
        select(Assessment.department_id)
        .where(
            Assessment.customer_id == customer_id, Assessment.id == assessment_id,
            Assessment.stage == AssessmentStage.INITIAL.value,
        )
        .scalar_subquery()
    )  # fmt: skip
    of_business = (AppUser.role == Role.BUSINESS.value) & (AppUser.department_id == department)
    query = (
        select(AppUser.id, AppUser.name)
        .where(AppUser.is_active, or_(AppUser.role == Role.RISK.value, of_business))
        .order_by(AppUser.name, AppUser.id)
    )
    return tuple((row.id, row.name) for row in ctx.session.execute(query))


def photo_content(ctx: Context, customer_id: int, photo_id: int) -> PhotoContent:
    """A photo's bytes.

    Raises:
        NotAllowedError: the actor may not read assessments.
        NotFoundError: there is none.
    """
    access.ensure_may(ctx, "assessment.read")
    query = select(SiteVisitPhoto.file_name, SiteVisitPhoto.media_type, SiteVisitPhoto.content).where(
        SiteVisitPhoto.customer_id == customer_id, SiteVisitPhoto.id == photo_id
    )
    found = ctx.session.execute(query).one_or_none()
    if found is None:
        raise NotFoundError(N_("This photo does not exist."))
    return PhotoContent(found.file_name, found.media_type, bytes(found.content))
