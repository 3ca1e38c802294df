"""How a measure reads: what it demands, what happens to an order against it, and the facts that a rule compared."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from dashboard.i18n import N_, NO_VALUE, _, format_money, format_number, format_percent, ngettext
from dashboard.labels import label
from services.controls import ControlRow, Demands
from services.controls.plan_rules import AT_LEAST, FACTS, SHIPPED, Condition, FactUnit, Formula, PlanRule

#: The parameters as a form names them.
PARAMETERS: Mapping[str, str] = {
    "order_limit": N_("Limit of an order"),
    "month_limit": N_("Limit of a month"),
    "exposure_limit": N_("Limit of what is owed"),
    "terms_days": N_("Longest terms in days"),
    "prepaid_share": N_("Share paid in advance"),
    "guarantee_value": N_("Guarantees demanded"),
    "coverage_ratio": N_("Coverage demanded"),
    "monitoring_days": N_("Rhythm in days"),
}
MONEY = ("order_limit", "month_limit", "exposure_limit", "guarantee_value")
SHARES = ("prepaid_share", "coverage_ratio")


def demand_text(name: str, value: Any, currency: str) -> str:  # noqa: ANN401  (int or Decimal)
    """One demand as a sentence's part."""
    if name in MONEY:
        templates = {
            "order_limit": _("orders of at most %(value)s"),
            "month_limit": _("at most %(value)s a month"),
            "exposure_limit": _("owes at most %(value)s"),
            "guarantee_value": _("guarantees of %(value)s"),
        }
        return templates[name] % {"value": format_money(value, currency, compact=True)}
    if name == "prepaid_share":
        return _("%(share)s paid in advance") % {"share": format_percent(value, 0)}
    if name == "coverage_ratio":
        return _("guarantees cover %(share)s of what is owed") % {"share": format_percent(value, 0)}
    days = {"n": format_number(int(value))}
    if name == "monitoring_days":
        return ngettext("a look every day", "a look every %(n)s days", int(value)) % days
    if int(value) == 0:
        return _("payment at once")
    return ngettext("terms of at most %(n)s day", "terms of at most %(n)s days", int(value)) % days


def demands_text(kind: str, demands: Demands, currency: str) -> str:
    """All that a measure demands, in a line."""
    if kind == "suspension":
        return _("no new orders")
    return " · ".join(demand_text(name, value, currency) for name, value in demands.given().items())


def control_title(row: ControlRow) -> str:
    """What kind of measure it is."""
    return label("control_kind", row.kind)


def force_text(kind: str, force: str, override_role: str | None) -> str:
    """What the order gate does with an order against it."""
    if kind == "monitoring":
        return _("Orders are not touched; information and score are renewed more often.")
    if force == "absolute":
        return _("An order against it is denied.")
    return _("An order against it is held: %(role)s may let it pass.") % {"role": label("role", override_role)}


def reason_text(row: ControlRow) -> str:
    """Why it was proposed: a person's words, or the rule's name in the reader's language."""
    return row.reason if row.plan_rule is None else rule_title(row.plan_rule, row.reason)


def rule_title(code: str, title: str) -> str:
    """The name of a rule: of those that ship in the reader's language, of others as it was written."""
    return _(title) if code in SHIPPED and SHIPPED[code].title == title else title


def reason_words(reason: str) -> str:
    """A reason whose rule is not known any more: the name of a rule that ships in the reader's language."""
    return _(reason) if any(reason == one.title for one in SHIPPED.values()) else reason


def fact_text(code: str, value: Any, currency: str) -> str:  # noqa: ANN401  (any JSON number)
    """A fact's value as the reader writes it."""
    if value is None:
        return NO_VALUE
    unit, number = FACTS[code].unit, Decimal(str(value))
    if unit is FactUnit.MONEY:
        return format_money(number, currency, compact=True)
    return format_percent(number, 0) if unit is FactUnit.RATIO else format_number(number)


def condition_text(one: Condition, currency: str) -> str:
    """A condition in words."""
    template = _("%(fact)s: %(value)s or more") if one.sign == AT_LEAST else _("%(fact)s: %(value)s or less")
    return template % {"fact": _(FACTS[one.fact].title), "value": fact_text(one.fact, one.value, currency)}


def formula_text(name: str, one: Formula, currency: str) -> str:
    """A parameter of a rule in words."""
    if one.of is None:
        return demand_text(name, one.value, currency)
    return _("%(parameter)s: %(share)s of “%(fact)s”") % {
        "parameter": _(PARAMETERS[name]), "share": format_percent(one.value, 0), "fact": _(FACTS[one.of].title),
    }  # fmt: skip


def whom_text(rule: PlanRule, currency: str) -> str:
    """Whom a rule means, in a line."""
    parts = [label("risk_level", one) for one in rule.levels]
    if rule.dimension is not None:
        parts.append(_("driven by %(dimension)s") % {"dimension": label("dimension", rule.dimension)})
    parts += [condition_text(one, currency) for one in rule.conditions]
    return " · ".join(parts)


def what_text(rule: PlanRule, currency: str) -> str:
    """What a rule proposes, in a line."""
    if rule.kind == "suspension":
        return _("no new orders")
    return " · ".join(formula_text(name, one, currency) for name, one in rule.demands.items())
