"""Opening the assessments page as somebody, on one database that the tests of a module share."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import text
from streamlit.testing.v1 import AppTest

from services.assessments import AssessmentFile, AssessmentRow, assessments_of_customer
from services.context import SYSTEM, unit_of_work
from services.scoring import score_customers
from tests.dashboard import opening
from tests.dashboard.opening import Opened
from tests.people import stand_still
from tests.services.assessing import Office, make_office

NOON = dt.datetime(2025, 6, 30, 4, tzinfo=dt.UTC)


@contextmanager
def office() -> Iterator[Office]:
    """The company of tests/services/assessing.py in a transaction that is committed."""
    with unit_of_work(SYSTEM, now=NOON) as ctx:
        yield make_office(ctx)


def found_company() -> Office:
    """Make the company, its people reading English; its rows stay usable after the commit."""
    stand_still()
    with office() as made:
        made.ctx.session.expire_on_commit = False
        made.ctx.session.execute(text("UPDATE app_user SET language = 'en'"))
    return made


@contextmanager
def at_work(company: Office) -> Iterator[Office]:
    """The company in a transaction that is committed at the end."""
    with unit_of_work(SYSTEM, now=NOON) as ctx:
        yield Office(
            ctx=ctx, north=company.north, risk=company.risk, seller=company.seller, colleague=company.colleague,
            other=company.other, reviewer=company.reviewer, second=company.second,
        )  # fmt: skip


def opener(monkeypatch: pytest.MonkeyPatch, page: str = "assessments") -> Opened:
    """Opens the page as a person, at an address."""
    opened_page = opening.opener(monkeypatch, page)

    def opened(login: str, **query: str) -> AppTest:
        app = opened_page(login, **query)
        assert [one.value for one in app.error] == []
        return app

    return opened


def shown(app: AppTest) -> str:
    """All markup of a page."""
    return " ".join(one.value for one in app.get("html"))


def keys(app: AppTest) -> set[str]:
    """The keys of its buttons."""
    return {str(one.key) for one in app.button}


def newest(number: str) -> AssessmentFile | None:
    """The newest assessment of a customer."""
    with unit_of_work() as ctx:
        return next(iter(assessments_of_customer(ctx, number).rows), None)


def initial(number: str) -> AssessmentRow:
    found = newest(number)
    assert found is not None
    assert found.initial is not None
    return found.initial


def is_final(number: str) -> bool:
    found = newest(number)
    return found is not None and found.final is not None


def waiting(company: Office, number: str, level: str = "low", *, in_review: bool = True) -> dict[str, str]:
    """A proposal for a new customer; its address."""
    with at_work(company) as there:
        customer = there.customer(customer_no=number)
        score_customers(there.ctx, there.ctx.today, [number])
        row = there.in_review(customer, level) if in_review else there.submitted(customer, level)
        return {"assessment": f"{row.customer_id}.{row.id}"}


def errors(app: AppTest) -> list[str]:
    return [one.value for one in app.error]
