"""What names are screened against, and what reviewers said of what was found (policy 2.3)."""

from enum import StrEnum


class MatchSource(StrEnum):
    """What a name was found to resemble."""

    LISTING = "listing"
    WATCHLIST = "watchlist"


class MatchState(StrEnum):
    """A match waits for a reviewer, who says "the same" or "not the same"; or its ground has gone."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    CLEARED = "cleared"
    LAPSED = "lapsed"


class WatchlistScope(StrEnum):
    """What a file says of its list: all of it, or what came in addition."""

    WHOLE = "whole"
    ADDITIONS = "additions"
