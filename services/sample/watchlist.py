"""The watchlist: names from registers outside the company, two of which resemble customers."""

from __future__ import annotations

from services.sample import identifiers, names
from services.sample.company import INDUSTRIES
from services.sample.customers import Customer
from services.sample.period import Period, workday, written

_SOURCES = ("失信被执行人名单", "行业协会黑名单", "经营异常名录", "海关失信企业名单")
_SOURCE_ABROAD = "出口管制管控名单"
_COUNT = 54
LOOKALIKE_ROLES = ("warned_first", "group")


def watchlist_rows(customers: list[Customer], period: Period) -> list[dict[str, str]]:
    """The file kind `watchlist`: invented entries, and two customers under another spelling."""
    rng = period.random("watchlist")
    entries: list[tuple[str, str, str, str]] = []
    for place in range(_COUNT):
        industry = rng.choice(INDUSTRIES)
        source = (*_SOURCES, _SOURCE_ABROAD)[place % (len(_SOURCES) + 1)]
        if source == _SOURCE_ABROAD:
            name = names.english_name(rng, industry, rng.choice(names.COUNTRIES)[1])
            entries.append((name, f"{name.split()[0]} Group", "", source))
            continue
        city, _, district = rng.choice(names.CITIES[rng.choice(("NORTH", "SOUTH", "EAST", "WEST"))])
        name = names.mainland_name(rng, city, industry)
        code = identifiers.credit_code(district, 900_000 + place) if rng.random() < 0.8 else ""
        alias = f"{city}{names.coined(rng)}" if rng.random() < 0.3 else ""
        entries.append((name, alias, code, source))
    for role in LOOKALIKE_ROLES:
        entries.append(_lookalike(next(customer for customer in customers if customer.role == role)))
    rng.shuffle(entries)
    return [
        {
            "entry_no": f"GZ{place:04d}",
            "name": name,
            "aliases": alias,
            "uscc": code,
            "source": source,
            "listed_on": written(workday(period.ago(rng.randint(20, 690)))),
        }
        for place, (name, alias, code, source) in enumerate(entries, start=1)
    ]


def _lookalike(customer: Customer) -> tuple[str, str, str, str]:
    """The customer's name as another register spells it: one letter off abroad, another form of company at home."""
    if customer.origin == "abroad":
        word, _, rest = customer.name.partition(" ")
        return (
            f"{word.replace('v', 'w', 1).upper()} {rest.upper()}",
            f"{word} Group; {word} Holdings",
            "",
            _SOURCE_ABROAD,
        )
    return customer.name.replace("有限公司", "有限责任公司"), customer.name[2:5], "", "失信被执行人名单"
