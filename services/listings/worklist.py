"""The lists: candidates, proposals, who is listed, what was decided; what waits, and who is late (clause 4.1)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, false, func, literal, or_, select, text, true, tuple_

from db.enums import CandidateState, ListingState, ListingStep, Role
from db.models import Customer, Department, Listing, ListingCandidate
from services import access
from services.assessments.places import place_of, place_text
from services.context import Context
from services.errors import N_, RefusedError
from services.listings.lifecycle import WRITTEN_IN
from services.listings.rows import LateRow, ListingCounts, ListingFilter, ListingPage
from services.listings.stored import candidate_of, candidates_query, is_paid_on, listings_of_rows, listings_query

CANDIDATES, PROPOSALS, LISTED, DECIDED = "candidates", "proposals", "listed", "decided"
TABS = (CANDIDATES, PROPOSALS, LISTED, DECIDED)
LONGEST_PAGE = 500

# --- reads: the lists


def listings_page(
    ctx: Context, filters: ListingFilter | None = None, cursor: str | None = None, limit: int = 50
) -> ListingPage:
    """A page of one list. Candidates and proposals: the most pressing first; listed and decided: the newest first.

    Raises:
        NotAllowedError: the actor may not read listings.
        RefusedError: no such list; the cursor is not one.
    """
    access.ensure_may(ctx, "listing.read")
    chosen = filters or ListingFilter()
    limit = max(1, min(limit, LONGEST_PAGE))
    if chosen.tab not in TABS:
        raise RefusedError(N_("There is no list called “%(name)s”."), name=chosen.tab)
    if chosen.tab == CANDIDATES:
        return _candidates(ctx, chosen, cursor, limit)
    return _listings(ctx, chosen, cursor, limit)


def _candidates(ctx: Context, filters: ListingFilter, cursor: str | None, limit: int) -> ListingPage:
    query = candidates_query().where(
        ListingCandidate.state == CandidateState.OPEN.value, *_of_customer(filters), *_candidate_filters(ctx, filters)
    )
    # What is paid already comes last: it costs the metric nothing more.
    key = (
        is_paid_on(ctx.today), ListingCandidate.deadline_on, ListingCandidate.customer_id, ListingCandidate.id,
    )  # fmt: skip
    if cursor:
        paid, day, customer_id, row_id = place_of(cursor, int, str, int, int)
        place = (literal(bool(paid)), func.to_date(day, "YYYY-MM-DD"), literal(customer_id), literal(row_id))
        query = query.where(tuple_(*key) > tuple_(*place))
    found = ctx.session.execute(query.order_by(*key).limit(limit + 1)).all()
    rows = tuple(candidate_of(ctx, row) for row in found[:limit])
    last = rows[-1] if len(found) > limit else None
    after = None
    if last is not None:
        after = place_text(int(last.is_paid), last.deadline_on.isoformat(), last.customer_id, last.id)
    return ListingPage(rows, (), after)


def _listings(ctx: Context, filters: ListingFilter, cursor: str | None, limit: int) -> ListingPage:
    query = listings_query().where(*_of_customer(filters), *_listing_filters(ctx, filters))
    is_open = filters.tab == PROPOSALS
    day = Listing.trigger_on if is_open else Listing.decided_on
    key = (day, Listing.customer_id, Listing.id)
    if cursor:
        place = _place(cursor)
        query = query.where(tuple_(*key) > place if is_open else tuple_(*key) < place)
    order = key if is_open else tuple(column.desc() for column in key)
    found = ctx.session.execute(query.order_by(*order).limit(limit + 1)).all()
    rows = listings_of_rows(ctx, found[:limit])
    after = None
    if len(found) > limit:
        last = found[limit - 1].Listing
        on = last.trigger_on if is_open else last.decided_on
        after = place_text(on.isoformat(), last.customer_id, last.id)
    return ListingPage((), rows, after)


def _place(cursor: str) -> Any:  # noqa: ANN401  (a row of literals)
    day, customer_id, row_id = place_of(cursor, str, int, int)
    return tuple_(func.to_date(day, "YYYY-MM-DD"), literal(customer_id), literal(row_id))


def _of_customer(filters: ListingFilter) -> list[ColumnElement[bool]]:
    search = filters.search.strip()
    found: list[ColumnElement[bool]] = []
    if filters.department is not None:
        owner = select(Department.id).where(Department.code == filters.department).scalar_subquery()
        found.append(Customer.owner_department_id == owner)
    if search:
        found.append(
            or_(
                Customer.name.icontains(search, autoescape=True),
                Customer.customer_no.istartswith(search, autoescape=True),
            )
        )
    return found


def _candidate_filters(ctx: Context, filters: ListingFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.criterion is not None:
        found.append(ListingCandidate.criterion == filters.criterion)
    if filters.late is not None:
        is_late = ListingCandidate.deadline_on < ctx.today
        found.append(is_late if filters.late else ~is_late)
    if filters.mine:
        own = ListingCandidate.assignee_id == ctx.actor.user_id
        found.append(false() if ctx.actor.user_id is None else own)
    return found


_STATES = {
    PROPOSALS: (ListingState.PROPOSED.value,),
    LISTED: (ListingState.CONFIRMED.value,),
    DECIDED: (ListingState.REJECTED.value, ListingState.RESTORED.value),
}


def _listing_filters(ctx: Context, filters: ListingFilter) -> list[ColumnElement[bool]]:
    # Said the way the partial indexes say it, so that they serve.
    is_open = Listing.state == ListingState.PROPOSED.value
    states = is_open if filters.tab == PROPOSALS else and_(~is_open, Listing.state.in_(_STATES[filters.tab]))
    found: list[ColumnElement[bool]] = [states]
    if filters.criterion is not None:
        found.append(
            or_(Listing.criterion == filters.criterion, literal(filters.criterion) == func.any(Listing.also_criteria))
        )
    if filters.grade is not None:
        found.append(Listing.grade == filters.grade)
    if filters.step is not None:
        found.append(Listing.step == filters.step)
    if filters.late is not None and filters.tab == PROPOSALS:
        is_late = Listing.trigger_on < _late_before(ctx)
        found.append(is_late if filters.late else ~is_late)
    if filters.mine:
        found.append(_waits_for(ctx))
    return found


def _late_before(ctx: Context) -> dt.date:
    """Triggers before this day are past their deadline, by the settings in force."""
    days = ctx.policy_history.on(ctx.today).identification_days
    return ctx.today - dt.timedelta(days=days)


def _waits_for(ctx: Context) -> ColumnElement[bool]:
    """What the reader has to do: write or answer, review, decide, or end a listing that was found wrong."""
    me = ctx.actor.user_id
    if me is None:
        return false()
    writing = and_(Listing.proposer_id == me, Listing.step.in_([one.value for one in WRITTEN_IN]))
    others = Listing.proposer_id.is_distinct_from(me)
    steps = [ListingStep.HANDED_IN.value, ListingStep.IN_REVIEW.value]
    reviewing = and_(others, Listing.step.in_(steps)) if access.may(ctx.actor, "listing.review") else false()
    may_decide = access.may(ctx.actor, "listing.decide")
    deciding = and_(others, Listing.step == ListingStep.READY.value) if may_decide else false()
    is_asked = and_(Listing.correction_by_id.is_not(None), Listing.correction_by_id != me)
    ending = is_asked if access.may(ctx.actor, "listing.end") else false()
    return or_(writing, reviewing, deciding, and_(Listing.state == ListingState.CONFIRMED.value, ending))


# --- reads: what waits, and who is late

_LATE = """
WITH open_sign AS (
    SELECT c.customer_id, c.deadline_on, c.assignee_id AS person_id FROM listing_candidate c WHERE c.state = 'open'
    UNION ALL
    SELECT l.customer_id, least(l.trigger_on + :days, min(c.deadline_on)),
           CASE WHEN l.step IN ('draft', 'asked') THEN l.proposer_id ELSE coalesce(l.reviewer_id, l.proposer_id) END
      FROM listing l
      LEFT JOIN listing_candidate c ON c.customer_id = l.customer_id AND c.listing_id = l.id
     WHERE l.state = 'proposed' GROUP BY l.customer_id, l.id, l.trigger_on, l.step, l.proposer_id, l.reviewer_id
)
SELECT d.code, u.name, count(*) AS open,
       count(*) FILTER (WHERE s.deadline_on BETWEEN CAST(:today AS date) AND CAST(:today AS date) + :soon) AS soon,
       count(*) FILTER (WHERE s.deadline_on < :today) AS late,
       greatest(max(CAST(:today AS date) - s.deadline_on), 0) AS worst
  FROM open_sign s
  JOIN customer c ON c.customer_id = s.customer_id
  LEFT JOIN department d ON d.id = c.owner_department_id
  LEFT JOIN app_user u ON u.id = s.person_id
 WHERE CAST(:department AS text) IS NULL OR d.code = :department
 GROUP BY d.code, u.name ORDER BY late DESC, soon DESC, d.code NULLS LAST, u.name NULLS FIRST
