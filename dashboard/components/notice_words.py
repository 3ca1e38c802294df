"""How a notice reads: its sentence, what stands below it, and why something was not sent, in the reader's language."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl

from dashboard.components.rule_words import rule_title
from dashboard.i18n import (
    NO_VALUE,
    _,
    filled,
    format_date,
    format_money,
    format_month,
    format_number,
    ngettext,
)
from dashboard.labels import label
from dashboard.navigation import address_of
from services.early_warnings import RULES
from services.notifications import NOTICE_KINDS
from services.notifications.rows import NoticeRow
from services.policy import DEFINITIONS

#: Kinds that count: the pairs of services/notifications/kinds.py, where the catalogues find them.
_COUNTED: dict[str, Callable[[int], str]] = {
    "warnings_raised": lambda n: ngettext(
        "One new warning for your department", "%(count)s new warnings for your department", n
    ),
    "warning_assigned": lambda n: ngettext(
        "A warning was assigned to you: %(customer)s",
        "%(count)s warnings were assigned to you, the first about %(customer)s",
        n,
    ),
    "warnings_due": lambda n: ngettext(
        "One of your warnings is due today", "%(count)s of your warnings are due today", n
    ),
    "warnings_escalated": lambda n: ngettext(
        "One warning passed its deadline and was escalated to you",
        "%(count)s warnings passed their deadline and were escalated to you",
        n,
    ),
    "controls_planned": lambda n: ngettext(
        "One measure was proposed by a rule and waits for approval",
        "%(count)s measures were proposed by rules and wait for approval",
        n,
    ),
    "control_in_force": lambda n: ngettext(
        "A measure for %(customer)s is in force now: %(control_kind)s",
        "%(count)s measures are in force now, the first for %(customer)s: %(control_kind)s",
        n,
    ),
    "control_ended": lambda n: ngettext(
        "The measure for %(customer)s has ended: %(control_kind)s",
        "%(count)s measures have ended, the first for %(customer)s: %(control_kind)s",
        n,
    ),
    "controls_due": lambda n: ngettext(
        "One measure is to be reviewed today or ends in two weeks",
        "%(count)s measures are to be reviewed today or end in two weeks",
        n,
    ),
    "listing_candidates": lambda n: ngettext(
        "One customer of your department shows a sign that calls for identification",
        "%(count)s customers of your department show signs that call for identification",
        n,
    ),
    "listing_deadlines": lambda n: ngettext(
        "One identification is due soon or late", "%(count)s identifications are due soon or late", n
    ),
    "request_overdue": lambda n: ngettext(
        "The answer on %(customer)s is overdue", "%(count)s answers are overdue, the first on %(customer)s", n
    ),
    "visit_overdue": lambda n: ngettext(
        "The visit to %(customer)s is overdue", "%(count)s visits are overdue, the first to %(customer)s", n
    ),
    "information_overdue": lambda n: ngettext(
        "Information on %(customer)s is overdue",
        "Information on %(count)s customers is overdue, the first is %(customer)s",
        n,
    ),
    "review_overdue": lambda n: ngettext(
        "The assessment of %(customer)s waits too long for its review",
        "%(count)s assessments wait too long for their review, the first of %(customer)s",
        n,
    ),
    "import_rejects": lambda n: ngettext(
        "One row of %(file)s was rejected", "%(count)s rows of %(file)s were rejected", n
    ),
}


def notice_sentence(notice: NoticeRow) -> str:
    """What happened, in one sentence without a full stop."""
    count = int(notice.params.get("count", 1))
    counted = _COUNTED.get(notice.kind)
    template = counted(count) if counted else _(NOTICE_KINDS[notice.kind].one)
    words = {name: _value(name, value) for name, value in notice.params.items()}
    return template % defaultdict(lambda: NO_VALUE, words)


def notice_lines(notice: NoticeRow, currency: str) -> tuple[str, ...]:
    """What stands below the sentence: the money at risk, and the first few by name."""
    lines = []
    if "money" in notice.params:
        money = format_money(Decimal(str(notice.params["money"])), currency, compact=True)
        lines.append(_("Money at risk: %(money)s") % {"money": money})
    for one in notice.params.get("top", ()):
        rule = RULES.get(str(one.get("rule")))
        parts = (
            str(one.get("customer", "")),
            rule_title(rule, {"days": int(one["days"])} if one.get("days") else None) if rule else "",
            format_money(Decimal(str(one.get("money", 0))), currency, compact=True),
        )
        lines.append(" · ".join(part for part in parts if part))
    return tuple(lines)


def notice_address(notice: NoticeRow) -> str:
    """The page that a notice leads to, from the root on; empty where it leads nowhere."""
    key, _mark, query = notice.link.partition("?")
    return address_of(key, **dict(parse_qsl(query))) if key else ""


def error_text(error: Mapping[str, Any] | None) -> str:
    """Why a message was not sent."""
    return filled(str(error["template"]), error.get("params") or {}) if error else ""


def _value(name: str, value: Any) -> str:  # noqa: ANN401  (any JSON value)
    if value is None:
        return NO_VALUE
    if isinstance(value, dict):
        return error_text(value) if "template" in value else NO_VALUE
    writers: dict[str, Callable[[str], str]] = {
        "count": lambda text: format_number(int(text)),
        "day": lambda text: format_date(dt.date.fromisoformat(text)),
        "month": lambda text: format_month(dt.date.fromisoformat(text)),
        "setting": lambda text: next((_(one.text) for one in DEFINITIONS if one.key == text), text),
        "decision": lambda text: label("proposal_decision", text),
        "order_state": lambda text: label("held_order_state", text),
        "rule": _,
        "control_kind": lambda text: label("control_kind", text),
    }
    return writers[name](str(value)) if name in writers else str(value)
