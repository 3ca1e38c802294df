"""Keeps settlements, contributions and rollups right for customers whose data changed.

One transaction takes the waiting customers, subtracts what they had contributed from the rollups, makes their
contributions again and adds them. The cost follows the change, not the size of the ledger.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, select, text
from sqlalchemy.dialects.postgresql import insert as upsert

from db.copying import copy
from db.models import Customer, DirtyCustomer
from services import data_versions
from services.context import Context
from services.jobs.following import MOST_NAMED, follow
from services.metrics import contributions
from services.metrics.identification import ArrearsInvoice, ListingDecision, SentNotice, identifications
from services.metrics.periods import FOREVER, horizon, month_of, write_policy_ranges
from services.policy import PolicyHistory
from services.receivables.upkeep import refresh_settlements

_REFRESH_LOCK = 7_205_336
#: What makes a cell of the rollup.
CELLS = "metric, measure, department_id, month, neighbour, known_on"


def mark_dirty(ctx: Context, customer_ids: Select[Any] | Iterable[int]) -> None:
    """Note customers whose figures must be made again; takes a SELECT of ids or the ids themselves."""
    if isinstance(customer_ids, Select):
        row = upsert(DirtyCustomer).from_select(["customer_id"], customer_ids)
    else:
        ids = [{"customer_id": one} for one in sorted(set(customer_ids))]
        if not ids:
            return
        row = upsert(DirtyCustomer).values(ids)
    # clock_timestamp, not now: two marks of one transaction apart from each other, see _take.
    again = {"since": text("clock_timestamp()")}
    ctx.session.execute(row.on_conflict_do_update(index_elements=[DirtyCustomer.customer_id], set_=again))


def mark_all_dirty(ctx: Context) -> None:
    """Note every customer, after a change that reaches all of them (a setting, a currency's rates)."""
    mark_dirty(ctx, select(Customer.customer_id).where(Customer.customer_id > 0))


def refresh(ctx: Context) -> int:
    """Make the figures of all waiting customers again, and have them scored and looked at; returns how many.

    One refresh at a time, others wait.
    """
    session = ctx.session
    session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _REFRESH_LOCK})
    taken = _take(ctx)
    if not taken:
        return 0
    history = ctx.policy_history
    base = history.newest.base_currency
    values = {"base": base, "horizon": _horizon(ctx)}
    write_policy_ranges(session, history)
    refresh_settlements(session, base)
    _add_to_rollup(ctx, -1)
    session.execute(text("DELETE FROM metric_contribution m USING dirty d WHERE m.customer_id = d.customer_id"))
    for statement in (contributions.ACCURACY, contributions.RECOVERY, contributions.COMPLAINTS):
        names = {name: value for name, value in values.items() if f":{name}" in statement}
        session.execute(text(statement), names)
    _add_timeliness(ctx, history)
    _add_to_rollup(ctx, +1)
    session.execute(text("DELETE FROM metric_rollup WHERE amount = 0"))
    session.execute(
        text("DELETE FROM dirty_customer q USING dirty d WHERE q.customer_id = d.customer_id AND q.since = d.since")
    )
    data_versions.bump(ctx, "metrics", "trade")
    follow(ctx, _named(ctx))
    return taken


def _take(ctx: Context) -> int:
    """Copy the waiting customers to `dirty`. A mark set while this runs has a later `since` and stays waiting."""
    ctx.session.execute(text("DROP TABLE IF EXISTS dirty"))
    ctx.session.execute(
        text("CREATE TEMPORARY TABLE dirty ON COMMIT DROP AS SELECT customer_id, since FROM dirty_customer")
    )
    taken: int = ctx.session.execute(text("SELECT count(*) FROM dirty")).scalar_one()
    if taken:
        ctx.session.execute(text("CREATE UNIQUE INDEX ON dirty (customer_id)"))
        ctx.session.execute(text("ANALYZE dirty"))
    return taken


def _named(ctx: Context) -> list[int]:
    """The customers that were taken; enough to tell that they are too many to be named, where they are."""
    return list(
        ctx.session.execute(text("SELECT customer_id FROM dirty LIMIT :most"), {"most": MOST_NAMED + 1}).scalars()
    )


def _horizon(ctx: Context) -> dt.date:
    """Month-by-month figures are laid out up to here: from the calendar or the business date, whichever is later."""
    return horizon(max(ctx.now.date(), ctx.today))


def _add_to_rollup(ctx: Context, sign: int) -> None:
    ctx.session.execute(
        text(
            f"INSERT INTO metric_rollup ({CELLS}, amount) "  # noqa: S608
            f"SELECT {CELLS}, :sign * sum(m.amount) FROM metric_contribution m "
            f"JOIN dirty d ON d.customer_id = m.customer_id GROUP BY {CELLS} "
            f"ON CONFLICT ({CELLS}) DO UPDATE SET amount = metric_rollup.amount + excluded.amount"
        ),
        {"sign": sign},
    )


def _by_customer(ctx: Context, query: str, **values: object) -> dict[int, list[tuple[Any, ...]]]:
    rows: dict[int, list[tuple[Any, ...]]] = {}
    for row in ctx.session.execute(text(query), values):
        rows.setdefault(row[0], []).append(tuple(row[1:]))
    return rows


def _add_timeliness(ctx: Context, history: PolicyHistory) -> None:
    """Replay the rule for each customer with a decision or with arrears, and copy in what it counts."""
    shortest = min(history.on(day).arrears_days for day in [dt.date.min, *history.change_days])
    invoices = _by_customer(ctx, contributions.TIMELINESS_INVOICES, arrears_days=shortest)
    decisions = _by_customer(ctx, contributions.TIMELINESS_DECISIONS)
    notices = _by_customer(ctx, contributions.TIMELINESS_NOTICES)
    departments: dict[int, int | None] = dict(
        ctx.session.execute(
            text(
                "SELECT c.customer_id, c.owner_department_id "
                "FROM customer c JOIN dirty d ON d.customer_id = c.customer_id"
            )
        ).all()
    )
    lines = io.StringIO()
    for customer_id in sorted(invoices.keys() | decisions.keys()):
        units = identifications(
            [ArrearsInvoice(*row) for row in invoices.get(customer_id, [])],
            [SentNotice(*row) for row in notices.get(customer_id, [])],
            [ListingDecision(*row) for row in decisions.get(customer_id, [])],
            history.on,
            history.change_days,
        )
        department = departments[customer_id]
        for unit in units:
            measure = "on_time" if unit.is_on_time else "late"
            known_on = min(unit.counted_from, FOREVER)
            lines.write(
                f"{customer_id}\tidentification_timeliness\t{measure}\t{department or chr(92) + 'N'}\t"
                f"{month_of(unit.deadline_on)}\t{known_on}\t1\t{unit.subject}\n"
            )
    lines.seek(0)
    columns = "customer_id, metric, measure, department_id, month, known_on, amount, subject"
    copy(ctx.session, f"COPY metric_contribution ({columns}) FROM STDIN", lines)


def lay_out(ctx: Context) -> None:
    """Extend month-by-month figures when the calendar nears their end. The worker calls this once a day."""
    reached = ctx.session.execute(
        text("SELECT max(month) FROM metric_rollup WHERE metric IN ('complaint_rate', 'arrears_recovery_rate')")
    ).scalar_one()
    if reached is not None and _horizon(ctx) > reached:
        mark_all_dirty(ctx)
        refresh(ctx)
