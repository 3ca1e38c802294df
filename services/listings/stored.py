"""Reads rows of listings, candidates and evidence out of the database, whoever asked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, select, tuple_
from sqlalchemy.orm import aliased

from db.enums import CandidateState, Criterion
from db.models import (
    AppUser,
    Customer,
    Department,
    InvoiceSettlement,
    Listing,
    ListingCandidate,
    ListingEvidence,
)
from services.context import Context
from services.errors import N_, NotFoundError
from services.listings.lifecycle import deadline_of
from services.listings.rows import (
    CandidateRow,
    CorrectionRow,
    EvidenceRow,
    FactRow,
    ListingRow,
    ReplyRow,
)

Key = tuple[int, int]
_OPEN = (CandidateState.OPEN.value, CandidateState.PROPOSED.value)


def candidates_query() -> Any:  # noqa: ANN401  (a SELECT of many columns)
    """Candidates with names; narrow and order it, then give each row to `candidate_of`."""
    reporter, assignee, closer = aliased(AppUser), aliased(AppUser), aliased(AppUser)
    query: Any = (
        select(
            ListingCandidate, Customer.customer_no, Customer.name, Department.code, reporter.name.label("reporter"),
            assignee.name.label("assignee"), closer.name.label("closer"), _paid_off_on().label("paid_on"),
        )
        .join(Customer, Customer.customer_id == ListingCandidate.customer_id)
        .outerjoin(Department, Department.id == Customer.owner_department_id)
        .outerjoin(reporter, reporter.id == ListingCandidate.reporter_id)
        .outerjoin(assignee, assignee.id == ListingCandidate.assignee_id)
        .outerjoin(closer, closer.id == ListingCandidate.closed_by_id)
    )  # fmt: skip
    return query


def _paid_off_on() -> Any:  # noqa: ANN401  (a scalar subquery)
    """The day on which the invoice that set a candidate off was paid in full."""
    invoice_id = func.split_part(ListingCandidate.subject, ":", 2)
    # The planner may cast before it looks at the criterion: only an invoice's subject is turned into a number.
    is_invoice = ListingCandidate.subject.startswith("invoice:")
    return (
        select(InvoiceSettlement.paid_off_on)
        .where(
            InvoiceSettlement.customer_id == ListingCandidate.customer_id,
            InvoiceSettlement.invoice_id == case((is_invoice, invoice_id.cast(InvoiceSettlement.invoice_id.type))),
        )
        .scalar_subquery()
    )


def is_paid_on(today: dt.date) -> ColumnElement[bool]:
    """Whether the arrears that set a candidate off were paid by a day."""
    return func.coalesce(_paid_off_on() <= today, False)


def candidate_of(ctx: Context, row: Any) -> CandidateRow:  # noqa: ANN401  (a row of candidates_query)
    """A row of `candidates_query` as it leaves the service."""
    one: ListingCandidate = row.ListingCandidate
    is_arrears = one.criterion == Criterion.ARREARS and one.state in _OPEN
    return CandidateRow(
        customer_id=one.customer_id, id=one.id, version=one.version, customer_no=row.customer_no,
        customer_name=row.name, department=row.code, criterion=one.criterion, state=one.state, source=one.source,
        trigger_on=one.trigger_on, deadline_on=one.deadline_on, days_left=(one.deadline_on - ctx.today).days,
        found_on=one.found_on, facts=tuple(fact_of(fact) for fact in one.facts), words=one.words,
        reporter=row.reporter, assignee_id=one.assignee_id, assignee=row.assignee, listing_id=one.listing_id,
        closed_on=one.closed_on, closed_by=row.closer, closed_reason=one.closed_reason, again_on=one.again_on,
        is_paid=is_arrears and row.paid_on is not None and row.paid_on <= ctx.today,
    )  # fmt: skip


def fact_of(fact: dict[str, Any]) -> FactRow:
    """A fact as it is kept with a candidate."""
    on = fact.get("on")
    return FactRow(str(fact["table"]), int(fact["id"]), str(fact["no"]), dt.date.fromisoformat(on) if on else None)


def candidate_row(ctx: Context, customer_id: int, candidate_id: int) -> CandidateRow:
    """One candidate.

    Raises:
        NotFoundError: there is none.
    """
    which = (ListingCandidate.customer_id == customer_id, ListingCandidate.id == candidate_id)
    query = candidates_query().where(*which).execution_options(populate_existing=True)
    found = ctx.session.execute(query).one_or_none()
    if found is None:
        raise NotFoundError(N_("This candidate does not exist."))
    return candidate_of(ctx, found)


def candidates_where(ctx: Context, *which: ColumnElement[bool]) -> tuple[CandidateRow, ...]:
    """Candidates of one customer, the newest trigger first."""
    query = candidates_query().where(*which)
    order = (ListingCandidate.trigger_on.desc(), ListingCandidate.id.desc())
    return tuple(candidate_of(ctx, row) for row in ctx.session.execute(query.order_by(*order)))


def listings_query() -> Any:  # noqa: ANN401  (a SELECT of many columns)
    """Listings with names; narrow and order it, then give the rows to `listings_of_rows`."""
    proposer, reviewer, decider, asker, ender = (aliased(AppUser) for _ in range(5))
    owner = aliased(Department)
    query: Any = (
        select(
            Listing, Customer.customer_no, Customer.name, owner.code.label("owner"), Department.code,
            proposer.name.label("proposer"), reviewer.name.label("reviewer"), decider.name.label("decider"),
            asker.name.label("asker"), ender.name.label("ender"),
        )
        .join(Customer, Customer.customer_id == Listing.customer_id)
        .outerjoin(owner, owner.id == Customer.owner_department_id)
        .outerjoin(Department, Department.id == Listing.department_id)
        .outerjoin(proposer, proposer.id == Listing.proposer_id)
        .outerjoin(reviewer, reviewer.id == Listing.reviewer_id)
        .outerjoin(decider, decider.id == Listing.decider_id)
        .outerjoin(asker, asker.id == Listing.correction_by_id)
        .outerjoin(ender, ender.id == Listing.corrected_by_id)
    )  # fmt: skip
    return query


def listings_of_rows(ctx: Context, rows: Collection[Any]) -> tuple[ListingRow, ...]:
    """Rows of `listings_query` as they leave the service, each with the deadline of its earliest sign."""
    deadlines = _deadlines(ctx, [(row.Listing.customer_id, row.Listing.id) for row in rows])
    return tuple(_listing_of(ctx, row, deadlines.get((row.Listing.customer_id, row.Listing.id))) for row in rows)


def _deadlines(ctx: Context, keys: Collection[Key]) -> dict[Key, dt.date]:
    """The earliest deadline of the candidates that went into a listing: the metric's clock."""
    query = (
        select(ListingCandidate.customer_id, ListingCandidate.listing_id, func.min(ListingCandidate.deadline_on))
        .where(
            ListingCandidate.customer_id.in_({key[0] for key in keys}),
            tuple_(ListingCandidate.customer_id, ListingCandidate.listing_id).in_([list(key) for key in keys]),
        )
        .group_by(ListingCandidate.customer_id, ListingCandidate.listing_id)
    )
    if not keys:
        return {}
    return {(customer, listing): day for customer, listing, day in ctx.session.execute(query) if listing is not None}


