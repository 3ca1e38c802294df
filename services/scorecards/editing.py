"""Changes of a definition, in plain values: what the editor does, step by step. Whether it is a card is asked after.

Each returns a new definition and leaves the one it was given as it is.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from db.enums import Dimension
from services.scoring.card import Scorecard
from services.scoring.card_reading import read_card
from services.scoring.commands import DEFAULT_CARD
from services.scoring.indicators import MEASURES
from services.scoring.spare import spare_indicators

Definition = dict[str, Any]
#: Names of indicators by language, by code.
Labels = Mapping[str, Mapping[str, str]]
_NEW_DIMENSION_WEIGHT = 10


@cache
def _templates() -> Mapping[str, tuple[str, Mapping[str, Any]]]:
    """Every measure as an indicator to begin with: its usual dimension, bins and names."""
    found: dict[str, tuple[str, Mapping[str, Any]]] = {}
    written = json.loads(files("services").joinpath(DEFAULT_CARD).read_text(encoding="utf-8"))
    shipped = [(dimension, one) for dimension, part in written["dimensions"].items() for one in part["indicators"]]
    for dimension, one in (*spare_indicators(), *shipped):
        found[one["code"]] = (dimension, one)
    return {code: found[code] for code in MEASURES}


def usual_dimension(code: str) -> str:
    """The dimension that a measure belongs to."""
    return _templates()[code][0]


def template(code: str) -> Definition:
    """An indicator to begin with."""
    return copy.deepcopy(dict(_templates()[code][1]))


def labels_of(definition: Mapping[str, Any]) -> dict[str, Mapping[str, str]]:
    """The names of all measures, as the card gives them where it does."""
    own = {one.get("code"): one.get("label") for _name, one in indicators_of(definition)}
    return {code: own.get(code) or _templates()[code][1]["label"] for code in MEASURES}


def indicators_of(definition: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """All indicators with their dimension, of a definition that need not be a card."""
    return [
        (name, one)
        for name, part in sorted_dimensions(definition)
        for one in part.get("indicators", [])
        if isinstance(one, Mapping)
    ]


def sorted_dimensions(definition: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """The dimensions in the policy's order (a stored object keeps none)."""
    dimensions = definition.get("dimensions", {})
    return [(one.value, dimensions[one.value]) for one in Dimension if one.value in dimensions]


def spare_codes(definition: Mapping[str, Any]) -> list[str]:
    """Measures that are not on the card, those of the same dimension together."""
    used = {one.get("code") for _name, one in indicators_of(definition)}
    return [code for code in MEASURES if code not in used]


def with_dimension_weight(definition: Mapping[str, Any], name: str, weight: float) -> Definition:
    """Another weight of a dimension."""
    changed = copy.deepcopy(dict(definition))
    changed["dimensions"][name]["weight"] = _tidy(weight)
    return changed


def with_indicator(definition: Mapping[str, Any], code: str, dimension: str) -> Definition:
    """One more indicator, as it usually is, with the mean weight of its dimension. The dimension may be new."""
    changed = copy.deepcopy(dict(definition))
    part = changed["dimensions"].setdefault(dimension, {"weight": _NEW_DIMENSION_WEIGHT, "indicators": []})
    added = template(code)
    if part["indicators"]:
        added["weight"] = round(sum(float(one["weight"]) for one in part["indicators"]) / len(part["indicators"]))
    part["indicators"].append(added)
    return changed


def without_indicator(definition: Mapping[str, Any], code: str) -> Definition:
    """One indicator less; a dimension that has none left goes too."""
    changed = copy.deepcopy(dict(definition))
    for name, part in list(changed["dimensions"].items()):
        part["indicators"] = [one for one in part["indicators"] if one.get("code") != code]
        if not part["indicators"]:
            del changed["dimensions"][name]
    return changed


def with_part(definition: Mapping[str, Any], code: str, part: str, value: Any) -> Definition:  # noqa: ANN401
    """Another weight, missing or window_days of an indicator; None leaves a part out (missing stays, as null)."""
    changed = copy.deepcopy(dict(definition))
    one = _indicator(changed, code)
    if value is None and part != "missing":
        one.pop(part, None)
    else:
        one[part] = _tidy(value)
    return changed


