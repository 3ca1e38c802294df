"""The desk's last fourteen months: the rules run on some evenings, people work what they raised, a rest is still open.

It began with a backlog: on the first evening the rules met all that two years had left. Everything goes through the
product's own commands, by the people of the sample, at their hour; so each step is in the ledger.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from zlib import crc32

from sqlalchemy import select

from db.enums import ListingState, RiskLevel, WarningOutcome, WarningState
from db.models import AppUser, Customer, Department, EarlyWarning, Listing
from services.context import Actor, Context
from services.early_warnings import (
    Pick,
    acknowledge_all,
    act_all,
    assign_all,
    escalate_overdue,
    raise_by_hand,
    raise_warnings,
    resolve_all,
    snooze_all,
)
from services.early_warnings.steps import MOST_AT_ONCE
from services.sample.words import NOTES, SNOOZES, TIPS
from services.users.sessions import actor_by_login

#: The company's clock: the rules run after the working day, people act in the morning.
_UTC_OFFSET = dt.timedelta(hours=8)
_BEFORE_WORK, _MORNING, _LATER = dt.time(8, 0), dt.time(9, 20), dt.time(10, 40)
_AFTERNOON, _CLOSE, _EVENING = dt.time(16, 10), dt.time(18, 0), dt.time(18, 30)


@dataclass(frozen=True)
class Evening:
    """A run of the rules, so many days before the end, and how far people got with what was open before the next one.

    Shares of the open warnings that are resolved, that somebody acts on at least, that are acknowledged at least. With
    `workdays` they are resolved so many working days later, else when the rules run next.
    """

    before_end: int
    resolved: float
    acting: float
    acknowledged: float
    workdays: int | None = None


#: The first ones lie so far back that it is known by the end what became of the customers.
EVENINGS = (
    Evening(420, 1.00, 1.00, 1.00, workdays=4),
    Evening(345, 1.00, 1.00, 1.00, workdays=4),
    Evening(270, 1.00, 1.00, 1.00, workdays=4),
    Evening(210, 1.00, 1.00, 1.00, workdays=4),
    Evening(63, 1.00, 1.00, 1.00),
    Evening(28, 0.98, 1.00, 1.00),
    Evening(14, 0.93, 0.97, 1.00),
    Evening(7, 0.58, 0.74, 0.86),
    Evening(3, 0.10, 0.28, 0.52),
    Evening(0, 0.00, 0.00, 0.00),
)


@dataclass(frozen=True)
class _Open:
    """An open warning as a person at the desk sees it. `chance` (0-1) is its own, the same in every run."""

    customer_no: str
    rule: str
    pick: Pick
    state: str
    severity: str
    department: str
    is_listed: bool
    chance: float


def lay_out_warnings(ctx: Context, until: dt.date) -> None:
    """Raise the warnings of the last fourteen months and work them, up to the close of the last day."""
    desk = _Desk(ctx, until)
    for place, evening in enumerate(EVENINGS):
        day = until - dt.timedelta(days=evening.before_end)
        escalate_overdue(desk.at(day, _BEFORE_WORK))
        raise_warnings(desk.at(day, _EVENING if day < until else _AFTERNOON), day)
        if place + 1 < len(EVENINGS):
            desk.work(evening, day, until - dt.timedelta(days=EVENINGS[place + 1].before_end))
    desk.close(until)


class _Desk:
    """The people who work the queue."""

    def __init__(self, ctx: Context, until: dt.date) -> None:
        self.ctx, self.until = ctx, until
        self.people: dict[str, Actor] = {}
        for login in ctx.session.execute(select(AppUser.login).order_by(AppUser.login)).scalars():
            actor = actor_by_login(ctx, login)
            if actor is not None:
                self.people[login] = actor

    def at(self, day: dt.date, time: dt.time, login: str | None = None) -> Context:
        """The transaction, in a person's name (None: the worker's), at an hour of the company's clock."""
        instant = dt.datetime.combine(day, time, dt.UTC) - _UTC_OFFSET
        return Context(self.ctx.session, self.people[login] if login else self.ctx.actor, instant)

    def work(self, evening: Evening, day: dt.date, until: dt.date) -> None:
        """The days between two evenings."""
        next_day, day_after = _workday(day, 1, until), _workday(day, 2, until)
        self._step(evening.acknowledged, WarningState.RAISED, next_day, _MORNING, acknowledge_all)
        self._step(evening.acting, WarningState.ACKNOWLEDGED, day_after, _LATER, act_all)
        self._resolve(evening.resolved, until if evening.workdays is None else _workday(day, evening.workdays, until))

    def _step(
        self,
        share: float,
        state: WarningState,
        day: dt.date,
        time: dt.time,
        command: Callable[[Context, Sequence[Pick], str], object],
    ) -> None:
        """Take the first share of the warnings in a state one step further, each by who works it."""
        chosen = [one for one in self._open() if one.state == state and one.chance < share]
        for login in sorted({_officer(one) for one in chosen}):
            mine = [one.pick for one in chosen if _officer(one) == login]
            for part in _parts(mine):
                command(self.at(day, time, login), part, NOTES[command.__name__])

    def _resolve(self, share: float, day: dt.date) -> None:
        """Risk management closes what was acted on, with what came of it."""
        chosen = [one for one in self._open() if one.state == WarningState.ACTING and one.chance < share]
        for login in ("risk", "risk2"):
            for outcome, note in sorted({_ending(one) for one in chosen}):
                mine = [one.pick for one in chosen if _risk_officer(one) == login and _ending(one) == (outcome, note)]
                for part in _parts(mine):
                    resolve_all(self.at(day, _AFTERNOON, login), part, WarningOutcome(outcome), note)

    def close(self, until: dt.date) -> None:
        """The last day: tips, who takes what, what sleeps, and what the clock sends up."""
        self._tips(until)
        waiting = [one for one in self._open() if one.state == WarningState.RAISED]
        takers = {one.login: one.id for one in self.ctx.session.execute(select(AppUser).order_by(AppUser.id)).scalars()}
        for login in ("risk", "risk2"):
            mine = [one.pick for one in waiting if one.severity == RiskLevel.CRITICAL and _risk_officer(one) == login]
            assign_all(self.at(until, _AFTERNOON, "risk"), mine[:6], takers[login], NOTES["assign_all"])
        sleepers = [one for one in self._open() if one.state != WarningState.RAISED and one.chance < 0.9]
        for place, (days, reason) in enumerate(SNOOZES):
            part = [one.pick for one in sleepers[place :: len(SNOOZES)][:2]]
            snooze_all(self.at(until, _AFTERNOON, "risk"), part, until + dt.timedelta(days=days), reason)
        escalate_overdue(self.at(until, _CLOSE))

    def _tips(self, until: dt.date) -> None:
        """What people heard on the last day, about customers that trade and owe."""
        quiet = (
            select(Customer.customer_no)
            .where(Customer.risk_level == RiskLevel.MEDIUM.value, Customer.owner_department_id.is_not(None))
            .order_by(Customer.risk_score.desc(), Customer.customer_no)
            .limit(len(TIPS))
        )
        customers = self.ctx.session.execute(quiet).scalars().all()
        for customer_no, (login, severity, words) in zip(customers, TIPS, strict=True):
            raise_by_hand(self.at(until, _LATER, login), customer_no, RiskLevel(severity), words)

    def _open(self) -> list[_Open]:
        listed = set(
            self.ctx.session.execute(
                select(Listing.customer_id).where(Listing.state == ListingState.CONFIRMED.value)
            ).scalars()
        )
        rows = self.ctx.session.execute(
            select(
                Customer.customer_no, EarlyWarning.rule, EarlyWarning.customer_id, EarlyWarning.id,
                EarlyWarning.version, EarlyWarning.state, EarlyWarning.severity, Department.code,
            )
            .join(Customer, Customer.customer_id == EarlyWarning.customer_id)
            .join(Department, Department.id == EarlyWarning.department_id)
            .where(EarlyWarning.state != WarningState.RESOLVED)
            .order_by(Customer.customer_no, EarlyWarning.rule)
        )  # fmt: skip
        return [
            _Open(number, rule, Pick(customer, own, version), state, severity, code, customer in listed,
                  _chance(number, rule))
            for number, rule, customer, own, version, state, severity, code in rows
        ]  # fmt: skip


