"""The level in force: the worked example of docs/assessments.md, both sides of each boundary, and the clock's part."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select, text

from db.models import Assessment, Customer, LedgerEntry
from services.assessments import finalise, level_of
from services.context import Context
from services.jobs.kinds import KINDS
from services.levels import customers_to_settle, end_overrides, settle_levels
from services.scoring import score_customers
from tests.services.assessing import Office, make_office
from tests.services.makers import DAY, ago, make_customer

EXAMPLE = [
    tuple(cell.strip() for cell in line.strip("|\n").split("|"))
    for line in (Path(__file__).parents[2] / "docs" / "assessments.md").read_text().splitlines()
    if re.match(r"\| 20\d\d-", line)
]


@pytest.fixture
def ctx(rolled_back: Context) -> Context:
    return rolled_back


@pytest.fixture
def office(ctx: Context) -> Office:
    return make_office(ctx)


def lay_out(ctx: Context, customer: Customer, level: str | None, floor_level: str | None = None) -> None:
    """The score of one customer, as scoring lays it out."""
    ctx.session.execute(text("DROP TABLE IF EXISTS scored"))
    ctx.session.execute(
        text(
            "CREATE TEMPORARY TABLE scored ON COMMIT DROP AS SELECT CAST(:id AS bigint) AS customer_id, 50.0 AS score, "
            "CAST(:level AS text) AS level, CAST(:floor AS text) AS floor_level, "
            "CAST(CASE WHEN :floor = :level THEN 'listed' END AS text) AS floor"
        ),
        {"id": customer.customer_id, "level": level, "floor": floor_level},
    )


def decide(office: Office, customer: Customer, day: dt.date, level: str, computed: str, until: str | None) -> None:
    """A final assessment of that day, with the initial one it needs."""
    ours = {"customer_id": customer.customer_id, "assessed_on": day, "computed_level": computed, "state": "final"}
    initial = Assessment(
        **ours, stage="initial", level=computed, department_id=office.north.id, assessor_id=office.seller.user_id
    )
    office.ctx.session.add(initial)
    office.ctx.session.flush()
    office.ctx.session.add(
        Assessment(
            **ours, stage="final", level=level, department_id=office.risk.id, assessor_id=office.reviewer.user_id,
            initial_id=initial.id, initial_assessor_id=office.seller.user_id, initial_department_id=office.north.id,
            is_override=until is not None, expires_on=until and dt.date.fromisoformat(until), reason="Known well",
        )
    )  # fmt: skip
    office.ctx.session.flush()


def in_force(ctx: Context, customer: Customer) -> tuple[str | None, str | None, str]:
    ctx.session.refresh(customer)
    until = customer.level_until
    return customer.risk_level, customer.level_source, until.isoformat() if until else ""


def test_the_worked_example_is_what_happens(office: Office) -> None:
    customer = make_customer(office.ctx)
    assert len(EXAMPLE) == 16
    for day, computed, floor, decision, level, why, until in EXAMPLE:
        on = dt.date.fromisoformat(day)
        lay_out(office.ctx, customer, computed, floor or None)
        if decision:
            decided, _until, last_day = decision.partition(" until ")
            decide(office, customer, on, decided, computed, last_day or None)
        settle_levels(office.ctx, on, is_reviewed=bool(decision))
        assert (day, *in_force(office.ctx, customer)) == (day, level, why, until)
        assert settle_levels(office.ctx, on) == 0


def test_a_floor_that_does_not_lift_the_score_still_holds_an_override_up(office: Office) -> None:
    customer = make_customer(office.ctx)
    lay_out(office.ctx, customer, "high", "medium")
    decide(office, customer, DAY, "low", "high", "2025-08-31")
    settle_levels(office.ctx, DAY, is_reviewed=True)
    assert in_force(office.ctx, customer) == ("medium", "floor", "")


def test_what_nothing_is_known_of_has_no_level_and_loses_one_step_by_step(office: Office) -> None:
    customer = make_customer(office.ctx)
    lay_out(office.ctx, customer, None)
    settle_levels(office.ctx, DAY)
    assert in_force(office.ctx, customer) == (None, None, "")
    lay_out(office.ctx, customer, "low")
    settle_levels(office.ctx, DAY)
    lay_out(office.ctx, customer, None)
    settle_levels(office.ctx, ago(-29))
    assert in_force(office.ctx, customer) == ("low", "cooldown", "2025-07-30")
    settle_levels(office.ctx, ago(-30))
    assert in_force(office.ctx, customer) == (None, None, "")


def test_a_score_of_an_earlier_day_leaves_the_level_alone(office: Office) -> None:
    customer = make_customer(office.ctx)
    lay_out(office.ctx, customer, "high")
    settle_levels(office.ctx, DAY)
    lay_out(office.ctx, customer, "critical")
    assert settle_levels(office.ctx, ago(1)) == 0
    assert in_force(office.ctx, customer) == ("high", "computed", "")


def test_a_decision_takes_effect_at_once_and_the_next_score_keeps_it(office: Office) -> None:
    customer = office.customer(overdue=35)
    score_customers(office.ctx, DAY)
    taken = office.in_review(customer, "low", "A guarantee covers all")
    by = office.by(office.reviewer)
    finalise(by, taken.customer_id, taken.id, taken.version, "low", "A guarantee covers all", ago(-20))
    for _again in range(2):
        level = level_of(office.ctx, customer.customer_no)
        assert (level.level, level.computed_level, level.source, level.until) == ("low", "high", "override", ago(-20))
        score_customers(office.ctx, DAY)


def test_an_override_ends_by_the_clock_with_an_entry_in_the_ledger(office: Office) -> None:
    customer = office.customer(overdue=35)
    taken = office.in_review(customer, "low", "A guarantee covers all")
    final = finalise(
        office.by(office.reviewer), taken.customer_id, taken.id, taken.version, "low", "A guarantee covers all", ago(-3)
    )
    last_day = replace(office.ctx, now=office.ctx.now + dt.timedelta(days=3))
    assert (customers_to_settle(last_day), end_overrides(last_day)) == ([], [])
    KINDS["score_due"](replace(office.ctx, now=office.ctx.now + dt.timedelta(days=4)), {})
    level = level_of(office.ctx, customer.customer_no)
    assert (level.level, level.source, level.since) == ("high", "computed", ago(-4))
    entry = office.ctx.session.execute(
        select(LedgerEntry).where(LedgerEntry.action == "assessment.override_ended")
    ).scalar_one()
    assert (entry.actor, entry.subject) == ("system", f"assessment:{customer.customer_id}:{final.id}")
    assert entry.after == {"ended_on": ago(-4).isoformat(), "version": 2, "changed_at": entry.after["changed_at"]}
    KINDS["score_due"](replace(office.ctx, now=office.ctx.now + dt.timedelta(days=5)), {})
    assert office.ctx.session.execute(
        select(LedgerEntry.seq).where(LedgerEntry.action == "assessment.override_ended")
    ).scalars().all() == [entry.seq]  # fmt: skip
