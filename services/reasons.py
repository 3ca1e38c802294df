"""The words that a decision needs: whoever reads the record later finds why."""

from __future__ import annotations

from services.errors import N_, RefusedError


def stated(words: str | None, refusal: str = N_("Give a reason: it is kept with the decision.")) -> str:
    """Words that were really given, without blanks around them.

    Raises:
        RefusedError: there are none.
    """
    cleaned = (words or "").strip()
    if not cleaned:
        raise RefusedError(refusal)
    return cleaned
