"""What a scorecard says in the reader's language: bins, what is wrong, what differs from another card."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dashboard.components.score_words import card_label, quantity_text
from dashboard.i18n import N_, NO_VALUE, _, filled, format_number, format_percent, ngettext, several, with_aside
from dashboard.labels import label
from db.enums import Dimension
from services.scorecards import ScorecardRow
from services.scoring.card import Bin, Indicator
from services.scoring.card_reading import CardFault
from services.scoring.differences import Difference, DifferenceKind
from services.scoring.texts import quantity

#: The name of the scorecard that ships; one of the company's own is called what the company calls it.
_SHIPPED = "default"
_BIN = re.compile(r"(?P<code>\w+)\.(?P<part>bins|categories)(\[(?P<place>\d+)\])?(\.(?P<rest>.+))?$")
_PARTS = {
    "weight": N_("weight"),
    "missing": N_("points where nothing is known"),
    "window_days": N_("window"),
    "bins": N_("bins"),
    "categories": N_("categories"),
    "label": N_("name"),
    "unit": N_("unit"),
    "indicators": N_("indicators"),
    "bands": N_("level bands"),
    "floors": N_("floors"),
    "low_coverage": N_("coverage that asks for information"),
    "name": N_("name"),
    "version": N_("edition"),
    "dimensions": N_("dimensions"),
    "card": N_("scorecard"),
    "medium": N_("medium"),
    "high": N_("high"),
    "critical": N_("critical"),
}

Labels = Mapping[str, Mapping[str, str]]


def scorecard_name(row: ScorecardRow) -> str:
    """`default, edition 1`."""
    return _("%(name)s, edition %(edition)s") % {"name": called(row.name), "edition": row.edition}


def called(name: str) -> str:
    """A scorecard's name; the one that ships in the reader's language."""
    return _("default") if name == _SHIPPED else name


def number_text(value: float) -> str:
    """Points, weights and edges: as many places as they have, four at most."""
    digits = next((one for one in range(4) if round(value, one) == round(value, 4)), 4)
    return format_number(value, digits)


def share_text(share: float) -> str:
    """A part of 100, whole where it is whole."""
    return format_percent(share / 100, 0 if round(share, 1) == round(share) else 1)


def bin_text(one: Indicator, place: int) -> str:
    """The values of a bin: below the first edge, between two, from the last on."""
    bins = one.bins
    low = None if place == 0 else quantity_text(quantity(one, bins[place - 1].upto))
    upto = bins[place].upto
    high = None if upto is None else quantity_text(quantity(one, upto))
    if low is None:
        return _("any value") if high is None else _("below %(high)s") % {"high": high}
    if high is None:
        return _("%(low)s or more") % {"low": low}
    return _("from %(low)s to below %(high)s") % {"low": low, "high": high}


def fault_text(fault: CardFault, labels: Labels) -> str:
    """What is wrong with a card, with the places as the reader calls them."""
    return filled(
        fault.template, {name: _param_text(name, value, labels) for name, value in fault.params.items()}
    )  # fmt: skip


def _param_text(name: str, value: object, labels: Labels) -> object:
    if name == "path" and isinstance(value, str):
        return place_text(value, labels)
    if name in ("code", "name") and isinstance(value, str):
        if value in labels:
            return card_label(labels[value], value)
        return label("dimension", value) if value in list(Dimension) else value
    return NO_VALUE if value is None else value


def place_text(place: str, labels: Labels) -> str:
    """Where on a card something stands: `Credit rating, category AAA`."""
    found = _BIN.match(place)
    if found and found["code"] in labels:
        parts = [card_label(labels[found["code"]], found["code"])]
        if found["place"] is not None:
            parts.append(_("bin %(n)s") % {"n": int(found["place"]) + 1})
            rest = {"upto": _("upper edge"), "points": _("points")}.get(found["rest"] or "")
            parts.extend([rest] if rest else [])
        elif found["rest"]:
            parts.append(_("category %(name)s") % {"name": found["rest"]})
        else:
            parts.append(_(_PARTS[found["part"]]))
        return several(parts)
    return several(_word(part, labels) for part in place.split("."))


def _word(part: str, labels: Labels) -> str:
    name, _bracket, rest = part.partition("[")
    if name in labels:
        return card_label(labels[name], name)
    words = label("dimension", name) if name in list(Dimension) else _(_PARTS[name]) if name in _PARTS else name
    return f"{words} {int(rest[:-1]) + 1}" if rest[:-1].isdigit() else words


def difference_text(one: Difference) -> str:
    """What differs, as a sentence."""
    return _SAID[one.kind](one)


def _named(one: Difference) -> dict[str, Any]:
    return {
        "indicator": card_label(one.label, one.place.partition(".")[0]),
        "dimension": label("dimension", one.dimension) if one.dimension else "",
    }


def _shares(template: str) -> Callable[[Difference], str]:
    def said(one: Difference) -> str:
        values = {name: NO_VALUE if share is None else share_text(share) for name, share in _values(one)}
        return _(template) % (_named(one) | values)

    return said


def _numbers(template: str) -> Callable[[Difference], str]:
    def said(one: Difference) -> str:
        values = {name: NO_VALUE if value is None else number_text(value) for name, value in _values(one)}
        return _(template) % (_named(one) | values)

    return said


def _values(one: Difference) -> tuple[tuple[str, Any], ...]:
    return ("before", one.before), ("after", one.after)


def _bins(one: Difference) -> str:
    def told(bins: Sequence[Sequence[float | None]]) -> str:
        assert one.indicator is not None  # noqa: S101  (bins belong to one)
        read = Indicator(one.indicator.code, 1, tuple(Bin(upto, points or 0) for upto, points in bins))
        return several(
            with_aside(number_text(each.points), bin_text(read, place)) for place, each in enumerate(read.bins)
        )  # fmt: skip

    return _("%(indicator)s has other points by bin: %(after)s. Before: %(before)s.") % (
        _named(one) | {"before": told(one.before), "after": told(one.after)}
    )


def _categories(one: Difference) -> str:
    names = {**one.before, **one.after}
    changed = [name for name in names if one.before.get(name) != one.after.get(name)]
    told = several(
        _("%(name)s %(before)s → %(after)s") % {
            "name": name,
            "before": number_text(one.before[name]) if name in one.before else NO_VALUE,
            "after": number_text(one.after[name]) if name in one.after else NO_VALUE,
        }
        for name in changed
    )  # fmt: skip
    return _("%(indicator)s has other points by category: %(changes)s.") % (_named(one) | {"changes": told})


def _missing(one: Difference) -> str:
    def told(points: float | None) -> str:
        return _("left out") if points is None else number_text(points)

    return _("%(indicator)s, where nothing is known: %(after)s instead of %(before)s.") % (
        _named(one) | {"before": told(one.before), "after": told(one.after)}
    )


def _window(one: Difference) -> str:
    def told(days: int | None) -> str:
        return NO_VALUE if days is None else ngettext("%(n)s day", "%(n)s days", days) % {"n": format_number(days)}

    return _("%(indicator)s looks back %(after)s instead of %(before)s.") % (
        _named(one) | {"before": told(one.before), "after": told(one.after)}
    )


def _moved(one: Difference) -> str:
    return _("%(indicator)s moved from %(before)s to %(after)s.") % (
        _named(one) | {"before": label("dimension", one.before), "after": label("dimension", one.after)}
    )


def _band(one: Difference) -> str:
    level = label("risk_level", one.place.removeprefix("bands."))
    return _("%(level)s begins at %(after)s instead of %(before)s.") % {
        "level": level, "before": number_text(one.before), "after": number_text(one.after)
    }  # fmt: skip


def floor_fact_text(when: str) -> str:
    """The fact of a floor."""
    if when == "listed":
        return _("Listed black or grey")
    days = when.removeprefix("overdue_")
    count = int(days) if days.isdigit() else 0
    return ngettext("An invoice %(n)s day past due or more", "An invoice %(n)s days past due or more", count) % {
        "n": format_number(count)
    }


def _floor(template: str) -> Callable[[Difference], str]:
    def said(one: Difference) -> str:
        levels = {name: label("risk_level_short", level) for name, level in _values(one) if level is not None}
        return _(template) % ({"fact": floor_fact_text(one.place.removeprefix("floors."))} | levels)

    return said


def _low_coverage(one: Difference) -> str:
    return _("A score asks for information below %(after)s of coverage instead of %(before)s.") % {
        name: format_percent(value, 0) for name, value in _values(one)
    }


_K = DifferenceKind
_SAID: dict[DifferenceKind, Callable[[Difference], str]] = {
    _K.DIMENSION_ADDED: _shares(N_("The dimension %(dimension)s is new, with %(after)s of the whole score.")),
    _K.DIMENSION_REMOVED: _shares(N_("The dimension %(dimension)s is gone; it had %(before)s of the whole score.")),
    _K.DIMENSION_WEIGHT: _shares(N_("%(dimension)s has %(after)s of the whole score instead of %(before)s.")),
    _K.INDICATOR_ADDED: _shares(N_("%(indicator)s is new in %(dimension)s, with %(after)s of the dimension.")),
    _K.INDICATOR_REMOVED: _shares(N_("%(indicator)s is gone from %(dimension)s; it had %(before)s of the dimension.")),
    _K.INDICATOR_MOVED: _moved,
    _K.INDICATOR_WEIGHT: _numbers(N_("%(indicator)s weighs %(after)s instead of %(before)s inside %(dimension)s.")),
    _K.BINS: _bins,
    _K.CATEGORIES: _categories,
    _K.MISSING: _missing,
    _K.WINDOW: _window,
    _K.WORDING: lambda one: _("%(indicator)s has another name or unit.") % _named(one),
    _K.BAND: _band,
    _K.FLOOR_ADDED: _floor(N_("%(fact)s: now at least %(after)s.")),
    _K.FLOOR_REMOVED: _floor(N_("%(fact)s: no longer at least %(before)s.")),
    _K.FLOOR_LEVEL: _floor(N_("%(fact)s: at least %(after)s instead of %(before)s.")),
    _K.LOW_COVERAGE: _low_coverage,
}
