"""What stands beside the figures: who was never decided, which complaints held, vintages, rows behind the tallies."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from sqlalchemy import select

from db.models import Complaint, DataVersion, Incentive
from services.context import Context
from services.incentives import counted_incentives, tally
from services.metrics.beside import ComplaintFates, complaint_fates, never_decided
from services.metrics.definitions import METRIC_DEFINITIONS
from services.metrics.figures import METRICS, departments_with_figures, figures
from services.metrics.span import Span, parsed_span
from services.metrics.vintages import vintages
from services.policy import Policy, set_policy
from tests.oracle.histories import random_history
from tests.services.history_rows import store
from tests.services.makers import DAY, ago, make_customer, make_department
from tests.services.test_metric_examples import day, history, invoice, pay, row

JUNE = parsed_span("2025-06")
AS_OF = dt.date(2025, 12, 31)


@pytest.fixture
def ctx(rolled_back: Context) -> Context:
    return rolled_back


@pytest.mark.parametrize(("decided", "expected"), [(None, 1), ("2025-05-30", 0), ("2026-02-01", 1)])
def test_a_late_trigger_is_never_decided_until_somebody_decides(
    ctx: Context, decided: str | None, expected: int
) -> None:
    told = history()
    invoice(told, "I1", "2025-01-01", "2025-01-10", 100)
    for number, sent in (("D1", "2025-02-01"), ("D2", "2025-03-01")):
        row(told.dunning, dunning_no=number, customer_no="C1", invoice_no="I1", sent_on=day(sent))
    if decided:
        row(
            told.listings, listing_no="L1", customer_no="C1", criterion="arrears", grade="grey",
            trigger_on=day("2025-04-10"), decision="confirmed", decided_on=day(decided), restored_on=None,
            department=None,
        )  # fmt: skip
    store(ctx, told)
    april = parsed_span("2025-04")
    (figure,) = figures(ctx, april.first, april.last, as_of=AS_OF, metrics=["identification_timeliness"])
    assert (figure.parts["late"], never_decided(ctx, april, AS_OF)) == (1, expected)
    assert never_decided(ctx, april, AS_OF, "South") == 0
    assert never_decided(ctx, parsed_span("2025-05"), AS_OF) == 0


def test_complaints_are_told_apart_by_what_became_of_them(ctx: Context) -> None:
    department = make_department(ctx, "NORTH")
    customer = make_customer(ctx, owner_department_id=department.id)
    for number, (received, closed, upheld, cause) in enumerate(
        (
            (ago(20), ago(10), True, "blackgrey_management"), (ago(20), ago(16), False, "blackgrey_management"),
            (ago(2), None, None, "blackgrey_management"), (ago(20), ago(19), True, "other"),
            (ago(40), ago(1), True, "blackgrey_management"),
        )
    ):  # fmt: skip
        ctx.session.add(
            Complaint(
                customer_id=customer.customer_id, complaint_no=str(number), received_on=received, closed_on=closed,
                is_upheld=upheld, cause=cause,
            )
        )  # fmt: skip
    ctx.session.flush()
    assert complaint_fates(ctx, JUNE, DAY) == ComplaintFates(1, 1, 1, Decimal(7))
    assert complaint_fates(ctx, JUNE, DAY, "NORTH") == complaint_fates(ctx, JUNE, DAY)
    assert complaint_fates(ctx, JUNE, DAY, "SOUTH") == ComplaintFates(0, 0, 0, None)


def test_a_vintage_says_what_came_in_once_its_months_are_over(ctx: Context) -> None:
    told = history()
    invoice(told, "I1", "2024-10-01", "2024-11-01", 1000)
    row(told.cases, case_no="K1", customer_no="C1", opened_on=day("2025-03-10"), closed_on=None)
    row(told.case_debts, case_no="K1", invoice_no="I1", added_on=day("2025-03-10"), amount=Decimal(1000))
    pay(told, "P1", "2025-03-20", 300)
    pay(told, "P2", "2025-05-31", 200)
    pay(told, "P3", "2025-06-01", 100)
    store(ctx, told)
    (at_may,) = vintages(ctx, day("2025-05-01"), day("2025-05-30"))
    assert (at_may.month, at_may.cases, at_may.debt, at_may.received) == (day("2025-03-01"), 1, 1000, 300)
    assert at_may.within == (300, None, None, None)
    (at_june,) = vintages(ctx, day("2025-06-01"), day("2025-06-15"))
    assert (at_june.received, at_june.within) == (600, (300, 500, None, None))
    assert vintages(ctx, day("2025-06-01"), day("2025-06-15"), department="South") == []
    assert vintages(ctx, day("2026-03-01"), day("2026-03-15"), months=12) == []


def test_the_rows_of_a_tally_are_what_it_counts_page_by_page(ctx: Context) -> None:
    store(ctx, random_history(21))
    span = Span(dt.date(2023, 10, 1), dt.date(2025, 4, 1))
    revoked = ctx.session.execute(select(Incentive).order_by(Incentive.id).limit(1)).scalar_one()
    for state in ("appealed", "revoked"):
        revoked.state = state
        ctx.session.flush()
    seen, after = [], None
    while True:
        page = counted_incentives(ctx, span.first, span.last, after=after, limit=3)
        seen += [one.incentive_no for one in page.rows]
        after = page.after
        if after is None:
            break
    everything = counted_incentives(ctx, span.first, span.last, limit=None)
    assert seen == [one.incentive_no for one in everything.rows]
    assert revoked.incentive_no not in seen
    assert everything.total == len(seen) == sum(one.count for one in tally(ctx, span.first, span.last))
    for kind in ("reward", "penalty"):
        rows = counted_incentives(ctx, span.first, span.last, kind=kind, limit=None).rows
        assert {one.kind for one in rows} == {kind}


def test_departments_with_figures_own_customers_behind_them(ctx: Context) -> None:
    told = random_history(3)
    store(ctx, told)
    make_department(ctx, "Nobody's")
    owners = {one["owner_department"] for one in told.customers if one["owner_department"]}
    found = figures(ctx, dt.date(2023, 1, 1), dt.date(2025, 12, 1), by={"department"}, as_of=dt.date(2099, 1, 1))
    assert set(departments_with_figures(ctx)) == {one.department for one in found if one.department} == owners


def test_every_metric_is_defined_by_settings_that_exist() -> None:
    assert tuple(METRIC_DEFINITIONS) == METRICS
    assert {key for one in METRIC_DEFINITIONS.values() for key in one.settings} <= set(vars(Policy()))


def test_a_changed_setting_is_noticed_by_whoever_remembers_the_policy(ctx: Context) -> None:
    def version() -> int | None:
        return ctx.session.execute(select(DataVersion.version).where(DataVersion.topic == "policy")).scalar()

    before = version() or 0
    set_policy(ctx, "small_sample", "30")
    assert version() == before + 1
