"""How much of each limit is used, as bars with words: what may still be ordered reads without a calculator."""

from __future__ import annotations

from decimal import Decimal
from html import escape

from dashboard.components.gate_words import control_title, demands_text
from dashboard.i18n import N_, _, format_date, format_money, running_on
from dashboard.labels import label
from db.enums import ControlKind
from services.gate import CustomerLimits, LimitUse

_NAMES = {
    "order_limit": N_("Per order"),
    "month_limit": N_("This month"),
    "exposure_limit": N_("Owed and ordered"),
    "guarantee": N_("Guarantees in force"),
}


def limits_html(found: CustomerLimits, currency: str, order: Decimal | None = None) -> str:
    """What is left, then a bar for each limit; `order` is drawn on top of what is used."""
    bars = "".join(
        _bar(one, currency, order) if order is not None or one.name != "order_limit" else _plain(one, currency)
        for one in found.uses
    )
    return f'<div class="gl-limits">{_answer(found, currency)}{bars}</div>'


def _answer(found: CustomerLimits, currency: str) -> str:
    if found.grade is not None:
        words = _("Listed (%(grade)s): nothing may be ordered.") % {"grade": label("grade", found.grade)}
    elif found.limit_left is None:
        words = _("No limit is set: any amount may be ordered.")
    else:
        words = _("May still be ordered: **%(left)s**") % {"left": format_money(found.limit_left, currency)}
        if not found.limit_left and any(one.kind == ControlKind.SUSPENSION for one in found.controls):
            words = running_on([_("Trade with this customer is suspended."), words])
    before, mark, rest = words.partition("**")
    strong, _mark, after = rest.partition("**")
    return f"<p>{escape(before)}{f'<b>{escape(strong)}</b>' if mark else ''}{escape(after)}</p>"


def _plain(one: LimitUse, currency: str) -> str:
    """A limit that nothing counts against before there is an order."""
    return (
        f'<div class="gl-limit"><span>{escape(_(_NAMES[one.name]))}</span><span></span>'
        f'<span class="gl-figures">{escape(format_money(one.limit, currency, compact=True))}</span></div>'
    )


def _bar(one: LimitUse, currency: str, order: Decimal | None) -> str:
    adds = order if order is not None and one.name != "guarantee" else Decimal(0)
    whole = max(one.limit, one.used + adds, Decimal(1))
    used, more = (float(part / whole * 100) for part in (one.used, adds))
    edge = float(one.limit / whole * 100)
    words = _("%(used)s of %(limit)s") % {
        "used": format_money(one.used + adds, currency, compact=True),
        "limit": format_money(one.limit, currency, compact=True),
    }  # fmt: skip
    return (
        f'<div class="gl-limit"><span>{escape(_(_NAMES[one.name]))}</span><span class="gl-limit-bar">'
        f'<i style="width:{used:.1f}%"></i><i class="gl-limit-order" style="width:{more:.1f}%"></i>'
        f'<b style="left:{edge:.1f}%"></b></span><span class="gl-figures">{escape(words)}</span></div>'
    )


def measures_html(found: CustomerLimits, currency: str) -> str:
    """The measures in force and the permissions to pass them."""
    if not found.controls:
        return f'<p class="gl-quiet">{escape(_("No measure is in force against this customer."))}</p>'
    rows = []
    for one in found.controls:
        demands = demands_text(one, currency)
        until = "" if one.expires_on is None else _("until %(day)s") % {"day": format_date(one.expires_on)}
        rest = " · ".join(part for part in (demands, until) if part)
        rows.append(f"<li><b>{escape(control_title(one))}</b>{f'<br>{escape(rest)}' if rest else ''}</li>")
    for override in found.overrides:
        words = _("May be passed until %(day)s: %(kind)s") % {
            "day": format_date(override.until_on), "kind": label("control_kind", override.kind),
        }  # fmt: skip
        rows.append(f"<li>{escape(words)}</li>")
    return f'<ul class="gl-measures">{"".join(rows)}</ul>'
