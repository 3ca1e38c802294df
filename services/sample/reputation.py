"""What is said about customers: press, courts, regulators, peers, complaints of others."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from random import Random

from services.sample.account import Account, News
from services.sample.headlines import BAD, GOOD, KINDS, SOURCES, STORY
from services.sample.period import Period, workday, written

_BAD_WEIGHTS, _GOOD_WEIGHTS = (24, 26, 10, 30, 10), (40, 5, 20, 28, 7)


def spread_news(account: Account, period: Period) -> None:
    """Fill in the news of one customer: more and worse of it the worse the business does, and the story's own."""
    customer = account.customer
    if customer.is_register_only:
        return
    rng = period.random("news", customer.index)
    loud = rng.uniform(0.25, 1.1) if customer.kind == "company" else 0.1
    for month in period.months():
        day = workday(month + timedelta(days=rng.randrange(27)))
        strain = account.strain_on(day) if day > customer.since else 0.0
        if rng.random() < loud * (0.055 + 0.3 * max(0.0, strain - 0.25)):
            bad = rng.random() < 0.12 + 0.85 * strain
            account.news.append(_news(account, day, bad, rng))
    account.news += _of_story(account, period)
    account.news = sorted((one for one in account.news if period.holds(one.occurred)), key=lambda one: one.occurred)


def _news(account: Account, day: date, bad: bool, rng: Random) -> News:
    kind = rng.choices(KINDS, _BAD_WEIGHTS if bad else _GOOD_WEIGHTS)[0]
    sentiment, title = rng.choice((BAD if bad else GOOD)[_language(account)][kind])
    return _told(account, day, kind, sentiment, title)


def _language(account: Account) -> str:
    return {"abroad": "en", "taiwan": "zh_Hant", "hongkong": "zh_Hant"}.get(account.customer.origin, "zh_Hans")


def _told(account: Account, day: date, kind: str, sentiment: int, title: str) -> News:
    return News(day, SOURCES[_language(account)][kind], kind, sentiment, title.format(name=account.customer.name))


def _of_story(account: Account, period: Period) -> list[News]:
    """The news that the story needs; the members of the group are not in it on the same day."""
    role = account.customer.role
    shift = account.customer.index % 9 if role == "group" else 0
    return [
        _told(account, workday(period.ago(ago + shift)), kind, feeling, title)
        for ago, kind, feeling, title in STORY.get(role, ())
    ]


def reputation_rows(accounts: Iterable[Account]) -> list[dict[str, str]]:
    """The file kind `reputation_events`, numbered by day. The addresses are of a domain for examples (RFC 2606)."""
    found = [(one.occurred, account.customer.index, one, account) for account in accounts for one in account.news]
    found.sort(key=lambda entry: entry[:2])
    return [
        {
            "event_no": f"SY{one.occurred:%y%m}{place:04d}",
            "customer_no": account.customer.number,
            "occurred_on": written(one.occurred),
            "source": one.source,
            "kind": one.kind,
            "sentiment": str(one.sentiment),
            "title": one.title,
            "url": f"https://news.example.com/{one.occurred:%Y/%m}/{place}" if one.kind in ("media", "court") else "",
        }
        for place, (_, _, one, account) in enumerate(found, start=1)
    ]
