"""The disagreement board: how initial and final assessments are paired, grouped, judged and listed."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any

import pytest

from db.enums import DepartmentKind, Role
from db.models import Assessment, Customer, Department, MetricContribution, Score, Scorecard
from services.context import Context
from services.disagreement import (
    Group,
    PairFilter,
    all_pair_rows,
    disagreement,
    pair_columns,
    pair_rows,
    unpaired,
    who_was_right,
)
from services.disagreement.board import right_one
from services.errors import NotAllowedError, RefusedError
from services.metrics.span import Span
from tests.services.makers import as_actor, make_customer, make_department, make_user

JUNE = Span(dt.date(2025, 6, 1), dt.date(2025, 6, 1))
HALF = Span(dt.date(2025, 1, 1), dt.date(2025, 6, 1))


@pytest.fixture
def ctx(rolled_back: Context) -> Context:
    return rolled_back


def june(day: int, month: int = 6) -> dt.date:
    return dt.date(2025, month, day)


def assess(
    ctx: Context, customer: Customer, on: dt.date, stage: str, level: str, department: Department, **values: Any
) -> Assessment:
    """An assessment as a history file brings it in."""
    values.setdefault("assessor", "Li Na" if stage == "initial" else "Risk R")
    values.setdefault("state", "submitted" if stage == "initial" else "final")
    row = Assessment(
        customer_id=customer.customer_id, assessed_on=on, stage=stage, level=level, department_id=department.id,
        **values,
    )  # fmt: skip
    ctx.session.add(row)
    ctx.session.flush()
    return row


def pair(
    ctx: Context, north: Department, initial: str, final: str, on: dt.date, assessor: str = "Li Na"
) -> tuple[Customer, Assessment]:
    """A customer with one initial grade and, two days later, a final one."""
    customer = make_customer(ctx)
    assess(ctx, customer, on - dt.timedelta(days=2), "initial", initial, north, assessor=assessor)
    return customer, assess(ctx, customer, on, "final", final, north)


def levels(groups: tuple[Group, ...]) -> list[tuple[str, str]]:
    return sorted(one for group in groups for one in group.agreement.counts)


def test_a_final_answers_the_last_initial_since_the_final_before(ctx: Context) -> None:
    north = make_department(ctx, "NORTH")
    customer = make_customer(ctx)
    assess(ctx, customer, june(1, 5), "initial", "low", north)
    assess(ctx, customer, june(10, 5), "final", "medium", north)
    assess(ctx, customer, june(1), "initial", "medium", north)
    assess(ctx, customer, june(3), "initial", "high", north)
    assess(ctx, customer, june(4), "initial", "low", north, state="draft")
    assess(ctx, customer, june(5), "final", "critical", north)
    # Nothing was handed in since: this one answers none.
    assess(ctx, customer, june(20), "final", "high", north)
    assert levels(disagreement(ctx, JUNE)) == [("high", "critical")]
    assert (unpaired(ctx, JUNE), unpaired(ctx, HALF)) == (1, 1)
    assert levels(disagreement(ctx, HALF)) == [("high", "critical"), ("low", "medium")]


def test_an_initial_of_the_same_day_is_answered(ctx: Context) -> None:
    north = make_department(ctx, "NORTH")
    customer = make_customer(ctx)
    assess(ctx, customer, june(5), "initial", "low", north)
    assess(ctx, customer, june(5), "final", "low", north)
    assert levels(disagreement(ctx, JUNE)) == [("low", "low")]


def test_a_final_of_the_product_answers_the_initial_it_names(ctx: Context) -> None:
    north, risk = make_department(ctx, "NORTH"), make_department(ctx, "RISK", DepartmentKind.RISK)
    li, wu = make_user(ctx, "li", Role.BUSINESS, north), make_user(ctx, "wu", Role.RISK, risk)
    customer = make_customer(ctx)
    named = assess(
        ctx, customer, june(1), "initial", "low", north, state="final", assessor_id=li.user_id, submitted_at=ctx.now,
        decided_at=ctx.now, reason="Known for long", dimension_levels={"credit": "low", "industry": "low"},
    )  # fmt: skip
    assess(ctx, customer, june(2), "initial", "critical", north)
    assess(
        ctx, customer, june(6), "final", "high", risk, assessor_id=wu.user_id, initial_id=named.id,
        initial_assessor_id=li.user_id, initial_department_id=north.id, reason="Seen", decided_at=ctx.now,
        computed_level="high", dimension_levels={"credit": "medium", "industry": "critical"},
    )  # fmt: skip
    (group,) = disagreement(ctx, JUNE, ["person", "dimension"])
    assert (group.person, group.dimension, dict(group.agreement.counts)) == (
        "Li@NORTH", "industry", {("low", "high"): 1},
    )  # fmt: skip


def test_groups_by_month_and_department(ctx: Context) -> None:
    north, south = make_department(ctx, "NORTH"), make_department(ctx, "SOUTH")
    pair(ctx, north, "low", "medium", june(10, 5))
    pair(ctx, north, "high", "high", june(10))
    pair(ctx, south, "high", "low", june(11))
    found = disagreement(ctx, HALF, ["month", "department"])
    assert [(one.month, one.department, one.agreement.mean_steps) for one in found] == [
        (june(1, 5), "NORTH", Fraction(1)), (june(1), "NORTH", Fraction(0)), (june(1), "SOUTH", Fraction(-2)),
    ]  # fmt: skip
    (whole,) = disagreement(ctx, HALF)
    assert (whole.agreement.pairs, whole.agreement.softer, whole.agreement.harder) == (3, 1, 1)
    with pytest.raises(RefusedError, match="can't be grouped by colour"):
        disagreement(ctx, HALF, ["colour"])


def score_of(ctx: Context, customer: Customer, on: dt.date, **dimensions: float | None) -> None:
    card = ctx.session.query(Scorecard).first() or Scorecard(name="Card", edition=1, state="active", definition={})
    ctx.session.add(card)
    ctx.session.flush()
    parts = {name: {"score": value} for name, value in dimensions.items()}
    ctx.session.add(
        Score(
            customer_id=customer.customer_id, scorecard_id=card.id, as_of=on, score=50, level="medium", coverage=1,
            dimensions=parts, points={},
        )
    )  # fmt: skip
    ctx.session.flush()


def test_the_dimension_that_drives_it(ctx: Context) -> None:
    north = make_department(ctx, "NORTH")
    soft, _ = pair(ctx, north, "low", "high", june(10))
    score_of(ctx, soft, june(1), credit=20, transactions=80, industry=None)
    score_of(ctx, soft, june(15), credit=99, transactions=1)
    hard, _ = pair(ctx, north, "high", "low", june(10))
    score_of(ctx, hard, june(1), credit=20, transactions=80, industry=None)
    pair(ctx, north, "high", "low", june(10))
    same, _ = pair(ctx, north, "high", "high", june(10))
    score_of(ctx, same, june(1), credit=20)
    found = disagreement(ctx, JUNE, ["dimension"])
    assert [(one.dimension, one.agreement.softer, one.agreement.harder) for one in found] == [
        ("", 0, 1), ("credit", 0, 1), ("transactions", 1, 0),
    ]  # fmt: skip
    assert pair_rows(ctx, JUNE, PairFilter(dimension="")).total == 1
    assert pair_rows(ctx, JUNE, PairFilter(dimension="credit")).total == 1


def test_people_see_their_own_figures_only(ctx: Context) -> None:
    north = make_department(ctx, "NORTH")
    pair(ctx, north, "low", "low", june(10), assessor="Li")
    pair(ctx, north, "low", "high", june(10), assessor="Zhao")
    li, audit = make_user(ctx, "li", Role.BUSINESS, north), make_user(ctx, "a", Role.AUDITOR, north)
    own, all_of = as_actor(ctx, li), as_actor(ctx, audit)
    assert [one.person for one in disagreement(own, JUNE, ["person"])] == ["Li@NORTH"]
    assert [one.person for one in disagreement(all_of, JUNE, ["person"])] == ["Li@NORTH", "Zhao@NORTH"]
    assert {"person", "reviewed_by"} & {one.name for one in pair_columns(li)} == set()
    # Asking for somebody else by name finds one's own.
    assert pair_rows(own, JUNE, PairFilter(person="Zhao@NORTH")).total == 1
    assert pair_rows(all_of, JUNE, PairFilter(person="Zhao@NORTH")).rows[0][4:6] == ("Zhao", "low")


@pytest.mark.parametrize(
    ("came", "initial", "final", "expected"),
    [
        ("open", True, False, "open"),
        ("excluded", True, False, "excluded"),
        ("bad", True, True, "both"),
        ("bad", True, False, "initial_only"),
        ("bad", False, True, "final_only"),
        ("bad", False, False, "neither"),
        ("good", False, False, "both"),
        ("good", True, False, "final_only"),
        ("good", False, True, "initial_only"),
        ("good", True, True, "neither"),
    ],
)
def test_whose_prediction_held(came: str, initial: bool, final: bool, expected: str) -> None:
    assert right_one(came, initial, final) == expected


def judged(ctx: Context, final: Assessment, measure: str, known_on: dt.date = dt.date(2025, 6, 1)) -> None:
    ctx.session.add(
        MetricContribution(
            customer_id=final.customer_id, metric="assessment_accuracy", measure=measure, department_id=None,
            month=dt.date(2025, 6, 1), neighbour=None, known_on=known_on, amount=1, subject=f"assessment:{final.id}",
            score=None,
        )
    )  # fmt: skip
    ctx.session.flush()


def test_who_was_right(ctx: Context) -> None:
    north = make_department(ctx, "NORTH")
    for initial, final, measure, known_on in (
        ("low", "high", "true_positive", june(1)),
        ("medium", "critical", "false_positive", june(1)),
        ("low", "medium", "true_negative", june(1)),
        ("high", "low", "false_negative", june(1)),
        ("high", "medium", "excluded", june(1)),
        ("low", "high", "true_positive", dt.date(2025, 12, 1)),
        ("high", "high", "true_positive", june(1)),
    ):
        _, row = pair(ctx, north, initial, final, june(10))
        judged(ctx, row, measure, known_on)
    soft, hard = who_was_right(ctx, JUNE)
    assert (soft.direction, soft.final_only, soft.initial_only, soft.both, soft.neither, soft.open) == (
        "softer", 1, 1, 1, 0, 1,
    )  # fmt: skip
    assert (hard.direction, hard.initial_only, hard.excluded, hard.decided, hard.matured) == ("harder", 1, 1, 1, 1)
    assert pair_rows(ctx, JUNE, PairFilter(came="bad", direction="harder")).total == 1


def test_rows_page_by_page_furthest_apart_first(ctx: Context) -> None:
    north = make_department(ctx, "NORTH")
    for final, day in (("low", 3), ("critical", 4), ("medium", 5), ("medium", 6)):
        pair(ctx, north, "low", final, june(day))
    first = pair_rows(ctx, JUNE, limit=2)
    names = [one.name for one in first.columns]
    steps, day = names.index("steps"), names.index("final_on")
    assert ([(row[steps], row[day]) for row in first.rows], first.total) == ([(3, june(4)), (1, june(6))], 4)
    second = pair_rows(ctx, JUNE, after=first.after, limit=2)
    assert ([(row[steps], row[day]) for row in second.rows], second.after) == ([(1, june(5)), (0, june(3))], None)
    assert len(list(all_pair_rows(ctx, JUNE, PairFilter(direction="softer", initial="low", final="medium")))) == 2
    viewer = make_user(ctx, "v", Role.VIEWER, north)
    with pytest.raises(NotAllowedError):
        list(all_pair_rows(as_actor(ctx, viewer), JUNE))
