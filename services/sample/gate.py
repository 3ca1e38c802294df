"""The last days at the order gate: a few measures in force, orders that were let through, held, released, refused and
denied, and permissions to pass. Everything through the product's own commands, by the people of the sample."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy import select

from db.enums import ControlKind, ControlState, ListingState, RiskLevel, Role
from db.models import AppUser, Control, Customer, Department, Listing
from services import controls, gate
from services.context import Actor, Context
from services.controls import Demands, NewControl
from services.gate import OrderAsked
from services.users.sessions import actor_by_login

_UTC_OFFSET = dt.timedelta(hours=8)
_MOST = 8
_WORDS = {
    "limit": "连续两月逾期，先收紧单笔和月度额度，观察回款",
    "prepay": "账期只给三十天，三成货款到账后再发货",
    "released": "客户已于今早付清最早两张发票，财务确认到账，本单放行",
    "refused": "上月承诺的回款没有兑现，先收旧账再谈新单",
    "permission": "旺季备货，客户已追加保证金，申请两个月内按约定金额放行",
}


@dataclass
class _At(Context):
    """The transaction on a day of the story: the sample's business date stands still at its end."""

    day: dt.date = field(default=dt.date.min)

    @property
    def today(self) -> dt.date:
        return self.day


def lay_out_gate(ctx: Context, until: dt.date) -> None:
    """A fortnight of orders. Call it once the last day is scored: measures go by the level in force."""
    _Story(ctx, until).tell()


class _Story:
    def __init__(self, ctx: Context, until: dt.date) -> None:
        self._ctx, self._until = ctx, until
        listed = select(Listing.customer_id).where(Listing.state == ListingState.CONFIRMED)
        in_department = (
            select(Customer, AppUser.login)
            .join(Department, Department.id == Customer.owner_department_id)
            .join(AppUser, AppUser.department_id == Department.id)
            .where(AppUser.role == Role.BUSINESS, AppUser.is_sample)
        )
        risky = in_department.where(
            Customer.risk_level.in_((RiskLevel.HIGH, RiskLevel.CRITICAL)), Customer.customer_id.not_in(listed)
        )
        order = (Customer.risk_score.desc(), Customer.customer_id)
        self._risky = ctx.session.execute(risky.order_by(*order).limit(_MOST)).all()
        black = in_department.where(Customer.customer_id.in_(listed)).order_by(*order).limit(1)
        self._listed = ctx.session.execute(black).first()

    def tell(self) -> None:
        """Measures first, then the orders that met them."""
        if len(self._risky) < _MOST:
            return
        for place, (customer, login) in enumerate(self._risky):
            self._measure(customer, login, is_prepayment=place % 3 == 2)
        for place, (customer, login) in enumerate(self._risky):
            small, large = Decimal(28_600 + 3_170 * place), Decimal(236_000 + 41_500 * place)
            self._order(customer, login, 12 - place, f"DD250617-{place + 11}", small, terms=30)
            self._order(customer, login, (4, 3, 0)[place // 3], f"DD250627-{place + 31}", large, terms=60)
        if self._listed is not None:
            customer, login = self._listed
            self._order(customer, login, 0, "DD250630-52", Decimal(64_800), terms=30)
        self._settled()
        self._permissions()

    def _at(self, login: str, days: int, hour: int, minute: int = 0) -> _At:
        day = self._until - dt.timedelta(days=days)
        now = dt.datetime.combine(day, dt.time(hour, minute), dt.UTC) - _UTC_OFFSET
        return _At(self._ctx.session, self._person(login), now, day=day)

    def _person(self, login: str) -> Actor:
        actor = actor_by_login(self._ctx, login)
        if actor is None:
            raise RuntimeError(f"the sample has nobody called {login}")
        return actor

    def _measure(self, customer: Customer, login: str, *, is_prepayment: bool) -> None:
        kind = ControlKind.PREPAYMENT if is_prepayment else ControlKind.TRADE_LIMIT
        of_kind = select(Control.id).where(
            Control.customer_id == customer.customer_id, Control.kind == kind,
            Control.state.in_((ControlState.ACTIVE, ControlState.PROPOSED)),
        )  # fmt: skip
        if self._ctx.session.execute(of_kind.limit(1)).first():
            return
        demands = Demands(order_limit=Decimal(150_000), month_limit=Decimal(400_000))
        if is_prepayment:
            demands = Demands(terms_days=30, prepaid_share=Decimal("0.3"))
        wanted = NewControl(
            kind, demands, override_role=Role.FINANCE if is_prepayment else Role.RISK,
            reason=_WORDS["prepay" if is_prepayment else "limit"], review_on=self._until + dt.timedelta(days=14),
            expires_on=self._until + dt.timedelta(days=90),
        )  # fmt: skip
        proposed = controls.propose(self._at(login, 20, 10), customer.customer_no, wanted)
        controls.approve(self._at("risk", 19, 9, 30), proposed.customer_id, proposed.id, proposed.version)

    def _order(self, customer: Customer, login: str, days: int, order_no: str, amount: Decimal, terms: int) -> None:
        when = self._at(login, max(days, 0), 9 + len(order_no) % 3, int(amount) % 50)
        gate.ask(when, OrderAsked(customer.customer_no, amount, terms_days=terms, order_no=order_no))

    def _settled(self) -> None:
        """The two that waited longest were decided on; the others wait."""
        waiting = [row for row in gate.held_orders(self._ctx).rows if row.release_role == Role.RISK]
        for row, decide, words in zip(
            waiting[:2], (gate.release, gate.refuse_order), (_WORDS["released"], _WORDS["refused"]), strict=False
        ):
            decide(self._at("risk2", 1, 15), row.customer_id, row.id, row.version, words)

    def _permissions(self) -> None:
        """One is in force, one waits for somebody to decide."""
        waiting = [row for row in gate.held_orders(self._ctx).rows if row.release_role == Role.RISK][:2]
        for place, row in enumerate(waiting):
            asks = self._at(row.asked_by, 2, 11)
            one = gate.propose_override(
                asks, row.customer_no, ControlKind.TRADE_LIMIT, self._until + dt.timedelta(days=60),
                _WORDS["permission"], Decimal(600_000),
            )  # fmt: skip
            if place == 0:
                gate.approve_override(self._at("risk", 1, 16), one.customer_id, one.id, one.version)
