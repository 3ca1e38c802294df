"""The worklist and its table, looks, limits, one row by hand, freshness of a score, and the figures of quality."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from sqlalchemy import text

from db.enums import InformationFinding, InformationState, QualitySide, RiskLevel, Role
from db.models import Customer, Department
from services.context import Context
from services.errors import NotAllowedError, NotFoundError, RefusedError, StaleError
from services.information.catalogue import ITEMS, MASTER_FIELDS
from services.information.forms import FORM_KINDS, fields_of, fill_in, stored_values
from services.information.freshness import SOURCE_OF, freshness_of
from services.information.limits import limit_changes, limits, set_limit
from services.information.looks import confirm, looks_of, withdraw
from services.information.quality import Figure, conflicts, quality_history, quality_now, sources, take_quality
from services.information.upkeep import refresh_standing
from services.information.worklist import DueFilter, due_counts, due_of, due_page, items_of, outlooks_due
from services.scoring.indicators import MEASURES
from tests.services.makers import (
    DAY,
    ago,
    as_actor,
    make_assessment,
    make_customer,
    make_department,
    make_invoice,
    make_news,
    make_outlook,
    make_report,
    make_score,
    make_user,
)

NEW, NOT_HAD = InformationFinding.NOTHING_NEW, InformationFinding.NOT_AVAILABLE


@pytest.fixture
def ctx(rolled_back: Context) -> Context:
    return rolled_back


@pytest.fixture
def north(ctx: Context) -> Department:
    return make_department(ctx, "NORTH")


def person(ctx: Context, login: str, role: Role, department: Department) -> Context:
    return as_actor(ctx, make_user(ctx, login, role, department))


def known_person(ctx: Context, no: str, department: Department | None, reputation: int, level: str = "low") -> Customer:
    """A customer whose only item that can be due is the look at its reputation, so many days old."""
    one = make_customer(
        ctx, no, kind="individual", region="R", phone="1", since=ago(900),
        owner_department_id=department.id if department else None,
    )  # fmt: skip
    make_assessment(ctx, one, ago(1), level)
    make_report(ctx, one, ago(1), "A")
    make_news(ctx, one, ago(reputation), "media", 0)
    confirm(ctx, "contracts", [one.customer_id], NEW, DAY)
    return one


def shown(ctx: Context, **narrow: object) -> list[str]:
    return [one.customer_no for one in due_page(ctx, DueFilter(**narrow)).rows]  # type: ignore[arg-type]


def test_the_gravest_level_comes_first_then_what_is_late_longest(ctx: Context, north: Department) -> None:
    for no, age, level in (
        ("low late", 300, "low"), ("critical soon", 7, "critical"), ("high late", 40, "high"),
        ("high later", 60, "high"), ("high fresh", 10, "high"),
    ):  # fmt: skip
        known_person(ctx, no, north, age, level)
    known_person(ctx, "nobody's", None, 400)
    refresh_standing(ctx)
    assert shown(ctx) == ["critical soon", "high later", "high late", "nobody's", "low late"]
    assert shown(ctx, late_only=True) == ["high later", "high late", "nobody's", "low late"]
    assert shown(ctx, department="NORTH", level="high") == ["high later", "high late"]
    assert shown(ctx, department="-") == ["nobody's"]
    assert shown(ctx, item="credit_report") == []
    counts = due_counts(ctx, DueFilter(department="NORTH"))
    assert (counts.due, counts.late, counts.grave) == (4, 3, 2)
    first = due_page(ctx, DueFilter(), size=2)
    second = due_page(ctx, DueFilter(), first.after, size=2)
    third = due_page(ctx, DueFilter(), second.after, size=2)
    assert [[one.customer_no for one in page.rows] for page in (first, second, third)] == [
        ["critical soon", "high later"], ["high late", "nobody's"], ["low late"],
    ]  # fmt: skip
    assert third.after is None
    (item,) = first.rows[1].items
    assert (item.item, item.state, item.days_late) == ("reputation", InformationState.OVERDUE, 30)


def test_business_people_see_their_own_department_whatever_they_ask_for(ctx: Context, north: Department) -> None:
    south = make_department(ctx, "SOUTH")
    known_person(ctx, "N1", north, 300)
    known_person(ctx, "S1", south, 300)
    refresh_standing(ctx)
    assert shown(person(ctx, "north", Role.BUSINESS, north), department="SOUTH") == ["N1"]
    assert shown(person(ctx, "risk", Role.RISK, make_department(ctx, "RISK"))) == ["N1", "S1"]


def test_the_table_follows_a_change_and_forgets_what_is_asked_no_more(ctx: Context) -> None:
    one = make_customer(ctx, industry_code="C34", since=ago(10))
    other = make_customer(ctx, since=ago(10))
    refresh_standing(ctx)
    assert refresh_standing(ctx) == 0
    one.kind, one.industry_code = "individual", None
    make_news(ctx, other, DAY, "media", 0)
    ctx.session.flush()
    assert refresh_standing(ctx, [one.customer_id]) == 4  # three are asked no more, other fields of the register are
    assert {item.item for item in items_of(ctx, one.customer_id)} == {
        "master", "credit_report", "contracts", "reputation",
    }  # fmt: skip
    assert [item.known_on for item in items_of(ctx, other.customer_id) if item.item == "reputation"] == [None]


def test_outlooks_are_owed_by_risk_management_for_the_industry(ctx: Context) -> None:
    for _ in range(2):
        make_customer(ctx, industry_code="C34", since=ago(900))
    make_customer(ctx, industry_code="C35", since=ago(900))
    make_outlook(ctx, "C35", ago(180), 50)
    refresh_standing(ctx)
    assert [(one.industry_code, one.customers, one.known_on, one.is_late) for one in outlooks_due(ctx)] == [
        ("C34", 2, None, True), ("C35", 1, ago(180), False),
    ]  # fmt: skip


# Looks


def test_a_look_is_on_record_and_can_be_taken_back(ctx: Context, north: Department) -> None:
    customer = known_person(ctx, "N1", north, 300)
    mine, theirs = person(ctx, "north", Role.BUSINESS, north), person(ctx, "other", Role.BUSINESS, north)
    assert confirm(mine, "reputation", [customer.customer_id], NEW, ago(1), " Court  register ") == 1
    assert [one.days_late for one in items_of(ctx, customer.customer_id) if one.item == "reputation"] == [-179]
    look = next(one for one in looks_of(mine, customer.customer_id) if one.item == "reputation")
    assert (look.name, look.note, look.may_withdraw) == ("North", "Court register", True)
    with pytest.raises(NotAllowedError):
        withdraw(theirs, customer.customer_id, look.id, look.version)
    with pytest.raises(StaleError):
        withdraw(mine, customer.customer_id, look.id, look.version + 1)
    withdraw(mine, customer.customer_id, look.id, look.version)
    assert [one.days_late for one in items_of(ctx, customer.customer_id) if one.item == "reputation"] == [120]
    with pytest.raises(RefusedError, match="taken back already"):
        withdraw(mine, customer.customer_id, look.id, look.version + 1)
    actions = ctx.session.execute(
        text("SELECT action, note FROM ledger_entry WHERE customer_id = :id AND actor = 'north' ORDER BY seq"),
        {"id": customer.customer_id},
    ).all()
    assert [tuple(one) for one in actions] == [
        ("information.confirmed", "Court register"), ("information.withdrawn", None),
    ]  # fmt: skip


def test_many_looks_are_one_entry(ctx: Context, north: Department) -> None:
    ids = [known_person(ctx, f"N{n}", north, 300).customer_id for n in range(3)]
    assert confirm(ctx, "reputation", [*ids, ids[0]], NEW, DAY) == 3
    entries = ctx.session.execute(text("SELECT after FROM ledger_entry WHERE subject = 'information:reputation'"))
    assert [(one.after["count"], one.after["customers"]) for one in entries] == [(3, ids)]
    assert shown(ctx) == []


@pytest.mark.parametrize(
    ("item", "finding", "day", "note", "refusal"),
    [
        ("reputation", NEW, ago(-1), "", "in the future"),
        ("reputation", NOT_HAD, DAY, "  ", "Write why"),
        ("financials", NEW, DAY, "", "A statement is entered"),
        ("industry_outlook", NEW, DAY, "", "entered for the industry"),
        ("tea", NEW, DAY, "", "no kind of information"),
    ],
)
def test_looks_that_make_no_sense_are_refused(
    ctx: Context, item: str, finding: InformationFinding, day: dt.date, note: str, refusal: str
) -> None:
    with pytest.raises(RefusedError, match=refusal):
        confirm(ctx, item, [make_customer(ctx).customer_id], finding, day, note)


def test_nobody_looks_for_another_department_or_an_unknown_customer(ctx: Context, north: Department) -> None:
    stranger = make_customer(ctx, owner_department_id=make_department(ctx, "SOUTH").id)
    mine = person(ctx, "north", Role.BUSINESS, north)
    with pytest.raises(NotAllowedError, match="another department"):
        confirm(mine, "reputation", [stranger.customer_id], NEW, DAY)
    with pytest.raises(NotFoundError):
        confirm(ctx, "reputation", [stranger.customer_id, 10**9], NEW, DAY)
    with pytest.raises(NotAllowedError):
        confirm(person(ctx, "v", Role.VIEWER, north), "reputation", [stranger.customer_id], NEW, DAY)
    with pytest.raises(RefusedError, match="between 1 and 200"):
        confirm(ctx, "reputation", [], NEW, DAY)


# Limits


def test_a_limit_is_set_by_risk_management_with_its_reason(ctx: Context, north: Department) -> None:
    risk = person(ctx, "risk", Role.RISK, make_department(ctx, "RISK"))
    set_limit(risk, "credit_report", RiskLevel.LOW, 200, DAY, "The bank asks for it")
    found = {(one.item, one.level): one for one in limits(ctx)}
    assert (found["credit_report", "low"].days, found["credit_report", "low"].is_shipped) == (200, False)
    assert found["reputation", "critical"].is_rhythm
    assert not found["financials", "critical"].is_rhythm
    (change,) = limit_changes(ctx)
    assert (change.days, change.name, change.reason) == (200, "Risk", "The bank asks for it")
    for days, since, reason, refusal in (
        (0, DAY, "r", "from 1 to 3650"), (9, ago(1), "r", "at the earliest"), (9, DAY, " ", "Write why"),
    ):  # fmt: skip
        with pytest.raises(RefusedError, match=refusal):
            set_limit(risk, "master", RiskLevel.LOW, days, since, reason)
    with pytest.raises(NotAllowedError):
        set_limit(person(ctx, "north", Role.BUSINESS, north), "master", RiskLevel.LOW, 9, DAY, "r")


# One row by hand


def test_a_row_by_hand_goes_the_way_of_a_file(ctx: Context, north: Department) -> None:
    customer = known_person(ctx, "N1", north, 300)
    refresh_standing(ctx)
    mine = person(ctx, "north", Role.BUSINESS, north)
    wrong = fill_in(mine, "reputation_events", "N1", {"sentiment": "9", "title": "坏，“消息”"})
    assert {name: [one.template for one in found] for name, found in wrong.wrong.items()} == {
        "occurred_on": ["This must not be blank."],
        "sentiment": [wrong.wrong["sentiment"][0].template],
    }
    assert not wrong.is_stored
    done = fill_in(
        mine, "reputation_events", "N1", {"occurred_on": DAY.isoformat(), "sentiment": "-1", "title": "坏，“消息”\n二"}
    )
    assert (done.is_stored, done.is_new) == (True, True)
    titles = ctx.session.execute(text("SELECT title FROM reputation_event WHERE title IS NOT NULL")).scalars().all()
    assert titles == ["坏，“消息” 二"]
    assert next(one for one in items_of(ctx, customer.customer_id) if one.item == "reputation").known_on == DAY
    assert ctx.session.execute(text("SELECT count(*) FROM job WHERE name = 'score_customers'")).scalar_one() >= 1
    with pytest.raises(RefusedError, match="form is empty"):
        fill_in(mine, "financials", "N1", {"revenue": " "})


def test_the_register_is_changed_field_by_field(ctx: Context, north: Department) -> None:
    make_customer(ctx, "N1", owner_department_id=north.id, region="East", credit_limit=Decimal("1200.50"))
    mine = person(ctx, "north", Role.BUSINESS, north)
    assert stored_values(mine, "customers", "N1") == {"kind": "company", "region": "East", "credit_limit": "1200.5",
                                                       "name": "Customer N1"}  # fmt: skip
    assert fill_in(mine, "customers", "N1", {"size": "large"}).is_changed
    row = ctx.session.execute(text("SELECT size, region, owner_department_id FROM customer WHERE customer_no = 'N1'"))
    assert tuple(row.one()) == ("large", "East", north.id)
    with pytest.raises(RefusedError, match="Nothing was changed"):
        fill_in(mine, "customers", "N1", {})
    assert "owner_department" in fill_in(
        person(ctx, "s", Role.BUSINESS, make_department(ctx, "SOUTH")), "customers", "N1", {"size": "small"}
    ).wrong  # fmt: skip


def test_every_indicator_of_the_card_says_how_fresh_it_is_and_every_form_has_fields(ctx: Context) -> None:
    assert set(SOURCE_OF) == set(MEASURES)
    from services.imports.kinds import KINDS

    assert all(fields_of(KINDS[kind]) for kind in FORM_KINDS)
    columns = {(item.kind, name) for item in ITEMS for name in item.fields}
    assert all(KINDS[kind].column(name) for kind, name in columns)
    assert set(MASTER_FIELDS["company"]) | set(MASTER_FIELDS["individual"]) == set(ITEMS[0].fields)


def test_the_newest_row_behind_a_figure_and_whether_it_is_too_old(ctx: Context) -> None:
    customer = make_customer(ctx)
    make_score(ctx, customer, ago(400), "high")
    make_news(ctx, customer, ago(31), "media", -1)
    make_report(ctx, customer, ago(180), "A")
    make_invoice(ctx, customer, ago(60), paid=((ago(9), 40),))
    found = freshness_of(ctx, customer.customer_id, DAY)
    assert (found["negative_events_365"].known_on, found["negative_events_365"].is_stale) == (ago(31), True)
    assert (found["report_overdue_count"].known_on, found["report_overdue_count"].is_stale) == (ago(180), False)
    assert (found["overdue_days_now"].known_on, found["overdue_days_now"].is_stale) == (ago(9), False)
    assert found["firm_size"].known_on is None


# Quality


def test_figures_of_quality_and_their_course(ctx: Context, north: Department) -> None:
    one = known_person(ctx, "N1", north, 300)
    make_customer(ctx, "N2", owner_department_id=north.id, region="R", uscc="9", credit_rating="AAA", since=ago(10))
    make_report(ctx, due_of_customer(ctx, "N2"), ago(5), "BBB-")
    make_score(ctx, one, ago(40), "low")
    found = {(each.side, each.name, each.measure): each for each in quality_now(ctx)}
    side = QualitySide.DEPARTMENT
    assert found[side, "NORTH", "completeness"] == Figure(side, "NORTH", "completeness", 4, 9)
    # The person: report and contracts, not the reputation. The company: report and rating of four and no statement.
    assert found[side, "NORTH", "freshness"] == Figure(side, "NORTH", "freshness", 4, 8)
    assert found[QualitySide.SOURCE, "item:reputation", "freshness"].value == 0
    assert found[side, "NORTH", "coverage"] == Figure(side, "NORTH", "coverage", 100, 100)
    assert found[side, "NORTH", "conflicts"] == Figure(side, "NORTH", "conflicts", 1, 1)
    (conflict,) = conflicts(ctx, "NORTH")
    assert (conflict.customer_no, conflict.registered, conflict.reported) == ("N2", "AAA", "BBB-")
    assert conflicts(ctx, "SOUTH") == ()
    take_quality(ctx)
    take_quality(ctx)
    course = quality_history(ctx, side, "freshness", ago(400))
    assert [each.is_reconstructed for each in course] == [True] * 12 + [False]
    assert (course[-1].day, course[-1].figure.value) == (DAY, 0.5)
    assert course[-2].day == dt.date(2025, 5, 31)
    assert [row.newest_on for row in sources(ctx) if row.kind == "credit_reports"] == [ago(1)]


def due_of_customer(ctx: Context, no: str) -> Customer:
    row = due_of(ctx, no)
    assert row is not None
    return ctx.session.get_one(Customer, row.customer_id)


def test_rejected_and_corrected_rows_count_for_who_brought_them_in(ctx: Context, north: Department) -> None:
    mine = person(ctx, "north", Role.BUSINESS, north)
    make_customer(ctx, "N1", owner_department_id=north.id)
    for revenue in ("1", "2", "x"):
        fill_in(mine, "financials", "N1", {"period_end": "2024-12-31", "revenue": revenue})
    found = {(one.name, one.measure): (one.part, one.whole) for one in quality_now(ctx) if one.measure in
             ("rejected", "corrected")}  # fmt: skip
    assert found == {
        ("NORTH", "rejected"): (1, 3), ("NORTH", "corrected"): (1, 3), ("kind:financials", "rejected"): (1, 3),
        ("kind:financials", "corrected"): (1, 3), ("by:north", "rejected"): (1, 3), ("by:north", "corrected"): (1, 3),
    }  # fmt: skip
