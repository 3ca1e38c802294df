"""A department's worklist: what is on it, in which order, page by page (clause 4.1)."""

from __future__ import annotations

import pytest

from services.assessments import (
    AssessmentCounts,
    TaskFilter,
    ask_for_more,
    assessment_counts,
    draft,
    order_visit,
    return_to_business,
    to_propose,
)
from services.context import Context
from services.errors import RefusedError
from tests.services.assessing import Office, make_office
from tests.services.makers import ago, make_customer


@pytest.fixture
def ctx(rolled_back: Context) -> Context:
    return rolled_back


@pytest.fixture
def busy(ctx: Context) -> Office:
    """One customer of each kind, and one that is not due for a long time."""
    office = make_office(ctx)
    reviewer = office.by(office.reviewer)
    for number, level, days in (
        ("A-DUE", "high", 20),
        ("A-LATE", "high", 31),
        ("A-LATER", "critical", 9),
        ("A-FAR", "low", 20),
    ):
        office.customer(customer_no=number, risk_level=level, assessed_on=ago(days))
    office.customer(customer_no="A-NEVER")
    draft(
        office.by(office.seller),
        office.customer(customer_no="A-DRAFT", risk_level="high", assessed_on=ago(40)).customer_no,
        "low",
    )
    back = office.in_review(office.customer(customer_no="A-RETURNED"), "low")
    return_to_business(reviewer, back.customer_id, back.id, back.version, "The contract is missing")
    asked = office.in_review(office.customer(customer_no="A-ASKED"), "low")
    ask_for_more(reviewer, asked.customer_id, asked.id, asked.version, "Statements", ago(-2))
    seen = office.in_review(office.customer(customer_no="A-VISIT"), "low")
    order_visit(reviewer, seen.customer_id, seen.id, seen.version, office.colleague.user_id or 0, ago(-5), "Look")
    make_customer(ctx, "B-OTHER", owner_department_id=office.other.department_id)
    return office


def test_the_worklist_is_in_the_order_of_its_days(busy: Office) -> None:
    page = to_propose(busy.by(busy.colleague))
    assert [(one.customer_no, one.kind.value, one.days_left, one.words) for one in page.rows] == [
        ("A-NEVER", "overdue", None, None),
        ("A-DRAFT", "draft", -10, None),
        ("A-LATER", "overdue", -2, None),
        ("A-LATE", "overdue", -1, None),
        ("A-RETURNED", "returned", 0, "The contract is missing"),
        ("A-ASKED", "request", 2, "Statements"),
        ("A-VISIT", "visit", 5, "Look"),
        ("A-DUE", "due", 10, None),
    ]
    assert page.after is None
    visit = page.rows[6]
    assert (visit.assignee, visit.assessment_id is None, visit.visit_id is None) == ("Colleague", False, False)


def test_pages_continue_where_the_last_one_ended(busy: Office) -> None:
    by = busy.by(busy.seller)
    whole = to_propose(by).rows
    found, after = [], None
    for _page in range(4):
        page = to_propose(by, None, after, 2)
        found += page.rows
        after = page.after
    assert (tuple(found), after) == (whole, None)
    with pytest.raises(RefusedError, match="no longer valid"):
        to_propose(by, cursor="xx")


def test_the_worklist_is_narrowed_by_kind_level_name_and_department(busy: Office) -> None:
    by = busy.by(busy.seller)

    def numbers(narrow: TaskFilter, context: Context = by) -> list[str]:
        return [one.customer_no for one in to_propose(context, narrow).rows]

    assert numbers(TaskFilter(kind="overdue")) == ["A-NEVER", "A-LATER", "A-LATE"]
    assert numbers(TaskFilter(kind="due")) == ["A-DUE"]
    assert numbers(TaskFilter(kind="visit")) == ["A-VISIT"]
    assert numbers(TaskFilter(level="critical")) == ["A-LATER"]
    assert numbers(TaskFilter(search="a-late")) == ["A-LATER", "A-LATE"]
    assert numbers(TaskFilter(search="%")) == []
    assert numbers(TaskFilter(department="EXPORT")) == numbers(TaskFilter())
    assert numbers(TaskFilter(mine=True)) == ["A-DRAFT", "A-RETURNED", "A-ASKED"]
    assert numbers(TaskFilter(mine=True), busy.by(busy.colleague)) == ["A-VISIT"]
    reviewer = busy.by(busy.reviewer)
    assert numbers(TaskFilter(department="EXPORT"), reviewer) == ["B-OTHER"]
    assert set(numbers(TaskFilter(), reviewer)) == {*numbers(TaskFilter()), "B-OTHER"}
    assert numbers(TaskFilter(kind="nonsense")) == []


def test_the_badges_count_what_waits(busy: Office) -> None:
    own = AssessmentCounts(drafts=1, returned=1, requests=1, visits=1, overdue=3, to_review=0, in_review=2)
    assert assessment_counts(busy.by(busy.seller)) == own
    assert assessment_counts(busy.by(busy.reviewer)).overdue == 4
    assert assessment_counts(busy.by(busy.reviewer), "NORTH") == own
