"""Where a page of a list ends, as text for an address bar."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from typing import Any

from services.errors import N_, RefusedError


def place_text(*parts: str | int) -> str:
    """The place after a row whose sort key is these parts."""
    plain = json.dumps(parts)
    return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")


def place_of(text: str, *kinds: type[str] | type[int]) -> Sequence[Any]:
    """The parts of a place, of these kinds.

    Raises:
        RefusedError: `place_text` did not write it: it comes from an address bar.
    """
    try:
        parts = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        is_place = isinstance(parts, list) and [type(one) for one in parts] == list(kinds)
    except (ValueError, binascii.Error):
        is_place = False
    if not is_place:
        raise RefusedError(N_("This place in the list is no longer valid. Start again from the top."))
    return list(parts)
