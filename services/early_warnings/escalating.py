"""Escalation: one level up each time a deadline passes (SPEC 4)."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ColumnElement, Table, and_, case, literal, or_, update

from db.enums import WarningState
from db.models import EarlyWarning
from services import access, data_versions, ledger
from services.context import Context
from services.early_warnings.editions import rules_in_force
from services.early_warnings.lifecycle import (
    HIGHEST_ESCALATION,
    STEP_DAYS,
    company_clock,
    company_zone,
    step_deadline,
)
from services.early_warnings.storing import key_of
from services.early_warnings.telling import tell_escalated

_TABLE: Table = EarlyWarning.__table__  # type: ignore[assignment]


def escalate_overdue(ctx: Context) -> int:
    """Escalate every open, waking warning whose deadline has passed, by one level; return how many.

    Whoever it goes up to has the whole time of a step from now: after an outage nothing jumps two levels at once. At
    the highest level it stays overdue. Two runs at once escalate each warning once: the second sees the new deadline.

    Raises:
        NotAllowedError: the actor may not run it (the worker may).
    """
    access.ensure_may(ctx, "early_warning.raise")
    clock = company_clock(ctx)
    passed = and_(
        _TABLE.c.state != WarningState.RESOLVED,
        _TABLE.c.due_at <= clock,
        _TABLE.c.escalation < HIGHEST_ESCALATION,
        or_(_TABLE.c.snoozed_until.is_(None), _TABLE.c.snoozed_until <= ctx.today),
    )
    escalated = ctx.session.execute(
        update(_TABLE)
        .where(passed)
        .values(
            escalation=_TABLE.c.escalation + 1,
            due_at=_next_deadline(ctx, clock),
            version=_TABLE.c.version + 1,
            changed_at=ctx.now,
        )
        .returning(_TABLE.c.customer_id, _TABLE.c.id, _TABLE.c.escalation)
    ).all()
    if not escalated:
        return 0
    levels = {key_of(customer, warning): level for customer, warning, level in sorted(escalated)}
    ledger.record(
        ctx, "early_warning.escalated", "early_warning", after={"escalated": len(levels), "at": clock, "levels": levels}
    )
    data_versions.bump(ctx, "early_warnings")
    tell_escalated(ctx, [(customer, warning) for customer, warning, _level in escalated])
    return len(levels)


def _next_deadline(ctx: Context, clock: dt.datetime) -> ColumnElement[dt.datetime]:
    """The deadline of the step that a warning waits for, begun now: by severity, and as its rule says where it does."""
    zone = company_zone(ctx)
    own = [
        (
            and_(_TABLE.c.rule == code, _TABLE.c.severity == severity, _TABLE.c.state == state),
            literal(step_deadline(severity, clock, zone, edition.deadline_hours, state)),
        )
        for code, edition in rules_in_force(ctx, ctx.today).items()
        for severity, by_state in edition.deadline_hours.items()
        for state in by_state
    ]
    shared = [(_TABLE.c.severity == severity, literal(step_deadline(severity, clock, zone))) for severity in STEP_DAYS]
    return case(*own, *shared)
