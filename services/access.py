"""Role x action, one table (SPEC 3, clause 4.1). tests/rules/test_access.py checks every cell."""

from __future__ import annotations

from db.enums import ApiScope, Role
from services.context import Actor, Context
from services.errors import N_, NotAllowedError

EVERYBODY = frozenset(Role)

MAY: dict[str, frozenset[Role]] = {
    "overview.read": EVERYBODY,
    "customer.read": EVERYBODY,
    "customer.see_personal": frozenset({Role.RISK, Role.LEGAL, Role.FINANCE, Role.BUSINESS}),
    "early_warning.read": EVERYBODY,
    "early_warning.acknowledge": frozenset({Role.BUSINESS, Role.RISK, Role.LEGAL, Role.FINANCE}),
    "early_warning.act": frozenset({Role.BUSINESS, Role.RISK, Role.LEGAL, Role.FINANCE}),
    "early_warning.assign": frozenset({Role.RISK}),
    "early_warning.snooze": frozenset({Role.RISK}),
    "early_warning.resolve": frozenset({Role.RISK}),
    "early_warning.take_over": frozenset({Role.BUSINESS, Role.RISK, Role.LEGAL, Role.FINANCE}),
    "early_warning.undo": frozenset({Role.RISK}),
    "early_warning.raise": frozenset({Role.RISK, Role.ADMIN}),
    "assessment.read": EVERYBODY,
    "assessment.propose": frozenset({Role.BUSINESS}),
    "assessment.review": frozenset({Role.RISK}),
    "assessment.finalise": frozenset({Role.RISK}),
    "assessment.report_visit": frozenset({Role.BUSINESS, Role.RISK}),
    "assessment.see_person": frozenset({Role.RISK, Role.AUDITOR, Role.LEADER}),
    "control.read": EVERYBODY,
    "control.propose": frozenset({Role.BUSINESS, Role.RISK}),
    "control.approve": frozenset({Role.RISK}),
    "control.approve_strict": frozenset({Role.RISK, Role.LEADER}),
    "control.review": frozenset({Role.BUSINESS, Role.RISK}),
    "control.extend": frozenset({Role.RISK}),
    "control.lift": frozenset({Role.RISK, Role.LEADER}),
    "control_plan.read": EVERYBODY,
    "control_plan.change": frozenset({Role.RISK}),
    "control_plan.approve": frozenset({Role.RISK, Role.LEADER}),
    "control_plan.run": frozenset({Role.RISK, Role.ADMIN}),
    "guarantee.read": EVERYBODY,
    "guarantee.keep": frozenset({Role.BUSINESS, Role.RISK, Role.LEGAL, Role.FINANCE}),
    "warning_rule.read": EVERYBODY,
    "warning_rule.change": frozenset({Role.RISK}),
    "import.run": frozenset({Role.BUSINESS, Role.RISK, Role.LEGAL, Role.FINANCE, Role.HR, Role.ADMIN}),
    "export.run": EVERYBODY - {Role.VIEWER},
    "screening.ask": EVERYBODY,
    "screening.review": frozenset({Role.RISK}),
    "watchlist.load": frozenset({Role.RISK, Role.ADMIN}),
    "information.read": EVERYBODY,
    "information.confirm": frozenset({Role.BUSINESS, Role.RISK}),
    "information.set_limit": frozenset({Role.RISK}),
    "incentive.read": EVERYBODY,
    "incentive.see_person": frozenset({Role.AUDITOR, Role.LEADER, Role.HR}),
    "listing.read": EVERYBODY,
    "listing.see_evidence": EVERYBODY - {Role.VIEWER, Role.HR, Role.ADMIN},
    "listing.tip": EVERYBODY - {Role.VIEWER, Role.AUDITOR},
    "listing.propose": frozenset({Role.BUSINESS, Role.RISK, Role.LEGAL, Role.FINANCE}),
    "listing.reply": frozenset({Role.BUSINESS, Role.RISK, Role.LEGAL}),
    "listing.review": frozenset({Role.RISK}),
    "listing.decide": frozenset({Role.RISK, Role.LEADER}),
    "listing.correct": frozenset({Role.RISK, Role.LEGAL, Role.LEADER}),
    "listing.end": frozenset({Role.RISK, Role.LEADER}),
    "metric.read": EVERYBODY,
    "policy.read": EVERYBODY,
    "policy.set": frozenset({Role.ADMIN}),
    "policy.approve": frozenset({Role.RISK, Role.LEADER}),
    "scorecard.read": EVERYBODY,
    "scorecard.draft": frozenset({Role.RISK}),
    "scorecard.approve": frozenset({Role.RISK, Role.LEADER}),
    "scorecard.compare": frozenset({Role.RISK, Role.LEADER, Role.ADMIN}),
    "challenger.fit": frozenset({Role.RISK}),
    "score.compute": frozenset({Role.RISK, Role.ADMIN}),
    "user.manage": frozenset({Role.ADMIN}),
    "api.read": frozenset({Role.AUDITOR, Role.ADMIN}),
    "api.manage": frozenset({Role.ADMIN}),
    "webhook.read": frozenset({Role.AUDITOR, Role.ADMIN}),
    "event.read": frozenset({Role.AUDITOR, Role.ADMIN}),
    "event.read_orders": frozenset({Role.AUDITOR, Role.ADMIN}),
    "notification.read": EVERYBODY,
    "notification.configure": frozenset({Role.ADMIN}),
    "gate.read": EVERYBODY,
    "gate.ask": frozenset({Role.BUSINESS, Role.RISK, Role.LEGAL, Role.FINANCE, Role.ADMIN}),
    "gate.release": frozenset({Role.RISK, Role.LEGAL, Role.FINANCE, Role.LEADER}),
    "gate.propose_override": frozenset({Role.BUSINESS, Role.RISK, Role.LEGAL, Role.FINANCE, Role.LEADER}),
    "gate.approve_override": frozenset({Role.RISK, Role.LEADER}),
    "ledger.read": frozenset({Role.AUDITOR, Role.RISK, Role.LEGAL, Role.LEADER, Role.ADMIN}),
}


#: What a machine's token may do, by scope: nothing of a role is lent to it.
RIGHTS_OF_SCOPE: dict[ApiScope, frozenset[str]] = {
    ApiScope.GATE: frozenset({"gate.ask", "event.read_orders"}),
    ApiScope.SCREEN: frozenset({"screening.ask"}),
    ApiScope.STATUS: frozenset({"customer.read", "early_warning.read", "information.read", "control.read"}),
    ApiScope.METRICS: frozenset({"metric.read", "incentive.read"}),
    ApiScope.EVENTS: frozenset({"event.read", "webhook.read"}),
}


def may(actor: Actor, action: str) -> bool:
    """True when the actor's role allows the action; for a machine, when its token's scopes do.

    An unknown action is a mistake in the code, not a refusal.
    """
    roles = MAY[action]
    return actor.role in roles if actor.rights is None else action in actor.rights


def ensure_may(ctx: Context, action: str) -> None:
    """Refuse an act that the actor's role does not allow. The command line and the worker act for the administrator.

    Raises:
        NotAllowedError: the role does not allow it.
    """
    if not ctx.is_system and not may(ctx.actor, action):
        raise NotAllowedError(N_("Your role does not allow this. Ask your administrator which role you need."))