"""


def who_is_late(ctx: Context, department: str | None = None) -> tuple[LateRow, ...]:
    """By department and person: what is open, due soon and past the deadline; who has most late first.

    A candidate is its assignee's, a proposal its writer's or reviewer's; nobody's where none took it on.
    """
    access.ensure_may(ctx, "listing.read")
    return tuple(LateRow(*row) for row in ctx.session.execute(text(_LATE), _clock(ctx) | {"department": department}))


def listing_counts(ctx: Context, department: str | None = None) -> ListingCounts:
    """What there is, for the headline."""
    late = who_is_late(ctx, department)
    of_department: tuple[ColumnElement[bool], ...] = ()
    if department is not None:
        owner = select(Department.id).where(Department.code == department).scalar_subquery()
        own = exists().where(Customer.customer_id == Listing.customer_id, Customer.owner_department_id == owner)
        of_department = (own,)
    states = _counted(ctx, of_department)
    return ListingCounts(
        candidates=sum(one.open for one in late) - states["proposed"], proposals=states["proposed"],
        ready=states["ready"], late=sum(one.late for one in late), soon=sum(one.soon for one in late),
        grey=states["grey"], black=states["black"],
    )  # fmt: skip


def _counted(ctx: Context, which: tuple[ColumnElement[bool], ...]) -> dict[str, int]:
    kind = case(
        (and_(Listing.state == ListingState.PROPOSED.value, Listing.step == ListingStep.READY.value), "ready"),
        (Listing.state == ListingState.PROPOSED.value, "proposed"),
        else_=Listing.grade,
    )
    states = (ListingState.PROPOSED.value, ListingState.CONFIRMED.value)
    query: Select[Any] = select(kind, func.count()).where(true(), Listing.state.in_(states), *which).group_by(kind)
    found: dict[str, int] = {code: count for code, count in ctx.session.execute(query)}
    ready = found.get("ready", 0)
    return {
        "ready": ready, "proposed": found.get("proposed", 0) + ready, "grey": found.get("grey", 0),
        "black": found.get("black", 0),
    }  # fmt: skip


def _clock(ctx: Context) -> dict[str, Any]:
    policy = ctx.policy_history.on(ctx.today)
    return {
        "today": ctx.today, "days": policy.identification_days, "soon": policy.identification_reminder_days,
    }  # fmt: skip


def usual_department(ctx: Context) -> str | None:
    """Business people begin with their own department's customers; everybody else with all."""
    return ctx.actor.department_code if ctx.actor.role is Role.BUSINESS else None
