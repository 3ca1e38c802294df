"""The ledger as people read it: order, filters, pages, what changed, and what is masked."""

from __future__ import annotations

import datetime as dt

import pytest

from db.enums import DepartmentKind, Role
from services import ledger
from services.context import Context
from services.errors import NotAllowedError, RefusedError
from services.ledger_reads import Change, LedgerFilter, changes_of, ledger_actors, ledger_entries, shown
from tests.services.makers import as_actor, make_customer, make_department, make_user

NOON = dt.datetime(2025, 6, 30, 4, tzinfo=dt.UTC)


@pytest.fixture
def ctx(rolled_back: Context) -> Context:
    return rolled_back


@pytest.fixture
def auditor(ctx: Context) -> Context:
    """Reads four entries: a setting, a sign-in, and two about a customer, the last late on June 30 in Shanghai."""
    office = make_department(ctx, "AUDIT", DepartmentKind.INTERNAL_AUDIT)
    reader = make_user(ctx, "auditor", Role.AUDITOR, office)
    officer = make_user(ctx, "risk", Role.RISK, office)
    customer = make_customer(ctx, "C-1", name="Firm")

    def at(hours: int, who: Context) -> Context:
        return Context(ctx.session, who.actor, NOON + dt.timedelta(hours=hours))

    risk = as_actor(ctx, officer)
    ledger.record(at(-48, ctx), "policy.set", "setting:arrears_days", before={"value": "90"}, after={"value": "60"})
    ledger.record(at(0, risk), "session.started", f"app_user:{officer.user_id}")
    ledger.record(
        at(0, risk), "early_warning.assigned", f"early_warning:{customer.customer_id}:7",
        customer_id=customer.customer_id, before={"assignee_id": None, "version": 1},
        after={"assignee_id": officer.user_id, "version": 2}, note="Knows them",
    )  # fmt: skip
    ledger.record(
        at(11, risk), "customer.changed", f"customer:{customer.customer_id}", customer_id=customer.customer_id,
        before={"phone": "13912345678", "owner_department_id": None},
        after={"phone": "13900000000", "owner_department_id": office.id},
    )  # fmt: skip
    return as_actor(ctx, reader)


def actions(ctx: Context, **narrow: object) -> list[str]:
    return [one.action for one in ledger_entries(ctx, LedgerFilter(**narrow)).rows]  # type: ignore[arg-type]


def test_newest_first_with_names_and_only_what_changed(auditor: Context) -> None:
    page = ledger_entries(auditor)
    assert page.after is None
    assert [(one.action, one.actor_name, one.subject_name, one.customer_no, one.note) for one in page.rows] == [
        ("customer.changed", "Risk", None, "C-1", None),
        ("early_warning.assigned", "Risk", None, "C-1", "Knows them"),
        ("session.started", "Risk", "Risk", None, None),
        ("policy.set", None, None, None, None),
    ]
    assert [one.changes for one in page.rows] == [
        (Change("phone", "1•••78", "1•••00"), Change("owner_department_id", None, "AUDIT")),
        (Change("assignee_id", None, "Risk"),),
        (),
        (Change("value", "90", "60"),),
    ]


def test_filters(auditor: Context) -> None:
    assert actions(auditor, actor="system") == ["policy.set"]
    assert actions(auditor, group="early_warning") == ["early_warning.assigned"]
    assert actions(auditor, group="early") == []
    assert actions(auditor, customer_no="C-1") == ["customer.changed", "early_warning.assigned"]
    assert actions(auditor, customer_no="C-2") == []


def test_days_are_the_companys_days(auditor: Context) -> None:
    # 15:00 UTC on June 30 is 23:00 in Shanghai, still the 30th; 04:00 on the 28th is noon there.
    day = dt.date(2025, 6, 30)
    assert actions(auditor, first=day) == ["customer.changed", "early_warning.assigned", "session.started"]
    assert actions(auditor, last=day - dt.timedelta(days=1)) == ["policy.set"]
    assert actions(auditor, first=dt.date(2025, 6, 28), last=dt.date(2025, 6, 28)) == ["policy.set"]
    assert actions(auditor, first=day + dt.timedelta(days=1)) == []


def test_pages_go_on_where_the_last_one_ended_and_new_entries_move_nothing(ctx: Context, auditor: Context) -> None:
    first = ledger_entries(auditor, limit=2)
    assert first.after is not None
    ledger.record(Context(ctx.session, ctx.actor, NOON + dt.timedelta(days=1)), "session.started", "app_user:0")
    second = ledger_entries(auditor, cursor=first.after, limit=1)
    assert [one.action for one in second.rows] == ["session.started"]
    last = ledger_entries(auditor, cursor=second.after, limit=2)
    assert ([one.action for one in last.rows], last.after) == (["policy.set"], None)


@pytest.mark.parametrize("cursor", ["rubbish", "W10", "WyIyMDI1LTA2LTMwIiwgMSwgMV0"])
def test_a_place_that_nobody_gave_is_refused(auditor: Context, cursor: str) -> None:
    with pytest.raises(RefusedError, match="no longer valid"):
        ledger_entries(auditor, cursor=cursor)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.BUSINESS, Role.FINANCE, Role.HR])
def test_who_may_not_read_the_ledger(ctx: Context, role: Role) -> None:
    reader = as_actor(ctx, make_user(ctx, "reader", role, make_department(ctx, "D")))
    for read in (ledger_entries, ledger_actors):
        with pytest.raises(NotAllowedError):
            read(reader)


def test_everybody_who_may_stand_in_it(auditor: Context) -> None:
    assert ledger_actors(auditor) == (("system", "Greyledger"), ("auditor", "Auditor"), ("risk", "Risk"))


def test_personal_data_are_masked_however_deep() -> None:
    assert shown("after", {"rows": [{"phone": "13912345678", "name": "Firm"}]}) == {
        "rows": [{"phone": "1•••78", "name": "Firm"}]
    }
    assert shown("bank_account", ["6222020200011112222", None]) == ["6•••22", None]
    assert changes_of({"phone": "13912345678", "state": "a"}, {"phone": "13912345678", "state": "b"}) == (
        Change("state", "a", "b"),
    )


def test_what_was_taken_away_is_a_change() -> None:
    assert changes_of({"a": 1, "b": 2}, {"b": 2}) == (Change("a", 1, None),)
    assert changes_of(None, None) == ()
