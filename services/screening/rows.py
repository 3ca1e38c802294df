"""What screening finds (policy 2.3): listed customers and watch-list entries that resemble a name."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from db.enums import MatchSource, MatchState

__all__ = ["Feature", "Match", "MatchRow", "MatchSource", "MatchState", "Screened"]


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


@dataclass(frozen=True)
class Screened:
    """What one run did: names made comparable, matches found and opened again; those whose other side is listed no
    more, and those that are alike no more."""

    names: int = 0
    found: int = 0
    reopened: int = 0
    lapsed: int = 0
    gone: int = 0


@dataclass(frozen=True)
class MatchRow:
    """A match of a customer, as the worklist and the customer's page show it."""

    customer_id: int
    id: int
    version: int
    customer_no: str
    customer_name: str
    department: str | None
    source: MatchSource
    other_no: str
    other_name: str
    list_source: str | None
    score: Decimal
    features: tuple[Feature, ...]
    state: MatchState
    found_on: dt.date
    decided_by: str | None = None
    decided_at: dt.datetime | None = None
    reason: str | None = None
    grade: str | None = None
