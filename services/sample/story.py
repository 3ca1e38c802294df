"""The story that the sample tells, and who plays in it.

1. Export missed the early signs of the Tarvenholt group (six distributors); since this spring its identification is
   late, and the company's timeliness falls with it. East, which sells to the group's Shanghai affiliate, warned first.
2. North's recovery rises: three cases pay by instalments. In the last month one of them breaks its promise.
3. South had a sound customer listed for fraud; cleared and restored after nine weeks; complaints rose for two months.
4. One customer of East mended and was restored; one of Customer Service was restored and relapsed.
5. West took an order from a customer under suspension.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from services.sample.account import Account
from services.sample.behaviour import Behaviour, Habit
from services.sample.customers import Customer
from services.sample.identification import Judgement
from services.sample.period import Period

GROUP_NAME = "Tarvenholt"
GROUP_NAMES = (
    ("Tarvenholt Distribution Pte. Ltd.", "Singapore"),
    ("Tarvenholt Machinery Sdn. Bhd.", "Malaysia"),
    ("Tarvenholt Vietnam Co., Ltd.", "Vietnam"),
    ("Tarvenholt (Thailand) Co., Ltd.", "Thailand"),
    ("Tarvenholt Philippines Inc.", "Philippines"),
    ("Tarvenholt Gulf Trading FZE", "United Arab Emirates"),
)
GROUP_TRIGGERS = (112, 94, 78, 64, 50, 36)
"""Days before the end on which each member's oldest invoice is about 90 days past due."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part in the story, played by a customer of the department.

    `trigger`: about so many days before the end an invoice is 90 days past due. `joined`: days before the end.
    """

    role: str
    department: str
    trigger: int | None = None
    name: str = ""
    region: str = ""
    volume: float = 1.7
    size: float = 1.0
    joined: int | None = None


PARTS: tuple[Part, ...] = (
    *(
        Part("group", "EXPORT", days, name, region, 2.0, 1.6)
        for (name, region), days in zip(GROUP_NAMES, GROUP_TRIGGERS, strict=True)
    ),
    Part("affiliate", "EAST", 152, "塔文霍特（上海）国际贸易有限公司", "上海", 2.0, 1.4),
    Part("plan_a", "NORTH", 222, "济南澜拓衡机械设备有限公司", "山东", 2.4, 2.6),
    Part("plan_b", "NORTH", 210, "唐山砺驰岳矿山设备有限公司", "河北", 2.2, 2.4),
    Part("plan_broken", "NORTH", 205, "太原曜禾川工程机械有限公司", "山西", 2.2, 2.5),
    Part("wronged", "SOUTH", None, "佛山翊朔源机电设备有限公司", "广东", 2.6, 1.5),
    Part("mended", "EAST", 430, "无锡泓湛达液压机械有限公司", "江苏", 2.0, 1.2),
    Part("suspended", "WEST", 84, "绵阳峤策联工程机械有限公司", "四川", 2.0, 1.3),
    Part("relapsed", "SERVICE", 600, "合肥煜诺成机电安装有限公司", "安徽", 2.2, 0.8),
    Part("warned_first", "EAST", 60, "常州璟屿信泵阀有限公司", "江苏", 2.0, 1.2),
    Part("yen", "EXPORT", None, "株式会社ハルヴィク機工 Halvik Kiko K.K.", "Japan", 0.5, 0.6),
    Part("no_data_1", "NORTH", joined=9), Part("no_data_2", "SOUTH", joined=16), Part("no_data_3", "EAST", joined=21),
    Part("no_data_4", "WEST", joined=30), Part("no_data_5", "EXPORT", joined=12),
    Part("no_data_6", "SERVICE", joined=40),
)  # fmt: skip

WRONGED_TRIGGER, WRONGED_WAIT, WRONGED_LISTED = 110, 6, 63
"""Suspicion 110 days before the end, listed six days later, restored after nine weeks."""
_CRITERIA = ("breach", "harm", "illegal", "breach", "fraud", "breach", "illegal", "harm")
_JUDGED = 27


def cast(customers: list[Customer], period: Period) -> list[Customer]:
    """Give each part to a customer of its department: of the ordinary prompt payers, evenly through the register."""
    found = {customer.index: customer for customer in customers}
    for department in sorted({part.department for part in PARTS}):
        free = [
            customer
            for customer in customers
            if customer.department == department and customer.behaviour.habit is Habit.PROMPT
            and customer.kind == "company" and customer.behaviour.scare is None
            and customer.origin == ("abroad" if department == "EXPORT" else "mainland")
        ]  # fmt: skip
        parts = [part for part in PARTS if part.department == department]
        step = max(1, len(free) // len(parts))
        for place, part in enumerate(parts):
            player = free[place * step]
            found[player.index] = _player(player, part, period)
    return [found[customer.index] for customer in customers]


def _player(customer: Customer, part: Part, period: Period) -> Customer:
    if part.joined is not None:
        return replace(customer, role=part.role, since=period.ago(part.joined), behaviour=Behaviour(Habit.PROMPT, 0, 3))
    behaviour = Behaviour(Habit.PROMPT, 0, 4)
    if part.trigger is not None:
        habit = Habit.MENDED if part.role in ("mended", "relapsed") else Habit.COLLAPSED
        behaviour = Behaviour(habit, 3, 4, period.ago(part.trigger + 94))
    yen = part.role == "yen"
    currency = "JPY" if yen else "USD" if part.department == "EXPORT" else "CNY"
    usual = {"JPY": 90_000_000, "USD": 1_100_000, "CNY": 6_500_000}[currency]
    return replace(
        customer,
        role=part.role,
        name=part.name,
        region=part.region,
        currency=currency,
        behaviour=behaviour,
        volume=part.volume,
        ticket=int(usual * part.size),
        terms=30 if yen else 45,
        since=min(customer.since, period.start - timedelta(days=300)),
        pays_in_lumps=False,
    )


def judgements(accounts: list[Account], period: Period) -> list[Judgement]:
    """The decisions that rest on judgement: frauds found early, breaches, offences, harm; and the wrong one."""
    rng = period.random("judgements")
    found = []
    for account in accounts:
        behaviour = account.customer.behaviour
        if account.customer.role == "wronged":
            found.append(Judgement(account, "fraud", period.ago(WRONGED_TRIGGER), True, WRONGED_LISTED, WRONGED_WAIT))
        elif behaviour.habit is Habit.FRAUD and behaviour.onset is not None:
            found.append(Judgement(account, "fraud", behaviour.onset + timedelta(days=rng.randint(35, 60)), True))
    quiet = [
        account
        for account in accounts
        if not account.customer.role and account.customer.behaviour.habit in (Habit.PROMPT, Habit.LATE, Habit.DISPUTER)
        and account.customer.kind == "company" and account.customer.since < period.start and account.invoices
    ]  # fmt: skip
    first, last = 15, (period.until - period.start).days - 20
    for place, account in enumerate(rng.sample(quiet, _JUDGED)):
        day = period.start + timedelta(days=first + int((last - first) * (place + rng.random()) / _JUDGED))
        confirmed = place % 4 != 2
        criterion = _CRITERIA[place % len(_CRITERIA)]
        if criterion == "fraud" and place > 5:
            criterion = "harm"
        restored_after = rng.randint(110, 210) if place % 3 != 2 else 0
        found.append(Judgement(account, criterion, day, confirmed, restored_after))
    return sorted(
        (one for one in found if period.holds(one.trigger)), key=lambda one: (one.trigger, one.account.customer.index)
    )


def by_role(accounts: list[Account], role: str) -> Account:
    """The account that plays the part."""
    return next(account for account in accounts if account.customer.role == role)
