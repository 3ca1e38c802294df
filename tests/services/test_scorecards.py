"""Scorecards as data: drafted, saved and undone, run in shadow, put into force by two people (policy 2.1, SPEC 4)."""

from __future__ import annotations

import copy
import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from db.enums import DepartmentKind, Role
from db.models import Customer, Job, LedgerEntry, Score, Scorecard
from services import scorecards as service
from services.context import SYSTEM, Context
from services.errors import IllegalMoveError, NotAllowedError, NotFoundError, RefusedError, StaleError
from services.exposure_by_level import exposure_by_level
from services.jobs.kinds import KINDS
from services.scorecards import ScorecardDetail
from services.scoring import ensure_default_scorecard, score_customers, score_history
from services.scoring.card_reading import WrongCardError
from tests.services.makers import (
    DAY,
    ago,
    as_actor,
    make_customer,
    make_department,
    make_invoice,
    make_listing,
    make_paid_invoice,
    make_report,
    make_user,
)


@pytest.fixture
def ctx(rolled_back: Context) -> Context:
    return rolled_back


@dataclass
class People:
    risk: Context
    risk2: Context
    leader: Context
    admin: Context
    viewer: Context


@pytest.fixture
def people(ctx: Context) -> People:
    ensure_default_scorecard(ctx)
    office = make_department(ctx, "OFFICE", DepartmentKind.RISK)

    def person(login: str, role: Role) -> Context:
        return as_actor(ctx, make_user(ctx, login, role, office))

    return People(
        person("risk", Role.RISK), person("risk2", Role.RISK), person("leader", Role.LEADER),
        person("admin", Role.ADMIN), person("viewer", Role.VIEWER),
    )  # fmt: skip


def active(ctx: Context) -> ScorecardDetail:
    return service.scorecard_of_edition(ctx, None)


def drafted(people: People, name: str = "Stricter") -> ScorecardDetail:
    return service.draft_from(people.risk, active(people.risk).row.id, name, "More weight on arrears")


def heavier(detail: ScorecardDetail, weight: float = 40) -> dict[str, Any]:
    """The card with another weight of credit."""
    definition = copy.deepcopy(dict(detail.definition))
    definition["dimensions"]["credit"]["weight"] = weight
    return definition


def entries(ctx: Context) -> list[tuple[object, ...]]:
    found = select(LedgerEntry.actor, LedgerEntry.action, LedgerEntry.note).where(
        LedgerEntry.action.like("scorecard.%")
    )  # fmt: skip
    return [tuple(row) for row in ctx.session.execute(found.order_by(LedgerEntry.seq)).all()][1:]


def later(ctx: Context, days: int = 0) -> Context:
    return Context(ctx.session, ctx.actor, ctx.now + dt.timedelta(days=days, hours=1))


def test_a_draft_takes_over_the_card_it_is_based_on_and_the_next_edition(ctx: Context, people: People) -> None:
    draft = drafted(people)
    assert (draft.row.name, draft.row.edition, draft.row.state, draft.row.drafter) == ("Stricter", 2, "draft", "Risk")
    assert draft.row.based_on_id == active(ctx).row.id
    assert draft.definition == {**active(ctx).definition, "name": "Stricter", "version": 2}
    assert [one.edition for one in service.scorecards(people.viewer)] == [1, 2]
    assert entries(ctx) == [("risk", "scorecard.drafted", "More weight on arrears")]


