"""Who looked when and found nothing to enter: some departments keep the rhythm of clause 2.2, others fall behind."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple
from zlib import crc32

from sqlalchemy import select

from db.enums import InformationFinding
from db.models import Customer, Department, InformationStanding
from services.context import Context
from services.information.catalogue import ANY, CONTRACTS, CREDIT_RATING, CREDIT_REPORT, FINANCIALS, MASTER, REPUTATION
from services.information.looks import MOST_AT_ONCE, confirm
from services.information.quality import take_quality
from services.information.upkeep import refresh_standing
from services.users.sessions import actor_by_login

#: How many in a hundred customers each department keeps up with.
KEEPS_UP = {"NORTH": 84, "SOUTH": 90, "EAST": 95, "WEST": 72, "EXPORT": 86, "SERVICE": 80, "OPS": 76}
#: The departments whose people sign in; risk management looks for the others.
_LOGINS = {"NORTH": "north", "EXPORT": "export"}
#: Days before the end on which people sat down and looked, by level: in time for what the desk was shown meanwhile.
_SITTINGS = {
    "critical": (1, 4, 8, 15, 29, 36, 64), "high": (5, 31, 59, 84), "medium": (19, 82, 160), "low": (40, 165),
}  # fmt: skip
_NOT_TO_BE_HAD = {
    MASTER: "境外主体，当地登记项目不同，已核对营业执照", FINANCIALS: "非公众公司，不对外提供财务报表",
    CREDIT_REPORT: "未授权查询征信，以交易记录代替", CREDIT_RATING: "无机构评级",
}  # fmt: skip
_ASKED_BEFORE_END = 75


class _Customer(NamedTuple):
    """A customer and how far one item of it is known."""

    id: int
    number: str
    department: str
    item: str
    level: str
    is_known: bool


def lay_out_looks(ctx: Context, until: dt.date) -> None:
    """Note the looks of the last half year, each sitting of a person as one act."""
    refresh_standing(ctx)
    sittings: dict[tuple[str, str, int, InformationFinding], list[int]] = {}
    for one in _asked(ctx):
        for before_end, finding in _looks(one):
            login = _LOGINS.get(one.department, "risk")
            sittings.setdefault((login, one.item, before_end, finding), []).append(one.id)
    people = {login: actor_by_login(ctx, login) or ctx.actor for login, *_rest in sittings}
    for (login, item, before_end, finding), ids in sorted(sittings.items(), reverse=True):
        day = until - dt.timedelta(days=before_end)
        note = _NOT_TO_BE_HAD.get(item, "") if finding is InformationFinding.NOT_AVAILABLE else ""
        at = Context(ctx.session, people[login], ctx.now)
        for first in range(0, len(ids), MOST_AT_ONCE):
            confirm(at, item, ids[first : first + MOST_AT_ONCE], finding, day, note, defers_upkeep=True)


def lay_out_quality(ctx: Context) -> None:
    """Where everything stands at the end, and what the months before were like."""
    refresh_standing(ctx)
    take_quality(ctx)


def _asked(ctx: Context) -> Iterable[_Customer]:
    stood = InformationStanding
    rows = ctx.session.execute(
        select(
            stood.customer_id,
            Customer.customer_no,
            Department.code,
            stood.item,
            stood.level,
            stood.known_on.is_not(None),
        )
        .join(Customer, Customer.customer_id == stood.customer_id)
        .join(Department, Department.id == stood.department_id)
        .where(stood.item != ANY)
        .order_by(Customer.customer_no, stood.item)
    )
    return [_Customer(*row) for row in rows]


def _looks(one: _Customer) -> Iterable[tuple[int, InformationFinding]]:
    """The days before the end on which somebody looked at an item of a customer, and what was found."""
    chance = crc32(f"{one.number}/{one.item}".encode()) % 100
    keeps_up = chance < KEEPS_UP.get(one.department, 0)
    if one.item in (REPUTATION, CONTRACTS):
        sittings = _SITTINGS[one.level]
        # Who falls behind did look once, long ago.
        return [(day, InformationFinding.NOTHING_NEW) for day in (sittings if keeps_up else sittings[-1:])]
    if one.item in _NOT_TO_BE_HAD and not one.is_known and keeps_up:
        return [(_ASKED_BEFORE_END, InformationFinding.NOT_AVAILABLE)]
    return []
