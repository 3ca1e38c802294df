"""What screening finds (policy 2.3): listed customers and watch-list entries that resemble a name."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any


class MatchSource(StrEnum):
    """What a name was found to resemble."""

    LISTING = "listing"
    WATCHLIST = "watchlist"


@dataclass(frozen=True)
class Feature:
    """One thing that two have in common or not, and what it adds to the score. `text` is an English message id."""

    code: str
    text: str
    params: dict[str, Any]
    share: Decimal


@dataclass(frozen=True)
class Match:
    """A listed customer or an entry of a watch list. `score` is 0 to 1; `key` names the pair for a reviewer's verdict.

    `customer_no` and `grade` for listed customers; `list_source` and `entry_no` for watch-list entries.
    """

    source: MatchSource
    key: str
    name: str
    score: Decimal
    features: tuple[Feature, ...]
    customer_no: str | None = None
    grade: str | None = None
    list_source: str | None = None
    entry_no: str | None = None
    listed_on: dt.date | None = None
    is_cleared: bool = False