def test_a_save_keeps_what_was_there_and_the_ledger_tells_the_differences(ctx: Context, people: People) -> None:
    draft = drafted(people)
    saved = service.change_draft(people.risk, draft.row.id, draft.row.version, heavier(draft))
    assert (saved.definition["dimensions"]["credit"]["weight"], saved.row.version, saved.row.saves) == (40, 2, 1)
    entry = ctx.session.query(LedgerEntry).filter_by(action="scorecard.changed").one()
    # 25 of 100, then 40 of 115.
    assert (entry.before["credit.weight"], entry.after["credit.weight"]) == (25, 34.7826)
    assert set(entry.before) == {f"{one}.weight" for one in saved.definition["dimensions"]}

    undone = service.undo_save(people.risk, draft.row.id, saved.row.version)
    assert (undone.definition, undone.row.version, undone.row.saves) == (draft.definition, 3, 0)
    with pytest.raises(RefusedError, match="nothing to undo"):
        service.undo_save(people.risk, draft.row.id, undone.row.version)


def test_of_two_editors_the_second_is_told_and_keeps_what_they_did(people: People) -> None:
    draft = drafted(people)
    service.keep_work(people.risk2, draft.row.id, draft.row.version, heavier(draft, 50))
    service.change_draft(people.risk, draft.row.id, draft.row.version, heavier(draft, 40))
    with pytest.raises(StaleError, match="Your changes are kept"):
        service.change_draft(people.risk2, draft.row.id, draft.row.version, heavier(draft, 50))
    work = service.work_on(people.risk2, draft.row.id)
    assert work is not None
    assert (work.definition["dimensions"]["credit"]["weight"], work.is_behind) == (50, True)
    assert service.work_on(people.risk, draft.row.id) is None


def test_unsaved_work_may_be_wrong_and_a_save_may_not(people: People) -> None:
    draft = drafted(people)
    service.keep_work(people.risk, draft.row.id, draft.row.version, heavier(draft, -1))
    work = service.work_on(people.risk, draft.row.id)
    assert work is not None
    with pytest.raises(WrongCardError, match=r"credit\.weight"):
        service.change_draft(people.risk, draft.row.id, draft.row.version, work.definition)
    service.drop_work(people.risk, draft.row.id)
    assert service.work_on(people.risk, draft.row.id) is None


def test_two_people_put_a_card_into_force_and_the_former_retires(ctx: Context, people: People) -> None:
    former, draft = active(ctx), drafted(people)
    shadow = service.start_shadow(people.risk, draft.row.id, draft.row.version)
    assert (shadow.state, shadow.shadow_since) == ("shadow", DAY)
    proposed = service.propose_activation(people.risk2, shadow.id, shadow.version, "Arrears weigh more")
    assert (proposed.is_proposed, proposed.proposer) == (True, "Risk2")
    done = service.approve_activation(later(people.leader), proposed.id, proposed.version)
    assert (done.state, done.activated_on, done.approver, done.is_proposed) == ("active", DAY, "Leader", False)
    assert active(ctx).row.id == draft.row.id
    retired = service.scorecard_by_id(ctx, former.row.id).row
    assert (retired.state, retired.retired_on) == ("retired", DAY)
    assert entries(ctx)[1:] == [
        ("risk", "scorecard.shadowed", None),
        ("risk2", "scorecard.proposed", "Arrears weigh more"),
        ("leader", "scorecard.retired", None),
        ("leader", "scorecard.activated", "Arrears weigh more"),
    ]
    assert {one.unique_key for one in ctx.session.query(Job).filter_by(name="score_customers")} == {"all"}


def test_nobody_approves_or_rejects_their_own(ctx: Context, people: People) -> None:
    draft = drafted(people)
    saved = service.change_draft(people.risk2, draft.row.id, draft.row.version, heavier(draft))
    row = service.propose_activation(people.risk, saved.row.id, saved.row.version, "Better", "Tested on history")
    for own in (people.risk, people.risk2):
        with pytest.raises(NotAllowedError, match="another person"):
            service.approve_activation(own, row.id, row.version)
        with pytest.raises(NotAllowedError, match="another person"):
            service.reject_activation(own, row.id, row.version, "No")
    for other in (people.admin, people.viewer):
        with pytest.raises(NotAllowedError):
            service.approve_activation(other, row.id, row.version)
    with pytest.raises(NotAllowedError, match="another person"):
        service.approve_activation(as_actor(ctx, SYSTEM), row.id, row.version)
    assert service.approve_activation(people.leader, row.id, row.version).state == "active"


