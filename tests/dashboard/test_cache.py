"""Remembered reads: as long as their data, and never for other eyes."""

from __future__ import annotations

import pytest

from dashboard.cache import cached_read, plain
from db.enums import Role
from services.context import Actor, Context, unit_of_work
from services.data_versions import bump

RISK = Actor("a", "A", Role.RISK, user_id=1, department_id=1)
calls: list[tuple[str, object]] = []


@cached_read("metrics", "policy")
def seen(ctx: Context, what: object = None) -> tuple[str, object]:
    calls.append((ctx.actor.login, what))
    return ctx.actor.role, what


@pytest.fixture(autouse=True)
def _no_calls(database: str) -> None:
    calls.clear()


def test_a_read_is_made_once_until_its_data_change() -> None:
    assert [seen(RISK, 1), seen(RISK, 1), seen(RISK, 2)] == [("risk", 1), ("risk", 1), ("risk", 2)]
    assert calls == [("a", 1), ("a", 2)]
    with unit_of_work() as ctx:
        bump(ctx, "imports")
    seen(RISK, 1)
    assert len(calls) == 2
    with unit_of_work() as ctx:
        bump(ctx, "metrics")
    seen(RISK, 1)
    assert calls == [("a", 1), ("a", 2), ("a", 1)]


@pytest.mark.parametrize(
    "other",
    [
        Actor("b", "B", Role.LEADER, user_id=2, department_id=1),
        Actor("b", "B", Role.RISK, user_id=2, department_id=2),
    ],
)
def test_other_roles_and_departments_read_for_themselves(other: Actor) -> None:
    seen(RISK, 1)
    seen(other, 1)
    assert calls == [("a", 1), ("b", 1)]


def test_a_refusal_is_not_remembered() -> None:
    tries = []

    @cached_read("metrics")
    def refusing(ctx: Context) -> int:
        tries.append(ctx)
        raise LookupError

    for _ in range(2):
        with pytest.raises(LookupError):
            refusing(RISK)
    assert len(tries) == 2


def test_a_topic_that_nobody_bumps_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="no such topics: \\['metric'\\]"):
        cached_read("metric")


def test_equal_arguments_have_equal_keys() -> None:
    assert plain({"b": {3, 1, 2}, "a": (1, Role.RISK)}) == plain({"a": (1, "risk"), "b": frozenset((2, 3, 1))})
    assert plain("1") != plain(1)
    assert plain(("a", "b")) != plain(("a,b",))
