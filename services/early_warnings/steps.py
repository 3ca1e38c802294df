"""How every command on warnings opens: may this person, lock the row, is what they saw fresh, is the move allowed.

One warning or many, all or nothing: the many are all checked before the first is changed, so a refusal leaves no half.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select, tuple_

from db.enums import Role, WarningState
from db.models import CustomerKey, EarlyWarning
from services import access, data_versions, ledger
from services.context import Context
from services.early_warnings.editions import rule_history
from services.early_warnings.holds import Hold, ensure_free, held_by_others
from services.early_warnings.lifecycle import EARLY_WARNING_TRANSITIONS, company_clock, company_zone, step_deadline
from services.early_warnings.publishing import publish_resolved
from services.early_warnings.queue import rows_by_key
from services.early_warnings.rows import WarningRow
from services.errors import N_, IllegalMoveError, NotAllowedError, NotFoundError, RefusedError
from services.picks import Pick, PickRefusal, PicksRefusedError
from services.states import ensure_fresh, ensure_transition

#: More rows than anybody has looked at one by one are a rule's work, not a click's.
MOST_AT_ONCE = 500


class BulkRefusedError(PicksRefusedError):
    """A step of many warnings was refused as a whole."""

    def __init__(self, refusals: Sequence[PickRefusal], chosen: int) -> None:
        super().__init__(
            N_("Nothing was changed: %(refused)s of the %(chosen)s warnings chosen can't take this step."),
            refusals, chosen,
        )  # fmt: skip


@dataclass(frozen=True)
class Step:
    """One command: the right it needs, the state it leads to (None: it stays), and what else it changes.

    `check` may refuse a row for reasons of its own, before anything is changed.
    """

    action: str
    event: str
    wanted: WarningState | None
    apply: Callable[[Context, EarlyWarning], None]
    check: Callable[[Context, EarlyWarning], None] | None = None


def take_one(ctx: Context, step: Step, pick: Pick, note: str | None) -> WarningRow:
    """Carry out a step on one warning.

    Raises:
        NotAllowedError, NotFoundError, StaleError, IllegalMoveError, RefusedError: nothing was changed.
    """
    access.ensure_may(ctx, step.action)
    key = (pick.customer_id, pick.id)
    row = _existing(_locked_rows(ctx, [pick]).get(key))
    _ensure_possible(ctx, step, row, pick.version, held_by_others(ctx, [key]).get(key))
    _change(ctx, step, [row], note)
    data_versions.bump(ctx, "early_warnings")
    return rows_by_key(ctx, [key])[0]


def take_all(ctx: Context, step: Step, picks: Sequence[Pick], note: str | None) -> tuple[WarningRow, ...]:
    """Carry out a step on all these warnings, or on none. Rows are locked in one order, so that two such calls can't
    wait for each other.

    Raises:
        NotAllowedError: the role may not take this step at all.
        BulkRefusedError: some rows can't take it; all of them are named.
    """
    access.ensure_may(ctx, step.action)
    chosen = sorted(set(picks), key=lambda pick: (pick.customer_id, pick.id, pick.version))
    if len(chosen) > MOST_AT_ONCE:
        raise RefusedError(N_("At most %(most)s warnings can be changed at once."), most=MOST_AT_ONCE)
    rows, refusals = _told_apart(ctx, step, chosen, _locked_rows(ctx, chosen))
    if refusals:
        raise BulkRefusedError(refusals, len(chosen))
    _change(ctx, step, rows, note)
    if rows:
        data_versions.bump(ctx, "early_warnings")
    return rows_by_key(ctx, list(dict.fromkeys((pick.customer_id, pick.id) for pick in picks)))


def _told_apart(
    ctx: Context, step: Step, picks: Sequence[Pick], found: Mapping[tuple[int, int], EarlyWarning]
) -> tuple[list[EarlyWarning], list[PickRefusal]]:
    """The rows that can take the step, and why the others can't."""
    holds = held_by_others(ctx, list(found)) if found else {}
    rows: list[EarlyWarning] = []
    refusals: list[PickRefusal] = []
    for pick in picks:
        key = (pick.customer_id, pick.id)
        try:
            row = _existing(found.get(key))
            _ensure_possible(ctx, step, row, pick.version, holds.get(key))
            rows.append(row)
        except RefusedError as refusal:
            refusals.append(_refusal(ctx, pick, refusal))
    return rows, refusals