def with_bins(definition: Mapping[str, Any], code: str, bins: Sequence[tuple[float | None, float]]) -> Definition:
    """Other bins of an indicator: upper edge (None for the last) and points."""
    changed = copy.deepcopy(dict(definition))
    _indicator(changed, code)["bins"] = [
        {"points": _tidy(points)} if upto is None else {"upto": _tidy(upto), "points": _tidy(points)}
        for upto, points in bins
    ]
    return changed


def with_bin(definition: Mapping[str, Any], code: str, place: int, part: str, value: float) -> Definition:
    """Another edge (upto) or other points of one bin."""
    changed = copy.deepcopy(dict(definition))
    _indicator(changed, code)["bins"][place][part] = _tidy(value)
    return changed


def with_category(definition: Mapping[str, Any], code: str, name: str, points: float) -> Definition:
    """Other points of one category."""
    changed = copy.deepcopy(dict(definition))
    _indicator(changed, code)["categories"][name] = _tidy(points)
    return changed


def bins_of(one: Mapping[str, Any]) -> list[tuple[float | None, float]]:
    """Upper edge and points of each bin."""
    return [(each.get("upto"), each.get("points", 0)) for each in one.get("bins", [])]


def split_bin(bins: Sequence[tuple[float | None, float]], place: int) -> list[tuple[float | None, float]]:
    """One bin more: the one at `place` in halves, with the same points."""
    low = bins[place - 1][0] if place else None
    high = bins[place][0]
    if low is not None and high is not None:
        edge = (low + high) / 2
    elif high is not None:
        edge = high - 1
    else:
        edge = (low or 0) + 1
    return [*bins[:place], (edge, bins[place][1]), *bins[place:]]


def joined_bins(bins: Sequence[tuple[float | None, float]], place: int) -> list[tuple[float | None, float]]:
    """One bin less: the one at `place` goes, its values belong to the one above; the last's to the one below."""
    left = [*bins[:place], *bins[place + 1 :]]
    return [*left[:-1], (None, left[-1][1])] if place == len(bins) - 1 else left


def with_categories(definition: Mapping[str, Any], code: str, categories: Mapping[str, float]) -> Definition:
    """Other categories of an indicator."""
    changed = copy.deepcopy(dict(definition))
    _indicator(changed, code)["categories"] = {name: _tidy(points) for name, points in categories.items()}
    return changed


def with_band(definition: Mapping[str, Any], level: str, least: float) -> Definition:
    """Another lowest score of a level."""
    changed = copy.deepcopy(dict(definition))
    changed["bands"][level] = _tidy(least)
    return changed


def with_floors(definition: Mapping[str, Any], floors: Sequence[tuple[str, str]]) -> Definition:
    """Other floors: fact and level."""
    return {**copy.deepcopy(dict(definition)), "floors": [{"when": when, "level": level} for when, level in floors]}


def with_low_coverage(definition: Mapping[str, Any], ratio: float) -> Definition:
    """Another coverage below which a score asks for information."""
    return {**copy.deepcopy(dict(definition)), "low_coverage": _tidy(ratio)}


def card_of_one(definition: Mapping[str, Any], code: str) -> Scorecard | None:
    """A card of this indicator alone, to see where customers fall; None while the indicator is wrong."""
    for name, one in indicators_of(definition):
        if one.get("code") == code:
            alone = {**one, "weight": 1}
            card, _faults = read_card(
                {
                    "name": code, "version": 1, "dimensions": {name: {"weight": 1, "indicators": [alone]}},
                    "bands": {"medium": 25, "high": 50, "critical": 75},
                }
            )  # fmt: skip
            return card
    return None


def _indicator(changed: Definition, code: str) -> dict[str, Any]:
    found: dict[str, Any] = next(
        one for part in changed["dimensions"].values() for one in part["indicators"] if one.get("code") == code
    )
    return found


def _tidy(value: Any) -> Any:  # noqa: ANN401
    """A whole number without its point: 5, not 5.0; the same edit written the same way."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
