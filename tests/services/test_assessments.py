"""An assessment's two steps, move by move, and who may take them (clause 2.2, SPEC 3 and 4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import delete, func, select, text
from sqlalchemy.exc import IntegrityError

from db.enums import Role
from db.models import Assessment, Customer, DirtyCustomer, Job, LedgerEntry
from services.assessments import (
    AssessmentRow,
    NotAgreeingError,
    Pick,
    assessment_by_id,
    assessments_of_customer,
    change_draft,
    draft,
    finalise,
    finalise_agreeing,
    level_of,
    order_visit,
    return_to_business,
    review_queue,
    submit,
    take_up,
    withdraw,
)
from services.assessments.rows import ReviewFilter
from services.context import Context
from services.early_warnings import raise_warnings, warnings_of_customer
from services.errors import IllegalMoveError, NotAllowedError, NotFoundError, RefusedError, StaleError
from services.imports.run import import_file
from tests.services.assessing import Office, make_office
from tests.services.makers import DAY, ago, make_user

Command = Callable[[Office, AssessmentRow], object]


@pytest.fixture
def ctx(rolled_back: Context) -> Context:
    return rolled_back


@pytest.fixture
def office(ctx: Context) -> Office:
    return make_office(ctx)


def entries(ctx: Context) -> list[tuple[str, str]]:
    """Who did what, by the ledger, customer by customer."""
    order = (LedgerEntry.customer_id, LedgerEntry.seq)
    found = select(LedgerEntry.actor, LedgerEntry.action).where(LedgerEntry.customer_id > 0).order_by(*order)
    return [(actor, action) for actor, action in ctx.session.execute(found)]


def test_an_assessment_goes_from_draft_to_final_and_keeps_both_grades(office: Office) -> None:
    customer = office.customer(overdue=35, computed_level="medium", risk_score=Decimal(41))
    first = draft(office.by(office.seller), customer.customer_no, "medium", "", {"credit": "high"})
    assert (first.state, first.computed_level, first.computed_score) == ("draft", "medium", Decimal(41))
    changed = change_draft(office.by(office.colleague), *key(first), "medium", "A good payer for ten years")
    assert (changed.assessor, changed.dimension_levels) == ("Colleague", {})
    handed_in = submit(office.by(office.colleague, 2), *key(changed))
    assert (handed_in.state, handed_in.assessed_on, handed_in.computed_level) == ("submitted", ago(-2), "high")
    assert handed_in.computed_score == Decimal("64.447849")
    taken = take_up(office.by(office.reviewer, 3), *key(handed_in))
    assert (taken.state, taken.reviewer) == ("in_review", "Reviewer")
    final = finalise(office.by(office.second, 4), *key(taken), "high", "", None, {"credit": "critical"})
    assert (final.stage, final.state, final.level, final.is_override) == ("final", "final", "high", False)
    assert (final.initial_id, final.assessor, final.department) == (first.id, "Second", "RISK")
    whole = assessment_by_id(office.ctx, first.customer_id, final.id)
    assert whole == assessment_by_id(office.ctx, first.customer_id, first.id)
    assert whole.initial is not None
    assert (whole.initial.level, whole.initial.state, whole.initial.reason) == (
        "medium", "final", "A good payer for ten years",
    )  # fmt: skip
    assert (whole.final, whole.requests, whole.visits) == (final, (), ())
    assert entries(office.ctx) == [
        ("seller", "assessment.drafted"), ("colleague", "assessment.changed"), ("colleague", "assessment.submitted"),
        ("reviewer", "assessment.taken_up"), ("second", "assessment.finalised"),
    ]  # fmt: skip


def key(row: AssessmentRow) -> tuple[int, int, int]:
    return row.customer_id, row.id, row.version


def test_a_returned_assessment_is_written_and_handed_in_again(office: Office) -> None:
    taken = office.in_review(office.customer(), "low")
    with pytest.raises(RefusedError, match="Say what has to be changed"):
        return_to_business(office.by(office.reviewer), *key(taken), " ")
    back = return_to_business(office.by(office.reviewer), *key(taken), "The contract is missing")
    assert (back.state, back.returned_reason) == ("returned", "The contract is missing")
    with pytest.raises(IllegalMoveError):
        submit(office.by(office.seller), *key(back))
    again = change_draft(office.by(office.seller), *key(back), "low", "The contract is attached")
    with pytest.raises(RefusedError, match="handed in already"):
        withdraw(office.by(office.seller), *key(again))
    handed_in = submit(office.by(office.seller, 1), *key(again))
    assert (handed_in.state, handed_in.returned_reason, handed_in.reviewer) == ("submitted", None, None)


MOVES: dict[str, Command] = {
    "change": lambda o, row: change_draft(o.by(o.seller), *key(row), "low"),
    "submit": lambda o, row: submit(o.by(o.seller), *key(row)),
    "take_up": lambda o, row: take_up(o.by(o.reviewer), *key(row)),
    "return": lambda o, row: return_to_business(o.by(o.reviewer), *key(row), "Why"),
    "finalise": lambda o, row: finalise(o.by(o.reviewer), *key(row), "low"),
}


def test_every_move_that_the_lifecycle_does_not_allow_is_refused_and_changes_nothing(office: Office) -> None:
    allowed = {
        ("draft", "change"), ("draft", "submit"), ("submitted", "take_up"), ("in_review", "return"),
        ("in_review", "finalise"), ("returned", "change"),
    }  # fmt: skip
    first = draft(office.by(office.seller), office.customer().customer_no, "low")
    rows = {"draft": first, "submitted": office.submitted(office.customer(), "low")}
    rows["in_review"] = office.in_review(office.customer(), "low")
    rows["returned"] = return_to_business(
        office.by(office.reviewer), *key(office.in_review(office.customer(), "low")), "W"
    )
    done = office.in_review(office.customer(), "low")
    finalise(office.by(office.reviewer), *key(done), "low")
    rows["final"] = assessment_by_id(office.ctx, done.customer_id, done.id).initial  # type: ignore[assignment]
    before = len(entries(office.ctx))
    for state, row in rows.items():
        assert row.state == state
        for name, move in MOVES.items():
            if (state, name) not in allowed:
                with pytest.raises(IllegalMoveError):
                    move(office, row)
    assert len(entries(office.ctx)) == before


def test_only_the_customers_own_department_proposes(office: Office) -> None:
    customer = office.customer()
    with pytest.raises(NotAllowedError, match="another department"):
        draft(office.by(office.other), customer.customer_no, "low")
    with pytest.raises(NotAllowedError, match="another department"):
        draft(office.by(office.seller), office.customer(owner_department_id=None).customer_no, "low")
    row = draft(office.by(office.seller), customer.customer_no, "low")
    for command in (
        lambda: submit(office.by(office.other), *key(row)),
        lambda: withdraw(office.by(office.other), *key(row)),
    ):
        with pytest.raises(NotAllowedError):
            command()
    with pytest.raises(NotAllowedError, match="Ask your administrator"):
        draft(office.by(office.reviewer), customer.customer_no, "low")
    with pytest.raises(NotAllowedError, match="Only a person"):
        draft(office.ctx, customer.customer_no, "low")


def test_wrong_input_is_refused_with_a_sentence(office: Office) -> None:
    seller, customer = office.by(office.seller), office.customer()
    with pytest.raises(NotFoundError, match="Customer C-NOBODY is not known"):
        draft(seller, "C-NOBODY", "low")
    with pytest.raises(RefusedError, match="is not a risk level"):
        draft(seller, customer.customer_no, "extreme")
    with pytest.raises(RefusedError, match="weather"):
        draft(seller, customer.customer_no, "low", "", {"weather": "low"})
    row = draft(seller, customer.customer_no, "high")
    with pytest.raises(RefusedError, match="open already"):
        draft(office.by(office.colleague), customer.customer_no, "low")
    with pytest.raises(RefusedError, match="say why before you hand it in"):
        submit(seller, *key(row))
    with pytest.raises(StaleError):
        submit(seller, row.customer_id, row.id, row.version + 1)
    with pytest.raises(NotFoundError):
        submit(seller, row.customer_id, row.id + 1_000, row.version)


def test_a_draft_can_be_taken_back_by_its_author_and_another_one_begun(office: Office) -> None:
    customer = office.customer()
    row = draft(office.by(office.seller), customer.customer_no, "low", "Nothing new")
    with pytest.raises(NotAllowedError, match="Only who wrote"):
        withdraw(office.by(office.colleague), *key(row))
    withdraw(office.by(office.seller), *key(row))
    assert assessments_of_customer(office.ctx, customer.customer_no).rows == ()
    last = office.ctx.session.execute(
        select(LedgerEntry).order_by(LedgerEntry.customer_id.desc(), LedgerEntry.seq.desc()).limit(1)
    ).scalar_one()
    assert (last.action, last.before["reason"]) == ("assessment.withdrawn", "Nothing new")  # type: ignore[index]
    assert draft(office.by(office.seller), customer.customer_no, "low").state == "draft"


def test_nobody_decides_on_what_they_or_their_department_proposed(office: Office) -> None:
    taken = office.in_review(office.customer(), "low")
    moved = replace(office.seller, role=Role.RISK, department_id=office.risk.id)
    mate = make_user(office.ctx, "mate", Role.RISK, office.north)
    for actor, sentence in ((moved, "You proposed this level yourself"), (mate, "Your own department proposed")):
        for command in (
            lambda by: finalise(by, *key(taken), "low"),
            lambda by: return_to_business(by, *key(taken), "Why"),
            lambda by: order_visit(by, *key(taken), office.second.user_id or 0, DAY, "Why"),
        ):
            with pytest.raises(NotAllowedError, match=sentence):
                command(office.by(actor))
        with pytest.raises(NotAgreeingError) as refused:
            finalise_agreeing(office.by(actor), [Pick(*key(taken))])
        assert sentence in refused.value.refusals[0].template
    with pytest.raises(NotAllowedError, match="Ask your administrator"):
        finalise(office.by(office.seller), *key(taken), "low")


def test_a_level_other_than_the_computed_one_needs_a_reason_and_a_last_day(office: Office) -> None:
    taken = office.in_review(office.customer(), "low")
    by = office.by(office.reviewer)
    with pytest.raises(RefusedError, match="an override needs a reason"):
        finalise(by, *key(taken), "high", " ", ago(-30))
    with pytest.raises(RefusedError, match="needs a last day"):
        finalise(by, *key(taken), "high", "Heard of a lawsuit")
    for day in (DAY, ago(-366)):
        with pytest.raises(RefusedError, match="ends after today and on 2026-06-30 at the latest"):
            finalise(by, *key(taken), "high", "Heard of a lawsuit", day)
    final = finalise(by, *key(taken), "high", "Heard of a lawsuit", ago(-30))
    assert (final.level, final.computed_level, final.is_override, final.expires_on) == ("high", "low", True, ago(-30))


def test_many_are_finalised_where_they_agree_and_all_others_are_named(office: Office) -> None:
    agreeing = [office.submitted(office.customer(), "low"), office.in_review(office.customer(), "low")]
    deviating = office.submitted(office.customer(), "medium")
    visited = office.in_review(office.customer(), "low")
    order_visit(office.by(office.reviewer), *key(visited), office.second.user_id or 0, DAY, "See the warehouse")
    stale = office.submitted(office.customer(), "low")
    picks = [Pick(*key(row)) for row in (*agreeing, deviating, visited)]
    before = Counter(entries(office.ctx))
    with pytest.raises(NotAgreeingError, match="3 of the 5 assessments") as refused:
        finalise_agreeing(office.by(office.second), [*picks, Pick(stale.customer_id, stale.id, stale.version + 1)])
    assert [(one.customer_id, one.template) for one in refused.value.refusals] == [
        (deviating.customer_id, "The proposed level is not the one computed at this moment. Decide on it by itself."),
        (visited.customer_id, "A site visit is not reported yet. Wait for the report, or cancel it first."),
        (stale.customer_id, "Somebody changed this record while you were looking at it. Reload and decide again."),
    ]
    assert Counter(entries(office.ctx)) == before
    finals = finalise_agreeing(office.by(office.second), picks[:2])
    assert [(one.level, one.stage, one.assessor) for one in finals] == [("low", "final", "Second")] * 2
    assert Counter(entries(office.ctx)) - before == {
        ("second", "assessment.taken_up"): 1, ("second", "assessment.finalised"): 2,
    }  # fmt: skip
    assert finalise_agreeing(office.by(office.second), []) == ()


def test_a_correction_of_the_same_day_takes_the_place_of_what_was_decided(office: Office) -> None:
    customer = office.customer()
    reviewer = office.by(office.reviewer)
    wrong = finalise(reviewer, *key(office.in_review(customer, "low")), "high", "Typed wrongly", ago(-30))
    assert level_of(reviewer, customer.customer_no).level == "high"
    right = finalise(reviewer, *key(office.in_review(customer, "low")), "low")
    standing = dict(office.ctx.session.execute(select(Assessment.id, Assessment.is_superseded)).all())
    assert (standing[wrong.id], standing[wrong.initial_id], standing[right.id]) == (True, True, False)
    assert level_of(reviewer, customer.customer_no).level == "low"
    files = assessments_of_customer(reviewer, customer.customer_no).rows
    assert [(one.initial.level, one.final.level) for one in files if one.initial and one.final] == [
        ("low", "low"), ("low", "high")
    ]  # fmt: skip
    assert entries(office.ctx).count(("reviewer", "assessment.superseded")) == 2
    raise_warnings(office.ctx, DAY)
    assert "level_high" not in {one.rule for one in warnings_of_customer(office.ctx, customer.customer_id)}
    with pytest.raises(IntegrityError, match="uq_assessment_standing"):
        office.ctx.session.execute(text("UPDATE assessment SET is_superseded = false"))


def test_what_was_returned_is_done_again_on_the_same_day(office: Office) -> None:
    taken = office.in_review(office.customer(), "low")
    reviewer, seller = office.by(office.reviewer), office.by(office.seller)
    returned = return_to_business(reviewer, *key(taken), "Look at the orders")
    again = change_draft(seller, *key(returned), "low", "Looked: they order as before")
    handed_in = submit(seller, *key(again))
    final = finalise(reviewer, *key(take_up(reviewer, *key(handed_in))), "low")
    assert (final.assessed_on, final.is_superseded) == (DAY, False)


def test_a_final_high_level_has_the_departments_warned_and_the_figures_made_again(office: Office) -> None:
    customer = office.customer(overdue=35)
    taken = office.in_review(customer, "high")
    office.ctx.session.execute(delete(Job))
    finalise(office.by(office.reviewer), *key(taken), "high")
    waiting = office.ctx.session.execute(select(Job.name).where(Job.state == "queued")).scalars()
    assert sorted(waiting) == ["find_candidates", "raise_warnings", "score_customers"]
    assert office.ctx.session.execute(select(DirtyCustomer.customer_id)).scalars().all() == [customer.customer_id]
    raise_warnings(office.ctx, DAY)
    raised = {one.rule: one for one in warnings_of_customer(office.ctx, customer.customer_id)}
    assert raised["level_high"].department == "NORTH"


def test_the_history_pairs_both_grades_newest_first(office: Office) -> None:
    customer = office.customer()
    for days, stage, level in (
        (80, "initial", "low"),
        (78, "final", "medium"),
        (50, "final", "high"),
        (20, "initial", "low"),
    ):
        office.ctx.session.add(
            Assessment(
                customer_id=customer.customer_id, assessed_on=ago(days), stage=stage, state="final", level=level,
                department_id=office.risk.id if stage == "final" else office.north.id, assessor="From a file",
            )
        )  # fmt: skip
    office.ctx.session.flush()
    taken = office.in_review(customer, "low")
    finalise(office.by(office.reviewer), *key(taken), "low")
    found = assessments_of_customer(office.ctx, customer.customer_no)
    pairs = [(one.initial and one.initial.assessed_on, one.final and one.final.assessed_on) for one in found.rows]
    assert pairs == [(DAY, DAY), (ago(20), None), (None, ago(50)), (ago(80), ago(78))]
    first = assessments_of_customer(office.ctx, customer.customer_no, limit=3)
    rest = assessments_of_customer(office.ctx, customer.customer_no, cursor=first.after, limit=3)
    assert (*first.rows, *rest.rows) == found.rows
    assert rest.after is None


def test_the_review_queue_says_what_agrees_and_what_waits(office: Office) -> None:
    agreeing = office.submitted(office.customer(), "low")
    deviating = office.in_review(office.customer(overdue=35), "low")
    customer = office.ctx.session.get_one(Customer, deviating.customer_id)
    customer.computed_level, customer.risk_level = "high", "critical"
    office.ctx.session.get_one(Customer, agreeing.customer_id).computed_level = "low"
    order_visit(office.by(office.reviewer), *key(deviating), office.second.user_id or 0, DAY, "See the warehouse")
    by = office.by(office.reviewer, 5)
    rows = review_queue(by).rows
    assert [(one.id, one.agrees, one.days_waiting, one.open_visits, one.may_finalise) for one in rows] == [
        (agreeing.id, True, 5, 0, True), (deviating.id, False, 5, 1, True),
    ]  # fmt: skip
    assert (rows[1].level, rows[1].computed_level, rows[1].level_in_force) == ("low", "high", "critical")
    for narrow, expected in (
        (ReviewFilter(agrees=True), [agreeing.id]), (ReviewFilter(ready=False), [deviating.id]),
        (ReviewFilter(mine=True), [deviating.id]), (ReviewFilter(state="submitted"), [agreeing.id]),
        (ReviewFilter(department="EXPORT"), []), (ReviewFilter(search=agreeing.customer_no), [agreeing.id]),
    ):  # fmt: skip
        assert [one.id for one in review_queue(by, narrow).rows] == expected
    first = review_queue(by, limit=1)
    assert [one.id for one in review_queue(by, cursor=first.after, limit=1).rows] == [deviating.id]
    assert not review_queue(office.by(office.seller)).rows[0].may_finalise
    with pytest.raises(RefusedError, match="no longer valid"):
        review_queue(by, cursor="bm90IGE")


def test_the_level_says_when_the_next_assessment_is_due(office: Office) -> None:
    taken = office.in_review(office.customer(overdue=35), "high")
    final = finalise(office.by(office.reviewer), *key(taken), "high")
    level = level_of(office.ctx, final.customer_no)
    assert (level.level, level.source, level.since, level.until) == ("high", "computed", DAY, None)
    assert (level.assessed_on, level.due_on) == (DAY, ago(-30))
    assert office.ctx.session.execute(select(func.count()).select_from(Assessment)).scalar_one() == 2


def test_a_file_of_history_adds_assessments_but_overrules_none_that_was_made_here(office: Office) -> None:
    customer = office.customer(customer_no="C-FILE")
    taken = office.in_review(customer, "low")
    finalise(office.by(office.reviewer), *key(taken), "low")
    head = "customer_no,assessed_on,stage,level,score,department,assessor\n"
    same = f"C-FILE,{DAY},final,low,8.588874,RISK,Reviewer\n"
    overruled = f"C-FILE,{DAY},final,critical,8.588874,RISK,Reviewer\n"
    older = f"C-FILE,{ago(90)},initial,medium,40,NORTH,From a file\nC-FILE,{ago(89)},final,medium,41,RISK,From a file\n"
    result = import_file(office.ctx, "assessments", (head + overruled + older).encode(), file_name="history.csv")
    assert (result.inserted, result.updated, result.rejected) == (2, 0, 1)
    assert result.rejected_rows.cells[0].line == 2
    assert result.rejected_rows.cells[0].reason.startswith("This row was made here")
    again = import_file(office.ctx, "assessments", (head + same + older).encode(), file_name="history.csv")
    assert (again.unchanged, again.rejected) == (3, 0)
    rows = assessments_of_customer(office.ctx, "C-FILE").rows
    assert [(one.initial and one.initial.level, one.final and one.final.level) for one in rows] == [
        ("low", "low"), ("medium", "medium"),
    ]  # fmt: skip
    assert {one.initial.state for one in rows if one.initial} == {"final"}
