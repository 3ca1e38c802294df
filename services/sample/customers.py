"""The customer register: who buys from Qiheng, for which department, on which terms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from services.sample import identifiers, names
from services.sample.behaviour import SHARES, Behaviour, Habit, draw_behaviour, trigger_days
from services.sample.company import BUSINESS_SHARES, INDUSTRIES, STAFF, Industry
from services.sample.period import Period, money, written

CNY_PER_UNIT = {"CNY": 1.0, "USD": 7.15, "EUR": 7.75, "JPY": 0.048}
"""Rough rates for the generator's own sizes; the rates that count are the rows of fx_rates (which has no yen)."""
_RATINGS = ("AAA", "AA", "A", "BBB", "BB", "B")


@dataclass(frozen=True, slots=True)
class Customer:
    """One customer. `ticket`: a usual invoice in hundredths of `currency`; `volume`: invoices a month.

    `role`: its part in the story, empty for most.
    """

    index: int
    number: str
    name: str
    department: str
    kind: str
    origin: str
    region: str
    district: str
    industry: Industry
    currency: str
    behaviour: Behaviour
    volume: float
    ticket: int
    terms: int
    since: date
    pays_in_lumps: bool
    role: str = ""

    @property
    def is_register_only(self) -> bool:
        """Nothing but the register: no trade, no report, nothing to score."""
        return self.role.startswith("no_data")

    @property
    def limit(self) -> int:
        """Credit limit in fen (hundredths of CNY): the terms and three months of trade more, in round figures."""
        unit = 5_000_000
        wanted = self.volume * self.ticket * CNY_PER_UNIT[self.currency] * (self.terms / 30 + 3.2)
        return int(wanted / unit + 1) * unit


def draw_customers(period: Period) -> list[Customer]:
    """All 420, numbered by joining day and owner as a register grows: departments are mixed."""
    drafts: list[tuple[str, Behaviour]] = []
    for department, count in BUSINESS_SHARES.items():
        behaviours = _behaviours(department, count, period)
        drafts += [(department, behaviour) for behaviour in behaviours]
    period.random("register order").shuffle(drafts)
    taken: set[str] = set()
    return [_customer(place, *draft, period, taken) for place, draft in enumerate(drafts, start=1)]


def _behaviours(department: str, count: int, period: Period) -> list[Behaviour]:
    rng = period.random("behaviours", department)
    found: list[Behaviour] = []
    for habit, share in SHARES.items():
        wanted = max(1, round(count * share))
        days = trigger_days(wanted, period, rng)
        found += [draw_behaviour(habit, day, rng) for day in days]
    while len(found) < count:
        found.append(_quiet(period, rng))
    rng.shuffle(found)
    return found


def _quiet(period: Period, rng: Random) -> Behaviour:
    calm = draw_behaviour(Habit.PROMPT, None, rng)
    if rng.random() > 0.16:
        return calm
    scare = period.start + timedelta(days=rng.randrange((period.until - period.start).days))
    return Behaviour(calm.habit, calm.delay, calm.spread, scare=scare)


def _customer(index: int, department: str, behaviour: Behaviour, period: Period, taken: set[str]) -> Customer:
    rng = period.random("customer", index)
    industry = rng.choice(INDUSTRIES)
    origin = _origin(department, behaviour, rng)
    name, region, district, currency = _identity(origin, department, industry, rng)
    while name in taken:
        name, region, district, currency = _identity(origin, department, industry, rng)
    taken.add(name)
    failing = behaviour.onset is not None
    volume = min(7.5, rng.lognormvariate(0.42, 0.55))
    ticket = rng.lognormvariate(10.8, 0.62) * (2.1 if origin == "abroad" else 0.25 if origin == "individual" else 1)
    joined = rng.random()
    since = period.start - timedelta(days=int(joined * 3600))
    if not failing and joined < 0.1:
        since = period.start + timedelta(days=int(joined * 8.2 * (period.until - period.start).days))
    prompt = behaviour.habit is Habit.PROMPT
    return Customer(
        index=index,
        number=f"C{100000 + index * 7}",
        name=name,
        department=department,
        kind="individual" if origin == "individual" else "company",
        origin=origin,
        region=region,
        district=district,
        industry=industry,
        currency=currency,
        behaviour=behaviour,
        volume=max(1.1, volume) if failing else volume,
        ticket=int(ticket / CNY_PER_UNIT[currency]) * 100,
        terms=rng.choice((30, 30, 30, 45, 60, 60, 90) if origin != "individual" else (15, 30)),
        since=since,
        pays_in_lumps=prompt and behaviour.scare is None and origin != "individual" and rng.random() < 0.13,
    )


