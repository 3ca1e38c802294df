"""Reads a scorecard from its stored form and refuses one that can't be right. `path` says where, as credit.bins[2]."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any, NoReturn

from db.enums import Dimension, Language, RiskLevel
from services.errors import N_, RefusedError
from services.scoring.card import Bands, Bin, DimensionCard, Floor, Indicator, Scorecard
from services.scoring.indicators import MEASURES

_KEYS = {
    "card": frozenset({"name", "version", "dimensions", "bands", "floors", "low_coverage", "is_additive"}),
    "dimension": frozenset({"weight", "indicators"}),
    "indicator": frozenset(
        {"code", "weight", "window_days", "bins", "categories", "missing", "label", "unit", "good_direction", "basis"}
    ),
    "bin": frozenset({"upto", "points"}),
    "bands": frozenset({"medium", "high", "critical"}),
    "floor": frozenset({"when", "level"}),
}
_MOST_DAYS = 36_500
_OVERDUE = re.compile(r"overdue_([1-9]\d{0,3})")


class WrongCardError(RefusedError):
    """The scorecard can't be used; the sentence says where and why."""


def parsed_card(definition: object) -> Scorecard:
    """The card that a stored definition (plain JSON values) describes.

    Raises:
        WrongCardError: a part is missing, unknown, out of range or out of order.
    """
    card = _object(definition, "card", "card")
    dimensions = _object(card.get("dimensions"), "dimensions")
    if not dimensions:
        raise WrongCardError(N_("The scorecard has no dimension."))
    read = tuple(_dimension(name, one) for name, one in dimensions.items())
    codes = [one.code for dimension in read for one in dimension.indicators]
    for code in codes:
        if codes.count(code) > 1:
            raise WrongCardError(N_("The indicator %(code)s stands on the scorecard twice."), code=code)
    return Scorecard(
        name=_text(card.get("name"), "name"),
        version=_whole(card.get("version"), "version", 1, 2**31 - 1),
        dimensions=read,
        bands=_bands(card.get("bands")),
        floors=tuple(
            _floor(one, f"floors[{place}]") for place, one in enumerate(_list(card.get("floors", []), "floors"))
        ),
        low_coverage=_number(card.get("low_coverage", 0.5), "low_coverage", 0, 1),
        is_additive=_is_additive(card.get("is_additive", False), read),
    )


def _is_additive(written: object, dimensions: tuple[DimensionCard, ...]) -> bool:
    if not isinstance(written, bool):
        _wrong("is_additive", written)
    for one in (each for dimension in dimensions for each in dimension.indicators):
        if written and one.missing is None:
            raise WrongCardError(
                N_("The indicator %(code)s of an additive scorecard needs points for missing values."), code=one.code
            )
    return written


def _dimension(name: str, written: object) -> DimensionCard:
    if name not in list(Dimension):
        raise WrongCardError(N_("There is no dimension called “%(name)s”."), name=name)
    dimension = _object(written, name, "dimension")
    indicators = _list(dimension.get("indicators"), f"{name}.indicators")
    if not indicators:
        raise WrongCardError(N_("The dimension %(name)s has no indicator."), name=name)
    return DimensionCard(
        name=name,
        weight=_weight(dimension.get("weight"), f"{name}.weight"),
        indicators=tuple(_indicator(one, f"{name}.indicators[{place}]") for place, one in enumerate(indicators)),
    )


def _indicator(written: object, path: str) -> Indicator:
    one = _object(written, path, "indicator")
    code = _text(one.get("code"), f"{path}.code")
    measure = MEASURES.get(code)
    if measure is None:
        raise WrongCardError(N_("There is no indicator called “%(code)s”."), code=code)
    if measure.is_category == ("bins" in one) or measure.is_category != ("categories" in one):
        raise WrongCardError(
            N_("The indicator %(code)s is a name and needs categories instead of bins.")
            if measure.is_category
            else N_("The indicator %(code)s is a number and needs bins instead of categories."),
            code=code,
        )
    missing = one.get("missing")
    return Indicator(
        code=code,
        weight=_weight(one.get("weight"), f"{code}.weight"),
        bins=() if measure.is_category else _bins(one["bins"], f"{code}.bins"),
        categories=_categories(one["categories"], f"{code}.categories", measure.spelt) if measure.is_category else {},
        missing=None if missing is None else _points(missing, f"{code}.missing"),
        window_days=_window(code, one.get("window_days"), measure.window_days),
        unit=_text(one["unit"], f"{code}.unit") if "unit" in one else "",
        label=_label(one.get("label", {}), f"{code}.label"),
    )


