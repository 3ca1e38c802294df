"""Every number of the policy, by clause: typed, dated settings read from the database.

A setting's row is added, never changed. The value on day d is the one with the latest `effective_from` not after d, so
a change applies from its date on and never rewrites closed months (SPEC 5).
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Setting
from services.errors import N_, NotFoundError, RefusedError

if TYPE_CHECKING:
    from services.context import Context


@dataclass(frozen=True)
class Policy:
    """The settings in force on one day. Units: days, ratios 0-1, per 1,000, ISO currency codes."""

    base_currency: str = "CNY"
    time_zone: str = "Asia/Shanghai"
    business_date: dt.date | None = None
    accuracy_window_days: int = 180
    bad_after_days: int = 90
    arrears_days: int = 90
    arrears_dunning_notices: int = 2
    identification_days: int = 15
    refresh_days_low: int = 180
    refresh_days_medium: int = 90
    refresh_days_high: int = 30
    refresh_days_critical: int = 7
    level_cooldown_days: int = 30
    target_assessment_accuracy: Decimal = Decimal("0.85")
    target_identification_timeliness: Decimal = Decimal("0.80")
    target_arrears_recovery_rate: Decimal = Decimal("0.45")
    target_complaint_rate: Decimal = Decimal("4")
    small_sample: int = 20
    triage_hold_minutes: int = 10
    triage_undo_minutes: int = 5
    triage_warnings_a_day: int = 10
    control_quiet_days: int = 90
    control_transition_days: int = 30
    breach_events: int = 2
    breach_severity: int = 3
    breach_window_days: int = 365
    illegal_events: int = 1
    illegal_window_days: int = 180
    harm_events: int = 2
    harm_window_days: int = 180
    reply_days: int = 7
    listing_people: int = 2
    identification_reminder_days: int = 5
    gate_order_days: int = 90
    events_kept_days: int = 30
    token_longest_days: int = 365
    screening_threshold: Decimal = Decimal("0.80")
    review_days: int = 5
    reminder_escalation_days: int = 3


@dataclass(frozen=True)
class Definition:
    """What a setting means: its clause and a sentence for the page that shows it."""

    key: str
    clause: str
    text: str


DEFINITIONS: tuple[Definition, ...] = (
    Definition("base_currency", "5.2", N_("Currency in which money is summed")),
    Definition("time_zone", "5.2", N_("Time zone whose calendar months are counted")),
    Definition("business_date", "5.2", N_("Day the figures stand at; empty means today")),
    Definition("accuracy_window_days", "5.2", N_("Days after a final assessment in which it proves right or wrong")),
    Definition("bad_after_days", "5.2", N_("Days past due from which an unpaid invoice makes a customer actually bad")),
    Definition("arrears_days", "2.3", N_("Days past due from which arrears call for identification")),
    Definition("arrears_dunning_notices", "2.3", N_("Dunning notices that must have been sent before arrears count")),
    Definition("identification_days", "5.2", N_("Days from the first objective sign to the decision")),
    Definition("refresh_days_low", "2.2", N_("Days until a low-risk customer is assessed again")),
    Definition("refresh_days_medium", "2.2", N_("Days until a medium-risk customer is assessed again")),
    Definition("refresh_days_high", "2.2", N_("Days until a high-risk customer is assessed again")),
    Definition("refresh_days_critical", "2.2", N_("Days until a critical-risk customer is assessed again")),
    Definition("level_cooldown_days", "2.2", N_("Days at a level before it may fall by one step")),
    Definition("target_assessment_accuracy", "5.2", N_("Target for assessment accuracy, 0 to 1")),
    Definition("target_identification_timeliness", "5.2", N_("Target for identification timeliness, 0 to 1")),
    Definition("target_arrears_recovery_rate", "5.2", N_("Target for the arrears recovery rate, 0 to 1")),
    Definition("target_complaint_rate", "5.2", N_("Highest complaint rate wanted, per 1,000 customers")),
    Definition("small_sample", "5.2", N_("A rate over fewer cases than this is marked as uncertain")),
    Definition("triage_hold_minutes", "4.1", N_("Minutes for which an open warning is kept for its reader; 0: never")),
    Definition("triage_undo_minutes", "4.1", N_("Minutes in which an assignment or a snooze can be undone; 0: never")),
    Definition("triage_warnings_a_day", "4.1", N_("Warnings that one person decides on in a working day")),
    Definition("control_quiet_days", "3.1", N_("Days in which a measure turned down is not proposed again by rule")),
    Definition(
        "control_transition_days",
        "3.1",
        N_("Days from a measure's start in which invoices count as business of before"),
    ),
    Definition("breach_events", "2.3", N_("Breaches of contract that call for identification")),
    Definition("breach_severity", "2.3", N_("Severity from which a breach counts, 1 to 5")),
    Definition("breach_window_days", "2.3", N_("Days within which breaches are counted")),
    Definition("illegal_events", "2.3", N_("Adverse court or regulator events that call for identification")),
    Definition("illegal_window_days", "2.3", N_("Days within which court and regulator events are counted")),
    Definition("harm_events", "2.3", N_("Grave events of reputation that call for identification")),
    Definition("harm_window_days", "2.3", N_("Days within which grave events of reputation are counted")),
    Definition("reply_days", "2.3", N_("Days that a customer has for its reply before a listing is decided")),
    Definition(
        "listing_people", "2.3", N_("People who take part in a listing; from 3 on the reviewer does not decide")
    ),
    Definition("identification_reminder_days", "2.3", N_("Days before the deadline on which people are reminded")),
    Definition("gate_order_days", "3.1", N_("Days for which an order that is not invoiced counts against limits")),
    Definition("events_kept_days", "4.2", N_("Days for which other systems can read past events")),
    Definition("token_longest_days", "1.4", N_("Days after which a token of another system ends at the latest")),
    Definition("screening_threshold", "2.3", N_("Likeness from which a name counts as a match, 0 to 1")),
    Definition("review_days", "2.2", N_("Days that an assessment may wait for its review")),
    Definition("reminder_escalation_days", "4.1", N_("Days after a reminder until it goes up to who stands above")),
)
_KINDS: dict[str, type] = {
    item.name: (dt.date if item.default is None else type(item.default)) for item in fields(Policy)
}


def parsed_setting(key: str, text: str) -> Any:  # noqa: ANN401  (the type depends on the setting)
    """The typed value of a setting from its text.

    Raises:
        NotFoundError: no such setting.
        RefusedError: the text is not a value of the setting's kind.
    """
    kind = _KINDS.get(key)
    if kind is None:
        raise NotFoundError(N_("There is no setting called %(key)s."), key=key)
    title = next(one.text for one in DEFINITIONS if one.key == key)
    wrong = RefusedError(N_("“%(value)s” is not a valid value of “%(setting)s”."), value=text, setting=title)
    try:
        if kind is dt.date:
            return dt.date.fromisoformat(text) if text else None
        value = kind(text)
    except (ValueError, InvalidOperation) as error:
        raise wrong from error
    if isinstance(value, int | Decimal) and not (Decimal(value).is_finite() and value >= 0):
        raise wrong
    if key == "time_zone":
        try:
            ZoneInfo(text)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise wrong from error
    if key == "base_currency" and not (len(text) == 3 and text.isascii() and text.isalpha() and text.isupper()):
        raise wrong
    return value


class PolicyHistory:
    """All settings with the days they apply from."""

    def __init__(self, rows: Sequence[tuple[str, dt.date, str]]) -> None:
        """`rows` are (key, effective_from, text), in the order they were set."""
        self._changes: dict[dt.date, dict[str, Any]] = {}
        for key, effective_from, text in rows:
            self._changes.setdefault(effective_from, {})[key] = parsed_setting(key, text)
        self._days = sorted(self._changes)
        self._policies = [Policy()]
        for day in self._days:
            self._policies.append(replace(self._policies[-1], **self._changes[day]))
        self.set_keys = frozenset(key for key, _, _ in rows)

    def on(self, day: dt.date) -> Policy:
        """The policy in force on a day."""
        return self._policies[bisect_right(self._days, day)]

    @property
    def change_days(self) -> list[dt.date]:
        """The days on which some setting changes, in order."""
        return list(self._days)

    @property
    def newest(self) -> Policy:
        """The policy after all known changes, future ones included."""
        return self._policies[-1]


@lru_cache(maxsize=8)
def _history_of(rows: tuple[tuple[str, dt.date, str], ...]) -> PolicyHistory:
    return PolicyHistory(rows)


def policy_history(session: Session) -> PolicyHistory:
    """All settings of this database."""
    known = select(Setting.key, Setting.effective_from, Setting.value["text"].astext).order_by(
        Setting.set_at, Setting.id
    )
    return _history_of(tuple((key, day, text) for key, day, text in session.execute(known) if key in _KINDS))


def set_policy(ctx: Context, key: str, text: str, effective_from: dt.date | None = None) -> None:
    """Add a value for a setting from a day on (default: from the beginning if never set, else from today).

    Raises:
        NotAllowedError: the actor may not change settings.
        NotFoundError, RefusedError: unknown setting or unusable value.
    """
    from services import access, ledger

    access.ensure_may(ctx, "policy.set")
    value = parsed_setting(key, text)
    since = effective_from or (ctx.today if key in ctx.policy_history.set_keys else dt.date(1900, 1, 1))
    before = getattr(ctx.policy_history.on(since), key)
    add_value(ctx, key, text, since)
    ledger.record(
        ctx, "policy.set", f"setting:{key}", before={"value": str(before)},
        after={"value": str(value), "from": since.isoformat()},
    )  # fmt: skip


def add_value(ctx: Context, key: str, text: str, since: dt.date) -> None:
    """Store a value that was decided on, in the decider's name. The caller has checked the right and records it."""
    from services import data_versions
    from services.metrics.upkeep import mark_all_dirty

    ctx.session.add(
        Setting(key=key, value={"text": text}, effective_from=since, set_at=ctx.now, set_by=ctx.actor.login)
    )
    ctx.session.flush()
    ctx.__dict__.pop("policy_history", None)
    data_versions.bump(ctx, "policy")
    mark_all_dirty(ctx)
