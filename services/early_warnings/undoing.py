"""Taking back what can honestly be taken back: an assignment or a snooze, soon, by the one who decided it.

Both only moved a warning about. Nothing is erased: the ledger says that it was done and that it was undone. Taking
note, acting and resolving are statements on the record, on which others may already have relied, and the lifecycle
(SPEC 4, held by the database) knows no way back from them; so they are never undone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from db.models import EarlyWarning, LedgerEntry
from services.context import Context
from services.early_warnings.rows import WarningRow
from services.early_warnings.steps import Step, take_all
from services.errors import N_, RefusedError
from services.picks import Pick

#: What can be undone, and the columns that it moved.
UNDOABLE: Mapping[str, tuple[str, ...]] = {
    "early_warning.assigned": ("assignee_id",),
    "early_warning.snoozed": ("due_at", "snoozed_until", "snooze_reason"),
}
_READ: Mapping[str, Callable[[str], Any]] = {
    "due_at": dt.datetime.fromisoformat,
    "snoozed_until": dt.date.fromisoformat,
}


# --- commands


def undo_all(ctx: Context, picks: Sequence[Pick]) -> tuple[WarningRow, ...]:
    """Take back the last decision on each of these warnings, or on none of them.

    Raises:
        NotAllowedError: the role may not.
        BulkRefusedError: it is no longer possible for some; they are named.
    """
    last = _last_entries(ctx, picks)

    def check(ctx: Context, row: EarlyWarning) -> None:
        _ensure_undoable(ctx, row, last.get(_subject(row.customer_id, row.id)))

    def take_back(_ctx: Context, row: EarlyWarning) -> None:
        entry = last[_subject(row.customer_id, row.id)]
        before = entry.before or {}
        for column in UNDOABLE[entry.action]:
            if column in before:
                setattr(row, column, _value(column, before[column]))

    return take_all(ctx, Step("early_warning.undo", "early_warning.undone", None, take_back, check), picks, None)


def _ensure_undoable(ctx: Context, row: EarlyWarning, entry: LedgerEntry | None) -> None:
    if entry is None or entry.action not in UNDOABLE or entry.actor != ctx.actor.login:
        raise RefusedError(
            N_("Only an assignment or a snooze of your own can be undone, while nothing else was done since.")
        )
    if (entry.after or {}).get("version") != row.version:
        raise RefusedError(N_("This can't be undone any more: the warning has changed since."))
    minutes = ctx.policy_history.on(ctx.today).triage_undo_minutes
    if ctx.now - entry.at > dt.timedelta(minutes=minutes):
        raise RefusedError(
            N_("This can't be undone any more: it was more than %(minutes)s minutes ago. Decide anew instead."),
            minutes=minutes,
        )


def _value(column: str, stored: Any) -> Any:  # noqa: ANN401  (any column)
    return stored if stored is None or column not in _READ else _READ[column](stored)


def _subject(customer_id: int, warning_id: int) -> str:
    return f"{EarlyWarning.__tablename__}:{customer_id}:{warning_id}"


def _last_entries(ctx: Context, picks: Sequence[Pick]) -> dict[str, LedgerEntry]:
    """The newest entry on each of these warnings, but for somebody's having taken it over: that changes nothing."""
    query = (
        select(LedgerEntry)
        .where(
            LedgerEntry.customer_id.in_({pick.customer_id for pick in picks}),
            LedgerEntry.subject.in_([_subject(pick.customer_id, pick.id) for pick in picks]),
            LedgerEntry.action != "early_warning.taken_over",
        )
        .order_by(LedgerEntry.customer_id, LedgerEntry.seq)
    )
    return {entry.subject: entry for entry in ctx.session.execute(query).scalars()}
