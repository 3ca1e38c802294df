"""Jobs that come by the clock. A moment gives one job, whatever the number of workers; the last missed one is made up.

The clock is the calendar's, in the company's time zone. What a job looks at is the business date, which may stand
still.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import text

from services.context import Context
from services.jobs.queue import enqueue, free_abandoned, was_asked_for
from services.jobs.rules import Daily, Every, last_moment
from services.notifications.deliveries import sweep

_ONE_LOOK_AT_A_TIME = 7_205_350


@dataclass(frozen=True)
class Periodic:
    """A job and when it comes."""

    name: str
    rhythm: Every | Daily


PERIODIC: tuple[Periodic, ...] = (
    Periodic("escalate_warnings", Every(minutes=5)),
    Periodic("expire_controls", Daily(dt.time(0, 2))),
    Periodic("lay_out_figures", Daily(dt.time(0, 5))),
    Periodic("score_due", Daily(dt.time(0, 10))),
    Periodic("take_quality", Daily(dt.time(0, 15))),
    Periodic("raise_warnings", Daily(dt.time(0, 20))),
    Periodic("find_candidates", Daily(dt.time(0, 25))),
    Periodic("plan_controls", Daily(dt.time(0, 25))),
    # Not at once: what began before midnight is written down a moment after it.
    Periodic("seal_ledger", Daily(dt.time(0, 30), in_utc=True)),
    Periodic("check_figures", Daily(dt.time(2, 0))),
    Periodic("clean_up", Daily(dt.time(3, 0))),
    Periodic("tell_due_today", Daily(dt.time(7, 30))),
    Periodic("remind_of_deadlines", Daily(dt.time(7, 35))),
)


def look_at_the_clock(ctx: Context) -> None:
    """Ask for what has come due, and send back what was lost with its worker. Any worker may look at any time."""
    lock = text("SELECT pg_try_advisory_xact_lock(:lock)")
    if not ctx.session.execute(lock, {"lock": _ONE_LOOK_AT_A_TIME}).scalar_one():
        return
    free_abandoned(ctx)
    zone = ZoneInfo(ctx.policy_history.on(ctx.now.date()).time_zone)
    for one in PERIODIC:
        moment = last_moment(one.rhythm, ctx.now, zone)
        key = f"{moment:%Y-%m-%dT%H:%MZ}"
        if not was_asked_for(ctx, one.name, key):
            enqueue(ctx, one.name, key, run_at=moment)
    if ctx.session.execute(text("SELECT EXISTS (SELECT 1 FROM dirty_customer)")).scalar_one():
        enqueue(ctx, "refresh_figures")
    sweep(ctx)
