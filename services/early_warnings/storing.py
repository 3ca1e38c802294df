"""How a run reads and writes warnings in bulk. Statements name customer_id, and touch only rows they have seen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    DateTime,
    Integer,
    Numeric,
    Select,
    Table,
    Text,
    case,
    cast,
    column,
    func,
    null,
    select,
    text,
    true,
    update,
    values,
)
from sqlalchemy.dialects.postgresql import JSONB, distinct_on
from sqlalchemy.dialects.postgresql import insert as postgres_insert

from db.enums import WarningState
from db.models import EarlyWarning
from services.context import Context
from services.early_warnings.verdict import SIGN_GONE_ON, JudgedSign

_TABLE: Table = EarlyWarning.__table__  # type: ignore[assignment]
_IS_OPEN = _TABLE.c.state != WarningState.RESOLVED


@dataclass(frozen=True)
class OpenRow:
    """An open warning as a run sees it."""

    customer_id: int
    id: int
    version: int
    severity: str
    evidence: Mapping[str, Any]
    evidence_on: dt.date
    money: Decimal
    likelihood: Decimal
    due_at: dt.datetime
    state: str


def key_of(customer_id: int, warning_id: int) -> str:
    """A warning's key in the ledger, as `ledger.change` writes it."""
    return f"{customer_id}:{warning_id}"


def open_rows(ctx: Context, rule: str, customers: Sequence[int]) -> dict[int, OpenRow]:
    """The open warnings of a rule by customer."""
    rows: Select[Any] = select(
        _TABLE.c.customer_id, _TABLE.c.id, _TABLE.c.version, _TABLE.c.severity, _TABLE.c.evidence,
        _TABLE.c.evidence_on, _TABLE.c.money_at_risk, _TABLE.c.likelihood, _TABLE.c.due_at,
        _TABLE.c.state,
    ).where(_TABLE.c.customer_id == func.any(_ids(customers)), _TABLE.c.rule == rule, _IS_OPEN)  # fmt: skip
    return {row[0]: OpenRow(*row) for row in ctx.session.execute(rows)}


def judged_rows(ctx: Context, rule: str, customers: Sequence[int], zone: ZoneInfo) -> dict[int, JudgedSign]:
    """The warning of a rule that was resolved last, by customer; its day is the company's."""
    rows = (
        select(
            _TABLE.c.customer_id, _TABLE.c.outcome, _TABLE.c.severity, _TABLE.c.evidence, _TABLE.c.resolved_at,
        )
        .ext(distinct_on(_TABLE.c.customer_id))
        .where(
            _TABLE.c.customer_id == func.any(_ids(customers)), _TABLE.c.rule == rule,
            _TABLE.c.state == WarningState.RESOLVED,
        )
        .order_by(_TABLE.c.customer_id, _TABLE.c.resolved_at.desc(), _TABLE.c.id.desc())
    )  # fmt: skip
    return {
        row.customer_id: JudgedSign(row.outcome, row.severity, row.evidence, row.resolved_at.astimezone(zone).date())
        for row in ctx.session.execute(rows)
    }


