"""What the page of the policy reads."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from dashboard.cache import cached_read
from services.context import Context
from services.policy_settings import SettingRow, settings_on
from services.scorecard_in_force import ScorecardInForce, scorecard_in_force
from services.setting_proposals import ProposalRow, proposals


@dataclass(frozen=True)
class PolicyReading:
    """All that the page says, as of the business date."""

    settings: tuple[SettingRow, ...]
    scorecard: ScorecardInForce | None
    today: dt.date
    time_zone: str

    def setting(self, key: str) -> SettingRow:
        """The setting of a key."""
        return next(one for one in self.settings if one.key == key)


@cached_read("policy", "scores")
def policy_reading(ctx: Context) -> PolicyReading:
    """Settings and scorecard in force."""
    today = ctx.today
    return PolicyReading(
        settings_on(ctx, today), scorecard_in_force(ctx), today, ctx.policy_history.on(today).time_zone
    )


@cached_read("policy")
def open_proposals(ctx: Context) -> tuple[ProposalRow, ...]:
    """Values that wait for a second person."""
    return proposals(ctx)
