"""Names against listed customers and watch lists (policy 2.3).

`normal_forms`, `vocabulary`, `name_parts`, `likeness` and `explaining` are rules over texts; `keys` and `names` keep
the register findable; `asking` answers one name, `matching` runs over the register, `reviewing` takes a reviewer's
verdict, `matches` lists what was found.
"""

from services.screening.asking import screen
from services.screening.matches import (
    MatchCounts,
    MatchFilter,
    MatchPage,
    match_counts,
    match_page,
    matches_of_customer,
    newest_matches,
)
from services.screening.matching import run_screening
from services.screening.reviewing import Chosen, clear_matches, confirm_match, reopen_match
from services.screening.rows import Feature, Match, MatchRow, MatchSource, MatchState, Screened

__all__ = [
    "Chosen", "Feature", "Match", "MatchCounts", "MatchFilter", "MatchPage", "MatchRow", "MatchSource", "MatchState",
    "Screened", "clear_matches", "confirm_match", "match_counts", "match_page", "matches_of_customer", "newest_matches",
    "reopen_match", "run_screening", "screen",
]  # fmt: skip
