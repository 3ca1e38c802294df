"""Indicators that are measured but not on the shipped card: written once, for drafts and for fitted cards."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

_FILE = "spare_indicators.json"


@cache
def spare_indicators() -> tuple[tuple[str, Mapping[str, Any]], ...]:
    """Each with the dimension that it usually belongs to."""
    written = json.loads(files("services").joinpath(_FILE).read_text(encoding="utf-8"))
    return tuple((dimension, one) for dimension, part in written["dimensions"].items() for one in part["indicators"])
