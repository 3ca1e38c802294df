"""The settings as people read them: in force, since when and by whom, what is to come, what there was (SPEC 5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import select

from db.models import AppUser, Setting
from services.access import ensure_may
from services.context import Context
from services.policy import DEFINITIONS, Policy, parsed_setting

#: The day from which a value holds that was set before anything else: from the beginning.
BEGINNING = dt.date(1900, 1, 1)


class SettingUnit(StrEnum):
    """How a door writes a setting's value."""

    CURRENCY = "currency"
    TIME_ZONE = "time_zone"
    DATE = "date"
    DAYS = "days"
    NOTICES = "notices"
    CASES = "cases"
    MINUTES = "minutes"
    WARNINGS = "warnings"
    EVENTS = "events"
    SEVERITY = "severity"
    PEOPLE = "people"
    RATIO = "ratio"
    PER_THOUSAND = "per_thousand"


UNITS: dict[str, SettingUnit] = {
    "base_currency": SettingUnit.CURRENCY,
    "time_zone": SettingUnit.TIME_ZONE,
    "business_date": SettingUnit.DATE,
    "accuracy_window_days": SettingUnit.DAYS,
    "bad_after_days": SettingUnit.DAYS,
    "arrears_days": SettingUnit.DAYS,
    "arrears_dunning_notices": SettingUnit.NOTICES,
    "identification_days": SettingUnit.DAYS,
    "refresh_days_low": SettingUnit.DAYS,
    "refresh_days_medium": SettingUnit.DAYS,
    "refresh_days_high": SettingUnit.DAYS,
    "refresh_days_critical": SettingUnit.DAYS,
    "level_cooldown_days": SettingUnit.DAYS,
    "target_assessment_accuracy": SettingUnit.RATIO,
    "target_identification_timeliness": SettingUnit.RATIO,
    "target_arrears_recovery_rate": SettingUnit.RATIO,
    "target_complaint_rate": SettingUnit.PER_THOUSAND,
    "small_sample": SettingUnit.CASES,
    "triage_hold_minutes": SettingUnit.MINUTES,
    "triage_undo_minutes": SettingUnit.MINUTES,
    "triage_warnings_a_day": SettingUnit.WARNINGS,
    "control_quiet_days": SettingUnit.DAYS,
    "control_transition_days": SettingUnit.DAYS,
    "breach_events": SettingUnit.EVENTS,
    "breach_severity": SettingUnit.SEVERITY,
    "breach_window_days": SettingUnit.DAYS,
    "illegal_events": SettingUnit.EVENTS,
    "illegal_window_days": SettingUnit.DAYS,
    "harm_events": SettingUnit.EVENTS,
    "harm_window_days": SettingUnit.DAYS,
    "reply_days": SettingUnit.DAYS,
    "listing_people": SettingUnit.PEOPLE,
    "identification_reminder_days": SettingUnit.DAYS,
    "gate_order_days": SettingUnit.DAYS,
    "events_kept_days": SettingUnit.DAYS,
    "token_longest_days": SettingUnit.DAYS,
    "screening_threshold": SettingUnit.RATIO,
    "review_days": SettingUnit.DAYS,
    "reminder_escalation_days": SettingUnit.DAYS,
}


@dataclass(frozen=True)
class DatedValue:
    """A value that somebody gave a setting from a day on. `since` is None where it holds from the beginning."""

    value: Any
    since: dt.date | None
    set_by: str
    set_at: dt.datetime


@dataclass(frozen=True)
class SettingRow:
    """One setting on one day. `current` is None while nobody has set it: the default holds.

    `coming` are values of later days, the nearest first; `history` all that was ever set, the newest first.
    """

    key: str
    clause: str
    text: str
    unit: SettingUnit
    value: Any
    default: Any
    current: DatedValue | None
    coming: tuple[DatedValue, ...]
    history: tuple[DatedValue, ...]

    @property
    def is_default(self) -> bool:
        """True when the value in force is the one that the product ships with."""
        return bool(self.value == self.default)


# --- rules


def in_force(values: Sequence[DatedValue], day: dt.date) -> DatedValue | None:
    """Of values in the order they were set, the one of the latest day not after `day`; of one day the one set last."""
    known = [one for one in values if (one.since or BEGINNING) <= day]
    return max(enumerate(known), key=lambda item: (item[1].since or BEGINNING, item[0]))[1] if known else None


def to_come(values: Sequence[DatedValue], day: dt.date) -> tuple[DatedValue, ...]:
    """What will hold after `day`, the nearest first; of several values of one day the one set last."""
    later = {one.since: one for one in values if one.since is not None and one.since > day}
    return tuple(later[since] for since in sorted(later))


# --- reads


def settings_on(ctx: Context, day: dt.date | None = None) -> tuple[SettingRow, ...]:
    """All settings as they stand on a day (default: the business date), in the order of DEFINITIONS.

    Raises:
        NotAllowedError: the actor may not read the policy.
    """
    ensure_may(ctx, "policy.read")
    day = day or ctx.today
    values = _values(ctx)
    policy, shipped = ctx.policy_history.on(day), Policy()
    return tuple(
        SettingRow(
            key=one.key, clause=one.clause, text=one.text, unit=UNITS[one.key], value=getattr(policy, one.key),
            default=getattr(shipped, one.key), current=in_force(values.get(one.key, ()), day),
            coming=to_come(values.get(one.key, ()), day), history=tuple(reversed(values.get(one.key, ()))),
        )
        for one in DEFINITIONS
    )  # fmt: skip


def _values(ctx: Context) -> dict[str, list[DatedValue]]:
    found = (
        select(Setting, AppUser.name)
        .outerjoin(AppUser, AppUser.login == Setting.set_by)
        .order_by(Setting.set_at, Setting.id)
    )
    values: dict[str, list[DatedValue]] = {}
    for row, name in ctx.session.execute(found):
        if row.key in UNITS:
            since = None if row.effective_from <= BEGINNING else row.effective_from
            value = parsed_setting(row.key, row.value["text"])
            values.setdefault(row.key, []).append(DatedValue(value, since, name or row.set_by, row.set_at))
    return values