def insert_rows(ctx: Context, rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Add new warnings; where one was opened meanwhile for the same customer and rule it is left. Keys of the added."""
    if not rows:
        return []
    added = (
        postgres_insert(_TABLE)
        .on_conflict_do_nothing(
            index_elements=[_TABLE.c.customer_id, _TABLE.c.rule], index_where=text("state <> 'resolved'")
        )
        .returning(_TABLE.c.customer_id, _TABLE.c.id)
    )
    return [key_of(*row) for row in ctx.session.execute(added, [dict(row) for row in rows])]


def change_rows(ctx: Context, changes: Sequence[Mapping[str, Any]]) -> set[str]:
    """Give open warnings new evidence or only new money. What a person changed meanwhile is left for the next run.

    Only evidence raises the version: money moves with every payment, and must not make every open screen stale.
    """
    if not changes:
        return set()
    names = (
        "customer_id", "id", "version", "severity", "due_at", "money_at_risk", "priority", "evidence", "evidence_on",
        "is_joined", "is_graver", "rule_edition",
    )  # fmt: skip
    given = values(
        column("customer_id", BigInteger), column("id", BigInteger), column("version", BigInteger),
        column("severity", Text), column("due_at", DateTime(timezone=True)), column("money_at_risk", Numeric),
        column("priority", Numeric), column("evidence", JSONB), column("evidence_on", _TABLE.c.evidence_on.type),
        column("is_joined", Boolean), column("is_graver", Boolean), column("rule_edition", BigInteger), name="given",
    ).data([tuple(change[name] for name in names) for change in changes])  # fmt: skip
    changed = (
        update(_TABLE)
        .where(
            _TABLE.c.customer_id == given.c.customer_id, _TABLE.c.id == given.c.id,
            _TABLE.c.version == given.c.version, _IS_OPEN,
        )
        .values(
            severity=given.c.severity, due_at=given.c.due_at, money_at_risk=given.c.money_at_risk,
            priority=given.c.priority, evidence=cast(given.c.evidence, JSONB), evidence_on=given.c.evidence_on,
            rule_edition=case((given.c.is_joined, given.c.rule_edition), else_=_TABLE.c.rule_edition),
            version=_TABLE.c.version + cast(given.c.is_joined, Integer),
            changed_at=case((given.c.is_joined, ctx.now), else_=_TABLE.c.changed_at),
            snoozed_until=case((given.c.is_graver, null()), else_=_TABLE.c.snoozed_until),
            snooze_reason=case((given.c.is_graver, null()), else_=_TABLE.c.snooze_reason),
        )
        .returning(_TABLE.c.customer_id, _TABLE.c.id)
    )  # fmt: skip
    return {key_of(*row) for row in ctx.session.execute(changed)}


def mark_gone(
    ctx: Context, rule: str, as_of: dt.date, seen: Sequence[int], looked_at: Sequence[int] | None = None
) -> list[str]:
    """Note in the evidence of warnings whose sign a run did not see that it has gone; keys of the open ones.

    `looked_at` are the customers of the run, None: all. Open warnings stay open: a person closes them. Resolved ones
    are noted too, so that a sign that comes back after a long absence counts as a new one.
    """
    noted = {SIGN_GONE_ON: as_of.isoformat()}
    still = func.unnest(_ids(seen)).table_valued("customer_id", name="still").render_derived()
    gone = (
        update(_TABLE)
        .where(
            _TABLE.c.rule == rule,
            _TABLE.c.evidence_on <= as_of,
            ~_TABLE.c.evidence.has_key(SIGN_GONE_ON),
            true() if looked_at is None else _TABLE.c.customer_id == func.any(_ids(looked_at)),
            ~select(still.c.customer_id).where(still.c.customer_id == _TABLE.c.customer_id).exists(),
        )
        .values(
            evidence=_TABLE.c.evidence.op("||")(cast(noted, JSONB)),
            version=_TABLE.c.version + 1,
            changed_at=ctx.now,
        )
        .returning(_TABLE.c.customer_id, _TABLE.c.id, _TABLE.c.state)
    )
    rows = ctx.session.execute(gone)
    return sorted(key_of(row.customer_id, row.id) for row in rows if row.state != WarningState.RESOLVED)


def note_return(ctx: Context, rule: str, customers: Sequence[int]) -> None:
    """Take the note off judged warnings whose sign came back before it was forgotten."""
    if customers:
        ctx.session.execute(
            update(_TABLE)
            .where(
                _TABLE.c.customer_id == func.any(_ids(customers)), _TABLE.c.rule == rule,
                _TABLE.c.state == WarningState.RESOLVED, _TABLE.c.evidence.has_key(SIGN_GONE_ON),
            )
            .values(evidence=_TABLE.c.evidence.op("-")(SIGN_GONE_ON))
        )  # fmt: skip


def _ids(customers: Sequence[int]) -> Any:  # noqa: ANN401  (a bound array)
    return cast(list(customers), ARRAY(BigInteger))