def test_the_database_refuses_it_too(ctx: Context, people: People) -> None:
    draft = drafted(people).row
    row = service.propose_activation(people.risk, draft.id, draft.version, "Better", "Small change")
    other = "(SELECT id FROM app_user WHERE login = 'leader')"
    for change, rule in (
        ("approved_by = proposed_by", "approved_by_another"),
        ("state = 'active'", "approved by another"),
        (f"state = 'active', shadow_skipped = '', approved_by = {other}, approved_at = now()", "never in shadow"),
        ("state = 'shadow'", "shadow_since_some_day"),
        ("definition = '{}'", "changes no more"),
        ("proposal_reason = ''", "proposed_with_reason"),
        ("proposed_at = NULL", "proposed_at_some_time"),
        ("kind = 'guess'", "kind_known"),
    ):
        with pytest.raises(IntegrityError, match=rule), ctx.session.begin_nested():
            ctx.session.execute(text(f"UPDATE scorecard SET {change} WHERE id = {row.id}"))
    first = active(ctx).row
    for change, rule in (
        ("definition = jsonb_set(definition, '{low_coverage}', '0.9')", "changes no more"),
        ("state = 'draft'", "illegal transition"),
    ):
        with pytest.raises(IntegrityError, match=rule), ctx.session.begin_nested():
            ctx.session.execute(text(f"UPDATE scorecard SET {change} WHERE id = {first.id}"))


def test_what_waits_is_left_alone_until_it_is_turned_down_or_taken_back(ctx: Context, people: People) -> None:
    draft = drafted(people)
    row = service.propose_activation(people.risk, draft.row.id, draft.row.version, "Better", "Small change")
    for act in (
        lambda: service.change_draft(people.risk, row.id, row.version, heavier(draft)),
        lambda: service.start_shadow(people.risk, row.id, row.version),
        lambda: service.retire(people.risk, row.id, row.version, "Old"),
        lambda: service.propose_activation(people.risk2, row.id, row.version, "Mine", "Mine"),
        lambda: service.keep_work(people.risk, row.id, row.version, heavier(draft)),
    ):
        with pytest.raises(RefusedError):
            act()
    with pytest.raises(RefusedError, match="Give a reason"):
        service.reject_activation(people.leader, row.id, row.version, " ")
    back = service.reject_activation(people.leader, row.id, row.version, "Try it in shadow first")
    assert (back.state, back.is_proposed, back.rejection) == ("draft", False, "Try it in shadow first")
    again = service.propose_activation(people.risk, back.id, back.version, "Better", "Small change")
    with pytest.raises(NotAllowedError, match="Only who proposed"):
        service.withdraw_proposal(people.risk2, again.id, again.version)
    assert service.withdraw_proposal(people.risk, again.id, again.version).is_proposed is False


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_draft_skips_the_shadow_only_with_a_reason(people: People, reason: str) -> None:
    draft = drafted(people).row
    with pytest.raises(RefusedError, match="has not run in shadow"):
        service.propose_activation(people.risk, draft.id, draft.version, "Better", reason)


def test_moves_that_are_not_allowed(people: People) -> None:
    first = active(people.risk).row
    with pytest.raises(IllegalMoveError):
        service.start_shadow(people.risk, first.id, first.version)
    with pytest.raises(RefusedError, match="retired when another comes into force"):
        service.retire(people.risk, first.id, first.version, "Old")
    with pytest.raises(RefusedError, match="changes no more"):
        service.change_draft(people.risk, first.id, first.version, first.__dict__)
    draft = drafted(people).row
    with pytest.raises(RefusedError, match="Nobody has proposed"):
        service.approve_activation(people.leader, draft.id, draft.version)
    gone = service.retire(people.risk, draft.id, draft.version, "Not needed")
    with pytest.raises(IllegalMoveError):
        service.start_shadow(people.risk, gone.id, gone.version)
    with pytest.raises(StaleError):
        service.start_shadow(people.risk, gone.id, draft.version)
    with pytest.raises(NotFoundError):
        service.start_shadow(people.risk, 10**9, 1)
    with pytest.raises(RefusedError, match="a name of at most 60"):
        service.draft_from(people.risk, first.id, " ")


