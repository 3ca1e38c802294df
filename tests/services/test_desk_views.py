"""Views of the triage desk: whose they are, what they keep, and what two windows do at once."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from db.enums import DepartmentKind, Role
from db.models import AppUser
from services.context import Actor, Context
from services.early_warnings import change_view, desk_views, keep_view, remove_view
from services.early_warnings.desk_views import MOST_VIEWS, kept_filters
from services.errors import NotAllowedError, NotFoundError, RefusedError, StaleError
from tests.services.makers import as_actor, make_department, make_user


@pytest.fixture
def ctx(rolled_back: Context) -> Context:
    return rolled_back


@pytest.fixture
def people(ctx: Context) -> tuple[Actor, Actor, Actor]:
    """Two of risk management, and one of another department."""
    risk, north = make_department(ctx, "RISK", DepartmentKind.RISK), make_department(ctx, "NORTH")
    return (
        make_user(ctx, "ann", Role.RISK, risk), make_user(ctx, "bob", Role.RISK, risk),
        make_user(ctx, "nora", Role.BUSINESS, north),
    )  # fmt: skip


def test_only_filters_are_kept() -> None:
    given = {"warning": "1.2", "severity": " high ", "search": "x" * 300, "mine": "", "page": "3"}
    assert kept_filters(given) == {"severity": "high", "search": "x" * 100}
    with pytest.raises(RefusedError, match="No filter is set"):
        kept_filters({"warning": "1.2"})


def test_a_view_belongs_to_its_owner_and_is_read_by_the_department(
    ctx: Context, people: tuple[Actor, Actor, Actor]
) -> None:
    ann, bob, nora = (as_actor(ctx, one) for one in people)
    row = keep_view(ann, "  Big   ones ", {"severity": "critical"}, is_shared=True)
    keep_view(bob, "Big ones", {"severity": "high"})
    assert [(one.name, one.owner, dict(one.filters)) for one in desk_views(bob)] == [
        ("Big ones", None, {"severity": "high"}), ("Big ones", "Ann", {"severity": "critical"}),
    ]  # fmt: skip
    assert desk_views(nora) == ()
    for refused in (
        lambda: change_view(bob, row.id, row.version, "Mine", is_shared=False),
        lambda: remove_view(bob, row.id, row.version),
    ):
        with pytest.raises(NotAllowedError, match="another person's view"):
            refused()
    user = ctx.session.scalars(select(AppUser).where(AppUser.login == "ann")).one()
    user.department_id = people[2].department_id or 0
    ctx.session.flush()
    assert [one.owner for one in desk_views(bob)] == [None]


def test_what_another_window_changed_is_not_written_over_unseen(
    ctx: Context, people: tuple[Actor, Actor, Actor]
) -> None:
    ann = as_actor(ctx, people[0])
    row = keep_view(ann, "A", {"mine": "1"})
    keep_view(ann, "B", {"due": "1"})
    again = keep_view(ann, "A", {"mine": "1", "due": "1"})
    assert (again.id, again.version, dict(again.filters)) == (row.id, 2, {"mine": "1", "due": "1"})
    with pytest.raises(StaleError):
        change_view(ann, row.id, row.version, "C", is_shared=False)
    with pytest.raises(RefusedError, match="of this name already"):
        change_view(ann, row.id, again.version, "B", is_shared=False)
    remove_view(ann, row.id, again.version)
    with pytest.raises(NotFoundError):
        remove_view(ann, row.id, again.version)
    with pytest.raises(RefusedError, match="Give the view a name"):
        keep_view(ann, "  ", {"mine": "1"})
    for number in range(MOST_VIEWS - 1):
        keep_view(ann, f"V{number}", {"mine": "1"})
    with pytest.raises(RefusedError, match="You keep 20 views already"):
        keep_view(ann, "One more", {"mine": "1"})
    with pytest.raises(NotAllowedError):
        keep_view(ctx, "System", {"mine": "1"})


@pytest.mark.parametrize("wrong", ["name = 'B'", "name = ' A'", "filters = '{}'::jsonb"])
def test_the_database_refuses_what_no_view_can_be(ctx: Context, people: tuple[Actor, Actor, Actor], wrong: str) -> None:
    ann = as_actor(ctx, people[0])
    row = keep_view(ann, "A", {"mine": "1"})
    keep_view(ann, "B", {"mine": "1"})
    with pytest.raises(IntegrityError):
        ctx.session.execute(text(f"UPDATE desk_view SET {wrong} WHERE id = :id"), {"id": row.id})
