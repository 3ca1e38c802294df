"""What a score says in the reader's language: reasons, values with units, floors, ways down. For pages and commands."""

from __future__ import annotations

from collections.abc import Mapping

from dashboard.i18n import N_, NO_VALUE, _, format_number, format_percent, language, ngettext
from dashboard.labels import label
from services.scoring import Direction, Quantity, QuantityKind, Reason, Step

_YEAR = 365
_SIZES = {
    "large": N_("large"), "medium": N_("medium-sized"), "small": N_("small"), "micro": N_("micro"),
    "大型": N_("large"), "中型": N_("medium-sized"), "小型": N_("small"), "微型": N_("micro"),
    "大": N_("large"), "中": N_("medium-sized"), "小": N_("small"), "微": N_("micro"),
}  # fmt: skip
#: An edge so near to zero that only zero is below it.
_NEXT_TO_NOTHING = 0.001
_WHOLE = frozenset({QuantityKind.COUNT, QuantityKind.DAYS})


def card_label(labels: Mapping[str, str], code: str) -> str:
    """An indicator's name as its card gives it: in the reader's language, else in any, else its code."""
    return labels.get(language()) or next(iter(labels.values()), code)


def reason_text(reason: Reason) -> str:
    """Why an indicator has its points."""
    values = {name: quantity_text(one) for name, one in reason.params.items()}
    name = card_label(reason.label, reason.indicator)
    if reason.template is None:
        return _("%(indicator)s: %(value)s") % {"indicator": name, "value": values["value"]}
    return _(reason.template) % (values | {"indicator": name})


def quantity_text(one: Quantity | None) -> str:
    """A value with its unit; `—` for none."""
    if one is None or one.value is None:
        return NO_VALUE
    if one.kind is QuantityKind.BEYOND:
        return _("beyond any number")
    if isinstance(one.value, str):
        return _(_SIZES[one.value]) if one.kind is QuantityKind.SIZE and one.value in _SIZES else one.value
    value = float(one.value)
    if one.kind in {QuantityKind.RATIO, QuantityKind.CHANGE}:
        return _percent(value, signed=one.kind is QuantityKind.CHANGE)
    if one.kind is QuantityKind.MULTIPLE:
        return _("%(n)s times") % {"n": _number(value)}
    if one.kind is QuantityKind.PERIOD and value % _YEAR == 0:
        return _years(value / _YEAR)
    if one.kind in {QuantityKind.DAYS, QuantityKind.PERIOD}:
        return ngettext("%(n)s day", "%(n)s days", _form(value)) % {"n": _number(value)}
    if one.kind is QuantityKind.YEARS:
        return _years(value)
    return " ".join(filter(None, (_number(value), one.unit)))


def _years(value: float) -> str:
    return ngettext("%(n)s year", "%(n)s years", _form(value)) % {"n": _number(value)}


def _percent(value: float, *, signed: bool) -> str:
    words = format_percent(value, 0 if abs(value) >= 0.1 and round(value * 100) == round(value * 100, 1) else 1)
    return f"+{words}" if signed and value > 0 else words


def _number(value: float) -> str:
    """With one decimal, small ones with two, and none that says nothing."""
    most = 1 if abs(value) >= 1 else 2
    digits = next(one for one in range(most + 1) if round(value, one) == round(value, most))
    return format_number(value, digits)


def _form(value: float) -> int:
    """Which plural form a number takes: only a plain one is singular."""
    return 1 if value == 1 else 2


def floor_text(when: str, level: str | None) -> str:
    """Why a level is held, whatever the score."""
    words = {"level": label("risk_level_short", level)}
    if when == "listed":
        return _("Listed black or grey: at least %(level)s, whatever the score") % words
    days = _overdue_days(when)
    if days is None:
        return _("A rule of the scorecard holds the level at %(level)s or above") % words
    return _("An invoice is %(n)s or more days past due: at least %(level)s, whatever the score") % (
        words | {"n": format_number(days)}
    )


def floor_end_text(when: str) -> str:
    """What has to be true for a floor to end."""
    days = _overdue_days(when)
    if days is None:
        return _("The listing is lifted")
    return _("No open invoice is %(n)s or more days past due") % {"n": format_number(days)}


def _overdue_days(when: str) -> int | None:
    days = when.removeprefix("overdue_")
    return int(days) if when.startswith("overdue_") and days.isdigit() else None


def step_text(step: Step) -> str:
    """One change that would lower the level."""
    words = {"indicator": card_label(step.label, step.indicator), "limit": quantity_text(step.limit)}
    if step.direction is Direction.AT_LEAST:
        return _("%(indicator)s: at least %(limit)s") % words
    if step.direction is Direction.IS:
        return _("%(indicator)s: %(limit)s") % words
    return (_("%(indicator)s: none") if _is_nothing(step.limit) else _("%(indicator)s: below %(limit)s")) % words


def _is_nothing(limit: Quantity) -> bool:
    """Nothing but zero lies below the limit."""
    if isinstance(limit.value, str) or limit.value is None:
        return False
    return 0 < limit.value <= _NEXT_TO_NOTHING or (limit.value == 1 and limit.kind in _WHOLE)