def foreseen(ctx: Context, step: Step, picks: Sequence[Pick]) -> tuple[tuple[Pick, ...], tuple[PickRefusal, ...]]:
    """Which of these warnings could take the step now, and why the others can't. Nothing is locked or changed."""
    rows, refusals = _told_apart(ctx, step, picks, _rows(ctx, picks))
    return tuple(Pick(row.customer_id, row.id, row.version) for row in rows), tuple(refusals)


def _refusal(ctx: Context, pick: Pick, refusal: RefusedError) -> PickRefusal:
    number = select(CustomerKey.customer_no).where(CustomerKey.customer_id == pick.customer_id)
    return PickRefusal(
        pick.customer_id, pick.id, ctx.session.execute(number).scalar_one_or_none(), refusal.template, refusal.params
    )


def _locked_rows(ctx: Context, picks: Sequence[Pick]) -> dict[tuple[int, int], EarlyWarning]:
    """The warnings by customer and id, locked in that order."""
    return _rows(ctx, picks, lock=True)


def _rows(ctx: Context, picks: Sequence[Pick], *, lock: bool = False) -> dict[tuple[int, int], EarlyWarning]:
    keys = [(pick.customer_id, pick.id) for pick in picks]
    found = (
        select(EarlyWarning)
        .where(
            EarlyWarning.customer_id.in_({customer_id for customer_id, _ in keys}),
            tuple_(EarlyWarning.customer_id, EarlyWarning.id).in_(keys),
        )
        .order_by(EarlyWarning.customer_id, EarlyWarning.id)
        .execution_options(populate_existing=True)
    )
    if lock:
        found = found.with_for_update()
    return {(row.customer_id, row.id): row for row in ctx.session.execute(found).scalars()}


def _existing(row: EarlyWarning | None) -> EarlyWarning:
    if row is None:
        raise NotFoundError(N_("This warning does not exist."))
    return row


def _ensure_possible(ctx: Context, step: Step, row: EarlyWarning, version: int, hold: Hold | None) -> None:
    ensure_own_department(ctx, row)
    ensure_fresh(version, row.version)
    ensure_free(ctx, hold)
    if step.wanted is not None:
        ensure_transition(EARLY_WARNING_TRANSITIONS, row.state, step.wanted)
    elif row.state == WarningState.RESOLVED:
        raise IllegalMoveError(N_("This warning is resolved. Nothing about it changes any more."))
    if step.check is not None:
        step.check(ctx, row)


def ensure_own_department(ctx: Context, row: EarlyWarning) -> None:
    """Business users work their own department's warnings (SPEC 3), and those assigned to them.

    Raises:
        NotAllowedError: it is another department's.
    """
    if ctx.actor.role is not Role.BUSINESS:
        return
    own = ctx.actor.department_id
    is_own = own is not None and (row.department_id == own or own in row.also_department_ids)
    is_assigned = row.assignee_id is not None and row.assignee_id == ctx.actor.user_id
    if not (is_own or is_assigned):
        raise NotAllowedError(N_("This warning belongs to another department."))


def _change(ctx: Context, step: Step, rows: Sequence[EarlyWarning], note: str | None) -> None:
    # A query in between (the policy, say) must not flush a row that is half changed: state and outcome go together.
    with ledger.change_all(ctx, step.event, rows, note), ctx.session.no_autoflush:
        for row in rows:
            if step.wanted is not None:
                row.state = step.wanted
            step.apply(ctx, row)
    publish_resolved(ctx, [row for row in rows if row.state == WarningState.RESOLVED])


def begin_next_step(ctx: Context, row: EarlyWarning) -> None:
    """Give the next step its own deadline, wake a sleeper, and note who took it on where nobody had."""
    clock = company_clock(ctx)
    if row.state == WarningState.ACKNOWLEDGED:
        row.acknowledged_at, row.acknowledged_in_time = clock, row.escalation == 0 and clock <= row.due_at
    hours = rule_history(ctx).on(row.rule, ctx.today).deadline_hours
    row.due_at = step_deadline(row.severity, clock, company_zone(ctx), hours, row.state)
    row.snoozed_until, row.snooze_reason = None, None
    if row.assignee_id is None:
        row.assignee_id = ctx.actor.user_id
