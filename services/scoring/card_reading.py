"""Reads a scorecard from its stored form and refuses one that can't be right. `path` says where, as credit.bins[2]."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NoReturn, TypeVar

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
Part = TypeVar("Part")
_OVERDUE = re.compile(r"overdue_([1-9]\d{0,3})")


class WrongCardError(RefusedError):
    """The scorecard can't be used; the sentence says where and why."""


@dataclass(frozen=True)
class CardFault:
    """One thing that is wrong. `place`: where, as credit.weight, overdue_days_now.bins[2].upto, bands, floors[0]."""

    place: str
    template: str
    params: Mapping[str, object]


class _Faults(list[CardFault]):
    """Reads on after a fault, so that all are found at once."""

    def part(self, place: str, read: Callable[[], Part]) -> Part | None:
        try:
            return read()
        except WrongCardError as error:
            self.append(CardFault(place, error.template, error.params))
            return None


def parsed_card(definition: object) -> Scorecard:
    """The card that a stored definition (plain JSON values) describes.

    Raises:
        WrongCardError: a part is missing, unknown, out of range or out of order.
    """
    card, faults = read_card(definition)
    if card is None:
        raise WrongCardError(faults[0].template, **faults[0].params)
    return card


def read_card(definition: object) -> tuple[Scorecard | None, tuple[CardFault, ...]]:
    """The card that a definition describes, or None with everything that is wrong with it."""
    faults = _Faults()
    card = faults.part("card", lambda: _object(definition, "card", "card"))
    if card is None:
        return None, tuple(faults)
    written = faults.part("dimensions", lambda: _dimensions(card.get("dimensions"))) or {}
    read = [_dimension(faults, name, one) for name, one in written.items()]
    _ensure_once(faults, [each.code for one in read if one for each in one.indicators])
    floors = faults.part("floors", lambda: _list(card.get("floors", []), "floors")) or []
    found = Scorecard(
        name=faults.part("name", lambda: _text(card.get("name"), "name")) or "",
        version=faults.part("version", lambda: _whole(card.get("version"), "version", 1, 2**31 - 1)) or 1,
        dimensions=tuple(one for one in read if one),
        bands=faults.part("bands", lambda: _bands(card.get("bands"))) or Bands(1, 2, 3),
        floors=tuple(
            floor for place, one in enumerate(floors)
            if (floor := faults.part(f"floors[{place}]", partial(_floor, one, f"floors[{place}]")))
        ),
        low_coverage=faults.part(
            "low_coverage", lambda: _number(card.get("low_coverage", 0.5), "low_coverage", 0, 1)
        ) or 0.0,
        is_additive=faults.part(
            "is_additive", lambda: _is_additive(card.get("is_additive", False), [one for one in read if one])
        ) or False,
    )  # fmt: skip
    return (None if faults else found), tuple(faults)


def _dimensions(written: object) -> Mapping[str, Any]:
    dimensions = _object(written, "dimensions")
    if not dimensions:
        raise WrongCardError(N_("The scorecard has no dimension."))
    return dimensions


def _is_additive(written: object, dimensions: Sequence[DimensionCard]) -> bool:
    if not isinstance(written, bool):
        _wrong("is_additive", written)
    for one in (each for dimension in dimensions for each in dimension.indicators):
        if written and one.missing is None:
            raise WrongCardError(
                N_("The indicator %(code)s of an additive scorecard needs points for missing values."), code=one.code
            )
    return written


def _ensure_once(faults: _Faults, codes: Sequence[str]) -> None:
    for code in dict.fromkeys(one for one in codes if codes.count(one) > 1):
        faults.append(CardFault(code, N_("The indicator %(code)s stands on the scorecard twice."), {"code": code}))


def _dimension(faults: _Faults, name: str, written: object) -> DimensionCard | None:
    dimension = faults.part(name, lambda: _dimension_object(name, written))
    if dimension is None:
        return None
    indicators = faults.part(f"{name}.indicators", lambda: _indicators(name, dimension.get("indicators"))) or []
    weight = faults.part(f"{name}.weight", lambda: _weight(dimension.get("weight"), f"{name}.weight"))
    read = [_indicator(faults, one, f"{name}.indicators[{place}]") for place, one in enumerate(indicators)]
    return DimensionCard(name=name, weight=weight or 1.0, indicators=tuple(one for one in read if one))


