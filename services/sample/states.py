"""States that the import files can't hold: work in progress on cases and incentives."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select

from db.base import Base
from db.models import Department, Incentive, Listing, RecoveryCase
from services import ledger
from services.context import Context


def lay_out_states(ctx: Context, until: dt.date) -> None:
    """Put a few records into every state of their lifecycle, the way a working week leaves them."""
    departments = dict(ctx.session.execute(select(Department.code, Department.id)).all())
    _cases(ctx)
    _incentives(ctx, until, departments)


def _move(ctx: Context, row: Base, action: str, *states: str) -> None:
    for state in states:
        with ledger.change(ctx, action, row):
            row.state = state  # type: ignore[attr-defined]


def _add(ctx: Context, row: Base, action: str) -> None:
    with ledger.change(ctx, action, row):
        ctx.session.add(row)


def _cases(ctx: Context) -> None:
    """Cases just opened and under investigation, for listed customers that have none yet."""
    with_case = select(RecoveryCase.customer_id).where(RecoveryCase.state != "closed")
    waiting = ctx.session.execute(
        select(Listing)
        .where(Listing.state == "confirmed", Listing.customer_id.not_in(with_case))
        .order_by(Listing.decided_on.desc(), Listing.listing_no)
        .limit(3)
    ).scalars()
    seen: set[int] = set()
    for place, listing in enumerate(waiting):
        if listing.customer_id in seen or listing.decided_on is None:
            continue
        seen.add(listing.customer_id)
        row = RecoveryCase(
            customer_id=listing.customer_id, case_no=f"C-NEW-{place + 1}", state="open", opened_on=listing.decided_on,
            closed_on=None, outcome=None, lead_department_id=listing.department_id,
        )  # fmt: skip
        _add(ctx, row, "case.opened")
        if place == 1:
            _move(ctx, row, "case.moved", "investigating")


_INCENTIVES = (
    ("reward", "commendation", "RISK", None, "最早提示经销商集团逾期风险", ()),
    ("reward", "bonus", "NORTH", 6000, "本季度三个专案的分期款全部收回", ("approved",)),
    ("penalty", "criticism", "EXPORT", None, "在暂停交易期间承接订单", ("rejected",)),
    ("penalty", "bonus_deduction", "EXPORT", 2000, "黑灰客户认定逾期 24 天", ("approved", "appealed")),
    ("penalty", "criticism", "SOUTH", None, "未按期更新风险评估", ("approved", "appealed", "upheld")),
    ("penalty", "bonus_deduction", "EAST", 1500, "未按规定发出催款通知", ("approved", "appealed", "revoked")),
)


def _incentives(ctx: Context, until: dt.date, departments: dict[str, int]) -> None:
    """One incentive in each state that a history file can't hold."""
    for place, (kind, measure, code, amount, reason, moves) in enumerate(_INCENTIVES, start=1):
        if code not in departments:
            continue
        row = Incentive(
            incentive_no=f"I-OPEN-{place}", kind=kind, measure=measure, state="proposed",
            department_id=departments[code],
            person=None, amount=amount, currency="CNY" if amount else None, decided_on=until - dt.timedelta(days=place),
            reason=reason,
        )  # fmt: skip
        _add(ctx, row, "incentive.proposed")
        _move(ctx, row, "incentive.moved", *moves)