def test_roles(people: People) -> None:
    first = active(people.risk).row
    for other in (people.leader, people.admin, people.viewer):
        with pytest.raises(NotAllowedError):
            service.draft_from(other, first.id, "Mine")
    draft = drafted(people).row
    for other in (people.leader, people.admin, people.viewer):
        with pytest.raises(NotAllowedError):
            service.propose_activation(other, draft.id, draft.version, "Better", "Small")
        with pytest.raises(NotAllowedError):
            service.start_shadow(other, draft.id, draft.version)


def trade(ctx: Context) -> list[Customer]:
    """A customer that pays, one 20 days late, one of whom nothing is known."""
    good, late, new = (make_customer(ctx, no, kind="company") for no in ("A", "B", "C"))
    for days in (20, 50, 200):
        make_paid_invoice(ctx, good, ago(days), 0)
        make_paid_invoice(ctx, late, ago(days), 3)
    make_invoice(ctx, late, ago(20))
    make_report(ctx, good, ago(30), "AAA")
    make_report(ctx, late, ago(30), "D")
    return [good, late, new]


def only_rating(detail: ScorecardDetail) -> dict[str, Any]:
    """A card of the rating alone."""
    credit = detail.definition["dimensions"]["credit"]
    rating = [one for one in credit["indicators"] if one["code"] == "credit_rating"]
    return {**detail.definition, "dimensions": {"credit": {**credit, "indicators": rating}}}


def in_shadow(ctx: Context, people: People) -> ScorecardDetail:
    draft = drafted(people, "Ratings")
    saved = service.change_draft(people.risk, draft.row.id, draft.row.version, only_rating(draft))
    service.start_shadow(people.risk, saved.row.id, saved.row.version)
    KINDS["score_customers"](ctx, {})
    KINDS["summarise_shadow"](ctx, {})
    return service.scorecard_by_id(ctx, saved.row.id)


def test_the_worker_scores_the_shadow_beside_and_it_speaks_for_nobody(ctx: Context, people: People) -> None:
    _good, late, new = trade(ctx)
    shadow = in_shadow(ctx, people)
    by_shadow = ctx.session.query(Score).filter_by(scorecard_id=shadow.row.id)
    assert {one.customer_id: one.score for one in by_shadow} == {
        _good.customer_id: Decimal(0), late.customer_id: Decimal(100), new.customer_id: None,
    }  # fmt: skip
    ctx.session.refresh(late)
    assert late.risk_level == "high"
    assert [one.scorecard_id for one in score_history(ctx, late.customer_id)] == [active(ctx).row.id]

    standing = service.shadow_standing(people.viewer, shadow.row.id)
    assert dict(standing.levels) == {("low", "low"): 1, ("high", "critical"): 1, ("", ""): 1}
    assert (standing.moved, standing.compared, standing.waiting, standing.as_of) == (1, 2, 0, DAY)
    assert standing.taken_at == ctx.now
    waiting = ctx.session.query(Job).filter_by(name="summarise_shadow").one()
    assert (waiting.state, waiting.run_at) == ("queued", ctx.now)
    moves = service.shadow_moves(people.viewer, shadow.row.id)
    assert [(one.customer_no, one.level, one.shadow_level) for one in moves][:1] == [("B", "high", "critical")]
    assert standing.mean_change == sum(one.change for one in moves) / 2
    assert service.shadow_moves(people.viewer, shadow.row.id, after=moves[0]) == moves[1:]
    assert service.shadow_moves(people.viewer, shadow.row.id, now="high", then="critical") == moves[:1]
    assert service.shadow_moves(people.viewer, shadow.row.id, now="low", then="high") == ()


