"""Role x action, every cell, written out a second time (SPEC 3)."""

from __future__ import annotations

import pytest

from db.enums import ApiScope, Role
from services.access import MAY, RIGHTS_OF_SCOPE, ensure_may, may
from services.context import SYSTEM, Actor, Context
from services.errors import NotAllowedError

#: One letter a role, in the order of the enum: viewer, business, risk, legal, finance, auditor, leader, hr, admin.
TABLE = {
    "overview.read": "vbrlfaehd",
    "customer.read": "vbrlfaehd",
    "customer.see_personal": ".brlf....",
    "early_warning.read": "vbrlfaehd",
    "early_warning.acknowledge": ".brlf....",
    "early_warning.act": ".brlf....",
    "early_warning.assign": "..r......",
    "early_warning.snooze": "..r......",
    "early_warning.resolve": "..r......",
    "early_warning.take_over": ".brlf....",
    "early_warning.undo": "..r......",
    "early_warning.raise": "..r.....d",
    "assessment.read": "vbrlfaehd",
    "assessment.propose": ".b.......",
    "assessment.review": "..r......",
    "assessment.finalise": "..r......",
    "assessment.report_visit": ".br......",
    "assessment.see_person": "..r..ae..",
    "control.read": "vbrlfaehd",
    "control.propose": ".br......",
    "control.approve": "..r......",
    "control.approve_strict": "..r...e..",
    "control.review": ".br......",
    "control.extend": "..r......",
    "control.lift": "..r...e..",
    "control_plan.read": "vbrlfaehd",
    "control_plan.change": "..r......",
    "control_plan.approve": "..r...e..",
    "control_plan.run": "..r.....d",
    "guarantee.read": "vbrlfaehd",
    "guarantee.keep": ".brlf....",
    "warning_rule.read": "vbrlfaehd",
    "warning_rule.change": "..r......",
    "import.run": ".brlf..hd",
    "export.run": ".brlfaehd",
    "screening.ask": "vbrlfaehd",
    "screening.review": "..r......",
    "watchlist.load": "..r.....d",
    "information.read": "vbrlfaehd",
    "information.confirm": ".br......",
    "information.set_limit": "..r......",
    "incentive.read": "vbrlfaehd",
    "incentive.see_person": ".....aeh.",
    "listing.read": "vbrlfaehd",
    "listing.see_evidence": ".brlfae..",
    "listing.tip": ".brlf.ehd",
    "listing.propose": ".brlf....",
    "listing.reply": ".brl.....",
    "listing.review": "..r......",
    "listing.decide": "..r...e..",
    "listing.correct": "..rl..e..",
    "listing.end": "..r...e..",
    "metric.read": "vbrlfaehd",
    "policy.read": "vbrlfaehd",
    "policy.set": "........d",
    "policy.approve": "..r...e..",
    "scorecard.read": "vbrlfaehd",
    "scorecard.draft": "..r......",
    "scorecard.compare": "..r...e.d",
    "challenger.fit": "..r......",
    "scorecard.approve": "..r...e..",
    "score.compute": "..r.....d",
    "user.manage": "........d",
    "api.read": ".....a..d",
    "api.manage": "........d",
    "webhook.read": ".....a..d",
    "event.read": ".....a..d",
    "event.read_orders": ".....a..d",
    "notification.read": "vbrlfaehd",
    "notification.configure": "........d",
    "gate.read": "vbrlfaehd",
    "gate.ask": ".brlf...d",
    "gate.release": "..rlf.e..",
    "gate.propose_override": ".brlf.e..",
    "gate.approve_override": "..r...e..",
    "ledger.read": "..rl.ae.d",
}


def test_every_role_against_every_action() -> None:
    roles = list(Role)
    ours = {
        action: "".join("vbrlfaehd"[place] if role in allowed else "." for place, role in enumerate(roles))
        for action, allowed in MAY.items()
    }
    assert ours == TABLE


def test_a_refusal_says_what_to_do() -> None:
    actor = Actor(login="v", name="V", role=Role.VIEWER, user_id=1)
    assert not may(actor, "policy.set")
    with pytest.raises(NotAllowedError, match="Ask your administrator"):
        ensure_may(Context(None, actor, None), "policy.set")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("scope", "rights"),
    [
        ("gate", {"gate.ask", "event.read_orders"}),
        ("screen", {"screening.ask"}),
        ("status", {"customer.read", "early_warning.read", "information.read", "control.read"}),
        ("metrics", {"metric.read", "incentive.read"}),
        ("events", {"event.read", "webhook.read"}),
    ],
)
def test_a_machine_may_what_its_scopes_say_and_nothing_of_its_role(scope: str, rights: set[str]) -> None:
    actor = Actor(login="api:erp", name="erp", role=Role.ADMIN, rights=RIGHTS_OF_SCOPE[ApiScope(scope)])
    assert {action for action in MAY if may(actor, action)} == rights


def test_the_command_line_acts_for_the_administrator() -> None:
    ensure_may(Context(None, SYSTEM, None), "early_warning.snooze")  # type: ignore[arg-type]


def test_an_unknown_action_is_a_mistake_in_the_code() -> None:
    with pytest.raises(KeyError):
        may(SYSTEM, "world.end")