def _chance(*words: str) -> float:
    """A number from 0 to 1 that belongs to these words."""
    return crc32(":".join(words).encode()) / 2**32


def _risk_officer(one: _Open) -> str:
    return "risk" if _chance(one.customer_no, "officer") < 0.6 else "risk2"


def _officer(one: _Open) -> str:
    """Departments with somebody who signs in work their own warnings; risk management works the rest."""
    return {"NORTH": "north", "EXPORT": "export"}.get(one.department) or _risk_officer(one)


def _ending(one: _Open) -> tuple[str, str]:
    """How a warning ends: on a listed customer it was right; else by chance, more often right than wrong."""
    luck = _chance(one.rule, one.customer_no, "ending")
    if one.is_listed:
        return WarningOutcome.CONFIRMED.value, NOTES["listed"]
    if luck < 0.18:
        return WarningOutcome.FALSE_ALARM.value, NOTES["false_alarm"]
    if luck < 0.50:
        return WarningOutcome.MITIGATED.value, NOTES["mitigated"]
    return WarningOutcome.CONFIRMED.value, NOTES["confirmed"]


def _workday(day: dt.date, count: int, latest: dt.date) -> dt.date:
    """The `count`-th working day after a day, at the latest `latest`."""
    while count:
        day += dt.timedelta(days=1)
        count -= day.weekday() < 5
    return min(day, latest)


def _parts(picks: Iterable[Pick]) -> Iterable[list[Pick]]:
    chosen = list(picks)
    return [chosen[start : start + MOST_AT_ONCE] for start in range(0, len(chosen), MOST_AT_ONCE)]