def test_what_a_card_said_in_shadow_does_not_become_history_when_it_comes_into_force(
    ctx: Context, people: People
) -> None:
    _good, late, _new = trade(ctx)
    shadow, first = in_shadow(ctx, people), active(ctx)
    proposed = service.propose_activation(people.risk, shadow.row.id, shadow.row.version, "Ratings tell more")
    done = service.approve_activation(later(people.leader), proposed.id, proposed.version)
    assert [one.scorecard_id for one in score_history(ctx, late.customer_id)] == [first.row.id]
    KINDS["score_customers"](later(ctx), {})
    (now,) = score_history(ctx, late.customer_id)
    assert (now.scorecard_id, now.score) == (done.id, Decimal(100))
    ctx.session.refresh(late)
    assert (late.risk_level, late.risk_score) == ("critical", Decimal(100))
    assert score_customers(later(ctx), DAY).written == 0


def test_a_card_given_up_in_shadow_never_spoke(ctx: Context, people: People) -> None:
    _good, late, _new = trade(ctx)
    shadow = in_shadow(ctx, people)
    levels = exposure_by_level(ctx, DAY, ago(30))
    service.retire(people.risk, shadow.row.id, shadow.row.version, "No better")
    assert [one.scorecard_id for one in score_history(ctx, late.customer_id)] == [active(ctx).row.id]
    assert exposure_by_level(ctx, DAY, ago(30)) == levels
    assert ctx.session.get_one(Scorecard, shadow.row.id).activated_on is None


def test_where_customers_fall_and_how_many_of_each_bin_turned_bad(ctx: Context, people: People) -> None:
    good, late, _new = trade(ctx)
    for one in (good, late):
        make_paid_invoice(ctx, one, ago(400), 0)
        make_report(ctx, one, ago(300), "B")
    make_invoice(ctx, late, ago(170))
    make_listing(ctx, good, ago(10))
    card = active(ctx).card
    assert card is not None
    found = service.distribution(people.viewer, card)
    assert (found.customers, found.looked_at, found.is_sample, found.judged_on) == (3, 3, False, ago(180))
    assert (found.judged, found.bad) == (2, 2)
    rating = found.indicators["credit_rating"]
    names = list(card.by_code["credit_rating"][1].categories)
    counted = {name: (one.customers, one.judged, one.bad) for name, one in zip(names, rating.bins, strict=True)}
    assert {name: counts for name, counts in counted.items() if counts != (0, 0, 0)} == {
        "AAA": (1, 0, 0), "D": (1, 0, 0), "B": (0, 2, 2),
    }  # fmt: skip
    assert rating.unknown.customers == 1
    overdue = found.indicators["overdue_days_now"]
    assert [one.customers for one in overdue.bins] == [1, 0, 0, 0, 0, 0, 0, 1]
    assert sum(one.customers for one in overdue.bins) + overdue.unknown.customers == 3


def test_one_customer_by_a_draft_beside_the_score_it_has(ctx: Context, people: People) -> None:
    trade(ctx)
    score_customers(ctx, DAY)
    draft = drafted(people)
    card = service.change_draft(people.risk, draft.row.id, draft.row.version, only_rating(draft)).card
    assert card is not None
    found = service.preview(people.viewer, card, " B ")
    assert (found.score, found.level, found.level_now) == (Decimal(100), "critical", "high")
    assert found.shown == {"credit_rating": Decimal("100.0")}
    assert [one.indicator for one in found.reasons] == ["credit_rating"]
    with pytest.raises(NotFoundError, match="No customer has the number X"):
        service.preview(people.viewer, card, "X")
