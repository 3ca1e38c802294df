"""Rules of the plan as data: what each says from a day on; proposed by one person, approved by another.

An approved edition's row is never changed. On day d the edition with the latest `effective_from` not after d holds, of
one day the one made last; before the first, what ships with the product (edition 0).
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import aliased

from db.enums import SettingProposalState
from db.models import AppUser, ControlPlanEdition
from services import access, data_versions, ledger
from services.context import Context
from services.controls.plan_rules.matching import Edition
from services.controls.plan_rules.rule import PlanRule, checked_rule, definition_of, rule_of
from services.controls.plan_rules.shipped import SHIPPED
from services.errors import N_, NotAllowedError, NotFoundError, RefusedError, StaleError
from services.notifications import notify
from services.reasons import stated
from services.setting_proposals import SETTING_PROPOSAL_TRANSITIONS, ensure_not_past
from services.states import ensure_fresh, ensure_transition

_ONE_CHANGE_AT_A_TIME = 7_205_371
_BEGINNING = dt.date(1900, 1, 1)
PROPOSED, APPROVED = SettingProposalState.PROPOSED, SettingProposalState.APPROVED
REJECTED, WITHDRAWN = SettingProposalState.REJECTED, SettingProposalState.WITHDRAWN


@dataclass(frozen=True)
class PlanEdition:
    """One edition of a rule. Number 0 ships with the product: nobody proposed it, its `id` is None."""

    rule: PlanRule
    edition: int
    effective_from: dt.date
    state: str = APPROVED.value
    id: int | None = None
    version: int = 1
    reason: str = ""
    proposed_by_id: int | None = None
    proposer: str | None = None
    proposed_at: dt.datetime | None = None
    decider: str | None = None
    decided_at: dt.datetime | None = None
    decision_note: str | None = None


class PlanHistory:
    """All editions of all rules, those that wait or were turned down too."""

    def __init__(self, made: Sequence[PlanEdition]) -> None:
        self._made: dict[str, list[PlanEdition]] = defaultdict(list)
        for code, rule in SHIPPED.items():
            self._made[code].append(PlanEdition(rule, 0, _BEGINNING))
        for one in made:
            self._made[one.rule.code].append(one)

    @property
    def codes(self) -> tuple[str, ...]:
        """All rules, those that ship first."""
        return tuple(self._made)

    def on(self, code: str, day: dt.date) -> PlanEdition | None:
        """The edition in force on a day; None for a rule that began later, or was never approved."""
        known = [one for one in self._made[code] if one.state == APPROVED and one.effective_from <= day]
        return max(known, key=lambda one: (one.effective_from, one.edition), default=None)

    def waiting(self, code: str) -> PlanEdition | None:
        """The edition that waits for approval."""
        return next((one for one in self._made[code] if one.state == PROPOSED), None)

    def all_of(self, code: str) -> tuple[PlanEdition, ...]:
        """Every edition of a rule, the newest first."""
        return tuple(reversed(self._made[code]))

    def newest(self, code: str) -> int:
        """The number given last; 0 for a rule that nobody changed, or that is not there yet."""
        return max((one.edition for one in self._made[code]), default=0) if code in self._made else 0


# --- commands


def propose_edition(
    ctx: Context, rule: PlanRule, reason: str, effective_from: dt.date, seen_edition: int
) -> PlanEdition:
    """Ask for a rule to be like this from a day on; a code that is not there yet makes a new rule. Another decides.

    Raises:
        NotAllowedError: the actor may not change rules, or is no person.
        StaleError, RefusedError: nothing was changed.
    """
    access.ensure_may(ctx, "control_plan.change")
    if ctx.actor.user_id is None:
        raise NotAllowedError(N_("Only a person can do this: sign in on the page."))
    wanted, words = checked_rule(rule), stated(reason)
    ensure_not_past(effective_from, ctx.today)
    ctx.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ONE_CHANGE_AT_A_TIME})
    history = plan_history(ctx)
    if history.newest(wanted.code) != seen_edition:
        raise StaleError(N_("Somebody changed this record while you were looking at it. Reload and decide again."))
    if wanted.code in history.codes and history.waiting(wanted.code) is not None:
        raise RefusedError(N_("A change of this rule waits for approval already. Decide on it first."))
    before = history.on(wanted.code, effective_from) if wanted.code in history.codes else None
    if before is not None and definition_of(before.rule) == definition_of(wanted):
        raise RefusedError(N_("Nothing would change: the rule is like this already on that day."))
    row = ControlPlanEdition(
        rule=wanted.code, edition=seen_edition + 1, state=PROPOSED.value, effective_from=effective_from,
        definition=definition_of(wanted), reason=words, proposed_by_id=ctx.actor.user_id, proposed_at=ctx.now,
        changed_at=ctx.now,
    )  # fmt: skip
    ctx.session.add(row)
    ctx.session.flush()
    _record(ctx, "control_plan.proposed", row, before, words)
    notify(ctx, "plan_rule_to_approve", _subject(row), params={"rule": wanted.title}, link=_LINK)
    return _by_id(ctx, row.id)


_LINK = "controls?tab=rules"


def _record(ctx: Context, action: str, row: ControlPlanEdition, before: PlanEdition | None, note: str | None) -> None:
    old = {} if before is None else definition_of(before.rule)
    new = row.definition
    changed = [name for name in new if old.get(name) != new[name]]
    ledger.record(
        ctx, action, f"control_plan:{row.rule}", before={name: old[name] for name in changed if name in old} or None,
        after={"edition": row.edition, "from": row.effective_from, **{name: new[name] for name in changed}}, note=note,
    )  # fmt: skip
    data_versions.bump(ctx, "controls")


def _subject(row: ControlPlanEdition) -> str:
    return f"control_plan:{row.rule}"


def approve_edition(ctx: Context, edition_id: int, version: int) -> PlanEdition:
    """Let a rule be as proposed from its day on. What it proposed before stays as it is.

    Raises:
        NotAllowedError: the actor may not approve, or proposed it.
        NotFoundError, StaleError, IllegalMoveError, RefusedError: nothing was changed.
    """
    access.ensure_may(ctx, "control_plan.approve")
    row = _locked(ctx, edition_id, version, APPROVED)
    _ensure_another(ctx, row)
    ensure_not_past(row.effective_from, ctx.today)
    history = plan_history(ctx)
    before = history.on(row.rule, row.effective_from)
    _decide(ctx, row, APPROVED, None)
    _record(ctx, "control_plan.approved", row, before, row.reason)
    return _by_id(ctx, row.id)


def reject_edition(ctx: Context, edition_id: int, version: int, reason: str) -> PlanEdition:
    """Turn a change down, with the reason.

    Raises:
        NotAllowedError: the actor may not approve, or proposed it.
        NotFoundError, StaleError, IllegalMoveError, RefusedError: nothing was changed.
    """
    access.ensure_may(ctx, "control_plan.approve")
    row = _locked(ctx, edition_id, version, REJECTED)
    _ensure_another(ctx, row)
    words = stated(reason)
    _decide(ctx, row, REJECTED, words)
    _record(ctx, "control_plan.rejected", row, None, words)
    return _by_id(ctx, row.id)


def withdraw_edition(ctx: Context, edition_id: int, version: int) -> PlanEdition:
    """Take an own change back.

    Raises:
        NotAllowedError: somebody else proposed it.
        NotFoundError, StaleError, IllegalMoveError: nothing was changed.
    """
    access.ensure_may(ctx, "control_plan.change")
    row = _locked(ctx, edition_id, version, WITHDRAWN)
    if row.proposed_by_id != ctx.actor.user_id:
        raise NotAllowedError(N_("Only who proposed a change of a rule can take it back."))
    _decide(ctx, row, WITHDRAWN, None)
    _record(ctx, "control_plan.withdrawn", row, None, None)
    return _by_id(ctx, row.id)


def _locked(ctx: Context, edition_id: int, version: int, wanted: str) -> ControlPlanEdition:
    found = select(ControlPlanEdition).where(ControlPlanEdition.id == edition_id).with_for_update()
    row = ctx.session.execute(found.execution_options(populate_existing=True)).scalar_one_or_none()
    if row is None:
        raise NotFoundError(N_("This change of a rule does not exist."))
    ensure_fresh(version, row.version)
    ensure_transition(SETTING_PROPOSAL_TRANSITIONS, row.state, wanted)
    return row


def _ensure_another(ctx: Context, row: ControlPlanEdition) -> None:
    if ctx.actor.user_id is None or row.proposed_by_id == ctx.actor.user_id:
        raise NotAllowedError(N_("Nobody decides on a change of their own: another person has to."))


def _decide(ctx: Context, row: ControlPlanEdition, state: str, note: str | None) -> None:
    row.state, row.decided_by_id, row.decided_at, row.decision_note = str(state), ctx.actor.user_id, ctx.now, note
    row.version += 1
    row.changed_at = ctx.now
    ctx.session.flush()


# --- reads


def plan_history(ctx: Context) -> PlanHistory:
    """All editions of all rules.

    Raises:
        NotAllowedError: the actor may not read the plan.
    """
    access.ensure_may(ctx, "control_plan.read")
    rows = ctx.session.execute(_with_names().order_by(ControlPlanEdition.rule, ControlPlanEdition.edition))
    return PlanHistory([_edition(*row) for row in rows])


def rules_in_force(ctx: Context, day: dt.date) -> tuple[Edition, ...]:
    """The rules that are followed on a day."""
    history = plan_history(ctx)
    found = [history.on(code, day) for code in history.codes]
    return tuple(Edition(one.rule, one.edition) for one in found if one is not None and one.rule.is_active)


def with_rule(editions: Sequence[Edition], rule: PlanRule) -> tuple[Edition, ...]:
    """These rules with one of them changed, or one more."""
    others = [one for one in editions if one.rule.code != rule.code]
    number = next((one.edition for one in editions if one.rule.code == rule.code), 0) + 1
    return (*others, Edition(replace(rule), number)) if rule.is_active else tuple(others)


def _with_names() -> Any:  # noqa: ANN401  (a select of a row and two names)
    proposer, decider = aliased(AppUser), aliased(AppUser)
    return (
        select(ControlPlanEdition, proposer.name, decider.name)
        .join(proposer, proposer.id == ControlPlanEdition.proposed_by_id)
        .outerjoin(decider, decider.id == ControlPlanEdition.decided_by_id)
    )


def _by_id(ctx: Context, edition_id: int) -> PlanEdition:
    return _edition(*ctx.session.execute(_with_names().where(ControlPlanEdition.id == edition_id)).one())


def _edition(row: ControlPlanEdition, proposer: str, decider: str | None) -> PlanEdition:
    return PlanEdition(
        rule=rule_of(row.rule, row.definition), edition=row.edition, effective_from=row.effective_from,
        state=row.state, id=row.id, version=row.version, reason=row.reason, proposed_by_id=row.proposed_by_id,
        proposer=proposer, proposed_at=row.proposed_at, decider=decider, decided_at=row.decided_at,
        decision_note=row.decision_note,
    )  # fmt: skip