def _window(code: str, written: object, usual: int | None) -> int | None:
    if written is None:
        return usual
    if usual is None:
        raise WrongCardError(N_("The indicator %(code)s has no window: leave window_days out."), code=code)
    return _whole(written, f"{code}.window_days", 1, _MOST_DAYS)


def _bins(written: object, path: str) -> tuple[Bin, ...]:
    bins: list[Bin] = []
    edge = -math.inf
    rows = [_object(one, f"{path}[{place}]", "bin") for place, one in enumerate(_list(written, path))]
    for place, one in enumerate(rows):
        is_last = place == len(rows) - 1
        if is_last == ("upto" in one):
            raise WrongCardError(N_("In %(path)s every bin but the last needs an upper edge (upto)."), path=path)
        upto = None if is_last else _number(one["upto"], f"{path}[{place}].upto")
        if upto is not None and upto <= edge:
            raise WrongCardError(N_("The upper edges in %(path)s must ascend."), path=path)
        edge = edge if upto is None else upto
        bins.append(Bin(upto, _points(one.get("points"), f"{path}[{place}].points")))
    if not bins:
        raise WrongCardError(N_("%(path)s is empty."), path=path)
    return tuple(bins)


def _categories(written: object, path: str, spelt: Any) -> Mapping[str, float]:  # noqa: ANN401  (a str method)
    categories: dict[str, float] = {}
    for name, points in _object(written, path).items():
        key = spelt(name.strip())
        if not key or key in categories:
            raise WrongCardError(N_("%(path)s names “%(name)s” twice or names nothing."), path=path, name=name)
        categories[key] = _points(points, f"{path}.{name}")
    if not categories:
        raise WrongCardError(N_("%(path)s is empty."), path=path)
    return categories


def _label(written: object, path: str) -> Mapping[str, str]:
    label = _object(written, path)
    for language in label:
        if language not in list(Language):
            raise WrongCardError(N_("%(path)s has no part called “%(name)s”."), path=path, name=language)
    return {language: _text(words, f"{path}.{language}") for language, words in label.items()}


def _bands(written: object) -> Bands:
    bands = _object(written, "bands", "bands")
    medium, high, critical = (
        _number(bands.get(name), f"bands.{name}", 0, 100) for name in ("medium", "high", "critical")
    )
    if not 0 < medium < high < critical:
        raise WrongCardError(N_("The level bands must ascend from medium over high to critical, above 0."))
    return Bands(medium, high, critical)


def _floor(written: object, path: str) -> Floor:
    floor = _object(written, path, "floor")
    when, level = _text(floor.get("when"), f"{path}.when"), floor.get("level")
    if when != "listed" and not _OVERDUE.fullmatch(when):
        raise WrongCardError(
            N_("“%(when)s” is no floor: use “listed” or “overdue_90” (any number of days)."), when=when
        )
    if level not in list(RiskLevel):
        raise WrongCardError(N_("“%(level)s” is not a risk level."), level=level)
    return Floor(when, RiskLevel(str(level)))


def _wrong(path: str, value: object) -> NoReturn:
    raise WrongCardError(N_("%(path)s of the scorecard can't be “%(value)s”."), path=path, value=value)


def _object(value: object, path: str, kind: str | None = None) -> Mapping[str, Any]:
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        _wrong(path, value)
    for key in value:
        if kind is not None and key not in _KEYS[kind]:
            raise WrongCardError(N_("%(path)s has no part called “%(name)s”."), path=path, name=key)
    return value


def _list(value: object, path: str) -> list[Any]:
    return value if isinstance(value, list) else _wrong(path, value)


def _text(value: object, path: str) -> str:
    return value if isinstance(value, str) and value.strip() else _wrong(path, value)


def _number(value: object, path: str, least: float = -1e15, most: float = 1e15) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        _wrong(path, value)
    return float(value)


def _points(value: object, path: str) -> float:
    return _number(value, path, 0, 100)


def _weight(value: object, path: str) -> float:
    weight = _number(value, path, 0, 1e6)
    return weight if weight > 0 else _wrong(path, value)


def _whole(value: object, path: str, least: int, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        _wrong(path, value)
    return value
