"""How a metric reads: value in its unit, change and whether that is good, what has to stand beside it (SPEC 5)."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from dashboard.i18n import (
    NO_VALUE,
    _,
    format_money,
    format_number,
    format_per_mille,
    format_percent,
    ngettext,
)
from services.metrics.beside import ComplaintFates
from services.metrics.definitions import METRIC_DEFINITIONS
from services.metrics.figures import ACCURACY, COMPLAINTS, RECOVERY, TIMELINESS, Figure
from services.policy import Policy

Value = Decimal | Fraction


def decimal(value: Value) -> Decimal:
    """A fraction as a decimal, for writing."""
    return value if isinstance(value, Decimal) else Decimal(value.numerator) / Decimal(value.denominator)


def metric_name(metric: str) -> str:
    """The metric's name."""
    return _(METRIC_DEFINITIONS[metric].title)


def value_text(metric: str, value: Value | None) -> str:
    """A value in its unit; a dash where there is none."""
    if value is None:
        return NO_VALUE
    return format_per_mille(decimal(value)) if metric == COMPLAINTS else format_percent(decimal(value))


def size_text(metric: str, step: Value) -> str:
    """How large a difference of two values is, without its sign: `11.8 points`, `7.7‰`."""
    size = abs(decimal(step))
    if metric == COMPLAINTS:
        return format_per_mille(size)
    return _("%(n)s points") % {"n": format_number(size * 100, 1)}


def effect_text(metric: str, step: Value) -> str:
    """A difference with its sign, for tables: `−11.8`, `+7.7`."""
    figure = format_number(decimal(step) * (1 if metric == COMPLAINTS else 100), 1)
    return figure if figure.startswith("−") or not figure.strip("0.") else f"+{figure}"


def target_of(policy: Policy, metric: str) -> Decimal:
    """The target that a policy sets for a metric."""
    target: Decimal = getattr(policy, f"target_{metric}")
    return target


def is_good(metric: str, step: Value) -> bool:
    """Whether a step up (above 0) or down is to the good for the metric."""
    return step > 0 if METRIC_DEFINITIONS[metric].is_better_high else step < 0


def meets_target(metric: str, value: Value, target: Decimal) -> bool:
    """Whether a value reaches its target."""
    return value >= target if METRIC_DEFINITIONS[metric].is_better_high else value <= target


def is_small(figure: Figure, policy: Policy) -> bool:
    """Whether a rate stands on too few cases to be read without care. Money has no count of cases."""
    return figure.metric != RECOVERY and figure.denominator < policy.small_sample


def target_text(metric: str, target: Decimal) -> str:
    """The target."""
    return _("Target %(target)s") % {"target": value_text(metric, target)}


def verdict_text(metric: str, value: Value, target: Decimal) -> str:
    """By how much the target is met or missed."""
    words = {"by": size_text(metric, decimal(value) - target)}
    return (_("met by %(by)s") if meets_target(metric, value, target) else _("missed by %(by)s")) % words


def change_text(metric: str, step: Value | None, period: str) -> str:
    """The change since a period, with its direction and whether that is good."""
    if step is None:
        return _("No figure for %(period)s") % {"period": period}
    words = {"change": size_text(metric, step), "period": period}
    if not step:
        return _("Same as in %(period)s") % words
    if step > 0:
        text = _("▲ %(change)s, better than %(period)s") if is_good(metric, step) else _(
            "▲ %(change)s, worse than %(period)s"
        )  # fmt: skip
    else:
        text = _("▼ %(change)s, better than %(period)s") if is_good(metric, step) else _(
            "▼ %(change)s, worse than %(period)s"
        )  # fmt: skip
    return text % words


def ratio(part: Value, whole: Value) -> str:
    """A share in per cent; a dash where there is no whole."""
    return format_percent(decimal(part) / decimal(whole)) if whole else NO_VALUE


def part_of(figure: Figure, name: str) -> Decimal:
    """One of the measures that a figure is made of."""
    return Decimal(figure.parts.get(name, 0))


def facts_of(figure: Figure, currency: str, never_decided: int, fates: ComplaintFates) -> tuple[str, ...]:
    """The lines beside a figure, so that it does not flatter."""
    if figure.metric == ACCURACY:
        return accuracy_facts(figure)
    if figure.metric == TIMELINESS:
        return timeliness_facts(figure, never_decided)
    return recovery_facts(figure, currency) if figure.metric == RECOVERY else complaint_facts(figure, fates)


def accuracy_facts(figure: Figure) -> tuple[str, ...]:
    """Recall, precision, base rate, what calling everyone good would score, and who was left out."""
    caught, missed = part_of(figure, "true_positive"), part_of(figure, "false_negative")
    alarmed = caught + part_of(figure, "false_positive")
    bad, count = caught + missed, figure.denominator
    left_out = int(part_of(figure, "excluded"))
    return (
        _("n = %(n)s · recall %(recall)s · precision %(precision)s")
        % {"n": format_number(count), "recall": ratio(caught, bad), "precision": ratio(caught, alarmed)},
        _("Base rate %(base)s · calling everyone good: %(all_good)s")
        % {"base": ratio(bad, count), "all_good": ratio(count - bad, count)},
        ngettext("%(n)s left out: already bad", "%(n)s left out: already bad", left_out)
        % {"n": format_number(left_out)},
    )


def timeliness_facts(figure: Figure, never_decided: int) -> tuple[str, ...]:
    """How many were late, and on how many nothing was ever decided."""
    late = int(part_of(figure, "late"))
    return (
        _("n = %(n)s · %(on_time)s on time")
        % {"n": format_number(figure.denominator), "on_time": format_number(figure.numerator)},
        ngettext("%(n)s late, %(never)s never decided", "%(n)s late, %(never)s never decided", late)
        % {"n": format_number(late), "never": format_number(never_decided)},
    )


def recovery_facts(figure: Figure, currency: str) -> tuple[str, ...]:
    """The money received and owed, and what has no rate."""
    lines = [
        _("%(received)s of %(owed)s")
        % {
            "received": format_money(figure.numerator, currency, compact=True),
            "owed": format_money(figure.denominator, currency, compact=True),
        },
        _("%(opening)s outstanding before, %(added)s added")
        % {
            "opening": format_money(part_of(figure, "opening"), currency, compact=True),
            "added": format_money(part_of(figure, "added"), currency, compact=True),
        },
    ]
    if unknown := int(part_of(figure, "unconverted")):
        lines.append(
            ngettext(
                "%(n)s entry left out: no exchange rate", "%(n)s entries left out: no exchange rate", unknown
            ) % {"n": format_number(unknown)}
        )  # fmt: skip
    return tuple(lines)


def complaint_facts(figure: Figure, fates: ComplaintFates) -> tuple[str, ...]:
    """Among how many customers, and what became of the complaints."""
    decided, active = fates.upheld + fates.not_upheld, int(figure.denominator)
    lines = [ngettext("n = %(n)s active customer", "n = %(n)s active customers", active) % {"n": format_number(active)}]
    if decided:
        lines.append(
            _("Upheld %(share)s (%(upheld)s of %(decided)s decided)")
            % {
                "share": ratio(Decimal(fates.upheld), Decimal(decided)),
                "upheld": format_number(fates.upheld),
                "decided": format_number(decided),
            }
        )
    elif fates.undecided:
        lines.append(
            ngettext("%(n)s not decided yet", "%(n)s not decided yet", fates.undecided)
            % {"n": format_number(fates.undecided)}
        )
    if fates.days_to_close is not None:
        lines.append(_("Half closed within %(n)s days") % {"n": format_number(fates.days_to_close)})
    return tuple(lines)