def _origin(department: str, behaviour: Behaviour, rng: Random) -> str:
    chance = rng.random()
    if department == "EXPORT":
        return "abroad" if chance < 0.84 else "hongkong" if chance < 0.92 else "taiwan"
    if department in ("SERVICE", "OPS"):
        return "individual" if chance < 0.25 and behaviour.onset is None else "mainland"
    if department == "SOUTH":
        return "hongkong" if chance < 0.12 else "taiwan" if chance < 0.2 else "mainland"
    return "taiwan" if department == "EAST" and chance < 0.07 else "mainland"


def _identity(origin: str, department: str, industry: Industry, rng: Random) -> tuple[str, str, str, str]:
    """Name, region, district code (mainland only) and currency."""
    if origin == "abroad":
        country, form, currency = rng.choice(names.COUNTRIES)
        return names.english_name(rng, industry, form), country, "", currency
    if origin == "taiwan":
        return names.taiwan_name(rng, industry), "臺灣", "", "USD" if department == "EXPORT" else "CNY"
    if origin == "hongkong":
        return names.hongkong_name(rng, industry), "香港", "", "USD" if department == "EXPORT" else "CNY"
    cities = names.CITIES.get(department) or names.CITIES[rng.choice(("NORTH", "EAST", "SOUTH", "WEST"))]
    city, province, district = rng.choice(cities)
    name = names.person(rng) if origin == "individual" else names.mainland_name(rng, city, industry)
    return name, province, district, "CNY"


def manager_of(customer: Customer) -> str:
    """The person of the owner department who looks after the customer."""
    staff = STAFF[customer.department]
    return staff[customer.index % len(staff)]


def customer_rows(customers: list[Customer], period: Period) -> list[dict[str, str]]:
    """The file kind `customers`."""
    return [_row(customer, period) for customer in customers]


def _row(customer: Customer, period: Period) -> dict[str, str]:
    rng = period.random("register", customer.index)
    known = not customer.is_register_only
    company = customer.kind == "company"
    abroad = customer.origin == "abroad"
    yearly = customer.volume * customer.ticket * CNY_PER_UNIT[customer.currency] * 12 / 100
    size = "large" if yearly > 2_400_000 else "medium" if yearly > 900_000 else "small" if yearly > 250_000 else "micro"
    capital = str(rng.choice((50, 100, 200, 300, 500, 1000, 2000, 5000)) * 10_000)
    established = customer.since - timedelta(days=rng.randint(200, 6500))
    mainland = customer.origin == "mainland"
    return {
        "customer_no": customer.number,
        "name": customer.name,
        "uscc": identifiers.credit_code(customer.district, customer.index * 37) if mainland else "",
        "kind": customer.kind,
        "industry_code": customer.industry.code if known else "",
        "region": customer.region,
        "size": (size if company else "micro") if known else "",
        "owner_department": customer.department,
        "account_manager": manager_of(customer),
        "registered_capital": capital if company and known and not abroad else "",
        "established_on": written(established) if company and known else "",
        "legal_representative": _representative(customer, rng) if company and known else "",
        "phone": identifiers.phone_abroad(rng) if abroad else identifiers.phone(rng),
        "address": _address(customer, rng) if known else "",
        "bank_account": identifiers.bank_account(rng) if known else "",
        "credit_rating": rng.choice(_RATINGS[:4] if customer.behaviour.onset is None else _RATINGS[1:])
        if known
        else "",
        "credit_limit": money(customer.limit) if known else "",
        "payment_terms_days": str(customer.terms),
        "since": written(customer.since),
    }


def _representative(customer: Customer, rng: Random) -> str:
    if customer.origin == "abroad":
        return names.person_en(rng)
    return names.person(rng, traditional=customer.origin in ("taiwan", "hongkong"))


def _address(customer: Customer, rng: Random) -> str:
    number = rng.randint(1, 399)
    if customer.origin == "abroad":
        return f"{number} Harbour Industrial Park, {customer.region}"
    road = rng.choice(("启明路", "望江路", "工业大道", "科创路", "环湖路", "建业路"))
    if customer.origin in ("taiwan", "hongkong"):
        road = rng.choice(("啟明路", "工業路", "環湖路", "建業街"))
        return f"{customer.region}{road}{number}號"
    return f"{customer.region}{road}{number}号"
