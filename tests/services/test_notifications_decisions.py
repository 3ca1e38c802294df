"""What assessments and scorecards tell whom, in the transaction of the act itself (clause 4.2)."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from db.enums import DepartmentKind, Role
from db.models import AppUser, Notification
from services import scorecards
from services.assessments import ask_for_more, assessment_by_id, order_visit, return_to_business
from services.context import Context
from services.scoring import ensure_default_scorecard
from tests.services.assessing import make_office
from tests.services.makers import DAY, as_actor, make_department, make_user


@pytest.fixture
def ctx(rolled_back: Context) -> Context:
    return rolled_back


def told(ctx: Context) -> list[tuple[str, str, str | None]]:
    """Who was told what, with the reason if it has one."""
    found = (
        select(AppUser.login, Notification.kind, Notification.params)
        .join(AppUser, AppUser.id == Notification.user_id)
        .order_by(Notification.id)
    )
    return [(login, kind, params.get("reason")) for login, kind, params in ctx.session.execute(found)]


def test_a_review_tells_those_who_have_to_act_next(ctx: Context) -> None:
    office = make_office(ctx)
    row = office.in_review(office.customer(), "low")
    reviewer = office.by(office.reviewer)
    assert told(ctx) == [("reviewer", "assessment_to_review", None), ("second", "assessment_to_review", None)]
    ask_for_more(reviewer, row.customer_id, row.id, row.version, "Last year's statement\nOwners", DAY)
    assert office.colleague.user_id is not None
    order_visit(reviewer, row.customer_id, row.id, row.version, office.colleague.user_id, DAY, "Is the plant running?")
    now = assessment_by_id(reviewer, row.customer_id, row.id).initial
    assert now is not None
    return_to_business(reviewer, row.customer_id, row.id, now.version, "The level does not fit the arrears")
    assert told(ctx)[2:] == [
        ("seller", "assessment_requested", "Last year's statement · Owners"),
        ("colleague", "assessment_requested", "Is the plant running?"),
        ("seller", "assessment_returned", "The level does not fit the arrears"),
    ]


def test_a_proposed_scorecard_tells_those_who_may_approve_it_and_not_who_proposed_it(ctx: Context) -> None:
    ensure_default_scorecard(ctx)
    office = make_department(ctx, "OFFICE", DepartmentKind.RISK)
    author, *_others = (
        as_actor(ctx, make_user(ctx, login, role, office))
        for login, role in (("author", Role.RISK), ("peer", Role.RISK), ("boss", Role.LEADER), ("adam", Role.ADMIN))
    )
    active = scorecards.scorecard_of_edition(ctx, None)
    draft = scorecards.draft_from(author, active.row.id, "Stricter", "A trial")
    scorecards.propose_activation(author, draft.row.id, draft.row.version, "Better", "Small change")
    assert told(ctx) == [("peer", "scorecard_to_approve", None), ("boss", "scorecard_to_approve", None)]