def _dimension_object(name: str, written: object) -> Mapping[str, Any]:
    if name not in list(Dimension):
        raise WrongCardError(N_("There is no dimension called “%(name)s”."), name=name)
    return _object(written, name, "dimension")


def _indicators(name: str, written: object) -> list[Any]:
    indicators = _list(written, f"{name}.indicators")
    if not indicators:
        raise WrongCardError(N_("The dimension %(name)s has no indicator."), name=name)
    return indicators


def _indicator(faults: _Faults, written: object, path: str) -> Indicator | None:
    one = faults.part(path, lambda: _indicator_object(written, path))
    if one is None:
        return None
    code = one["code"]
    measure = MEASURES[code]
    missing = one.get("missing")
    return Indicator(
        code=code,
        weight=faults.part(f"{code}.weight", lambda: _weight(one.get("weight"), f"{code}.weight")) or 1.0,
        bins=() if measure.is_category else _bins(faults, one["bins"], f"{code}.bins"),
        categories=_categories(faults, one["categories"], f"{code}.categories", measure.spelt)
        if measure.is_category else {},
        missing=None if missing is None
        else faults.part(f"{code}.missing", lambda: _points(missing, f"{code}.missing")),
        window_days=faults.part(
            f"{code}.window_days", lambda: _window(code, one.get("window_days"), measure.window_days)
        ),
        unit=faults.part(f"{code}.unit", lambda: _text(one["unit"], f"{code}.unit") if "unit" in one else "") or "",
        label=faults.part(f"{code}.label", lambda: _label(one.get("label", {}), f"{code}.label")) or {},
    )  # fmt: skip


def _indicator_object(written: object, path: str) -> Mapping[str, Any]:
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
    return one


def _window(code: str, written: object, usual: int | None) -> int | None:
    if written is None:
        return usual
    if usual is None:
        raise WrongCardError(N_("The indicator %(code)s has no window: leave window_days out."), code=code)
    return _whole(written, f"{code}.window_days", 1, _MOST_DAYS)


def _bins(faults: _Faults, written: object, path: str) -> tuple[Bin, ...]:
    rows = faults.part(path, lambda: _filled_list(written, path)) or []
    bins: list[Bin] = []
    edge = -math.inf
    for place, row in enumerate(rows):
        is_last = place == len(rows) - 1
        found = faults.part(f"{path}[{place}]", partial(_bin, row, path, place, edge, is_last=is_last))
        edge = edge if found is None or found.upto is None else found.upto
        bins.extend([found] if found else [])
    return tuple(bins)


def _filled_list(written: object, path: str) -> list[Any]:
    rows = _list(written, path)
    if not rows:
        raise WrongCardError(N_("%(path)s is empty."), path=path)
    return rows


def _bin(written: object, path: str, place: int, edge: float, *, is_last: bool) -> Bin:
    one = _object(written, f"{path}[{place}]", "bin")
    if is_last == ("upto" in one):
        raise WrongCardError(N_("In %(path)s every bin but the last needs an upper edge (upto)."), path=path)
    upto = None if is_last else _number(one["upto"], f"{path}[{place}].upto")
    if upto is not None and upto <= edge:
        raise WrongCardError(N_("The upper edges in %(path)s must ascend."), path=path)
    return Bin(upto, _points(one.get("points"), f"{path}[{place}].points"))


def _categories(faults: _Faults, written: object, path: str, spelt: Callable[[str], str]) -> Mapping[str, float]:
    categories: dict[str, float] = {}
    for name, points in (faults.part(path, lambda: _filled_object(written, path)) or {}).items():
        faults.part(f"{path}.{name}", partial(_add_category, categories, spelt(name.strip()), name, points, path))
    return categories


def _filled_object(written: object, path: str) -> Mapping[str, Any]:
    found = _object(written, path)
    if not found:
        raise WrongCardError(N_("%(path)s is empty."), path=path)
    return found


def _add_category(categories: dict[str, float], key: str, name: str, points: object, path: str) -> None:
    if not key or key in categories:
        raise WrongCardError(N_("%(path)s names “%(name)s” twice or names nothing."), path=path, name=name)
    categories[key] = _points(points, f"{path}.{name}")


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