def _listing_of(ctx: Context, row: Any, earliest: dt.date | None) -> ListingRow:  # noqa: ANN401
    one: Listing = row.Listing
    own = deadline_of(ctx.policy_history.on(one.trigger_on), one.trigger_on)
    deadline = own if earliest is None else min(own, earliest)
    return ListingRow(
        customer_id=one.customer_id, id=one.id, version=one.version, listing_no=one.listing_no,
        customer_no=row.customer_no, customer_name=row.name, customer_department=row.owner, department=row.code,
        criterion=one.criterion, also_criteria=tuple(one.also_criteria), grade=one.grade,
        grade_reason=one.grade_reason, state=one.state, step=one.step, trigger_on=one.trigger_on, deadline_on=deadline,
        days_left=None if one.decided_on else (deadline - ctx.today).days, statement=one.statement,
        proposer_id=one.proposer_id, proposer=row.proposer, handed_in_at=one.handed_in_at,
        reviewer_id=one.reviewer_id, reviewer=row.reviewer, asked_for=one.asked_for, asked_due_on=one.asked_due_on,
        answer=one.answer, recommendation=one.recommendation, decider=row.decider, decided_on=one.decided_on,
        decision_reason=one.decision_reason, gaps=tuple(one.gaps), reply=_reply_of(one), restored_on=one.restored_on,
        ended_as=one.ended_as, correction=_correction_of(one, row),
    )  # fmt: skip


def _reply_of(one: Listing) -> ReplyRow:
    return ReplyRow(
        one.reply_offered_on, one.reply_channel, one.reply_due_on, one.reply_closed_on, one.has_reply, one.reply_text
    )


def _correction_of(one: Listing, row: Any) -> CorrectionRow | None:  # noqa: ANN401  (a row of listings_query)
    if one.correction_by_id is None or one.correction_at is None:
        return None
    return CorrectionRow(
        one.correction_reason or "", one.correction_by_id, row.asker or "", one.correction_at, row.ender
    )


def listing_row(ctx: Context, customer_id: int, listing_id: int) -> ListingRow:
    """One listing.

    Raises:
        NotFoundError: there is none.
    """
    which = and_(Listing.customer_id == customer_id, Listing.id == listing_id)
    query = listings_query().where(which).execution_options(populate_existing=True)
    found = ctx.session.execute(query).one_or_none()
    if found is None:
        raise NotFoundError(N_("This listing does not exist."))
    return listings_of_rows(ctx, [found])[0]


def evidence_where(ctx: Context, *which: ColumnElement[bool]) -> tuple[EvidenceRow, ...]:
    """Evidence that was not taken out, in the order it came."""
    columns = (
        ListingEvidence.customer_id, ListingEvidence.id, ListingEvidence.kind, ListingEvidence.subject,
        ListingEvidence.title, ListingEvidence.happened_on, ListingEvidence.file_name, ListingEvidence.media_type,
        ListingEvidence.sha256, ListingEvidence.size, AppUser.name, ListingEvidence.added_at,
    )  # fmt: skip
    query: Any = (
        select(*columns)
        .join(AppUser, AppUser.id == ListingEvidence.added_by_id)
        .where(*which, ListingEvidence.removed_at.is_(None))
        .order_by(ListingEvidence.kind, ListingEvidence.happened_on, ListingEvidence.id)
    )
    return tuple(EvidenceRow(*row) for row in ctx.session.execute(query))
