"""Changing a setting in the browser takes two people: one proposes a value, another approves it (SPEC 5 and 8).

The command line is the administrator's own and sets values directly (services.policy.set_policy).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from db.enums import SettingProposalState
from db.models import AppUser, SettingProposal
from services import access, data_versions, ledger
from services.context import Context
from services.errors import N_, NotAllowedError, NotFoundError, RefusedError
from services.notifications import notify
from services.policy import add_value, parsed_setting
from services.policy_settings import UNITS, SettingUnit
from services.reasons import stated
from services.states import Transitions, ensure_fresh, ensure_transition

PROPOSED, APPROVED = SettingProposalState.PROPOSED, SettingProposalState.APPROVED
REJECTED, WITHDRAWN = SettingProposalState.REJECTED, SettingProposalState.WITHDRAWN
SETTING_PROPOSAL_TRANSITIONS: Transitions = {
    PROPOSED: frozenset({APPROVED, REJECTED, WITHDRAWN}),
    APPROVED: frozenset(),
    REJECTED: frozenset(),
    WITHDRAWN: frozenset(),
}
#: The business date stands still for samples only: the command line sets it.
PROPOSABLE = tuple(key for key in UNITS if key != "business_date")


@dataclass(frozen=True)
class ProposalRow:
    """One proposed value, with the value in force on its day as it stands now."""

    id: int
    version: int
    key: str
    unit: SettingUnit
    value: Any
    value_before: Any
    effective_from: dt.date
    state: str
    reason: str
    proposed_by: int
    proposer: str
    proposed_at: dt.datetime
    decider: str | None
    decided_at: dt.datetime | None
    decision_note: str | None


# --- rules


def ensure_not_past(effective_from: dt.date, today: dt.date) -> None:
    """Refuse a value for days that are over: their figures stand.

    Raises:
        RefusedError: the day lies before today.
    """
    if effective_from < today:
        raise RefusedError(
            N_("A value applies from today (%(today)s) on at the earliest: closed months keep their figures."),
            today=today.isoformat(),
        )


# --- commands


def propose(ctx: Context, key: str, text: str, effective_from: dt.date, reason: str) -> ProposalRow:
    """Ask for a value for a setting from a day on. Another person decides.

    Raises:
        NotAllowedError: the actor may not change settings.
        NotFoundError, RefusedError: unknown setting, unusable value, a day that is over, or another proposal is open.
    """
    access.ensure_may(ctx, "policy.set")
    value = parsed_setting(key, text.strip())
    if key not in PROPOSABLE:
        raise RefusedError(N_("This setting is set on the command line only."))
    ensure_not_past(effective_from, ctx.today)
    before = getattr(ctx.policy_history.on(effective_from), key)
    if value == before:
        raise RefusedError(N_("The setting has this value on that day already."))
    words = stated(reason)
    if _open_proposal(ctx, key) is not None:
        raise RefusedError(N_("A value for this setting waits for approval already. Decide on it first."))
    if ctx.actor.user_id is None:
        raise NotAllowedError(N_("Only a person can propose a value: the command line sets values directly."))
    row = SettingProposal(
        key=key, value={"text": text.strip()}, effective_from=effective_from, state=PROPOSED, reason=words,
        proposed_by=ctx.actor.user_id, proposed_at=ctx.now, changed_at=ctx.now,
    )  # fmt: skip
    ctx.session.add(row)
    ctx.session.flush()
    ledger.record(
        ctx, "policy.proposed", f"setting:{key}", before={"value": str(before)},
        after={"proposed": str(value), "from": effective_from.isoformat()}, note=words,
    )  # fmt: skip
    data_versions.bump(ctx, "policy")
    notify(ctx, "setting_to_approve", f"setting:{key}", params={"setting": key, "reason": words}, link="policy")
    return proposal_by_id(ctx, row.id)


def approve(ctx: Context, proposal_id: int, version: int) -> ProposalRow:
    """Put a proposed value into force from its day on. Closed months keep their figures.

    Raises:
        NotAllowedError: the actor may not approve, or proposed it.
        NotFoundError, StaleError, IllegalMoveError, RefusedError: nothing was changed.
    """
    access.ensure_may(ctx, "policy.approve")
    row = _locked(ctx, proposal_id, version, APPROVED)
    _ensure_another(ctx, row)
    ensure_not_past(row.effective_from, ctx.today)
    before = getattr(ctx.policy_history.on(row.effective_from), row.key)
    proposer = ctx.session.get_one(AppUser, row.proposed_by)
    _decide(ctx, row, APPROVED, None)
    add_value(ctx, row.key, row.value["text"], row.effective_from)
    after = {
        "value": str(parsed_setting(row.key, row.value["text"])), "from": row.effective_from.isoformat(),
        "proposed_by": proposer.login,
    }  # fmt: skip
    ledger.record(
        ctx, "policy.approved", f"setting:{row.key}", before={"value": str(before)}, after=after, note=row.reason
    )
    _tell_proposer(ctx, row)
    return proposal_by_id(ctx, row.id)


def reject(ctx: Context, proposal_id: int, version: int, reason: str) -> ProposalRow:
    """Refuse a proposed value, with the reason.

    Raises:
        NotAllowedError: the actor may not approve, or proposed it.
        NotFoundError, StaleError, IllegalMoveError, RefusedError: nothing was changed.
    """
    access.ensure_may(ctx, "policy.approve")
    row = _locked(ctx, proposal_id, version, REJECTED)
    _ensure_another(ctx, row)
    words = stated(reason)
    _decide(ctx, row, REJECTED, words)
    _record_end(ctx, "policy.rejected", row, words)
    _tell_proposer(ctx, row)
    return proposal_by_id(ctx, row.id)


def withdraw(ctx: Context, proposal_id: int, version: int) -> ProposalRow:
    """Take an own proposal back.

    Raises:
        NotAllowedError: somebody else proposed it.
        NotFoundError, StaleError, IllegalMoveError: nothing was changed.
    """
    access.ensure_may(ctx, "policy.set")
    row = _locked(ctx, proposal_id, version, WITHDRAWN)
    if row.proposed_by != ctx.actor.user_id:
        raise NotAllowedError(N_("Only who proposed a value can take it back."))
    _decide(ctx, row, WITHDRAWN, None)
    _record_end(ctx, "policy.withdrawn", row, None)
    return proposal_by_id(ctx, row.id)


def _tell_proposer(ctx: Context, row: SettingProposal) -> None:
    params = {"setting": row.key, "decision": row.state}
    notify(ctx, "setting_decided", f"setting:{row.key}", people=[row.proposed_by], params=params, link="policy")


def _open_proposal(ctx: Context, key: str) -> SettingProposal | None:
    found = select(SettingProposal).where(SettingProposal.key == key, SettingProposal.state == PROPOSED)
    return ctx.session.execute(found.with_for_update()).scalar_one_or_none()


def _locked(ctx: Context, proposal_id: int, version: int, wanted: str) -> SettingProposal:
    found = select(SettingProposal).where(SettingProposal.id == proposal_id).with_for_update()
    row = ctx.session.execute(found.execution_options(populate_existing=True)).scalar_one_or_none()
    if row is None:
        raise NotFoundError(N_("This proposal does not exist."))
    ensure_fresh(version, row.version)
    ensure_transition(SETTING_PROPOSAL_TRANSITIONS, row.state, wanted)
    return row


def _ensure_another(ctx: Context, row: SettingProposal) -> None:
    if ctx.actor.user_id is None or row.proposed_by == ctx.actor.user_id:
        raise NotAllowedError(N_("Nobody decides on a value of their own: another person has to."))


def _decide(ctx: Context, row: SettingProposal, state: str, note: str | None) -> None:
    row.state, row.decided_by, row.decided_at, row.decision_note = state, ctx.actor.user_id, ctx.now, note
    row.version += 1
    row.changed_at = ctx.now
    ctx.session.flush()
    data_versions.bump(ctx, "policy")


def _record_end(ctx: Context, action: str, row: SettingProposal, note: str | None) -> None:
    proposed = {"proposed": str(parsed_setting(row.key, row.value["text"])), "from": row.effective_from.isoformat()}
    ledger.record(ctx, action, f"setting:{row.key}", before=proposed, note=note)


# --- reads


def proposals(ctx: Context, *, only_open: bool = True, limit: int = 50) -> tuple[ProposalRow, ...]:
    """Proposed values, the newest first: those that wait for a decision, or all.

    Raises:
        NotAllowedError: the actor may not read the policy.
    """
    access.ensure_may(ctx, "policy.read")
    query = _with_names().order_by(SettingProposal.proposed_at.desc(), SettingProposal.id.desc()).limit(limit)
    if only_open:
        query = query.where(SettingProposal.state == PROPOSED)
    return tuple(_row(ctx, *found) for found in ctx.session.execute(query))


def proposal_by_id(ctx: Context, proposal_id: int) -> ProposalRow:
    """One proposed value.

    Raises:
        NotAllowedError: the actor may not read the policy.
        NotFoundError: there is none.
    """
    access.ensure_may(ctx, "policy.read")
    found = ctx.session.execute(_with_names().where(SettingProposal.id == proposal_id)).one_or_none()
    if found is None:
        raise NotFoundError(N_("This proposal does not exist."))
    return _row(ctx, *found)


def _with_names() -> Any:  # noqa: ANN401  (a select of a row and two names)
    proposer, decider = aliased(AppUser), aliased(AppUser)
    return (
        select(SettingProposal, proposer.name, decider.name)
        .join(proposer, proposer.id == SettingProposal.proposed_by)
        .outerjoin(decider, decider.id == SettingProposal.decided_by)
    )


def _row(ctx: Context, one: SettingProposal, proposer: str, decider: str | None) -> ProposalRow:
    return ProposalRow(
        id=one.id, version=one.version, key=one.key, unit=UNITS[one.key],
        value=parsed_setting(one.key, one.value["text"]),
        value_before=getattr(ctx.policy_history.on(one.effective_from), one.key), effective_from=one.effective_from,
        state=one.state, reason=one.reason, proposed_by=one.proposed_by, proposer=proposer, proposed_at=one.proposed_at,
        decider=decider, decided_at=one.decided_at, decision_note=one.decision_note,
    )  # fmt: skip
