"""Moving through the triage desk: the next warning is the next that nobody else has open."""

from __future__ import annotations

from dashboard.state import current_actor
from dashboard.views.early_warnings_reads import held
from dashboard.views.early_warnings_selection import choose, chosen_key, first_free, neighbour, order


def move(offset: int) -> None:
    """Open the next or the former warning of the list that nobody else has open: for callbacks."""
    keys, taken = order(), held(current_actor())
    choose(neighbour(keys, chosen_key() or first_free(keys, taken), offset, taken))
