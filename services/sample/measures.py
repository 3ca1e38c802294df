"""Measures of the sample portfolio, by its people through their own commands: what rules proposed a month ago and risk
management put into force, what was declined, reviewed, changed, lifted, and what waits today."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from sqlalchemy import select

from db.enums import ControlKind
from db.models import AppUser, Customer, Department
from services import controls
from services.context import Actor, Context
from services.controls import ControlFilter, ControlPick, ControlRow, Demands, NewControl
from services.controls.plan_rules import SHIPPED, Formula, follow_plan, propose_edition
from services.sample.assessments_in_hand import _At
from services.sample.words import MEASURE_WORDS as SAID
from services.users.sessions import actor_by_login

#: Days before the end of the story on which things were done.
_PLANNED, _APPROVED, _REVIEWED = 24, 22, 10

#: Proposals of a kind that nobody has decided on yet.
_LEFT = 4


def lay_out_measures(ctx: Context, until: dt.date) -> None:
    """Three weeks of measures. Call it when levels are settled, and before warnings are
    raised: monitoring makes information stale sooner."""
    desk = _Desk(ctx, until)
    desk.planned()
    desk.reviewed()
    desk.ended()
    desk.proposed_by_hand()
    desk.rule_change()
    follow_plan(desk.at("risk", 1))


class _Desk:
    def __init__(self, ctx: Context, until: dt.date) -> None:
        self.ctx, self.until = ctx, until
        logins = ctx.session.execute(select(AppUser.login)).scalars()
        found = {login: actor_by_login(ctx, login) for login in logins}
        self.people: dict[str, Actor] = {login: actor for login, actor in found.items() if actor is not None}

    def at(self, login: str, days_ago: int, hour: int = 10) -> Context:
        """The transaction in a person's name, so many days before the end."""
        day = self.until - dt.timedelta(days=days_ago)
        instant = dt.datetime.combine(day, dt.time(hour, 20), dt.UTC) - dt.timedelta(hours=8)
        return _At(session=self.ctx.session, actor=self.people[login], now=instant, day=day)

    def waiting(self) -> tuple[ControlRow, ...]:
        """All proposals that wait, page by page."""
        rows: list[ControlRow] = []
        cursor: str | None = None
        while True:
            page = controls.open_work(self.at("risk", 0), ControlFilter(task="approve"), cursor, limit=500)
            rows += page.rows
            if (cursor := page.after) is None:
                return tuple(rows)

    def active(self, kind: str) -> list[ControlRow]:
        return list(controls.open_work(self.at("risk", 0), ControlFilter(view="active", kind=kind), limit=500).rows)

    def planned(self) -> None:
        """What the rules wanted of all customers; most came into force together, two were declined, some wait."""
        follow_plan(self.at("risk", _PLANNED))
        rows = self.waiting()
        guarantees = [row for row in rows if row.kind == ControlKind.GUARANTEE]
        for row in guarantees[:2]:
            controls.decline(self.at("risk2", _APPROVED), row.customer_id, row.id, row.version, SAID["secured"])
        left = {row.id for row in guarantees[:2]} | {row.id for row in guarantees[-_LEFT:]}
        left |= {row.id for row in [one for one in rows if one.kind == ControlKind.SUSPENSION][:_LEFT]}
        picks = [ControlPick(row.customer_id, row.id, row.version) for row in rows if row.id not in left]
        for start in range(0, len(picks), controls.MOST_AT_ONCE):
            controls.approve_many(self.at("risk2", _APPROVED, 15), picks[start : start + controls.MOST_AT_ONCE])

    def reviewed(self) -> None:
        """Reviews noted twelve days ago; one is due today, one was due last week."""
        limits = self.active(ControlKind.TRADE_LIMIT)
        for row, effect, ahead in zip(
            limits[:3], (SAID["fell"], SAID["same"], SAID["paid"]), (10, 4, 40), strict=False
        ):
            day = self.until - dt.timedelta(days=_REVIEWED - ahead)
            controls.review(self.at("risk", _REVIEWED, 11), row.customer_id, row.id, row.version, effect, day)

    def ended(self) -> None:
        """One no longer needed, and one that was unfounded: its customer was mistaken for another."""
        limits = self.active(ControlKind.PREPAYMENT)
        for row, ended_as, reason, days_ago in zip(
            limits[-2:], ("unfounded", "no_longer_needed"), (SAID["mistaken"], SAID["cleared"]), (6, 9), strict=False
        ):
            controls.lift(self.at("leader", days_ago), row.customer_id, row.id, row.version, ended_as, reason)

    def proposed_by_hand(self) -> None:
        """A suspension and a tighter limit that business people ask for, and a monitoring with an end in sight."""
        review_on = self.until + dt.timedelta(days=30)
        for login, days_ago in (("north", 2), ("export", 1)):
            numbers = self._customers(login)
            if not numbers:
                continue
            wanted = NewControl(
                kind=ControlKind.SUSPENSION, override_role="leader", reason=SAID["suspend"], review_on=review_on,
                expires_on=self.until + dt.timedelta(days=60),
            )  # fmt: skip
            controls.propose(self.at(login, days_ago), numbers[0], wanted)
        numbers = self._customers("north")
        wanted = NewControl(
            kind=ControlKind.MONITORING, demands=Demands(monitoring_days=30), reason=SAID["watch"],
            review_on=review_on, expires_on=self.until + dt.timedelta(days=10),
        )  # fmt: skip
        medium = self._customers("north", "medium")
        if medium:
            row = controls.propose(self.at("north", 30), medium[0], wanted)
            controls.approve(self.at("risk", 29), row.customer_id, row.id, row.version)
        if len(numbers) > 1:
            limit = NewControl(
                kind=ControlKind.TRADE_LIMIT, demands=Demands(order_limit=Decimal(20_000), terms_days=0),
                reason=SAID["tighter"], review_on=review_on, override_role="risk",
            )  # fmt: skip
            controls.propose(self.at("risk", 1), numbers[1], limit)

    def _customers(self, login: str, level: str | None = None) -> Sequence[str]:
        """A department's customers of a level (else high and critical), the riskiest first, none suspended."""
        levels = (level,) if level else ("high", "critical")
        query = (
            select(Customer.customer_no)
            .join(Department, Department.id == Customer.owner_department_id)
            .where(Department.code == login.upper(), Customer.risk_level.in_(levels))
            .order_by(Customer.risk_score.desc(), Customer.customer_no)
        )
        stopped = {row.customer_no for row in self.active(ControlKind.SUSPENSION)}
        stopped |= {row.customer_no for row in self.waiting() if row.kind in ("suspension", "trade_limit")}
        return [one for one in self.ctx.session.execute(query).scalars() if one not in stopped]

    def rule_change(self) -> None:
        """Risk management wants new customers to pay more in advance; another person decides."""
        rule = SHIPPED["new_customer"]
        wanted = replace(rule, demands={"prepaid_share": Formula(Decimal("0.4"))})
        propose_edition(self.at("risk", 1, 16), wanted, SAID["rule"], self.until + dt.timedelta(days=1), 0)
